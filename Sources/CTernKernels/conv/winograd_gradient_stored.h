// Weight and bias gradients by Winograd's algorithm. See winograd_real.h.

// One vector of channels of the outputs' gradients of a block, transformed, and added to `bias`
// unless that is null. Tiles of a kind of frequency follow one another.
INLINE void T(transform_gradients)(const int size, const TernConvTiles *t, const TileBlock *b, const STORED *from,
                                   ptrdiff_t image_step, ptrdiff_t lanes, REAL *pixels, REAL *to, ptrdiff_t to_row,
                                   ptrdiff_t to_plane, REAL *bias) {
    const TernConvTileAxis *y = &t->y, *x = &t->x;
    REAL *at[FREQUENCY_KINDS] = {to, to, to, to};
    for (ptrdiff_t i = 0; i < b->images; i++)
        for (ptrdiff_t segment = b->first + i * b->step, last = b->last + i * b->step; segment < last;) {
            TileRun r = tile_run(t, segment, last);
            PlaneArea area = output_area(t, &r);
            T(load_area)(from + r.image * image_step, y->out_size * x->out_size, x->out_size, lanes, &area, pixels);
            if (bias) F(store)(bias, F(load)(bias) + F(sum_of_vectors)(pixels, area.rows * area.columns, LANES));
            for (ptrdiff_t m = r.row; m < r.end_row; m++)
                for (ptrdiff_t n = r.column; n < r.end_column; n++) {
                    VREAL d[FREQUENCIES];
                    F(load_pixels)(size, 1, pixels, &area, tile_start(y, m), tile_start(x, n), tile_units(y, m),
                                   tile_units(x, n), d);
                    F(transform_weights_of_tile)(size, d);
#pragma clang loop unroll(full)
                    for (int kind = 0; kind < FREQUENCY_KINDS; kind++) {
                        if (!takes_part(t, m, n, kind)) continue;
#pragma clang loop unroll(full)
                        for (int f = 0; f < FREQUENCIES; f++)
                            if (kind_of(f) == kind) F(store)(at[kind] + f * to_plane, d[f]);
                        at[kind] += to_row;
                    }
                }
            segment += r.end_row - r.row;
        }
}

// Weights' gradients of one vector of output channels from the sums of their frequencies: [input channel][element].
INLINE void T(transform_sums)(const int taps, const TernConvWeightPlan *g, ptrdiff_t in_count, const REAL *sums,
                              ptrdiff_t row, ptrdiff_t plane, REAL *elements) {
    const TernConvTiles *t = &g->tiles;
    ptrdiff_t step = g->range * row;
    for (ptrdiff_t p = 0; p < t->y.phases; p++)
        for (ptrdiff_t q = 0; q < t->x.phases; q++, sums += step)
            for (ptrdiff_t i = 0; i < in_count; i++) {
                VREAL w[FREQUENCIES];
#pragma clang loop unroll(full)
                for (int f = 0; f < FREQUENCIES; f++) w[f] = F(load)(sums + i * row + f * plane);
                if (taps == 3) F(halve_tile)(w);
                F(transform_outputs_of_tile)(taps, w);
#pragma clang loop unroll(full)
                for (int k = 0; k < taps * taps; k++) {
                    ptrdiff_t ky = element_of(&t->y, p, k / taps), kx = element_of(&t->x, q, k % taps);
                    if (ky < g->y.kernel && kx < g->x.kernel)
                        F(store)(elements + (i * g->kernel + ky * g->x.kernel + kx) * LANES,
                                 w[k / taps * 4 + k % taps]);
                }
            }
}

