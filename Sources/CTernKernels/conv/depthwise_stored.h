// Depthwise convolutions of 3x3 with padding 1, plane by plane. Vectors run along a row; a row of sources is read once
// and its neighbours by one column are shifted out of it, so that little more than memory is left to wait for.

// A vector of a row, and those that begin one column before and after it: zero outside of the row.
typedef struct {
    VREAL left, middle, right;
} T(columns);

INLINE VREAL T(some)(const STORED *p, ptrdiff_t count) {
    return count >= LANES ? T(load)(p) : T(load_first)(p, most(count, 0));
}
INLINE void T(store_most)(STORED *p, VREAL v, ptrdiff_t count) {
    if (count >= LANES) T(store)(p, v);
    else if (count > 0) T(store_first)(p, v, count);
}
// v moved up by one lane, zero where that leaves the first `count` lanes. A rotation with a mask of its own: from zeros
// that the compiler knows it makes an expansion, which takes longer on AMD's processors.
INLINE VREAL T(rotated_up)(VREAL v, ptrdiff_t count) {
    const VINT lane = F(lane_index)();
    return (VREAL)((VINT)F(shifted_up)(v, v) & (lane > 0) & (lane < (INT)least(count, LANES)));
}

INLINE VREAL T(with_first)(REAL first, VREAL v) {
    v[0] = first;
    return v;
}

INLINE T(columns) T(columns_at)(const STORED *row, ptrdiff_t column, ptrdiff_t width) {
    const STORED *p = row + column;
    const ptrdiff_t count = width - column;
    T(columns) c = {.middle = T(some)(p, count)};
    c.left = column > 0 ? T(some)(p - 1, count) : T(rotated_up)(c.middle, count);
    c.right = count > LANES ? T(load)(p + 1) : F(shifted_down)(c.middle, (VREAL){});
    return c;
}
// Every second column, from twice the output's on.
INLINE T(columns) T(second_columns_at)(const STORED *row, ptrdiff_t column, ptrdiff_t width, ptrdiff_t out_width) {
    const STORED *p = row + 2 * column;
    const ptrdiff_t count = width - 2 * column;
    const VREAL a = T(some)(p, count), b = T(some)(p + LANES, count - LANES), odd = F(odd)(a, b);
    VREAL left = T(rotated_up)(odd, out_width - column);
    if (column > 0) left = T(with_first)(T(get)(p[-1]), left);
    return (T(columns)){left, F(even)(a, b), odd};
}
// The products of a row with a row of the kernel are added to a sum.
INLINE VREAL T(add_row)(VREAL sum, T(columns) c, const VREAL *k) {
    return F(fma)(c.right, k[2], F(fma)(c.middle, k[1], F(fma)(c.left, k[0], sum)));
}

// Stride 1: each row of sources is added to three rows of outputs.
static void T(plane_forward_1)(ptrdiff_t height, ptrdiff_t width, const STORED *x, const VREAL *k, VREAL start,
                               STORED *y) {
    for (ptrdiff_t column = 0; column < width; column += LANES) {
        VREAL above = start, here = start;
        for (ptrdiff_t row = 0; row < height; row++) {
            const T(columns) c = T(columns_at)(x + row * width, column, width);
            above = T(add_row)(above, c, k + 6);
            if (row > 0) T(store_most)(y + (row - 1) * width + column, above, width - column);
            above = T(add_row)(here, c, k + 3);
            here = T(add_row)(start, c, k);
        }
        T(store_most)(y + (height - 1) * width + column, above, width - column);
    }
}

static void T(plane_forward_2)(ptrdiff_t height, ptrdiff_t width, ptrdiff_t out_height, ptrdiff_t out_width,
                               const STORED *x, const VREAL *k, VREAL start, STORED *y) {
    for (ptrdiff_t column = 0; column < out_width; column += LANES) {
        T(columns) before = {};
        for (ptrdiff_t row = 0; row < out_height; row++) {
            const STORED *source = x + 2 * row * width;
            VREAL sum = row > 0 ? T(add_row)(start, before, k) : start;
            sum = T(add_row)(sum, T(second_columns_at)(source, column, width, out_width), k + 3);
            if (2 * row + 1 < height) {
                before = T(second_columns_at)(source + width, column, width, out_width);
                sum = T(add_row)(sum, before, k + 6);
            }
            T(store_most)(y + row * out_width + column, sum, out_width - column);
        }
    }
}

