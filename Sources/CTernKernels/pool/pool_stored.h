// Pooling: see pool.h.

// Even and odd elements of the n <= 2 * LANES that begin at p.
INLINE void T(load_pairs)(const STORED *p, ptrdiff_t n, VREAL *even, VREAL *odd) {
    VREAL a, b;
    if (n == 2 * LANES) a = T(load)(p), b = T(load)(p + LANES);
    else a = T(load_first)(p, least(n, LANES)), b = n > LANES ? T(load_first)(p + LANES, n - LANES) : (VREAL){};
    *even = F(even)(a, b), *odd = F(odd)(a, b);
}

INLINE void T(store_pairs)(STORED *p, ptrdiff_t n, VREAL even, VREAL odd) {
    VREAL a = F(low_half)(even, odd), b = F(high_half)(even, odd);
    if (n == 2 * LANES) {
        T(store)(p, a), T(store)(p + LANES, b);
        return;
    }
    T(store_first)(p, a, least(n, LANES));
    if (n > LANES) T(store_first)(p + LANES, b, n - LANES);
}

#if FLOAT_BITS == 32
// Windows of 2 x 2 side by side, a vector of outputs at a time.
static void T(max_pairs_row)(const PoolAxis *ax, ptrdiff_t oy, const STORED *x, STORED *y, int32_t *indices) {
    VINT lane;
    for (int i = 0; i < LANES; i++) lane[i] = 2 * i;
    for (ptrdiff_t o = 0; o < ax->out; o += LANES) {
        ptrdiff_t n = least(ax->out - o, LANES), at = 2 * oy * ax->in + 2 * o;
        VREAL v[4];
        T(load_pairs)(x + at, 2 * n, &v[0], &v[1]);
        T(load_pairs)(x + at + ax->in, 2 * n, &v[2], &v[3]);
        VREAL best = v[0];
        VINT index = lane + (int32_t)at;
        const int32_t steps[4] = {0, 1, (int32_t)ax->in, (int32_t)ax->in + 1};
        for (int i = 1; i < 4; i++) {
            VINT takes = F(takes_lanes)(v[i], best);
            best = F(select)(takes, v[i], best);
            index = (takes & (lane + (int32_t)at + steps[i])) | (~takes & index);
        }
        if (n == LANES) T(store)(y + o, best), F(store)((REAL *)(indices + o), (VREAL)index);
        else T(store_first)(y + o, best, n), F(store_first)((REAL *)(indices + o), (VREAL)index, n);
    }
}

static void T(scatter_pairs_row)(const PoolAxis *ax, ptrdiff_t oy, const int32_t *indices, const STORED *dy,
                                 STORED *dx) {
    VINT lane;
    for (int i = 0; i < LANES; i++) lane[i] = 2 * i;
    for (ptrdiff_t o = 0; o < ax->out; o += LANES) {
        ptrdiff_t n = least(ax->out - o, LANES), at = 2 * oy * ax->in + 2 * o;
        VREAL g = n == LANES ? T(load)(dy + o) : T(load_first)(dy + o, n);
        VREAL raw = n == LANES ? F(load)((const REAL *)(indices + o)) : F(load_first)((const REAL *)(indices + o), n);
        VINT index = (VINT)raw - lane - (int32_t)at;
        for (int r = 0; r < 2; r++) {
            int32_t row = r * (int32_t)ax->in;
            T(store_pairs)(dx + at + row, 2 * n, F(select)(index == row, g, (VREAL){}),
                           F(select)(index == row + 1, g, (VREAL){}));
        }
    }
}
#endif

static void T(pool_max)(const TernPool2d *p, ptrdiff_t planes, const void *values, void *result, int32_t *indices) {
#if FLOAT_BITS == 32
    if (pool_is_pairs(p)) {
        const PoolAxis ay = pool_rows(p), ax = pool_columns(p);
        const STORED *x = values;
        STORED *y = result;
        for (ptrdiff_t plane = 0; plane < planes; plane++, x += ay.in * ax.in)
            for (ptrdiff_t oy = 0; oy < ay.out; oy++, y += ax.out, indices += ax.out)
                T(max_pairs_row)(&ax, oy, x, y, indices);
        return;
    }
#endif
    T(max_planes)(p, planes, values, result, indices);
}

