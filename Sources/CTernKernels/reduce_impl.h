// Reductions of floats, for both float types (see float_type.h).
#include "float_type.h"

// Values in one block of a reduction. Blocks are added in order, in double precision.
enum { F(REDUCE_BLOCK) = 1024 };

INLINE VREAL F(accumulate_sum)(VREAL acc, VREAL x) { return acc + x; }
INLINE VREAL F(accumulate_product)(VREAL acc, VREAL x) { return acc * x; }
INLINE VREAL F(accumulate_squares)(VREAL acc, VREAL x) { return F(fma)(x, x, acc); }
INLINE VREAL F(accumulate_abs)(VREAL acc, VREAL x) { return acc + F(abs)(x); }
INLINE VREAL F(accumulate_max)(VREAL acc, VREAL x) { return F(maximum)(x, acc); }
INLINE VREAL F(accumulate_min)(VREAL acc, VREAL x) { return F(minimum)(x, acc); }

// Four accumulators; `neutral` (of the combination) starts them, `rest` stands in for lanes past the end.
INLINE VREAL F(reduce_lanes)(VREAL (*step)(VREAL, VREAL), VREAL (*combine)(VREAL, VREAL), REAL neutral, REAL rest, REAL shift, ptrdiff_t n, const REAL *x) {
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

INLINE REAL F(sum_of_blocks)(VREAL (*step)(VREAL, VREAL), REAL shift, ptrdiff_t n, const REAL *x, ptrdiff_t sx, REAL *buffer) {
    double total = 0;
    for (ptrdiff_t i = 0; i < n; i += F(REDUCE_BLOCK)) {
        ptrdiff_t m = n - i < F(REDUCE_BLOCK) ? n - i : F(REDUCE_BLOCK);
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
            ptrdiff_t m = n - i < F(REDUCE_BLOCK) ? n - i : F(REDUCE_BLOCK);
            const REAL *block = F(block)(x, sx, i, m, buffer);
            total *= F(fold)(F(accumulate_product), F(reduce_lanes)(F(accumulate_product), F(accumulate_product), 1, 1, 0, m, block));
        }
        return total;
    }
    case TERN_REDUCE_MAX: {
        REAL total = -infinity;
        for (ptrdiff_t i = 0; i < n; i += F(REDUCE_BLOCK)) {
            ptrdiff_t m = n - i < F(REDUCE_BLOCK) ? n - i : F(REDUCE_BLOCK);
            const REAL *block = F(block)(x, sx, i, m, buffer);
            REAL value = F(fold)(F(accumulate_max), F(reduce_lanes)(F(accumulate_max), F(accumulate_max), -infinity, -infinity, 0, m, block));
            if (value > total || value != value) total = value;
        }
        return total;
    }
    case TERN_REDUCE_MIN: {
        REAL total = infinity;
        for (ptrdiff_t i = 0; i < n; i += F(REDUCE_BLOCK)) {
            ptrdiff_t m = n - i < F(REDUCE_BLOCK) ? n - i : F(REDUCE_BLOCK);
            const REAL *block = F(block)(x, sx, i, m, buffer);
            REAL value = F(fold)(F(accumulate_min), F(reduce_lanes)(F(accumulate_min), F(accumulate_min), infinity, infinity, 0, m, block));
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

static REAL F(sum_squared_deviations)(ptrdiff_t n, const REAL *x, ptrdiff_t sx, REAL mean) {
    REAL buffer[F(REDUCE_BLOCK)];
    return F(sum_of_blocks)(F(accumulate_squares), mean, n, x, n == 1 ? 1 : sx, buffer);
}

INLINE void F(accumulate_rows)(VREAL (*step)(VREAL, VREAL), ptrdiff_t n, const REAL *x, REAL *acc) {
    for (; n >= LANES; n -= LANES, x += LANES, acc += LANES) F(store)(acc, step(F(load)(acc), F(load)(x)));
    if (n > 0) F(store_first)(acc, step(F(load_first)(acc, n), F(load_first)(x, n)), n);
}
static void F(reduce_rows)(TernReduce op, ptrdiff_t n, const REAL *x, REAL *acc) {
    switch (op) {
    case TERN_REDUCE_SUM: F(accumulate_rows)(F(accumulate_sum), n, x, acc); return;
    case TERN_REDUCE_PRODUCT: F(accumulate_rows)(F(accumulate_product), n, x, acc); return;
    case TERN_REDUCE_MAX: F(accumulate_rows)(F(accumulate_max), n, x, acc); return;
    case TERN_REDUCE_MIN: F(accumulate_rows)(F(accumulate_min), n, x, acc); return;
    case TERN_REDUCE_SUM_SQUARES: F(accumulate_rows)(F(accumulate_squares), n, x, acc); return;
    case TERN_REDUCE_SUM_ABS: F(accumulate_rows)(F(accumulate_abs), n, x, acc); return;
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

#include "float_type_end.h"