// Even and odd columns of a row, of which `count` are left.
INLINE void T(store_both)(STORED *row, VREAL even, VREAL odd, ptrdiff_t count) {
    T(store_most)(row, F(low_half)(even, odd), count);
    T(store_most)(row + LANES, F(high_half)(even, odd), count - LANES);
}

// The input gradient of stride 2: an even row or column is reached by the middle of the kernel, an odd one from two
// sides.
static void T(plane_backward_2)(ptrdiff_t height, ptrdiff_t width, ptrdiff_t out_height, ptrdiff_t out_width,
                                const STORED *dy, const VREAL *k, VREAL start, STORED *dx) {
    for (ptrdiff_t column = 0; column < out_width; column += LANES) {
        const ptrdiff_t count = width - 2 * column;
        T(columns) here = T(columns_at)(dy, column, out_width);
        for (ptrdiff_t row = 0; row < out_height; row++) {
            STORED *to = dx + 2 * row * width + 2 * column;
            T(columns) below = {};
            if (row + 1 < out_height) below = T(columns_at)(dy + (row + 1) * out_width, column, out_width);
            T(store_both)(to, F(fma)(here.middle, k[4], start),
                          F(fma)(here.middle, k[5], F(fma)(here.right, k[3], start)), count);
            if (2 * row + 1 < height) {
                VREAL even = F(fma)(here.middle, k[7], F(fma)(below.middle, k[1], start));
                VREAL odd = F(fma)(here.middle, k[8], F(fma)(here.right, k[6], start));
                odd = F(fma)(below.middle, k[2], F(fma)(below.right, k[0], odd));
                T(store_both)(to + width, even, odd, count);
            }
            here = below;
        }
    }
}

static void T(correlate_depthwise)(const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *source,
                                   const void *packed, const void *bias, void *result) {
    const TernConv *c = &g->conv;
    const ptrdiff_t plane = g->y.source_size * g->x.source_size, out_plane = g->out_height * g->out_width;
    for (ptrdiff_t unit = first; unit < last; unit++) {
        const ptrdiff_t group = unit % g->groups;
        const STORED *from = (const STORED *)source + unit * plane;
        STORED *to = (STORED *)result + unit * out_plane;
        VREAL k[9];
        for (int i = 0; i < 9; i++) k[i] = F(set)(((const REAL *)packed)[group * 9 + i]);
        const VREAL start = bias ? F(set)(T(get)(((const STORED *)bias)[group])) : (VREAL){};
        if (c->stride_height == 1) T(plane_forward_1)(c->in_height, c->in_width, from, k, start, to);
        else if (g->pass == TERN_CONV_FORWARD)
            T(plane_forward_2)(c->in_height, c->in_width, c->out_height, c->out_width, from, k, start, to);
        else T(plane_backward_2)(c->in_height, c->in_width, c->out_height, c->out_width, from, k, start, to);
    }
}

// [groups][9] in the type that is computed in; the input gradient of stride 1 is a correlation with the kernel
// reversed.
static void T(pack_depthwise)(const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *weights,
                              void *packed) {
    const bool reversed = g->pass == TERN_CONV_INPUT_GRADIENT && g->conv.stride_height == 1;
    for (ptrdiff_t group = first; group < last; group++)
        for (ptrdiff_t i = 0; i < 9; i++)
            ((REAL *)packed)[group * 9 + i] = T(get)(((const STORED *)weights)[group * 9 + (reversed ? 8 - i : i)]);
}

// Adds the products of a row of sources with a row of gradients to sums by the kernel's columns.
INLINE void T(add_gradients)(VREAL *sum, T(columns) c, VREAL g) {
    sum[0] = F(fma)(c.left, g, sum[0]);
    sum[1] = F(fma)(c.middle, g, sum[1]);
    sum[2] = F(fma)(c.right, g, sum[2]);
}

