// Reductions of integers: plain loops, which the compiler turns into vector code. Arithmetic wraps.

INLINE STORED T(magnitude)(STORED x) { return x < 0 ? (STORED)(0 - (WRAPPING)x) : x; }

INLINE STORED T(step)(TernReduce op, STORED acc, STORED x) {
    switch (op) {
    case TERN_REDUCE_SUM: return (STORED)((WRAPPING)acc + (WRAPPING)x);
    case TERN_REDUCE_PRODUCT: return (STORED)((WRAPPING)acc * (WRAPPING)x);
    case TERN_REDUCE_MAX: return x > acc ? x : acc;
    case TERN_REDUCE_MIN: return x < acc ? x : acc;
    case TERN_REDUCE_SUM_SQUARES: return (STORED)((WRAPPING)acc + (WRAPPING)x * (WRAPPING)x);
    case TERN_REDUCE_SUM_ABS: return (STORED)((WRAPPING)acc + (WRAPPING)T(magnitude)(x));
    }
}
#define LOOP(op, start) \
    { \
        STORED acc = start; \
        if (sx == 1) \
            for (ptrdiff_t i = 0; i < n; i++) acc = T(step)(op, acc, x[i]); \
        else \
            for (ptrdiff_t i = 0; i < n; i++) acc = T(step)(op, acc, x[i * sx]); \
        return acc; \
    }
static STORED T(reduced)(TernReduce op, ptrdiff_t n, const STORED *x, ptrdiff_t sx) {
    switch (op) {
    case TERN_REDUCE_SUM: LOOP(TERN_REDUCE_SUM, 0)
    case TERN_REDUCE_PRODUCT: LOOP(TERN_REDUCE_PRODUCT, 1)
    case TERN_REDUCE_MAX: LOOP(TERN_REDUCE_MAX, SMALLEST)
    case TERN_REDUCE_MIN: LOOP(TERN_REDUCE_MIN, LARGEST)
    case TERN_REDUCE_SUM_SQUARES: LOOP(TERN_REDUCE_SUM_SQUARES, 0)
    case TERN_REDUCE_SUM_ABS: LOOP(TERN_REDUCE_SUM_ABS, 0)
    }
}
#undef LOOP
#define LOOP(op) \
    for (ptrdiff_t i = 0; i < n; i++) acc[i] = T(step)(op, acc[i], x[i]); \
    return
static void T(reduce_row)(TernReduce op, ptrdiff_t n, const STORED *x, STORED *acc) {
    switch (op) {
    case TERN_REDUCE_SUM: LOOP(TERN_REDUCE_SUM);
    case TERN_REDUCE_PRODUCT: LOOP(TERN_REDUCE_PRODUCT);
    case TERN_REDUCE_MAX: LOOP(TERN_REDUCE_MAX);
    case TERN_REDUCE_MIN: LOOP(TERN_REDUCE_MIN);
    case TERN_REDUCE_SUM_SQUARES: LOOP(TERN_REDUCE_SUM_SQUARES);
    case TERN_REDUCE_SUM_ABS: LOOP(TERN_REDUCE_SUM_ABS);
    }
}
#undef LOOP
static void T(reduce_rows)(TernReduce op, ptrdiff_t groups, const ptrdiff_t *offsets, ptrdiff_t rows, ptrdiff_t stride,
                           ptrdiff_t n, const void *values, void *result) {
    const STORED *x = values;
    STORED *y = result;
    for (ptrdiff_t i = 0; i < n; i++) y[i] = T(reduced)(op, 1, x + (offsets ? offsets[0] : 0) + i, 1);
    for (ptrdiff_t g = 0; g < groups; g++)
        for (ptrdiff_t row = g == 0; row < rows; row++)
            T(reduce_row)(op, n, x + (offsets ? offsets[g] : 0) + row * stride, y);
}

static void T(cumulative_sum)(ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t n, void *values) {
    STORED *x = values;
    for (ptrdiff_t row = 1; row < rows; row++)
        for (ptrdiff_t i = 0; i < n; i++)
            x[row * stride + i] = (STORED)((WRAPPING)x[row * stride + i] + (WRAPPING)x[(row - 1) * stride + i]);
}

OUTLINE int64_t T(index_of_extreme)(TernReduce op, ptrdiff_t n, const STORED *x, ptrdiff_t sx) {
    const STORED extreme = T(reduced)(op, n, x, sx);
    ptrdiff_t i = 0;
    while (x[i * sx] != extreme) i++;
    return i;
}
