// Register tiles: c[rows, 2 vectors] = start + a b, held in registers over the whole depth. Each step of the depth
// loads two vectors of b and broadcasts one value of a for each row.

// b and c are read and written in their first `columns` alone, LANES < columns <= 2 LANES (or <= LANES for one vector),
// if the level has masks, and in whole vectors if not. No `start` means zero; `adds`: c then gets its own value added.
INLINE void F(tile)(const int rows, const int vectors, ptrdiff_t columns, ptrdiff_t depth, const REAL *a,
                    ptrdiff_t a_row, ptrdiff_t a_depth, const REAL *b, ptrdiff_t b_depth, REAL *c, ptrdiff_t c_row,
                    const REAL *start, ptrdiff_t start_row, _Bool adds) {
    const int last = vectors - 1;
    const ptrdiff_t count = HAS_MASKS ? columns - last * LANES : LANES;
    VREAL sum[TILE_ROWS][2];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        const REAL *from = start ? start + i * start_row : c;
        if (last) sum[i][0] = start ? F(load)(from) : (VREAL){};
        from += last * LANES;
        sum[i][last] = !start ? (VREAL){} : HAS_MASKS ? F(load_first)(from, count) : F(load)(from);
    }
    // Few pointers, four rows each at constant multiples of a_row: what an address of x86 can hold.
    const REAL *group[(TILE_ROWS + 3) / 4];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i += 4) group[i / 4] = a + i * a_row;
    for (ptrdiff_t k = 0; k < depth; k++) {
        VREAL x[2];
        if (last) x[0] = F(load)(b);
        x[last] = HAS_MASKS ? F(load_first)(b + last * LANES, count) : F(load)(b + last * LANES);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            VREAL value = F(set)(group[i / 4][i % 4 * a_row]);
            if (last) sum[i][0] = F(fma)(value, x[0], sum[i][0]);
            sum[i][last] = F(fma)(value, x[last], sum[i][last]);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i += 4) group[i / 4] += a_depth;
        b += b_depth;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        REAL *tail = c + i * c_row + last * LANES;
        if (adds) {
            if (last) sum[i][0] += F(load)(c + i * c_row);
            sum[i][last] += HAS_MASKS ? F(load_first)(tail, count) : F(load)(tail);
        }
        if (last) F(store)(c + i * c_row, sum[i][0]);
        if (HAS_MASKS) F(store_first)(tail, sum[i][last], count);
        else F(store)(tail, sum[i][last]);
    }
}

typedef void F(tile_function)(ptrdiff_t columns, ptrdiff_t depth, const REAL *a, ptrdiff_t a_row, ptrdiff_t a_depth,
                              const REAL *b, ptrdiff_t b_depth, REAL *c, ptrdiff_t c_row, const REAL *start,
                              ptrdiff_t start_row, _Bool adds);

#define TILE(rows, vectors) \
    static void F(tile_##rows##x##vectors)(ptrdiff_t columns, ptrdiff_t depth, const REAL *a, ptrdiff_t a_row, \
                                           ptrdiff_t a_depth, const REAL *b, ptrdiff_t b_depth, REAL *c, \
                                           ptrdiff_t c_row, const REAL *start, ptrdiff_t start_row, _Bool adds) { \
        F(tile)(rows, vectors, columns, depth, a, a_row, a_depth, b, b_depth, c, c_row, start, start_row, adds); \
    }
#define TILES(rows) TILE(rows, 1) TILE(rows, 2)
TILES(1)
TILES(2)
TILES(3)
TILES(4)
TILES(5)
TILES(6)
#if defined(TERN_TARGET_AVX512) || defined(TERN_TARGET_NEON)
TILES(7)
TILES(8)
TILES(9)
TILES(10)
TILES(11)
TILES(12)
TILES(13)
TILES(14)
#endif
#undef TILES
#undef TILE

#define PAIR(rows) {F(tile_##rows##x1), F(tile_##rows##x2)}
static F(tile_function) *const F(tiles)[TILE_ROWS][2] = {
    PAIR(1), PAIR(2), PAIR(3), PAIR(4),  PAIR(5),  PAIR(6),
#if defined(TERN_TARGET_AVX512) || defined(TERN_TARGET_NEON)
    PAIR(7), PAIR(8), PAIR(9), PAIR(10), PAIR(11), PAIR(12), PAIR(13), PAIR(14),
#endif
};
#undef PAIR

INLINE void F(fill)(REAL *to, REAL value, ptrdiff_t count) {
    for (ptrdiff_t j = 0; j < count; j += LANES) {
        if (count - j >= LANES) F(store)(to + j, F(set)(value));
        else F(store_first)(to + j, F(set)(value), count - j);
    }
}

// Sums that do not wait for each other: enough of them to hide the latency of one. They start at values that the
// compiler does not know, for it leaves out a sum that stays as it is, as 4 * 0.75 + 1 does.
static double F(multiply_adds)(ptrdiff_t rounds, double *result) {
    enum { SUMS = 12 };
    VREAL sum[SUMS], x = F(set)(R(0.75)), y = F(set)(1);
#pragma clang loop unroll(full)
    for (int i = 0; i < SUMS; i++) sum[i] = F(set)((REAL)(rounds + i));
    for (ptrdiff_t round = 0; round < rounds; round++)
#pragma clang loop unroll(full)
        for (int i = 0; i < SUMS; i++) sum[i] = F(fma)(sum[i], x, y);
    *result = 0;
#pragma clang loop unroll(full)
    for (int i = 0; i < SUMS; i++) *result += (double)F(sum)(sum[i]) / LANES;
    return (double)rounds * SUMS * LANES * 2;
}
