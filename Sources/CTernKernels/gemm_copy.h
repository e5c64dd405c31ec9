// Copies of matrix blocks into and out of scratch memory. Included by gemm_impl.h for each element type.

// LANES vectors of LANES values, transposed in place by log2(LANES) rounds of perfect shuffles.
INLINE void TYPED(transpose)(V x[LANES]) {
#pragma clang loop unroll(full)
    for (int round = 1; round < LANES; round *= 2) {
        V y[LANES];
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES / 2; i++) {
            y[2 * i] = __builtin_shufflevector(x[i], x[i + LANES / 2], LOW);
            y[2 * i + 1] = __builtin_shufflevector(x[i], x[i + LANES / 2], HIGH);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++) x[i] = y[i];
    }
}

static void TYPED(copy_transposed)(T *to, ptrdiff_t to_row, const T *from, ptrdiff_t from_column, ptrdiff_t rows,
                                   ptrdiff_t columns, ptrdiff_t width) {
    for (ptrdiff_t i = 0; i < rows; i += LANES) {
        for (ptrdiff_t j = 0; j < width; j += LANES) {
            ptrdiff_t valid = smaller(columns - j, LANES), stored = smaller(width - j, LANES);
            const T *source = from + i + j * from_column;
            T *target = to + i * to_row + j;
            V x[LANES];
            if (valid == LANES && stored == LANES && i + LANES <= rows) {
#pragma clang loop unroll(full)
                for (int lane = 0; lane < LANES; lane++) x[lane] = OP(load)(source + lane * from_column);
                TYPED(transpose)(x);
#pragma clang loop unroll(full)
                for (int lane = 0; lane < LANES; lane++) OP(store)(target + lane * to_row, x[lane]);
            } else {
                ptrdiff_t height = smaller(rows - i, LANES);
                for (int lane = 0; lane < LANES; lane++)
                    x[lane] = lane < valid ? OP(load_first)(source + lane * from_column, height) : (V){};
                TYPED(transpose)(x);
                for (int lane = 0; lane < height; lane++) OP(store_first)(target + lane * to_row, x[lane], stored);
            }
        }
    }
}

// to[i, j] = from[i, j] for j < columns and 0 for columns <= j < width.
static void TYPED(copy)(T *to, ptrdiff_t to_row, const T *from, ptrdiff_t from_row, ptrdiff_t from_column,
                        ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t width) {
    if (from_column == 1 || columns == 1) {
        ptrdiff_t whole = columns / LANES * LANES;
        for (ptrdiff_t i = 0; i < rows; i++) {
            for (ptrdiff_t j = 0; j < whole; j += LANES) OP(store)(to + i * to_row + j, OP(load)(from + i * from_row + j));
            if (whole < width) {
                V rest = OP(load_first)(from + i * from_row + whole, columns - whole);
                OP(store_first)(to + i * to_row + whole, rest, smaller(width - whole, LANES));
                for (ptrdiff_t j = whole + LANES; j < width; j++) to[i * to_row + j] = 0;
            }
        }
    } else if (from_row == 1) {
        TYPED(copy_transposed)(to, to_row, from, from_column, rows, columns, width);
    } else {
        for (ptrdiff_t i = 0; i < rows; i++)
            for (ptrdiff_t j = 0; j < width; j++)
                to[i * to_row + j] = j < columns ? from[i * from_row + j * from_column] : 0;
    }
}

INLINE void TYPED(fill)(T *to, T value, ptrdiff_t count) {
    for (ptrdiff_t j = 0; j < count; j += LANES) {
        if (count - j >= LANES) OP(store)(to + j, OP(set)(value));
        else OP(store_first)(to + j, OP(set)(value), count - j);
    }
}
