// Reductions of floats.

static REAL T(reduce_contiguous_or_buffered)(TernReduce op, ptrdiff_t n, const STORED *x, ptrdiff_t sx,
                                             STORED *buffer) {
    const REAL infinity = (REAL)__builtin_inff();
    switch (op) {
    case TERN_REDUCE_SUM: return T(sum_of_blocks)(F(accumulate_sum), 0, n, x, sx, buffer);
    case TERN_REDUCE_SUM_SQUARES: return T(sum_of_blocks)(F(accumulate_squares), 0, n, x, sx, buffer);
    case TERN_REDUCE_SUM_ABS: return T(sum_of_blocks)(F(accumulate_abs), 0, n, x, sx, buffer);
    case TERN_REDUCE_PRODUCT: {
        REAL total = 1;
        for (ptrdiff_t i = 0; i < n; i += F(REDUCE_BLOCK)) {
            ptrdiff_t m = least(n - i, F(REDUCE_BLOCK));
            const STORED *block = T(block)(x, sx, i, m, buffer);
            total *= F(fold)(F(accumulate_product),
                             T(reduce_lanes)(F(accumulate_product), F(accumulate_product), 1, 1, 0, m, block));
        }
        return total;
    }
    case TERN_REDUCE_MAX: {
        REAL total = -infinity;
        for (ptrdiff_t i = 0; i < n; i += F(REDUCE_BLOCK)) {
            ptrdiff_t m = least(n - i, F(REDUCE_BLOCK));
            const STORED *block = T(block)(x, sx, i, m, buffer);
            REAL value =
                F(fold)(F(accumulate_max),
                        T(reduce_lanes)(F(accumulate_max), F(accumulate_max), -infinity, -infinity, 0, m, block));
            if (value > total || value != value) total = value;
        }
        return total;
    }
    case TERN_REDUCE_MIN: {
        REAL total = infinity;
        for (ptrdiff_t i = 0; i < n; i += F(REDUCE_BLOCK)) {
            ptrdiff_t m = least(n - i, F(REDUCE_BLOCK));
            const STORED *block = T(block)(x, sx, i, m, buffer);
            REAL value =
                F(fold)(F(accumulate_min),
                        T(reduce_lanes)(F(accumulate_min), F(accumulate_min), infinity, infinity, 0, m, block));
            if (value < total || value != value) total = value;
        }
        return total;
    }
    }
}
OUTLINE REAL T(reduce_strided)(TernReduce op, ptrdiff_t n, const STORED *x, ptrdiff_t sx) {
    STORED buffer[F(REDUCE_BLOCK)];
    return T(reduce_contiguous_or_buffered)(op, n, x, sx, buffer);
}
static REAL T(reduced)(TernReduce op, ptrdiff_t n, const STORED *x, ptrdiff_t sx) {
    if (sx == 1 || n == 1) return T(reduce_contiguous_or_buffered)(op, n, x, 1, 0);
    return T(reduce_strided)(op, n, x, sx);
}

// sums[i] = step(sums[i], x[i]) for each of `rows` rows; the sums begin with `neutral` if they are `new`.
INLINE void T(accumulate_rows)(VREAL (*step)(VREAL, VREAL), const int rows, _Bool new, REAL neutral, ptrdiff_t width,
                               const STORED *x, ptrdiff_t stride, REAL *sums) {
    VREAL start = F(set)(neutral);
    for (ptrdiff_t i = 0; i < width; i += LANES) {
        VREAL sum = new ? start : F(load)(sums + i);
        ptrdiff_t rest = width - i;
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++)
            sum = step(sum, rest >= LANES ? T(load)(x + row * stride + i) : T(load_first)(x + row * stride + i, rest));
        F(store)(sums + i, sum);
    }
}

