// Pooling for one float type; see pool_impl.h.

// Whether `v` takes the place of `best` as the largest: of equal values the first stays, and the first NaN.
INLINE bool F(takes)(REAL v, REAL best) { return !(v <= best) & (best == best); }
INLINE VINT F(takes_lanes)(VREAL v, VREAL best) { return ~(v <= best) & (best == best); }

// One tap of a row of windows: outputs first..<last read x[o * stride], o counted from 0; `at` is x's place in its
// plane.
INLINE void F(max_tap)(ptrdiff_t stride, ptrdiff_t first, ptrdiff_t last, const REAL *x, int32_t at, REAL *y,
                       int32_t *indices) {
    for (ptrdiff_t o = first; o < last; o++) {
        REAL v = x[o * stride];
        bool takes = (indices[o] < 0) | F(takes)(v, y[o]);
        y[o] = takes ? v : y[o];
        indices[o] = takes ? at + (int32_t)(o * stride) : indices[o];
    }
}

static void F(max_row)(const PoolAxis *ay, const PoolAxis *ax, ptrdiff_t oy, const REAL *x, REAL *y, int32_t *indices) {
    for (ptrdiff_t o = 0; o < ax->out; o++) y[o] = -(REAL)__builtin_inf(), indices[o] = -1;
    PoolSpan rows = pool_span(ay, oy);
    for (ptrdiff_t iy = rows.first; iy < rows.last; iy += rows.step) {
        const REAL *row = x + iy * ax->in;
        int32_t at = (int32_t)(iy * ax->in);
        if (ax->adaptive) {
            for (ptrdiff_t o = 0; o < ax->out; o++) {
                PoolSpan columns = pool_span(ax, o);
                for (ptrdiff_t ix = columns.first; ix < columns.last; ix++)
                    if (indices[o] < 0 || F(takes)(row[ix], y[o])) y[o] = row[ix], indices[o] = at + (int32_t)ix;
            }
            continue;
        }
        for (ptrdiff_t k = 0; k < ax->kernel; k++) {
            ptrdiff_t tap = k * ax->dilation - ax->before, first, last;
            pool_outputs(ax, tap, &first, &last);
            // Constant strides let the compiler use vectors.
            if (ax->stride == 1) F(max_tap)(1, first, last, row + tap, at + (int32_t)tap, y, indices);
            else if (ax->stride == 2) F(max_tap)(2, first, last, row + tap, at + (int32_t)tap, y, indices);
            else F(max_tap)(ax->stride, first, last, row + tap, at + (int32_t)tap, y, indices);
        }
    }
}

// Even and odd elements of the n <= 2 * LANES that begin at p.
INLINE void F(load_pairs)(const REAL *p, ptrdiff_t n, VREAL *even, VREAL *odd) {
    VREAL a, b;
    if (n == 2 * LANES) a = F(load)(p), b = F(load)(p + LANES);
    else a = F(load_first)(p, least(n, LANES)), b = n > LANES ? F(load_first)(p + LANES, n - LANES) : (VREAL){};
    *even = F(even)(a, b), *odd = F(odd)(a, b);
}

INLINE void F(store_pairs)(REAL *p, ptrdiff_t n, VREAL even, VREAL odd) {
    VREAL a = F(low_half)(even, odd), b = F(high_half)(even, odd);
    if (n == 2 * LANES) {
        F(store)(p, a), F(store)(p + LANES, b);
        return;
    }
    F(store_first)(p, a, least(n, LANES));
    if (n > LANES) F(store_first)(p + LANES, b, n - LANES);
}

