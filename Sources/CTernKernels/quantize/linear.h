// Linear layers: outputs are in the lanes, a unit of a row is broadcast. Packed weights are panels of some vectors, of
// fewer at the end, then the sums of each output's weights.

enum { PANEL = PANEL_VECTORS * LANES };

static ptrdiff_t linear_panels(ptrdiff_t outputs) { return ceil_divide(outputs, PANEL); }

static ptrdiff_t linear_bytes(ptrdiff_t outputs, ptrdiff_t depth) {
    return 4 * (round_up(outputs, LANES) * row_units(depth) + outputs);
}

static void pack_linear(ptrdiff_t outputs, ptrdiff_t depth, const int8_t *weights, void *packed) {
    const ptrdiff_t units = row_units(depth), padded = round_up(outputs, LANES);
    for (ptrdiff_t panel = 0; panel < padded; panel += PANEL) {
        const ptrdiff_t width = least(PANEL, padded - panel);
        for (ptrdiff_t o = 0; o < width; o++) {
            int32_t *to = (int32_t *)packed + panel * units + o;
            const int8_t *from = weights + (panel + o) * depth;
            for (ptrdiff_t u = 0; u < units; u++)
                to[u * width] =
                    panel + o < outputs ? (int32_t)unit_of_weights(from + u * UNIT, depth - u * UNIT, 1) : 0;
        }
    }
    int32_t *sums = (int32_t *)packed + padded * units;
    for (ptrdiff_t o = 0; o < outputs; o++) {
        sums[o] = 0;
        for (ptrdiff_t k = 0; k < depth; k++) sums[o] += weights[o * depth + k];
    }
}

INLINE void linear_tile(const int rows, const int vectors, ptrdiff_t units, const int32_t *x, const int32_t *w,
                        const int32_t *starts, v_i32 sums[TILE_ROWS][PANEL_VECTORS]) {
    v_i32 sum[TILE_ROWS][PANEL_VECTORS];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[r][v] = units_load(starts + v * LANES);
    for (ptrdiff_t u = 0; u < units; u++) {
        v_i32 weights[PANEL_VECTORS];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) weights[v] = units_load(w + (u * vectors + v) * LANES);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            const v_i32 value = i32_set(x[r * units + u]);
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sum[r][v] = add_dots(sum[r][v], value, weights[v]);
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sums[r][v] = sum[r][v];
}

typedef void (*LinearTile)(ptrdiff_t, const int32_t *, const int32_t *, const int32_t *, v_i32 (*)[PANEL_VECTORS]);
#define LINEAR_TILE(rows, vectors) \
    static void linear_tile_##rows##x##vectors(ptrdiff_t units, const int32_t *x, const int32_t *w, \
                                               const int32_t *starts, v_i32 sums[TILE_ROWS][PANEL_VECTORS]) { \
        linear_tile(rows, vectors, units, x, w, starts, sums); \
    }
// linear_tile_1x1 ... linear_tile_4x4
LINEAR_TILE(1, 1)
LINEAR_TILE(4, 1)
LINEAR_TILE(1, 2)
LINEAR_TILE(4, 2)
#if defined(TERN_TARGET_AVX512) || defined(TERN_TARGET_NEON)
LINEAR_TILE(1, 3)
LINEAR_TILE(4, 3)
LINEAR_TILE(1, 4)
LINEAR_TILE(4, 4)
#endif
static const LinearTile linear_tiles[PANEL_VECTORS][2] = {
    {linear_tile_1x1, linear_tile_4x1},
    {linear_tile_1x2, linear_tile_4x2},
#if defined(TERN_TARGET_AVX512) || defined(TERN_TARGET_NEON)
    {linear_tile_1x3, linear_tile_4x3},
    {linear_tile_1x4, linear_tile_4x4},
#endif
};
#undef LINEAR_TILE

static void linear(ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t depth, ptrdiff_t panel, const int32_t *units,
                   const void *packed, const TernQuantizedEnd *end, void *y) {
    const ptrdiff_t row_length = row_units(depth), padded = round_up(outputs, LANES), first = panel * PANEL;
    const ptrdiff_t width = least(PANEL, padded - first), count = least(PANEL, outputs - first);
    const int32_t *weights = (const int32_t *)packed + first * row_length;
    const int32_t *weight_sums = (const int32_t *)packed + padded * row_length;
    int32_t starts[PANEL] = {};
    float factors[PANEL] = {};
    for (ptrdiff_t o = 0; o < count; o++) {
        starts[o] = first_sum(end, first + o, weight_sums);
        factors[o] = end->factors[first + o];
    }
    const Ending e = ending(end);
    for (ptrdiff_t row = 0, taken; row < rows; row += taken) {
        taken = rows - row >= TILE_ROWS ? TILE_ROWS : 1;
        v_i32 sums[TILE_ROWS][PANEL_VECTORS];
        linear_tiles[width / LANES - 1][taken > 1](row_length, units + row * row_length, weights, starts, sums);
        for (ptrdiff_t r = 0; r < taken; r++)
            for (ptrdiff_t o = 0; o < count; o += LANES) {
                const ptrdiff_t n = least(LANES, count - o), place = (row + r) * outputs + first + o;
                const v_i32 sum = sums[r][o / LANES];
                const v_f32 factor = f32_load(factors + o);
                if (e.to_bytes) bytes_store_lanes((uint8_t *)y + place, ended_bytes(e, sum, factor), 0, n);
                else f32_store_first((float *)y + place, ended_float(e, sum, factor), n);
            }
    }
}