// One strip of columns. `block`: rows that are combined in the precision of the type.
INLINE void T(reduce_strip)(VREAL (*step)(VREAL, VREAL), double (*combine)(double, double), REAL neutral,
                            ptrdiff_t block, ptrdiff_t groups, const ptrdiff_t *offsets, ptrdiff_t rows,
                            ptrdiff_t stride, ptrdiff_t width, const STORED *x, REAL *y) {
    REAL sums[F(ROW_STRIP)];
    double totals[F(ROW_STRIP)];
    ptrdiff_t pending = 0;
    _Bool any = 0;
    for (ptrdiff_t g = 0; g < groups; g++) {
        const STORED *from = offsets ? x + offsets[g] : x;
        for (ptrdiff_t row = 0; row < rows;) {
            if (pending == block) {
                if (any)
                    for (ptrdiff_t i = 0; i < width; i++) totals[i] = combine(totals[i], sums[i]);
                else
                    for (ptrdiff_t i = 0; i < width; i++) totals[i] = sums[i];
                any = 1;
                pending = 0;
            }
            ptrdiff_t count = rows - row >= 4 && block - pending >= 4 ? 4 : 1;
            if (count == 4)
                T(accumulate_rows)(step, 4, pending == 0, neutral, width, from + row * stride, stride, sums);
            else T(accumulate_rows)(step, 1, pending == 0, neutral, width, from + row * stride, stride, sums);
            row += count;
            pending += count;
        }
    }
    if (any)
        for (ptrdiff_t i = 0; i < width; i++) y[i] = (REAL)combine(totals[i], sums[i]);
    else __builtin_memcpy(y, sums, (size_t)width * sizeof(REAL));
}

#define STRIPS(step, combine, neutral, block) \
    for (ptrdiff_t i = 0; i < n; i += F(ROW_STRIP)) { \
        ptrdiff_t width = least(n - i, F(ROW_STRIP)); \
        T(reduce_strip)(step, combine, neutral, block, groups, offsets, rows, stride, width, x + i, y + i); \
    } \
    return
static void T(reduce_rows)(TernReduce op, ptrdiff_t groups, const ptrdiff_t *offsets, ptrdiff_t rows, ptrdiff_t stride,
                           ptrdiff_t n, const void *values, void *result) {
    const STORED *x = values;
    REAL *y = result;
    const REAL infinity = (REAL)__builtin_inff();
    switch (op) {
    case TERN_REDUCE_SUM: STRIPS(F(accumulate_sum), F(sum_of_doubles), 0, F(ROW_BLOCK));
    case TERN_REDUCE_SUM_SQUARES: STRIPS(F(accumulate_squares), F(sum_of_doubles), 0, F(ROW_BLOCK));
    case TERN_REDUCE_SUM_ABS: STRIPS(F(accumulate_abs), F(sum_of_doubles), 0, F(ROW_BLOCK));
    case TERN_REDUCE_PRODUCT: STRIPS(F(accumulate_product), F(product_of_doubles), 1, PTRDIFF_MAX);
    case TERN_REDUCE_MAX: STRIPS(F(accumulate_max), F(larger_double), -infinity, PTRDIFF_MAX);
    case TERN_REDUCE_MIN: STRIPS(F(accumulate_min), F(smaller_double), infinity, PTRDIFF_MAX);
    }
}
#undef STRIPS

// Running sums of rows in place, in double precision.
static void T(cumulative_sum)(ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t n, void *values) {
    STORED *x = values;
    if (n == 1) {
        double sum = 0;
        for (ptrdiff_t row = 0; row < rows; row++) x[row * stride] = T(put)((REAL)(sum += T(get)(x[row * stride])));
        return;
    }
    double sums[F(ROW_STRIP)];
    for (ptrdiff_t first = 0; first < n; first += F(ROW_STRIP)) {
        ptrdiff_t width = least(n - first, F(ROW_STRIP));
        for (ptrdiff_t i = 0; i < width; i++) sums[i] = 0;
        for (ptrdiff_t row = 0; row < rows; row++) {
            STORED *line = x + row * stride + first;
            for (ptrdiff_t i = 0; i < width; i++) line[i] = T(put)((REAL)(sums[i] += T(get)(line[i])));
        }
    }
}

// Finds the extreme value first, then where it is: both are simple loops.
OUTLINE int64_t T(index_of_extreme)(TernReduce op, ptrdiff_t n, const STORED *x, ptrdiff_t sx) {
    const REAL extreme = T(reduced)(op, n, x, sx);
    ptrdiff_t i = 0;
    if (extreme != extreme) {
        while (T(get)(x[i * sx]) == T(get)(x[i * sx])) i++;
    } else {
        if (sx == 1)
            while (i + LANES <= n && __builtin_reduce_or(T(load)(x + i) == extreme) == 0) i += LANES;
        while (T(get)(x[i * sx]) != extreme) i++;
    }
    return i;
}