static void T(winograd_gradient)(const TernConvWeightPlan *g, ptrdiff_t first, ptrdiff_t last, const void *x,
                                 const void *dy, void *dw, void *dbias, void *scratch) {
    const TernConv *c = &g->conv;
    const TernConvTiles *t = &g->tiles;
    F(WinogradGradientScratch) s;
    F(winograd_gradient_layout)(g, scratch, &s);
    ptrdiff_t in_plane = t->y.source_size * t->x.source_size, out_plane = t->y.out_size * t->x.out_size;
    ptrdiff_t sum_rows = F(sum_rows)(g);
    ptrdiff_t length = c->in_channels * g->kernel, all = FREQUENCIES * s.sums.plane;
    for (ptrdiff_t piece = first; piece < last; piece++) {
        ptrdiff_t in_first = piece % g->ranges * g->range, in_count = least(g->range, c->in_channels - in_first);
        ptrdiff_t out_first = piece / g->ranges % g->shares * g->share,
                  out_count = least(g->share, c->out_channels - out_first);
        ptrdiff_t partial = piece / (g->ranges * g->shares), terms = 0, row_counts[FREQUENCY_KINDS];
        for (int kind = 0; kind < FREQUENCY_KINDS; kind++) {
            row_counts[kind] = F(channels_of_kind)(t, kind, in_count, F(phase_size)(t, in_count),
                                                   t->in_lanes ? LANES : 1, s.rows[kind]);
            F(channels_of_kind)(t, kind, in_count, g->range, 1, s.places[kind]);
        }
        bool has_bias = dbias && in_first == 0, any = false;
        F(zero_row)(s.sums.values, all);
        F(zero_row)(s.bias, g->share);
        __builtin_memset(s.bias_totals, 0, (size_t)g->share * sizeof(double));
        ptrdiff_t unit = g->units * partial / g->partials, end = g->units * (partial + 1) / g->partials;
        for (ptrdiff_t u = unit; u < end; u++) {
            TileBlock tile = tile_block(t, u);
            find_tiles(t, &tile, s.sources.row, &s.tiles);
            ptrdiff_t tiles = s.tiles.count[0];
            T(transform_sources)(t, &tile, (const STORED *)x + in_first * in_plane, c->in_channels * in_plane, in_count,
                                 s.pixels, &s.sources);
            for (ptrdiff_t b = 0; b < out_count; b += g->block) {
                ptrdiff_t channels = least(g->block, out_count - b), width = round_up(channels, LANES);
                for (ptrdiff_t v = 0; v < width; v += LANES) {
                    const STORED *gradients = (const STORED *)dy + (out_first + b + v) * out_plane;
                    ptrdiff_t image_step = c->out_channels * out_plane;
                    REAL *to_tiles = s.gradients.values + b * tiles + v, *to_bias = has_bias ? s.bias + b + v : NULL;
                    if (t->y.tile == 2)
                        T(transform_gradients)(2, t, &tile, gradients, image_step, channels - v, s.pixels, to_tiles,
                                               width, s.gradients.plane, to_bias);
                    else
                        T(transform_gradients)(3, t, &tile, gradients, image_step, channels - v, s.pixels, to_tiles,
                                               width, s.gradients.plane, to_bias);
                }
            }
            for (int f = 0; f < FREQUENCIES; f++)
                for (ptrdiff_t b = 0; b < out_count; b += g->block) {
                    int kind = kind_of(f);
                    ptrdiff_t width = round_up(least(g->block, out_count - b), LANES);
                    F(gather_rows)(row_counts[kind], width / LANES, s.sources.values + f * s.sources.plane,
                                   s.rows[kind], s.tiles.sources[kind], s.tiles.count[kind],
                                   s.gradients.values + f * s.gradients.plane + b * tiles, NULL,
                                   s.sums.values + f * s.sums.plane + b * sum_rows, s.places[kind]);
                }
            if (has_bias) F(take_up)(g->share, s.bias, s.bias_totals);
            // Of a tile there are as many as of four outputs.
            terms += 4 * tiles;
            if (u + 1 < end && terms >= F(GRADIENT_TERMS)) {
                if (!any) __builtin_memset(s.totals, 0, (size_t)all * sizeof(double));
                any = true;
                terms = 0;
                F(take_up)(all, s.sums.values, s.totals);
            }
        }
        if (any) F(add_totals)(all, s.totals, s.sums.values);
        if (has_bias) F(add_totals)(out_count, s.bias_totals, s.bias);
        REAL *target = (REAL *)dw + (partial * c->out_channels + out_first) * length + in_first * g->kernel;
        for (ptrdiff_t b = 0; b < out_count; b += g->block) {
            ptrdiff_t channels = least(g->block, out_count - b), width = round_up(channels, LANES);
            for (ptrdiff_t v = 0; v < width; v += LANES) {
                const REAL *sums = s.sums.values + b * sum_rows + v;
                if (t->y.taps == 3) T(transform_sums)(3, g, in_count, sums, width, s.sums.plane, s.pixels);
                else T(transform_sums)(2, g, in_count, sums, width, s.sums.plane, s.pixels);
                F(lanes_to_rows)(s.pixels, LANES, in_count * g->kernel, least(channels - v, LANES),
                                 target + (b + v) * length, length);
            }
        }
        if (has_bias)
            __builtin_memcpy((REAL *)dbias + partial * c->out_channels + out_first, s.bias,
                             (size_t)out_count * sizeof(REAL));
    }
}