// What is added to the inputs of a plane is added in the type that is computed in: to the plane, or to scratch memory
// that is rounded into it.
INLINE REAL *T(plane_sums)(STORED *plane, ptrdiff_t size, void *scratch) {
    REAL *sums = STORED_IS_REAL ? (void *)plane : scratch;
    __builtin_memset(sums, 0, (size_t)size * sizeof(REAL));
    return sums;
}
INLINE void T(end_sums)(STORED *plane, ptrdiff_t size, const REAL *sums) {
    if (STORED_IS_REAL) return;
    for (ptrdiff_t i = 0; i < size; i++) plane[i] = T(put)(sums[i]);
}
static ptrdiff_t T(scratch_bytes)(const TernPool2d *p) {
    return STORED_IS_REAL ? 0 : p->in_height * p->in_width * (ptrdiff_t)sizeof(REAL);
}

static void T(pool_max_scatter)(const TernPool2d *p, ptrdiff_t planes, const int32_t *indices, const void *gradients,
                                void *result, void *scratch) {
    const PoolAxis ay = pool_rows(p), ax = pool_columns(p);
    const ptrdiff_t in = ay.in * ax.in, out = ay.out * ax.out;
    const STORED *dy = gradients;
    STORED *dx = result;
    for (ptrdiff_t plane = 0; plane < planes; plane++, dx += in, dy += out, indices += out) {
#if FLOAT_BITS == 32
        if (pool_is_pairs(p)) {
            if (in != 4 * out) __builtin_memset(dx, 0, (size_t)in * sizeof(STORED));
            for (ptrdiff_t oy = 0; oy < ay.out; oy++)
                T(scatter_pairs_row)(&ax, oy, indices + oy * ax.out, dy + oy * ax.out, dx);
            continue;
        }
#endif
        REAL *sums = T(plane_sums)(dx, in, scratch);
        for (ptrdiff_t o = 0; o < out; o++)
            if (indices[o] >= 0) sums[indices[o]] += T(get)(dy[o]);
        T(end_sums)(dx, in, sums);
    }
}

static void T(pool_max_gather)(const TernPool2d *p, ptrdiff_t planes, const int32_t *indices, const void *values,
                               void *result) {
    const ptrdiff_t in = p->in_height * p->in_width, out = p->out_height * p->out_width;
    const STORED *x = values;
    STORED *g = result;
    for (ptrdiff_t plane = 0; plane < planes; plane++, x += in, g += out, indices += out)
        for (ptrdiff_t o = 0; o < out; o++) g[o] = indices[o] >= 0 ? x[indices[o]] : T(put)(0);
}

// y[o] += x[o * stride], for one tap of a row of windows.
INLINE void T(add_tap)(ptrdiff_t stride, ptrdiff_t n, const STORED *x, REAL *y) {
    for (ptrdiff_t o = 0; o < n; o++) y[o] += T(get)(x[o * stride]);
}

// The sums of the windows from ..< to of one row of outputs, tap by tap.
static void T(window_sums)(const PoolAxis *ax, PoolSpan rows, ptrdiff_t from, ptrdiff_t to, const STORED *x,
                           REAL *sums) {
    double totals[F(POOL_STRIP)];
    const ptrdiff_t count = to - from;
    ptrdiff_t pending = 0;
    bool any = false;
    for (ptrdiff_t o = 0; o < count; o++) sums[o] = 0;
    for (ptrdiff_t iy = rows.first; iy < rows.last; iy++)
        for (ptrdiff_t k = 0; k < ax->kernel; k++) {
            if (pending == F(POOL_ADDITIONS)) {
                for (ptrdiff_t o = 0; o < count; o++) {
                    totals[o] = any ? totals[o] + sums[o] : sums[o];
                    sums[o] = 0;
                }
                any = true;
                pending = 0;
            }
            pending++;
            ptrdiff_t tap = k - ax->before, first, last;
            pool_outputs(ax, tap, &first, &last);
            first = most(first, from), last = least(last, to);
            const STORED *at = x + iy * ax->in + tap + first * ax->stride;
            REAL *sum = sums + (first - from);
            if (ax->stride == 1) T(add_tap)(1, last - first, at, sum);
            else if (ax->stride == 2) T(add_tap)(2, last - first, at, sum);
            else T(add_tap)(ax->stride, last - first, at, sum);
        }
    if (any)
        for (ptrdiff_t o = 0; o < count; o++) sums[o] = (REAL)(totals[o] + sums[o]);
}