#if FLOAT_BITS == 32
// Windows of 2 x 2 side by side, a vector of outputs at a time.
static void F(max_pairs_row)(const PoolAxis *ax, ptrdiff_t oy, const REAL *x, REAL *y, int32_t *indices) {
    VINT lane;
    for (int i = 0; i < LANES; i++) lane[i] = 2 * i;
    for (ptrdiff_t o = 0; o < ax->out; o += LANES) {
        ptrdiff_t n = least(ax->out - o, LANES), at = 2 * oy * ax->in + 2 * o;
        VREAL v[4];
        F(load_pairs)(x + at, 2 * n, &v[0], &v[1]);
        F(load_pairs)(x + at + ax->in, 2 * n, &v[2], &v[3]);
        VREAL best = v[0];
        VINT index = lane + (int32_t)at;
        const int32_t steps[4] = {0, 1, (int32_t)ax->in, (int32_t)ax->in + 1};
        for (int i = 1; i < 4; i++) {
            VINT takes = F(takes_lanes)(v[i], best);
            best = F(select)(takes, v[i], best);
            index = (takes & (lane + (int32_t)at + steps[i])) | (~takes & index);
        }
        if (n == LANES) F(store)(y + o, best), F(store)((REAL *)(indices + o), (VREAL)index);
        else F(store_first)(y + o, best, n), F(store_first)((REAL *)(indices + o), (VREAL)index, n);
    }
}

static void F(scatter_pairs_row)(const PoolAxis *ax, ptrdiff_t oy, const int32_t *indices, const REAL *dy, REAL *dx) {
    VINT lane;
    for (int i = 0; i < LANES; i++) lane[i] = 2 * i;
    for (ptrdiff_t o = 0; o < ax->out; o += LANES) {
        ptrdiff_t n = least(ax->out - o, LANES), at = 2 * oy * ax->in + 2 * o;
        VREAL g = n == LANES ? F(load)(dy + o) : F(load_first)(dy + o, n);
        VREAL raw = n == LANES ? F(load)((const REAL *)(indices + o)) : F(load_first)((const REAL *)(indices + o), n);
        VINT index = (VINT)raw - lane - (int32_t)at;
        for (int r = 0; r < 2; r++) {
            int32_t row = r * (int32_t)ax->in;
            F(store_pairs)(dx + at + row, 2 * n, F(select)(index == row, g, (VREAL){}),
                           F(select)(index == row + 1, g, (VREAL){}));
        }
    }
}
#endif

static void F(pool_max)(const TernPool2d *p, ptrdiff_t planes, const REAL *x, REAL *y, int32_t *indices) {
    PoolAxis ay = pool_rows(p), ax = pool_columns(p);
    for (ptrdiff_t plane = 0; plane < planes; plane++, x += ay.in * ax.in)
        for (ptrdiff_t oy = 0; oy < ay.out; oy++, y += ax.out, indices += ax.out) {
#if FLOAT_BITS == 32
            if (pool_is_pairs(p)) {
                F(max_pairs_row)(&ax, oy, x, y, indices);
                continue;
            }
#endif
            F(max_row)(&ay, &ax, oy, x, y, indices);
        }
}

static void F(pool_max_scatter)(const TernPool2d *p, ptrdiff_t planes, const int32_t *indices, const REAL *dy,
                                REAL *dx) {
    PoolAxis ay = pool_rows(p), ax = pool_columns(p);
    ptrdiff_t in = ay.in * ax.in, out = ay.out * ax.out;
    bool pairs = FLOAT_BITS == 32 && pool_is_pairs(p), covered = pairs && in == 4 * out;
    for (ptrdiff_t plane = 0; plane < planes; plane++, dx += in, dy += out, indices += out) {
        if (!covered) __builtin_memset(dx, 0, (size_t)in * sizeof(REAL));
#if FLOAT_BITS == 32
        if (pairs) {
            for (ptrdiff_t oy = 0; oy < ay.out; oy++)
                F(scatter_pairs_row)(&ax, oy, indices + oy * ax.out, dy + oy * ax.out, dx);
            continue;
        }
#endif
        for (ptrdiff_t o = 0; o < out; o++)
            if (indices[o] >= 0) dx[indices[o]] += dy[o];
    }
}

