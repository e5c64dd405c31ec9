// Dot products: vectors along the depth, for a and b whose depth is contiguous and few rows, so that b is read once and
// copied nowhere.

INLINE void T(dot_block)(const int rows, const int columns, ptrdiff_t depth, const STORED *a, ptrdiff_t a_row,
                         const STORED *b, ptrdiff_t b_column, REAL *sums) {
    // Blocks are added in groups, and these to each other: additions to one lane are few at each stage.
    VREAL sum[DOT_ROWS][4], group[DOT_ROWS][4], total[DOT_ROWS][4];
    for (ptrdiff_t first = 0; first < depth; first += DOT_BLOCK * LANES) {
        const ptrdiff_t end = least(depth, first + DOT_BLOCK * LANES), block = first / (DOT_BLOCK * LANES);
        const _Bool opens = block % DOT_BLOCK == 0, closes = block % DOT_BLOCK == DOT_BLOCK - 1 || end == depth;
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
            for (int j = 0; j < columns; j++) sum[i][j] = (VREAL){};
        for (ptrdiff_t k = first; k < end; k += LANES) {
            const _Bool whole = end - k >= LANES;
            VREAL y[4];
#pragma clang loop unroll(full)
            for (int j = 0; j < columns; j++)
                y[j] = whole ? T(load)(b + j * b_column + k) : T(load_first)(b + j * b_column + k, end - k);
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                VREAL x = whole ? T(load)(a + i * a_row + k) : T(load_first)(a + i * a_row + k, end - k);
#pragma clang loop unroll(full)
                for (int j = 0; j < columns; j++) sum[i][j] = F(fma)(x, y[j], sum[i][j]);
            }
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
            for (int j = 0; j < columns; j++) {
                if (!opens) sum[i][j] += group[i][j];
                if (closes && block >= DOT_BLOCK) sum[i][j] += total[i][j];
                if (closes) total[i][j] = sum[i][j];
                group[i][j] = sum[i][j];
            }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < columns; j++) sums[4 * i + j] = F(sum)(sum[i][j]);
}

#define DOTS(rows, columns) \
    static void T(dots_##rows##x##columns)(ptrdiff_t depth, const STORED *a, ptrdiff_t a_row, const STORED *b, \
                                           ptrdiff_t b_column, REAL *sums) { \
        T(dot_block)(rows, columns, depth, a, a_row, b, b_column, sums); \
    }
// dots_1x1 ... dots_3x4
DOTS(1, 1)
DOTS(2, 1)
DOTS(3, 1)
DOTS(1, 4)
DOTS(2, 4)
DOTS(3, 4)
#undef DOTS

// The piece of `rows` x `columns` at (row, column) of the product; a, b and c point at the piece, bias at its start.
static void T(dots)(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, const STORED *a, ptrdiff_t a_row,
                    const STORED *b, ptrdiff_t b_column, STORED *c, ptrdiff_t c_row, ptrdiff_t c_column,
                    TernGemmStart start, const STORED *bias, ptrdiff_t row, ptrdiff_t column) {
    static void (*const blocks[DOT_ROWS][2])(ptrdiff_t, const STORED *, ptrdiff_t, const STORED *, ptrdiff_t,
                                             REAL *) = {
        {T(dots_1x1), T(dots_1x4)}, {T(dots_2x1), T(dots_2x4)}, {T(dots_3x1), T(dots_3x4)}};
    for (ptrdiff_t j = 0, count; j < columns; j += count) {
        count = columns - j >= 4 ? 4 : 1;
        REAL sums[4 * DOT_ROWS];
        blocks[rows - 1][count == 4](depth, a, a_row, b + j * b_column, b_column, sums);
        for (ptrdiff_t r = 0; r < rows; r++)
            for (ptrdiff_t q = 0; q < count; q++) {
                STORED *out = c + r * c_row + (j + q) * c_column;
                REAL first = start == TERN_GEMM_ZERO ? 0
                    : start == TERN_GEMM_ACCUMULATE  ? T(get)(*out)
                    : start == TERN_GEMM_COLUMN_BIAS ? T(get)(bias[column + j + q])
                                                     : T(get)(bias[row + r]);
                *out = T(put)(first + sums[4 * r + q]);
            }
    }
}
