// Products with packed matrices: tiles of a few rows and a block of columns, held in registers over the whole depth.

static TernRecurrentPanels F(gate_panels)(TernCell cell) {
    switch (cell) {
    case TERN_CELL_LSTM: return (TernRecurrentPanels){LANES, 4};
    case TERN_CELL_GRU: return (TernRecurrentPanels){LANES, 3};
    case TERN_CELL_TANH:
    case TERN_CELL_RELU: return (TernRecurrentPanels){2 * LANES, 2};
    }
}

static void F(pack)(TernRecurrentPanels panels, ptrdiff_t depth, ptrdiff_t columns, const void *matrix, ptrdiff_t row,
                    ptrdiff_t column, ptrdiff_t gate, ptrdiff_t first_block, ptrdiff_t last_block, void *to) {
    // The vectors of a block are its columns, or one vector of columns of each gate.
    const _Bool are_gates = panels.block_columns == LANES;
    const ptrdiff_t width = panels.vectors * LANES;
    for (ptrdiff_t block = first_block; block < last_block; block++)
        for (ptrdiff_t vector = 0; vector < panels.vectors; vector++) {
            const ptrdiff_t first = block * panels.block_columns + (are_gates ? 0 : vector * LANES);
            const REAL *from = (const REAL *)matrix + first * column + (are_gates ? vector * gate : 0);
            REAL *panel = (REAL *)to + (block * depth) * width + vector * LANES;
            const ptrdiff_t valid = most(0, least(LANES, columns - first));
            if (column == 1) {
                for (ptrdiff_t k = 0; k < depth; k++) F(store)(panel + k * width, F(read)(from + k * row, valid));
                continue;
            }
            for (ptrdiff_t k = 0; k < depth; k += LANES) {
                VREAL x[LANES];
                for (ptrdiff_t lane = 0; lane < LANES; lane++)
                    x[lane] = lane < valid ? F(read)(from + lane * column + k, depth - k) : (VREAL){};
                F(transpose)(x);
                for (ptrdiff_t i = 0; i < least(LANES, depth - k); i++) F(store)(panel + (k + i) * width, x[i]);
            }
        }
}

// sums[rows, vectors] = a[rows, depth] panel[depth, vectors]
INLINE void F(tile)(const int rows, const int vectors, ptrdiff_t depth, const REAL *a, ptrdiff_t a_row,
                    const REAL *panel, REAL *sums) {
    VREAL sum[SUMS / 2][4];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[i][v] = (VREAL){};
    // Few pointers, four rows each at constant multiples of a_row: what an address of x86 can hold.
    const REAL *group[(SUMS / 2 + 3) / 4];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i += 4) group[i / 4] = a + i * a_row;
    for (ptrdiff_t k = 0; k < depth; k++) {
        VREAL w[4];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) w[v] = F(load)(panel + v * LANES);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            VREAL x = F(set)(group[i / 4][i % 4 * a_row]);
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sum[i][v] = F(fma)(x, w[v], sum[i][v]);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i += 4) group[i / 4]++;
        panel += vectors * LANES;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) F(store)(sums + (i * vectors + v) * LANES, sum[i][v]);
}

#define TILES(rows, vectors) \
    static void F(tile_##rows##x##vectors)(ptrdiff_t depth, const REAL *a, ptrdiff_t a_row, const REAL *panel, \
                                           REAL *sums) { \
        F(tile)(rows, vectors, depth, a, a_row, panel, sums); \
    }
// tile_1x2 ... tile_12x2, tile_1x3 ... tile_8x3, tile_1x4 ... tile_6x4; half as many rows with half the registers.
TILES(1, 2)
TILES(2, 2)
TILES(3, 2)
TILES(4, 2)
TILES(5, 2)
TILES(6, 2)
TILES(1, 3)
TILES(2, 3)
TILES(3, 3)
TILES(4, 3)
TILES(1, 4)
TILES(2, 4)
TILES(3, 4)
#if defined(LEVEL_AVX512) || defined(__aarch64__)
TILES(7, 2)
TILES(8, 2)
TILES(9, 2)
TILES(10, 2)
TILES(11, 2)
TILES(12, 2)
TILES(5, 3)
TILES(6, 3)
TILES(7, 3)
TILES(8, 3)
TILES(4, 4)
TILES(5, 4)
TILES(6, 4)
#endif
#undef TILES

typedef void F(tile_function)(ptrdiff_t depth, const REAL *a, ptrdiff_t a_row, const REAL *panel, REAL *sums);
#define ROW(rows, vectors) F(tile_##rows##x##vectors)
static F(tile_function) *const F(tiles)[3][SUMS / 2] = {
#if defined(LEVEL_AVX512) || defined(__aarch64__)
    {ROW(1, 2), ROW(2, 2), ROW(3, 2), ROW(4, 2), ROW(5, 2), ROW(6, 2), ROW(7, 2), ROW(8, 2), ROW(9, 2), ROW(10, 2),
     ROW(11, 2), ROW(12, 2)},
    {ROW(1, 3), ROW(2, 3), ROW(3, 3), ROW(4, 3), ROW(5, 3), ROW(6, 3), ROW(7, 3), ROW(8, 3)},
    {ROW(1, 4), ROW(2, 4), ROW(3, 4), ROW(4, 4), ROW(5, 4), ROW(6, 4)},
#else
    {ROW(1, 2), ROW(2, 2), ROW(3, 2), ROW(4, 2), ROW(5, 2), ROW(6, 2)},
    {ROW(1, 3), ROW(2, 3), ROW(3, 3), ROW(4, 3)},
    {ROW(1, 4), ROW(2, 4), ROW(3, 4)},
#endif
};
#undef ROW

// The heights of the tiles of `count` rows: nearly equal, as a last one of few rows could not hide the latency of its
// sums.
typedef struct {
    ptrdiff_t count, height, taller;
} F(heights);
INLINE F(heights) F(heights_of)(ptrdiff_t rows, ptrdiff_t vectors) {
    ptrdiff_t count = ceil_divide(rows, SUMS / vectors);
    return (F(heights)){count, count ? rows / count : 0, count ? rows % count : 0};
}
