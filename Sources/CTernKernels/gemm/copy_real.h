// Copies of matrix blocks into and out of scratch memory. Included by gemm_typed.h.

// LANES vectors of LANES values, transposed in place by log2(LANES) rounds of perfect shuffles.
INLINE void F(transpose)(VREAL x[LANES]) {
#pragma clang loop unroll(full)
    for (int round = 1; round < LANES; round *= 2) {
        VREAL y[LANES];
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES / 2; i++) {
            y[2 * i] = __builtin_shufflevector(x[i], x[i + LANES / 2], LOW);
            y[2 * i + 1] = __builtin_shufflevector(x[i], x[i + LANES / 2], HIGH);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++) x[i] = y[i];
    }
}

// Reads more rows at once than a processor prefetches by itself: each is prefetched four vectors ahead.
static void F(copy_transposed)(REAL *to, ptrdiff_t to_row, const REAL *from, ptrdiff_t from_column, ptrdiff_t rows,
                               ptrdiff_t columns, ptrdiff_t width) {
    for (ptrdiff_t i = 0; i < rows; i += LANES) {
        for (ptrdiff_t j = 0; j < width; j += LANES) {
            ptrdiff_t valid = least(columns - j, LANES), stored = least(width - j, LANES);
            const REAL *source = from + i + j * from_column;
            REAL *target = to + i * to_row + j;
            VREAL x[LANES];
            if (valid == LANES && stored == LANES && i + LANES <= rows) {
#pragma clang loop unroll(full)
                for (int lane = 0; lane < LANES; lane++) {
                    x[lane] = F(load)(source + lane * from_column);
                    __builtin_prefetch(source + lane * from_column + 4 * LANES);
                }
                F(transpose)(x);
#pragma clang loop unroll(full)
                for (int lane = 0; lane < LANES; lane++) F(store)(target + lane * to_row, x[lane]);
            } else {
                ptrdiff_t height = least(rows - i, LANES);
                for (int lane = 0; lane < LANES; lane++)
                    x[lane] = lane < valid ? F(load_first)(source + lane * from_column, height) : (VREAL){};
                F(transpose)(x);
                for (int lane = 0; lane < height; lane++) F(store_first)(target + lane * to_row, x[lane], stored);
            }
        }
    }
}

// to[i, j] = from[i, j] for j < columns and 0 for columns <= j < width.
static void F(copy)(REAL *to, ptrdiff_t to_row, const REAL *from, ptrdiff_t from_row, ptrdiff_t from_column,
                    ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t width) {
    if (from_column == 1 || columns == 1) {
        ptrdiff_t whole = columns / LANES * LANES;
        for (ptrdiff_t i = 0; i < rows; i++) {
            for (ptrdiff_t j = 0; j < whole; j += LANES)
                F(store)(to + i * to_row + j, F(load)(from + i * from_row + j));
            if (whole < width) {
                VREAL rest = F(load_first)(from + i * from_row + whole, columns - whole);
                F(store_first)(to + i * to_row + whole, rest, least(width - whole, LANES));
                for (ptrdiff_t j = whole + LANES; j < width; j++) to[i * to_row + j] = 0;
            }
        }
    } else if (from_row == 1) {
        F(copy_transposed)(to, to_row, from, from_column, rows, columns, width);
    } else {
        for (ptrdiff_t i = 0; i < rows; i++)
            for (ptrdiff_t j = 0; j < width; j++)
                to[i * to_row + j] = j < columns ? from[i * from_row + j * from_column] : 0;
    }
}

INLINE void F(fill)(REAL *to, REAL value, ptrdiff_t count) {
    for (ptrdiff_t j = 0; j < count; j += LANES) {
        if (count - j >= LANES) F(store)(to + j, F(set)(value));
        else F(store_first)(to + j, F(set)(value), count - j);
    }
}
