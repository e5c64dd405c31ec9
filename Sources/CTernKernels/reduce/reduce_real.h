// Reductions of floats, for both float types (see float_type.h).
#include "../simd/real.h"

// Values in one block of a reduction: the additions to one lane in the precision of the type are few at every level.
// Blocks are added in order, in double precision.
enum { F(REDUCE_BLOCK) = 64 * F32_LANES };

INLINE VREAL F(accumulate_sum)(VREAL acc, VREAL x) { return acc + x; }
INLINE VREAL F(accumulate_squares)(VREAL acc, VREAL x) { return F(fma)(x, x, acc); }
INLINE VREAL F(accumulate_abs)(VREAL acc, VREAL x) { return acc + F(abs)(x); }
INLINE VREAL F(accumulate_max)(VREAL acc, VREAL x) { return F(maximum)(x, acc); }
INLINE VREAL F(accumulate_min)(VREAL acc, VREAL x) { return F(minimum)(x, acc); }

// Four accumulators; `neutral` (of the combination) starts them, `rest` stands in for lanes past the end.
INLINE VREAL F(reduce_lanes)(VREAL (*step)(VREAL, VREAL), VREAL (*combine)(VREAL, VREAL), REAL neutral, REAL rest,
                             REAL shift, ptrdiff_t n, const REAL *x) {
    VREAL a0 = F(set)(neutral), a1 = a0, a2 = a0, a3 = a0, s = F(set)(shift);
    for (; n >= 4 * LANES; n -= 4 * LANES, x += 4 * LANES) {
        a0 = step(a0, F(load)(x) - s);
        a1 = step(a1, F(load)(x + LANES) - s);
        a2 = step(a2, F(load)(x + 2 * LANES) - s);
        a3 = step(a3, F(load)(x + 3 * LANES) - s);
    }
    for (; n >= LANES; n -= LANES, x += LANES) a0 = step(a0, F(load)(x) - s);
    if (n > 0) a1 = step(a1, F(load_first_or)(x, n, F(set)(rest)) - s);
    return combine(combine(a0, a2), combine(a1, a3));
}

INLINE REAL F(sum_of_blocks)(VREAL (*step)(VREAL, VREAL), REAL shift, ptrdiff_t n, const REAL *x, ptrdiff_t sx,
                             REAL *buffer) {
    if (n <= F(REDUCE_BLOCK))
        return F(sum)(F(reduce_lanes)(step, F(accumulate_sum), 0, shift, shift, n, F(block)(x, sx, 0, n, buffer)));
    double total = 0;
    for (ptrdiff_t i = 0; i < n; i += F(REDUCE_BLOCK)) {
        ptrdiff_t m = least(n - i, F(REDUCE_BLOCK));
        total += F(sum)(F(reduce_lanes)(step, F(accumulate_sum), 0, shift, shift, m, F(block)(x, sx, i, m, buffer)));
    }
    return (REAL)total;
}

static REAL F(reduce_contiguous_or_buffered)(TernReduce op, ptrdiff_t n, const REAL *x, ptrdiff_t sx, REAL *buffer) {
    const REAL infinity = (REAL)__builtin_inff();
    switch (op) {
    case TERN_REDUCE_SUM: return F(sum_of_blocks)(F(accumulate_sum), 0, n, x, sx, buffer);
    case TERN_REDUCE_SUM_SQUARES: return F(sum_of_blocks)(F(accumulate_squares), 0, n, x, sx, buffer);
    case TERN_REDUCE_SUM_ABS: return F(sum_of_blocks)(F(accumulate_abs), 0, n, x, sx, buffer);
    case TERN_REDUCE_PRODUCT: {
        REAL total = 1;
        for (ptrdiff_t i = 0; i < n; i += F(REDUCE_BLOCK)) {
            ptrdiff_t m = least(n - i, F(REDUCE_BLOCK));
            const REAL *block = F(block)(x, sx, i, m, buffer);
            total *= F(fold)(F(multiply), F(reduce_lanes)(F(multiply), F(multiply), 1, 1, 0, m, block));
        }
        return total;
    }
    case TERN_REDUCE_MAX: {
        REAL total = -infinity;
        for (ptrdiff_t i = 0; i < n; i += F(REDUCE_BLOCK)) {
            ptrdiff_t m = least(n - i, F(REDUCE_BLOCK));
            const REAL *block = F(block)(x, sx, i, m, buffer);
            REAL value =
                F(fold)(F(accumulate_max),
                        F(reduce_lanes)(F(accumulate_max), F(accumulate_max), -infinity, -infinity, 0, m, block));
            if (value > total || value != value) total = value;
        }
        return total;
    }
    case TERN_REDUCE_MIN: {
        REAL total = infinity;
        for (ptrdiff_t i = 0; i < n; i += F(REDUCE_BLOCK)) {
            ptrdiff_t m = least(n - i, F(REDUCE_BLOCK));
            const REAL *block = F(block)(x, sx, i, m, buffer);
            REAL value =
                F(fold)(F(accumulate_min),
                        F(reduce_lanes)(F(accumulate_min), F(accumulate_min), infinity, infinity, 0, m, block));
            if (value < total || value != value) total = value;
        }
        return total;
    }
    }
    return 0;
}
static __attribute__((noinline)) REAL F(reduce_strided)(TernReduce op, ptrdiff_t n, const REAL *x, ptrdiff_t sx) {
    REAL buffer[F(REDUCE_BLOCK)];
    return F(reduce_contiguous_or_buffered)(op, n, x, sx, buffer);
}
static REAL F(reduce)(TernReduce op, ptrdiff_t n, const REAL *x, ptrdiff_t sx) {
    if (sx == 1 || n == 1) return F(reduce_contiguous_or_buffered)(op, n, x, 1, 0);
    return F(reduce_strided)(op, n, x, sx);
}