// Adds a plane to sums[9][lane], and the gradient itself to sums[9].
INLINE void T(plane_gradient)(const int stride, const TernConv *c, const STORED *x, const STORED *dy, REAL *sums) {
    const ptrdiff_t height = c->in_height, width = c->in_width, out_height = c->out_height, out_width = c->out_width;
    VREAL sum[10];
#pragma clang loop unroll(full)
    for (int i = 0; i < 10; i++) sum[i] = F(load)(sums + i * LANES);
    for (ptrdiff_t column = 0; column < out_width; column += LANES) {
        const ptrdiff_t count = out_width - column;
        VREAL above = {}, here = T(some)(dy + column, count);
        T(columns) before = {};
        for (ptrdiff_t row = 0; row < out_height; row++) {
            sum[9] += here;
            if (stride == 1) {
                // A row of sources meets the gradients of the rows before and after it, too.
                const T(columns) s = T(columns_at)(x + row * width, column, width);
                T(add_gradients)(sum + 3, s, here);
                T(add_gradients)(sum + 6, s, above);
                above = here;
                here = row + 1 < out_height ? T(some)(dy + (row + 1) * out_width + column, count) : (VREAL){};
                T(add_gradients)(sum, s, here);
            } else {
                const STORED *source = x + 2 * row * width;
                T(add_gradients)(sum, before, here);
                T(add_gradients)(sum + 3, T(second_columns_at)(source, column, width, out_width), here);
                if (2 * row + 1 < height) {
                    before = T(second_columns_at)(source + width, column, width, out_width);
                    T(add_gradients)(sum + 6, before, here);
                }
                if (row + 1 < out_height) here = T(some)(dy + (row + 1) * out_width + column, count);
            }
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 10; i++) F(store)(sums + i * LANES, sum[i]);
}

// Small planes that lie too far away to be foreseen; along larger ones a processor reads ahead by itself.
INLINE void T(ask_for)(const STORED *plane, ptrdiff_t count) {
    if (count > 256) return;
    for (ptrdiff_t i = 0; i < count; i += LANES) __builtin_prefetch(plane + i, 0, 2);
}

static void T(depthwise_gradient)(const TernConvWeightPlan *g, ptrdiff_t first, ptrdiff_t last, const void *x,
                                  const void *dy, void *dw, void *dbias, void *scratch) {
    const TernConv *c = &g->conv;
    const ptrdiff_t plane = c->in_height * c->in_width, out_plane = c->out_height * c->out_width, groups = c->groups;
    REAL *sums = scratch;
    double *totals = (double *)(sums + DEPTHWISE_GROUPS * 10 * LANES);
    // Images one after the other, each read for several groups, as they lie in memory.
    for (ptrdiff_t piece = first, count; piece < last; piece += count) {
        const ptrdiff_t partial = piece / groups, group = piece % groups;
        count = least(least(last - piece, groups - group), DEPTHWISE_GROUPS);
        const ptrdiff_t image = c->images * partial / g->partials, end = c->images * (partial + 1) / g->partials;
        const ptrdiff_t terms_of_plane = c->out_height * ceil_divide(c->out_width, LANES), size = count * 10 * LANES;
        F(zero_row)(sums, size);
        __builtin_memset(totals, 0, (size_t)size * sizeof(double));
        for (ptrdiff_t n = image, terms = 0; n < end; n++) {
            for (ptrdiff_t i = 0; i < count; i++) {
                const STORED *from = (const STORED *)x + (n * groups + group + i) * plane;
                const STORED *slopes = (const STORED *)dy + (n * groups + group + i) * out_plane;
                T(ask_for)(from + groups * plane, plane);  // of the next image
                T(ask_for)(slopes + groups * out_plane, out_plane);
                if (c->stride_height == 1) T(plane_gradient)(1, c, from, slopes, sums + i * 10 * LANES);
                else T(plane_gradient)(2, c, from, slopes, sums + i * 10 * LANES);
            }
            terms += terms_of_plane;
            if (terms < F(GRADIENT_TERMS)) continue;
            terms = 0;
            F(take_up)(size, sums, totals);
        }
        F(add_totals)(size, totals, sums);
        for (ptrdiff_t i = 0; i < count; i++)
            for (ptrdiff_t k = 0; k < 10; k++) {
                const REAL sum = F(sum)(F(load)(sums + (i * 10 + k) * LANES));
                if (k < 9) ((REAL *)dw)[(partial * groups + group + i) * 9 + k] = sum;
                else if (dbias) ((REAL *)dbias)[partial * groups + group + i] = sum;
            }
    }
}
