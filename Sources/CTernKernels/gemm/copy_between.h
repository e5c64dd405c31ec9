// Copies of matrix blocks into and out of scratch memory, from the type FROM to the type TO: COPY(copy).

// Reads more rows at once than a processor prefetches by itself: each is prefetched four vectors ahead.
static void COPY(copy_transposed)(TO *to, ptrdiff_t to_row, const FROM *from, ptrdiff_t from_column, ptrdiff_t rows,
                                  ptrdiff_t columns, ptrdiff_t width) {
    for (ptrdiff_t i = 0; i < rows; i += LANES) {
        for (ptrdiff_t j = 0; j < width; j += LANES) {
            ptrdiff_t valid = least(columns - j, LANES), stored = least(width - j, LANES);
            const FROM *source = from + i + j * from_column;
            TO *target = to + i * to_row + j;
            VREAL x[LANES];
            if (valid == LANES && stored == LANES && i + LANES <= rows) {
#pragma clang loop unroll(full)
                for (int lane = 0; lane < LANES; lane++) {
                    x[lane] = FROM_F(load)(source + lane * from_column);
                    __builtin_prefetch(source + lane * from_column + 4 * LANES);
                }
                F(transpose)(x);
#pragma clang loop unroll(full)
                for (int lane = 0; lane < LANES; lane++) TO_F(store)(target + lane * to_row, x[lane]);
            } else {
                ptrdiff_t height = least(rows - i, LANES);
                for (int lane = 0; lane < LANES; lane++)
                    x[lane] = lane < valid ? FROM_F(load_first)(source + lane * from_column, height) : (VREAL){};
                F(transpose)(x);
                for (int lane = 0; lane < height; lane++) TO_F(store_first)(target + lane * to_row, x[lane], stored);
            }
        }
    }
}

// to[i, j] = from[i, j] for j < columns and 0 for columns <= j < width.
static void COPY(copy)(TO *to, ptrdiff_t to_row, const FROM *from, ptrdiff_t from_row, ptrdiff_t from_column,
                       ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t width) {
    if (from_column == 1 || columns == 1) {
        ptrdiff_t whole = columns / LANES * LANES;
        for (ptrdiff_t i = 0; i < rows; i++) {
            for (ptrdiff_t j = 0; j < whole; j += LANES)
                TO_F(store)(to + i * to_row + j, FROM_F(load)(from + i * from_row + j));
            if (whole < width) {
                VREAL rest = FROM_F(load_first)(from + i * from_row + whole, columns - whole);
                TO_F(store_first)(to + i * to_row + whole, rest, least(width - whole, LANES));
                for (ptrdiff_t j = whole + LANES; j < width; j++) to[i * to_row + j] = TO_F(put)(0);
            }
        }
    } else if (from_row == 1) {
        COPY(copy_transposed)(to, to_row, from, from_column, rows, columns, width);
    } else {
        for (ptrdiff_t i = 0; i < rows; i++)
            for (ptrdiff_t j = 0; j < width; j++)
                to[i * to_row + j] = TO_F(put)(j < columns ? FROM_F(get)(from[i * from_row + j * from_column]) : 0);
    }
}

#undef FROM
#undef TO
#undef FROM_F
#undef TO_F
#undef COPY