// Columns whose rows are reduced together, and rows that are combined in the precision of the type. Blocks of rows are
// combined in double precision, in order.
enum { F(ROW_STRIP) = 256, F(ROW_BLOCK) = 16 };

// sums[i] = step(sums[i], x[i]) for each of `rows` rows; the sums begin with `neutral` if they are `new`.
INLINE void F(accumulate_rows)(VREAL (*step)(VREAL, VREAL), const int rows, _Bool new, REAL neutral, ptrdiff_t width,
                               const REAL *x, ptrdiff_t stride, REAL *sums) {
    VREAL start = F(set)(neutral);
    for (ptrdiff_t i = 0; i < width; i += LANES) {
        VREAL sum = new ? start : F(load)(sums + i);
        ptrdiff_t rest = width - i;
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++)
            sum = step(sum, rest >= LANES ? F(load)(x + row * stride + i) : F(load_first)(x + row * stride + i, rest));
        F(store)(sums + i, sum);
    }
}
INLINE double F(sum_of_doubles)(double a, double b) { return a + b; }
INLINE double F(product_of_doubles)(double a, double b) { return a * b; }
INLINE double F(larger_double)(double a, double b) { return b > a || b != b ? b : a; }
INLINE double F(smaller_double)(double a, double b) { return b < a || b != b ? b : a; }

// One strip of columns. `block`: rows that are combined in the precision of the type.
INLINE void F(reduce_strip)(VREAL (*step)(VREAL, VREAL), double (*combine)(double, double), REAL neutral,
                            ptrdiff_t block, ptrdiff_t groups, const ptrdiff_t *offsets, ptrdiff_t rows,
                            ptrdiff_t stride, ptrdiff_t width, const REAL *x, REAL *y) {
    REAL sums[F(ROW_STRIP)];
    double totals[F(ROW_STRIP)];
    ptrdiff_t pending = 0;
    _Bool any = 0;
    for (ptrdiff_t g = 0; g < groups; g++) {
        const REAL *from = offsets ? x + offsets[g] : x;
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
                F(accumulate_rows)(step, 4, pending == 0, neutral, width, from + row * stride, stride, sums);
            else F(accumulate_rows)(step, 1, pending == 0, neutral, width, from + row * stride, stride, sums);
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
        F(reduce_strip)(step, combine, neutral, block, groups, offsets, rows, stride, width, x + i, y + i); \
    } \
    return
static void F(reduce_rows)(TernReduce op, ptrdiff_t groups, const ptrdiff_t *offsets, ptrdiff_t rows, ptrdiff_t stride,
                           ptrdiff_t n, const REAL *x, REAL *y) {
    const REAL infinity = (REAL)__builtin_inff();
    switch (op) {
    case TERN_REDUCE_SUM: STRIPS(F(accumulate_sum), F(sum_of_doubles), 0, F(ROW_BLOCK));
    case TERN_REDUCE_SUM_SQUARES: STRIPS(F(accumulate_squares), F(sum_of_doubles), 0, F(ROW_BLOCK));
    case TERN_REDUCE_SUM_ABS: STRIPS(F(accumulate_abs), F(sum_of_doubles), 0, F(ROW_BLOCK));
    case TERN_REDUCE_PRODUCT: STRIPS(F(multiply), F(product_of_doubles), 1, PTRDIFF_MAX);
    case TERN_REDUCE_MAX: STRIPS(F(accumulate_max), F(larger_double), -infinity, PTRDIFF_MAX);
    case TERN_REDUCE_MIN: STRIPS(F(accumulate_min), F(smaller_double), infinity, PTRDIFF_MAX);
    }
}
#undef STRIPS

// Running sums of rows in place, in double precision.
static void F(cumulative_sum)(ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t n, REAL *x) {
    if (n == 1) {
        double sum = 0;
        for (ptrdiff_t row = 0; row < rows; row++) x[row * stride] = (REAL)(sum += x[row * stride]);
        return;
    }
    double sums[F(ROW_STRIP)];
    for (ptrdiff_t first = 0; first < n; first += F(ROW_STRIP)) {
        ptrdiff_t width = least(n - first, F(ROW_STRIP));
        for (ptrdiff_t i = 0; i < width; i++) sums[i] = 0;
        for (ptrdiff_t row = 0; row < rows; row++) {
            REAL *values = x + row * stride + first;
            for (ptrdiff_t i = 0; i < width; i++) values[i] = (REAL)(sums[i] += values[i]);
        }
    }
}

// Finds the extreme value first, then where it is: both are simple loops.
static int64_t F(index_of_extreme)(TernReduce op, ptrdiff_t n, const REAL *x, ptrdiff_t sx) {
    REAL extreme = F(reduce)(op, n, x, sx);
    ptrdiff_t i = 0;
    if (extreme != extreme) {
        while (x[i * sx] == x[i * sx]) i++;
    } else {
        if (sx == 1)
            while (i + LANES <= n && __builtin_reduce_or(F(load)(x + i) == extreme) == 0) i += LANES;
        while (x[i * sx] != extreme) i++;
    }
    return i;
}

#include "../simd/real_end.h"