static void F(pool_max_gather)(const TernPool2d *p, ptrdiff_t planes, const int32_t *indices, const REAL *x, REAL *g) {
    ptrdiff_t in = p->in_height * p->in_width, out = p->out_height * p->out_width;
    for (ptrdiff_t plane = 0; plane < planes; plane++, x += in, g += out, indices += out)
        for (ptrdiff_t o = 0; o < out; o++) g[o] = indices[o] >= 0 ? x[indices[o]] : 0;
}

// y[o] += x[o * stride] and its transpose, for one tap of a row of windows.
INLINE void F(add_tap)(ptrdiff_t stride, ptrdiff_t n, const REAL *x, REAL *y) {
    for (ptrdiff_t o = 0; o < n; o++) y[o] += x[o * stride];
}
INLINE void F(spread_tap)(ptrdiff_t stride, ptrdiff_t first, ptrdiff_t last, const REAL *y, REAL *x) {
    for (ptrdiff_t o = first; o < last; o++) x[o * stride] += y[o];
}

// Sums of large windows are added up in double precision after so many additions to one value.
enum { F(POOL_STRIP) = 256, F(POOL_ADDITIONS) = 32 };

// The sums of the windows [from, to) of one row of outputs, tap by tap.
static void F(window_sums)(const PoolAxis *ax, PoolSpan rows, ptrdiff_t from, ptrdiff_t to, const REAL *x, REAL *y) {
    double totals[F(POOL_STRIP)];
    ptrdiff_t pending = 0;
    bool any = false;
    for (ptrdiff_t o = from; o < to; o++) y[o] = 0;
    for (ptrdiff_t iy = rows.first; iy < rows.last; iy++)
        for (ptrdiff_t k = 0; k < ax->kernel; k++) {
            if (pending == F(POOL_ADDITIONS)) {
                for (ptrdiff_t o = from; o < to; o++) {
                    totals[o - from] = any ? totals[o - from] + y[o] : y[o];
                    y[o] = 0;
                }
                any = true;
                pending = 0;
            }
            pending++;
            ptrdiff_t tap = k - ax->before, first, last;
            pool_outputs(ax, tap, &first, &last);
            first = most(first, from), last = least(last, to);
            const REAL *at = x + iy * ax->in + tap + first * ax->stride;
            if (ax->stride == 1) F(add_tap)(1, last - first, at, y + first);
            else if (ax->stride == 2) F(add_tap)(2, last - first, at, y + first);
            else F(add_tap)(ax->stride, last - first, at, y + first);
        }
    if (any)
        for (ptrdiff_t o = from; o < to; o++) y[o] = (REAL)(totals[o - from] + y[o]);
}

// The sum of a rectangle of a plane.
static REAL F(rectangle_sum)(const REAL *x, ptrdiff_t width, PoolSpan rows, PoolSpan columns) {
    double total = 0;
    for (ptrdiff_t iy = rows.first; iy < rows.last; iy++) {
        const REAL *row = x + iy * width;
        for (ptrdiff_t ix = columns.first; ix < columns.last;) {
            ptrdiff_t end = least(columns.last, ix + LANES * F(POOL_ADDITIONS));
            VREAL sum = {};
            for (; ix + LANES <= end; ix += LANES) sum += F(load)(row + ix);
            REAL rest = 0;
            for (; ix < end; ix++) rest += row[ix];
            total += F(sum)(sum) + rest;
        }
    }
    return (REAL)total;
}

