// Input gradients of few channels by Winograd's algorithm, see winograd_real.h: the forward pass turned around. The
// outputs' gradients of a tile are transformed, give products for each input channel, and these, transformed in turn,
// are added to the sources that the tile reads:
//
//     dx += B (G g G' * A dy A') B'
//
// Without padding there are fewer such tiles than of dx. Images are in the lanes.

// B: four frequencies to four sources.
INLINE void F(transform_gradient)(VREAL *m, int step) {
    VREAL m0 = m[0], m1 = m[step], m2 = m[2 * step], m3 = m[3 * step], sum = m1 + m2;
    m[step] = m1 - m2 + m3, m[2 * step] = sum - m0, m[3 * step] = -m3;
}
INLINE void F(transform_gradients_of_tile)(VREAL *m) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) F(transform_gradient)(m + i, 4);
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) F(transform_gradient)(m + 4 * i, 1);
}

typedef struct {
    ptrdiff_t *tiles, *channels, *places;  // where those of a segment are, and output channels, in the gradients
    F(Frequencies) gradients;              // [output channel][tile of a segment][image]
    REAL *products;                        // [phase of a frequency][input channel][tile][image]
    REAL *sums;                            // [input channel][pixel][image]
    REAL *pixels;                          // of one output channel, [pixel][image]
} F(WinogradAdjointScratch);

static ptrdiff_t F(winograd_adjoint_layout)(const TernConvPlan *g, void *base, F(WinogradAdjointScratch) *s) {
    Scratch scratch = {.base = base};
    const TernConvTiles *t = &g->tiles;
    ptrdiff_t index = sizeof(ptrdiff_t), vector = LANES * (ptrdiff_t)sizeof(REAL);
    s->tiles = scratch_take(&scratch, t->x.tiles * index);
    s->places = scratch_take(&scratch, t->x.tiles * index);
    s->channels = scratch_take(&scratch, g->source_channels * index);
    s->gradients = F(take_frequencies)(&scratch, g->source_channels, t->x.tiles * LANES);
    s->products = scratch_take(&scratch, phases_of_frequencies(t) * g->lane_channels * t->x.tiles * vector);
    s->sums = scratch_take(&scratch, g->lane_channels * t->y.source_size * t->x.source_size * vector);
    s->pixels = scratch_take(&scratch, t->y.tile * t->x.out_size * vector);
    return scratch.used;
}

// Tells whether it is of use.
static bool F(plan_winograd_adjoint)(TernConvPlan *g) {
    const TernConv *c = &g->conv;
    TernConvAxis y = axis_of_rows(c, axis_forward), x = axis_of_columns(c, axis_forward);
    if (!gradient_by_adjoint(c, LANES, F(WINDOW_BYTES) / LANES / (ptrdiff_t)sizeof(REAL), &y, &x)) return false;
    g->algorithm = TERN_CONV_WINOGRAD;
    g->along = TERN_ALONG_IMAGES;
    g->block = ceil_divide(g->lane_channels, ceil_divide(g->lane_channels, WIDTH_CHANNELS));
    g->tiles = (TernConvTiles){.y = tile_axis(&y), .x = tile_axis(&x), .images = g->images, .in_lanes = LANES};
    g->tiles.strip = g->tiles.x.tiles, g->tiles.strips = 1, g->tiles.segments = g->tiles.y.tiles;
    g->pieces = ceil_divide(g->images, LANES);
    g->pack_pieces = F(block_count)(g);
    g->packed_bytes =
        phases_of_frequencies(&g->tiles) * g->source_channels * g->lane_channels * (ptrdiff_t)sizeof(REAL);
    F(WinogradAdjointScratch) s;
    g->scratch_bytes = F(winograd_adjoint_layout)(g, NULL, &s);
    return true;
}

// Their products with the weights, for every phase of a frequency.
static void F(multiply_row_of_tiles)(const TernConvPlan *g, const REAL *packed, const F(WinogradAdjointScratch) *s) {
    const TernConvTiles *t = &g->tiles;
    ptrdiff_t all = phases_of_frequencies(t), tiles = t->x.tiles;
    for (ptrdiff_t b = 0; b < F(block_count)(g); b++) {
        ptrdiff_t channels = F(block_channels)(g, b), runs = ceil_divide(tiles, F(vectors_limit)(channels));
        const REAL *weights = packed + b * g->block * all * g->source_channels;
        for (int f = 0; f < FREQUENCIES; f++)
            for (ptrdiff_t p = 0; p < t->y.phases; p++)
                for (ptrdiff_t q = 0; q < t->x.phases; q++) {
                    if (!has_phase(t, f, p, q)) continue;
                    ptrdiff_t place = place_of_phase(t, f, p, q);
                    REAL *to = s->products + (place * g->lane_channels + b * g->block) * tiles * LANES;
                    for (ptrdiff_t run = 0; run < runs; run++) {
                        ptrdiff_t n = tiles * run / runs, end = tiles * (run + 1) / runs;
                        F(images)(channels, end - n, s->gradients.values + f * s->gradients.plane, s->tiles + n,
                                  s->channels, 1, 0, g->source_channels,
                                  weights + place * g->source_channels * channels, NULL, to, s->places + n,
                                  tiles * LANES);
                    }
                }
    }
}

// These, transformed, added to the sums of what the tiles read.
INLINE void F(add_row_of_tiles)(const int step, const TernConvPlan *g, ptrdiff_t row,
                                const F(WinogradAdjointScratch) *s) {
    const TernConvTiles *t = &g->tiles;
    const TernConvTileAxis *y = &t->y, *x = &t->x;
    const PlaneArea plane = {0, 0, y->source_size, x->source_size};
    for (ptrdiff_t p = 0; p < y->phases; p++)
        for (ptrdiff_t q = 0; q < x->phases; q++) {
            const bool rows = p < y->whole, columns = q < x->whole;
            const REAL *from[FREQUENCIES];
            for (int f = 0; f < FREQUENCIES; f++)
                from[f] = s->products + place_of_phase(t, f, p, q) * g->lane_channels * x->tiles * LANES;
            REAL *sums = s->sums;
            for (ptrdiff_t c = 0, at = 0; c < g->lane_channels; c++, sums += plane.rows * plane.columns * LANES)
                for (ptrdiff_t n = 0; n < x->tiles; n++, at += LANES) {
                    ptrdiff_t top = source_place(y, tile_start(y, row)) + p * y->phase_step;
                    ptrdiff_t left = source_place(x, tile_start(x, n)) + q * x->phase_step;
                    VREAL m[FREQUENCIES], d[FREQUENCIES];
#pragma clang loop unroll(full)
                    for (int f = 0; f < FREQUENCIES; f++)
                        m[f] = is_used(f, rows, columns) ? F(load)(from[f] + at) : (VREAL){};
                    F(transform_gradients_of_tile)(m);
                    F(load_pixels)(4, step, sums, &plane, top, left, 4, 4, d);
#pragma clang loop unroll(full)
                    for (int f = 0; f < FREQUENCIES; f++) d[f] += m[f];
                    F(store_pixels)(4, step, d, (VREAL){}, 4, 4, &plane, top, left, sums);
                }
        }
}
