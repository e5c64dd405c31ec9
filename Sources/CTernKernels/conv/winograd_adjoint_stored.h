// Input gradients of few channels by Winograd's algorithm. See winograd_adjoint_real.h.

// Packs weights as [block][frequency][phase][output channel][channel of the block]. The factor of 1/2 that two taps
// lack is in the transform of three gradients.
INLINE void T(pack_adjoint_tiles)(const int taps, const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last,
                                  const void *weights, void *packed) {
    const TernConvTiles *t = &g->tiles;
    ptrdiff_t height = g->y.kernel, width = g->x.kernel, kernel = height * width, all = phases_of_frequencies(t);
    _Alignas(64) REAL rows[WINOGRAD_KERNEL * LANES];
    for (ptrdiff_t b = first; b < last; b++) {
        ptrdiff_t channels = F(block_channels)(g, b);
        REAL *to = (REAL *)packed + b * g->block * all * g->source_channels;
        for (ptrdiff_t o = 0; o < g->source_channels; o++) {
            const STORED *from = (const STORED *)weights + (o * g->lane_channels + b * g->block) * kernel;
            T(rows_to_lanes)(from, kernel, channels, kernel, rows, LANES);
            for (ptrdiff_t p = 0; p < t->y.phases; p++)
                for (ptrdiff_t q = 0; q < t->x.phases; q++) {
                    VREAL w[FREQUENCIES];
                    F(transform_kernel)(taps, t, p, q, height, width, false, rows, w);
#pragma clang loop unroll(full)
                    for (int f = 0; f < FREQUENCIES; f++)
                        if (has_phase(t, f, p, q))
                            F(store_first)(to + (place_of_phase(t, f, p, q) * g->source_channels + o) * channels, w[f],
                                           channels);
                }
        }
    }
}
static void T(pack_winograd_adjoint)(const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *weights,
                                     void *packed) {
    if (g->tiles.y.taps == 3) T(pack_adjoint_tiles)(3, g, first, last, weights, packed);
    else T(pack_adjoint_tiles)(2, g, first, last, weights, packed);
}

// The outputs' gradients of a row of tiles, transformed.
INLINE void T(transform_row_of_tiles)(const int size, const TernConvTiles *t, const TileRun *r, const STORED *from,
                                      ptrdiff_t image_step, ptrdiff_t images, ptrdiff_t channels,
                                      const F(WinogradAdjointScratch) *s) {
    const TernConvTileAxis *y = &t->y, *x = &t->x;
    PlaneArea area = output_area(t, r);
    for (ptrdiff_t o = 0; o < channels; o++, from += y->out_size * x->out_size) {
        T(load_area)(from, image_step, x->out_size, images, &area, s->pixels);
        REAL *to = s->gradients.values + o * s->gradients.row;
        for (ptrdiff_t n = 0; n < x->tiles; n++, to += LANES) {
            VREAL d[FREQUENCIES];
            F(load_pixels)(size, 1, s->pixels, &area, tile_start(y, r->row), tile_start(x, n), tile_units(y, r->row),
                           tile_units(x, n), d);
            F(transform_weights_of_tile)(size, d);
#pragma clang loop unroll(full)
            for (int f = 0; f < FREQUENCIES; f++) F(store)(to + f * s->gradients.plane, d[f]);
        }
    }
}

static void T(winograd_adjoint)(const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *source,
                                const void *packed, const void *bias, void *result, void *scratch) {
    F(WinogradAdjointScratch) s;
    F(winograd_adjoint_layout)(g, scratch, &s);
    const TernConvTiles *t = &g->tiles;
    ptrdiff_t plane = t->y.source_size * t->x.source_size, out_step = g->lane_channels * plane;
    ptrdiff_t source_step = g->source_channels * t->y.out_size * t->x.out_size;
    for (ptrdiff_t n = 0; n < t->x.tiles; n++) s.tiles[n] = n * LANES, s.places[n] = n;
    for (ptrdiff_t o = 0; o < g->source_channels; o++) s.channels[o] = o * s.gradients.row;
    for (ptrdiff_t unit = first; unit < last; unit++) {
        ptrdiff_t image = unit * LANES, images = least(LANES, g->images - image);
        const STORED *from = (const STORED *)source + image * source_step;
        for (ptrdiff_t c = 0; c < g->lane_channels; c++) {
            VREAL start = F(set)(bias ? T(get)(((const STORED *)bias)[c]) : 0);
            for (ptrdiff_t i = 0; i < plane; i++) F(store)(s.sums + (c * plane + i) * LANES, start);
        }
        for (ptrdiff_t m = 0; m < t->y.tiles; m++) {
            TileRun r = {.row = m, .end_row = m + 1, .end_column = t->x.tiles};
            if (t->y.tile == 2) T(transform_row_of_tiles)(2, t, &r, from, source_step, images, g->source_channels, &s);
            else T(transform_row_of_tiles)(3, t, &r, from, source_step, images, g->source_channels, &s);
            F(multiply_row_of_tiles)(g, packed, &s);
            if (t->y.source_step == 1) F(add_row_of_tiles)(1, g, m, &s);
            else F(add_row_of_tiles)(2, g, m, &s);
        }
        for (ptrdiff_t c = 0; c < g->lane_channels; c++)
            T(lanes_to_rows)(s.sums + c * plane * LANES, LANES, plane, images,
                             (STORED *)result + image * out_step + c * plane, out_step);
    }
}
