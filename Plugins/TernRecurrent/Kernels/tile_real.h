// Products with packed matrices: tiles of a few rows and two vectors of columns, held in registers over the whole
// depth.

INLINE ptrdiff_t F(gate_count)(TernCell cell) { return cell == TERN_CELL_LSTM ? 4 : cell == TERN_CELL_GRU ? 3 : 1; }
// What is kept of the gates, and their gradients: of the new gate of a GRU, what inputs and hidden state put into it is
// apart.
INLINE ptrdiff_t F(kept_count)(TernCell cell) { return F(gate_count)(cell) + (cell == TERN_CELL_GRU); }

// A block is a register tile wide, of each gate.
static TernRecurrentPanels F(gate_panels)(TernCell cell) {
    return (TernRecurrentPanels){2 * LANES, 2 * F(gate_count)(cell)};
}

static void F(pack)(TernRecurrentPanels panels, ptrdiff_t depth, ptrdiff_t first_step, ptrdiff_t last_step,
                    ptrdiff_t columns, const void *matrix, ptrdiff_t row, ptrdiff_t column, ptrdiff_t gate,
                    ptrdiff_t first_block, ptrdiff_t last_block, void *to) {
    const ptrdiff_t count = last_step - first_step;
    for (ptrdiff_t block = first_block; block < last_block; block++)
        for (ptrdiff_t part = 0; part < panels.vectors; part++) {
            const ptrdiff_t first = block * panels.block_columns + part % 2 * LANES;
            const REAL *from = (const REAL *)matrix + first * column + part / 2 * gate;
            REAL *panel =
                (REAL *)to + ((block * panels.vectors + part / 2 * 2) * depth + 2 * first_step + part % 2) * LANES;
            const ptrdiff_t valid = most(0, least(LANES, columns - first));
            if (column == 1) {
                for (ptrdiff_t k = 0; k < count; k++) F(store)(panel + k * 2 * LANES, F(read)(from + k * row, valid));
                continue;
            }
            for (ptrdiff_t k = 0; k < count; k += LANES) {
                VREAL x[LANES];
                for (ptrdiff_t lane = 0; lane < LANES; lane++)
                    x[lane] = lane < valid ? F(read)(from + lane * column + k, count - k) : (VREAL){};
                F(transpose)(x);
                for (ptrdiff_t i = 0; i < least(LANES, count - k); i++) F(store)(panel + (k + i) * 2 * LANES, x[i]);
            }
        }
}

// A matrix on the left of a product, `row` elements from one row to the next.
typedef struct {
    const REAL *a;
    ptrdiff_t row, depth;
} F(left);

// sums[rows, 2] = [a, b] panel[depth of a + depth of b, 2], of the first of the two vectors alone or of both.
INLINE void F(tile)(const int rows, const int vectors, F(left) a, F(left) b, const REAL *panel, REAL *sums,
                    ptrdiff_t sums_row) {
    VREAL sum[SUMS / 2][2];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[i][v] = (VREAL){};
#pragma clang loop unroll(disable)
    for (int part = 0; part < 2; part++) {
        const F(left) left = part ? b : a;
        // Few pointers, four rows each at constant multiples of the row: what an address of x86 can hold.
        const REAL *group[(SUMS / 2 + 3) / 4];
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i += 4) group[i / 4] = left.a + i * left.row;
#pragma clang loop unroll(disable)
        for (ptrdiff_t k = 0; k < left.depth; k++) {
            VREAL w[2];
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) w[v] = F(load)(panel + v * LANES);
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                VREAL x = F(set)(group[i / 4][i % 4 * left.row]);
#pragma clang loop unroll(full)
                for (int v = 0; v < vectors; v++) sum[i][v] = F(fma)(x, w[v], sum[i][v]);
            }
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i += 4) group[i / 4]++;
            panel += 2 * LANES;
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) F(store)(sums + i * sums_row + v * LANES, sum[i][v]);
}

#define TILE(rows, vectors) \
    static void F(tile_##rows##x##vectors)(const F(left) *a, const F(left) *b, const REAL *panel, REAL *sums, \
                                           ptrdiff_t sums_row) { \
        F(tile)(rows, vectors, *a, *b, panel, sums, sums_row); \
    }
#define TILES(rows) TILE(rows, 1) TILE(rows, 2)
// tile_1x1, tile_1x2 ... tile_12x1, tile_12x2; half as many rows with half the registers.
TILES(1)
TILES(2)
TILES(3)
TILES(4)
TILES(5)
TILES(6)
#if defined(LEVEL_AVX512) || defined(__aarch64__)
TILES(7)
TILES(8)
TILES(9)
TILES(10)
TILES(11)
TILES(12)
#endif
#undef TILES
#undef TILE

typedef void F(tile_function)(const F(left) *a, const F(left) *b, const REAL *panel, REAL *sums, ptrdiff_t sums_row);
#define PAIR(rows) {F(tile_##rows##x1), F(tile_##rows##x2)}
static F(tile_function) *const F(tiles)[SUMS / 2][2] = {
    PAIR(1), PAIR(2), PAIR(3), PAIR(4),  PAIR(5),  PAIR(6),
#if defined(LEVEL_AVX512) || defined(__aarch64__)
    PAIR(7), PAIR(8), PAIR(9), PAIR(10), PAIR(11), PAIR(12),
#endif
};
#undef PAIR

// The heights of the tiles of `count` rows: nearly equal, as a last one of few rows could not hide the latency of its
// sums.
typedef struct {
    ptrdiff_t count, height, taller;
} F(heights);
INLINE F(heights) F(heights_of)(ptrdiff_t rows) {
    ptrdiff_t count = ceil_divide(rows, SUMS / 2);
    return (F(heights)){count, count ? rows / count : 0, count ? rows % count : 0};
}

// sums[rows, 2 vectors] = [a, b] panel, of the first vector alone if there are no more columns.
INLINE void F(product)(ptrdiff_t rows, ptrdiff_t columns, F(left) a, F(left) b, const REAL *panel, REAL *sums,
                       ptrdiff_t sums_row) {
    const F(heights) heights = F(heights_of)(rows);
    for (ptrdiff_t tile = 0; tile < heights.count; tile++) {
        const ptrdiff_t height = heights.height + (tile < heights.taller);
        F(tiles)[height - 1][columns > LANES](&a, &b, panel, sums, sums_row);
        a.a += height * a.row, b.a += height * b.row, sums += height * sums_row;
    }
}

// Elements of the sums that wait for what is made of them: those of a block of four gates for 64 rows.
enum { F(NEAR) = 64 * 4 * 2 * LANES };