static void F(pool_average)(const TernPool2d *p, ptrdiff_t planes, const REAL *x, REAL *y) {
    PoolAxis ay = pool_rows(p), ax = pool_columns(p);
    bool pairs = pool_is_pairs(p);
    REAL quarter = (REAL)1 / (p->divisor ? p->divisor : 4);
    for (ptrdiff_t plane = 0; plane < planes; plane++, x += ay.in * ax.in)
        for (ptrdiff_t oy = 0; oy < ay.out; oy++, y += ax.out) {
            if (pairs) {
                for (ptrdiff_t o = 0; o < ax.out; o += LANES) {
                    ptrdiff_t n = least(ax.out - o, LANES);
                    const REAL *at = x + 2 * oy * ax.in + 2 * o;
                    VREAL a, b, c, d;
                    F(load_pairs)(at, 2 * n, &a, &b);
                    F(load_pairs)(at + ax.in, 2 * n, &c, &d);
                    VREAL mean = (a + b + c + d) * quarter;
                    if (n == LANES) F(store)(y + o, mean);
                    else F(store_first)(y + o, mean, n);
                }
                continue;
            }
            PoolSpan rows = pool_span(&ay, oy);
            if (ax.adaptive)
                for (ptrdiff_t o = 0; o < ax.out; o++) y[o] = F(rectangle_sum)(x, ax.in, rows, pool_span(&ax, o));
            else
                for (ptrdiff_t o = 0; o < ax.out; o += F(POOL_STRIP))
                    F(window_sums)(&ax, rows, o, least(ax.out, o + F(POOL_STRIP)), x, y);
            ptrdiff_t count = pool_positions(p, &ay, oy);
            for (ptrdiff_t o = 0; o < ax.out; o++) y[o] /= p->divisor ? p->divisor : count * pool_positions(p, &ax, o);
        }
}

static void F(pool_average_spread)(const TernPool2d *p, ptrdiff_t planes, const REAL *dy, REAL *dx) {
    enum { SHARES = 64 };
    PoolAxis ay = pool_rows(p), ax = pool_columns(p);
    ptrdiff_t in = ay.in * ax.in;
    bool pairs = pool_is_pairs(p);
    REAL quarter = (REAL)1 / (p->divisor ? p->divisor : 4);
    for (ptrdiff_t plane = 0; plane < planes; plane++, dx += in) {
        if (!pairs || in != 4 * ay.out * ax.out) __builtin_memset(dx, 0, (size_t)in * sizeof(REAL));
        for (ptrdiff_t oy = 0; oy < ay.out; oy++, dy += ax.out) {
            if (pairs) {
                for (ptrdiff_t o = 0; o < ax.out; o += LANES) {
                    ptrdiff_t n = least(ax.out - o, LANES);
                    REAL *at = dx + 2 * oy * ax.in + 2 * o;
                    VREAL share = (n == LANES ? F(load)(dy + o) : F(load_first)(dy + o, n)) * quarter;
                    F(store_pairs)(at, 2 * n, share, share);
                    F(store_pairs)(at + ax.in, 2 * n, share, share);
                }
                continue;
            }
            PoolSpan rows = pool_span(&ay, oy);
            ptrdiff_t count = pool_positions(p, &ay, oy);
            for (ptrdiff_t from = 0; from < ax.out; from += SHARES) {
                ptrdiff_t to = least(from + SHARES, ax.out);
                REAL shares[SHARES];
                for (ptrdiff_t o = from; o < to; o++)
                    shares[o - from] = dy[o] / (p->divisor ? p->divisor : count * pool_positions(p, &ax, o));
                for (ptrdiff_t iy = rows.first; iy < rows.last; iy++) {
                    REAL *row = dx + iy * ax.in;
                    if (ax.adaptive) {
                        for (ptrdiff_t o = from; o < to; o++) {
                            PoolSpan columns = pool_span(&ax, o);
                            for (ptrdiff_t ix = columns.first; ix < columns.last; ix++) row[ix] += shares[o - from];
                        }
                        continue;
                    }
                    for (ptrdiff_t k = 0; k < ax.kernel; k++) {
                        ptrdiff_t tap = k - ax.before, first, last;
                        pool_outputs(&ax, tap, &first, &last);
                        first = most(first, from), last = least(last, to);
                        F(spread_tap)(ax.stride, first - from, last - from, shares, row + tap + from * ax.stride);
                    }
                }
            }
        }
    }
}