// The sum of a rectangle of a plane.
static REAL T(rectangle_sum)(const STORED *x, ptrdiff_t width, PoolSpan rows, PoolSpan columns) {
    double total = 0;
    for (ptrdiff_t iy = rows.first; iy < rows.last; iy++) {
        const STORED *row = x + iy * width;
        for (ptrdiff_t ix = columns.first; ix < columns.last;) {
            ptrdiff_t end = least(columns.last, ix + LANES * F(POOL_ADDITIONS));
            VREAL sum = {};
            for (; ix + LANES <= end; ix += LANES) sum += T(load)(row + ix);
            REAL rest = 0;
            for (; ix < end; ix++) rest += T(get)(row[ix]);
            total += F(sum)(sum) + rest;
        }
    }
    return (REAL)total;
}

// The means of one row of windows that share out the plane: sums of columns, and of neighbouring ones.
static void T(shared_means)(const PoolShares *s, PoolSpan rows, ptrdiff_t width, const STORED *x, STORED *y) {
    double sums[POOL_SHARED];
    const ptrdiff_t count = s->last - s->first;
    const bool is_wide = count > POOL_SHARED;
    if (!is_wide) {
        for (ptrdiff_t c = 0; c < count; c++) sums[c] = 0;
        for (ptrdiff_t iy = rows.first; iy < rows.last; iy++) {
            const STORED *row = x + iy * width + s->first;
            for (ptrdiff_t c = 0; c < count; c++) sums[c] += (double)T(get)(row[c]);
        }
    }
    for (ptrdiff_t o = s->from; o < s->to; o++) {
        const PoolSpan span = s->spans[o - s->from];
        double sum = 0;
        if (is_wide) sum = T(rectangle_sum)(x, width, rows, span);
        else
            for (ptrdiff_t ix = span.first; ix < span.last; ix++) sum += sums[ix - s->first];
        y[o] = T(put)((REAL)sum / (REAL)((rows.last - rows.first) * (span.last - span.first)));
    }
}

static void T(shared_average)(const TernPool2d *p, ptrdiff_t planes, const STORED *x, STORED *y) {
    const PoolAxis ay = pool_rows(p), ax = pool_columns(p);
    PoolShares shares = {};
    for (ptrdiff_t plane = 0; plane < planes; plane++, x += ay.in * ax.in, y += ay.out * ax.out) do {
            pool_next_shares(&ax, &shares);
            for (ptrdiff_t oy = 0; oy < ay.out; oy++)
                T(shared_means)(&shares, pool_span(&ay, oy), ax.in, x, y + oy * ax.out);
        } while (shares.to < ax.out);
}

// Adds each gradient's share to all that its window is of.
static void T(shared_spread)(const PoolShares *s, PoolSpan rows, ptrdiff_t width, const STORED *dy, REAL *sums) {
    REAL line[POOL_SHARED];
    const ptrdiff_t count = s->last - s->first;
    const bool is_wide = count > POOL_SHARED;
    for (ptrdiff_t c = 0; c < count && !is_wide; c++) line[c] = 0;
    REAL share = 0;
    for (ptrdiff_t o = s->from; o < s->to; o++) {
        const PoolSpan span = s->spans[o - s->from];
        share = T(get)(dy[o]) / (REAL)((rows.last - rows.first) * (span.last - span.first));
        for (ptrdiff_t ix = span.first; ix < span.last && !is_wide; ix++) line[ix - s->first] += share;
    }
    for (ptrdiff_t iy = rows.first; iy < rows.last; iy++) {
        REAL *row = sums + iy * width + s->first;
        if (is_wide)
            for (ptrdiff_t c = 0; c < count; c++) row[c] += share;
        else
            for (ptrdiff_t c = 0; c < count; c++) row[c] += line[c];
    }
}

static void T(shared_average_spread)(const TernPool2d *p, ptrdiff_t planes, const STORED *dy, STORED *dx,
                                     void *scratch) {
    const PoolAxis ay = pool_rows(p), ax = pool_columns(p);
    PoolShares shares = {};
    for (ptrdiff_t plane = 0; plane < planes; plane++, dx += ay.in * ax.in, dy += ay.out * ax.out) {
        REAL *sums = T(plane_sums)(dx, ay.in * ax.in, scratch);
        do {
            pool_next_shares(&ax, &shares);
            for (ptrdiff_t oy = 0; oy < ay.out; oy++)
                T(shared_spread)(&shares, pool_span(&ay, oy), ax.in, dy + oy * ax.out, sums);
        } while (shares.to < ax.out);
        T(end_sums)(dx, ay.in * ax.in, sums);
    }
}

static void T(pool_average)(const TernPool2d *p, ptrdiff_t planes, const void *values, void *result) {
    const PoolAxis ay = pool_rows(p), ax = pool_columns(p);
    if (p->adaptive) return T(shared_average)(p, planes, values, result);
    const bool pairs = pool_is_pairs(p);
    const REAL quarter = (REAL)1 / (p->divisor ? p->divisor : 4);
    const STORED *x = values;
    STORED *y = result;
    for (ptrdiff_t plane = 0; plane < planes; plane++, x += ay.in * ax.in)
        for (ptrdiff_t oy = 0; oy < ay.out; oy++, y += ax.out) {
            if (pairs) {
                for (ptrdiff_t o = 0; o < ax.out; o += LANES) {
                    ptrdiff_t n = least(ax.out - o, LANES);
                    const STORED *at = x + 2 * oy * ax.in + 2 * o;
                    VREAL a, b, c, d;
                    T(load_pairs)(at, 2 * n, &a, &b);
                    T(load_pairs)(at + ax.in, 2 * n, &c, &d);
                    VREAL mean = (a + b + c + d) * quarter;
                    if (n == LANES) T(store)(y + o, mean);
                    else T(store_first)(y + o, mean, n);
                }
                continue;
            }
            const PoolSpan rows = pool_span(&ay, oy);
            const ptrdiff_t count = pool_positions(p, &ay, oy);
            for (ptrdiff_t from = 0, to; from < ax.out; from = to) {
                REAL sums[F(POOL_STRIP)];
                to = least(ax.out, from + F(POOL_STRIP));
                T(window_sums)(&ax, rows, from, to, x, sums);
                for (ptrdiff_t o = from; o < to; o++)
                    y[o] = T(put)(sums[o - from] / (p->divisor ? p->divisor : count * pool_positions(p, &ax, o)));
            }
        }
}

static void T(pool_average_spread)(const TernPool2d *p, ptrdiff_t planes, const void *gradients, void *result,
                                   void *scratch) {
    enum { SHARES = 64 };
    if (p->adaptive) return T(shared_average_spread)(p, planes, gradients, result, scratch);
    const PoolAxis ay = pool_rows(p), ax = pool_columns(p);
    const ptrdiff_t in = ay.in * ax.in;
    const bool pairs = pool_is_pairs(p);
    const REAL quarter = (REAL)1 / (p->divisor ? p->divisor : 4);
    const STORED *dy = gradients;
    STORED *dx = result;
    for (ptrdiff_t plane = 0; plane < planes; plane++, dx += in) {
        if (pairs && in != 4 * ay.out * ax.out) __builtin_memset(dx, 0, (size_t)in * sizeof(STORED));
        REAL *sums = pairs ? 0 : T(plane_sums)(dx, in, scratch);
        for (ptrdiff_t oy = 0; oy < ay.out; oy++, dy += ax.out) {
            if (pairs) {
                for (ptrdiff_t o = 0; o < ax.out; o += LANES) {
                    ptrdiff_t n = least(ax.out - o, LANES);
                    STORED *at = dx + 2 * oy * ax.in + 2 * o;
                    VREAL share = (n == LANES ? T(load)(dy + o) : T(load_first)(dy + o, n)) * quarter;
                    T(store_pairs)(at, 2 * n, share, share);
                    T(store_pairs)(at + ax.in, 2 * n, share, share);
                }
                continue;
            }
            const PoolSpan rows = pool_span(&ay, oy);
            const ptrdiff_t count = pool_positions(p, &ay, oy);
            for (ptrdiff_t from = 0; from < ax.out; from += SHARES) {
                ptrdiff_t to = least(from + SHARES, ax.out);
                REAL shares[SHARES];
                for (ptrdiff_t o = from; o < to; o++)
                    shares[o - from] = T(get)(dy[o]) / (p->divisor ? p->divisor : count * pool_positions(p, &ax, o));
                for (ptrdiff_t iy = rows.first; iy < rows.last; iy++) {
                    REAL *row = sums + iy * ax.in;
                    for (ptrdiff_t k = 0; k < ax.kernel; k++) {
                        ptrdiff_t tap = k - ax.before, first, last;
                        pool_outputs(&ax, tap, &first, &last);
                        first = most(first, from), last = least(last, to);
                        F(spread_tap)(ax.stride, first - from, last - from, shares, row + tap + from * ax.stride);
                    }
                }
            }
        }
        if (!pairs) T(end_sums)(dx, in, sums);
    }
}

// tern_pool_<type>_<level>
const TernPoolKernels TABLE(pool) = {
    .scratch_bytes = T(scratch_bytes),
    .max = T(pool_max),
    .max_scatter = T(pool_max_scatter),
    .max_gather = T(pool_max_gather),
    .average = T(pool_average),
    .average_spread = T(pool_average_spread),
};
