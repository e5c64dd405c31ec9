// Correlations by Winograd's algorithm. See winograd_real.h.

// Packs weights as [block][frequency][phase][source channel][channel of the block], phases that have a part in the
// frequency.
INLINE void T(pack_tiles)(const int taps, const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *weights,
                          void *packed) {
    const bool forward = g->pass == TERN_CONV_FORWARD;
    const TernConvTiles *t = &g->tiles;
    ptrdiff_t height = g->y.kernel, kernel_width = g->x.kernel, kernel = height * kernel_width;
    ptrdiff_t lane_step = kernel, source_step = kernel, chunk = forward ? LANES : 1;
    if (forward) lane_step *= g->conv.in_channels;
    else source_step *= g->conv.in_channels;
    _Alignas(64) REAL rows[WINOGRAD_KERNEL * LANES * LANES];
    ptrdiff_t packs = F(packs_of_block)(g);
    for (ptrdiff_t piece = first; piece < last; piece++) {
        ptrdiff_t b = piece / packs, from_channel = piece % packs * F(PACK_CHANNELS);
        ptrdiff_t to_channel = least(from_channel + F(PACK_CHANNELS), g->source_channels);
        ptrdiff_t channels = F(block_channels)(g, b), width = F(block_width)(g, b);
        REAL *to = (REAL *)packed + F(packed_block)(g, b);
        for (ptrdiff_t v = 0; v < width; v += LANES)
            for (ptrdiff_t c = from_channel; c < to_channel; c += chunk) {
                ptrdiff_t count = least(chunk, to_channel - c);
                const STORED *from = (const STORED *)weights + (b * g->block + v) * lane_step + c * source_step;
                T(rows_to_lanes)(from, lane_step, channels - v, kernel * count, rows, LANES);
                for (ptrdiff_t i = 0; i < count; i++)
                    for (ptrdiff_t p = 0; p < t->y.phases; p++)
                        for (ptrdiff_t q = 0; q < t->x.phases; q++) {
                            VREAL w[FREQUENCIES];
                            F(transform_kernel)(taps, t, p, q, height, kernel_width, !forward,
                                                rows + i * kernel * LANES, w);
                            if (taps == 2) F(halve_tile)(w);
#pragma clang loop unroll(full)
                            for (int f = 0; f < FREQUENCIES; f++) {
                                if (!has_phase(t, f, p, q)) continue;
                                F(store)(to + F(packed_phase)(g, width, f, p, q) + (c + i) * width + v, w[f]);
                            }
                        }
            }
    }
}
static void T(pack_winograd)(const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *weights,
                             void *packed) {
    if (g->tiles.y.taps == 3) T(pack_tiles)(3, g, first, last, weights, packed);
    else T(pack_tiles)(2, g, first, last, weights, packed);
}

// An area of `lanes` planes as [pixel][lane], and back.
static void T(load_area)(const STORED *from, ptrdiff_t plane, ptrdiff_t width, ptrdiff_t lanes, const PlaneArea *a,
                         REAL *pixels) {
    from += a->top * width + a->left;
    if (a->columns == width) T(rows_to_lanes)(from, plane, lanes, a->rows * width, pixels, LANES);
    else
        for (ptrdiff_t y = 0; y < a->rows; y++)
            T(rows_to_lanes)(from + y * width, plane, lanes, a->columns, pixels + y * a->columns * LANES, LANES);
}
static void T(store_area)(STORED *to, ptrdiff_t plane, ptrdiff_t width, ptrdiff_t lanes, const PlaneArea *a,
                          const REAL *pixels) {
    to += a->top * width + a->left;
    if (a->columns == width) T(lanes_to_rows)(pixels, LANES, a->rows * width, lanes, to, plane);
    else
        for (ptrdiff_t y = 0; y < a->rows; y++)
            T(lanes_to_rows)(pixels + y * a->columns * LANES, LANES, a->columns, lanes, to + y * width, plane);
}

// The sources of the segments first..<last, transformed: of channels or images that lie `lane_step` apart. Phases are
// `to_phase` apart.
INLINE void T(transform_source_tiles)(const int step, const TernConvTiles *t, ptrdiff_t first, ptrdiff_t last,
                                      const STORED *from, ptrdiff_t image_step, ptrdiff_t lane_step, ptrdiff_t lanes,
                                      REAL *pixels, REAL *to, ptrdiff_t to_phase, const F(Frequencies) *f) {
    const TernConvTileAxis *y = &t->y, *x = &t->x;
    for (ptrdiff_t segment = first; segment < last;) {
        TileRun r = tile_run(t, segment, last);
        PlaneArea area = source_area(t, &r);
        T(load_area)(from + r.image * image_step, lane_step, x->source_size, lanes, &area, pixels);
        for (ptrdiff_t m = r.row; m < r.end_row; m++)
            for (ptrdiff_t n = r.column; n < r.end_column; n++, to += f->row)
                for (ptrdiff_t p = 0; p < y->source_phases; p++)
                    for (ptrdiff_t q = 0; q < x->source_phases; q++) {
                        VREAL d[FREQUENCIES];
                        F(load_pixels)(4, step, pixels, &area, source_place(y, tile_start(y, m)) + p * y->phase_step,
                                       source_place(x, tile_start(x, n)) + q * x->phase_step, 4, 4, d);
                        F(transform_sources_of_tile)(d);
                        REAL *phase = to + (p * x->source_phases + q) * to_phase;
                        const bool rows = p < y->whole, columns = q < x->whole;
#pragma clang loop unroll(full)
                        for (int i = 0; i < FREQUENCIES; i++)
                            if (is_used(i, rows, columns)) F(store)(phase + i * f->plane, d[i]);
                    }
        segment += r.end_row - r.row;
    }
}

// Those of all channels of a block.
static void T(transform_sources)(const TernConvTiles *t, const TileBlock *b, const STORED *from, ptrdiff_t image_step,
                                 ptrdiff_t channels, REAL *pixels, const F(Frequencies) *f) {
    ptrdiff_t plane = t->y.source_size * t->x.source_size, to_phase = F(phase_size)(t, channels);
    ptrdiff_t lane_step = t->in_lanes ? image_step : plane, width = t->in_lanes ? 1 : LANES;
    REAL *to = f->values;
    for (ptrdiff_t c = 0; c < channels; c += width, to += LANES) {
        const STORED *source = from + c * plane;
        ptrdiff_t lanes = t->in_lanes ? b->images : channels - c;
#define SOURCES(STEP) \
    T(transform_source_tiles)(STEP, t, b->first, b->last, source, image_step, lane_step, lanes, pixels, to, to_phase, f)
        if (t->y.source_step == 1) SOURCES(1);
        else SOURCES(2);
#undef SOURCES
    }
}

// One vector of channels of the outputs of the segments first..<last. Phases are `from_phase` apart.
INLINE void T(transform_output_tiles)(const int size, const int step, const TernConvTiles *t, ptrdiff_t first,
                                      ptrdiff_t last, const REAL *from, ptrdiff_t from_phase, ptrdiff_t from_row,
                                      ptrdiff_t from_plane, VREAL bias, REAL *pixels, STORED *to, ptrdiff_t image_step,
                                      ptrdiff_t lanes) {
    const TernConvTileAxis *y = &t->y, *x = &t->x;
    for (ptrdiff_t segment = first; segment < last;) {
        TileRun r = tile_run(t, segment, last);
        PlaneArea area = output_area(t, &r);
        for (ptrdiff_t m = r.row; m < r.end_row; m++)
            for (ptrdiff_t n = r.column; n < r.end_column; n++, from += from_row)
                for (ptrdiff_t p = 0; p < step; p++)
                    for (ptrdiff_t q = 0; q < step; q++) {
                        const REAL *phase = from + (p * step + q) * from_phase;
                        const bool rows = step == 1 || p < y->whole, columns = step == 1 || q < x->whole;
                        VREAL d[FREQUENCIES];
#pragma clang loop unroll(full)
                        for (int f = 0; f < FREQUENCIES; f++)
                            d[f] = is_used(f, rows, columns) ? F(load)(phase + f * from_plane) : (VREAL){};
                        F(transform_outputs_of_tile)(size, d);
                        F(store_pixels)(size, step, d, bias, tile_units(y, m), tile_units(x, n), &area,
                                        out_place(y, tile_start(y, m)) + step - 1 - p,
                                        out_place(x, tile_start(x, n)) + step - 1 - q, pixels);
                    }
        T(store_area)(to + r.image * image_step, y->out_size * x->out_size, x->out_size, lanes, &area, pixels);
        segment += r.end_row - r.row;
    }
}
static void T(transform_outputs)(const TernConvTiles *t, ptrdiff_t first, ptrdiff_t last, const REAL *from,
                                 ptrdiff_t from_phase, ptrdiff_t from_row, ptrdiff_t from_plane, VREAL bias,
                                 REAL *pixels, STORED *to, ptrdiff_t image_step, ptrdiff_t lanes) {
#define OUTPUTS(SIZE, STEP) \
    T(transform_output_tiles)(SIZE, STEP, t, first, last, from, from_phase, from_row, from_plane, bias, pixels, to, \
                              image_step, lanes)
    if (t->y.tile == 2) {
        if (t->y.out_step == 1) OUTPUTS(2, 1);
        else OUTPUTS(2, 2);
    } else {
        if (t->y.out_step == 1) OUTPUTS(3, 1);
        else OUTPUTS(3, 2);
    }
#undef OUTPUTS
}

static void T(correlate_winograd)(const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *source,
                                  const void *packed, const void *bias, void *result, void *scratch) {
    F(WinogradScratch) s;
    F(winograd_layout)(g, scratch, &s);
    const TernConvTiles *t = &g->tiles;
    const REAL zero[2 * LANES] = {0};
    ptrdiff_t channel_counts[FREQUENCY_KINDS];
    for (int kind = 0; kind < FREQUENCY_KINDS; kind++)
        channel_counts[kind] = F(channels_of_kind)(t, kind, g->source_channels, F(phase_size)(t, g->source_channels),
                                                   t->in_lanes ? LANES : 1, s.channels[kind]);
    ptrdiff_t source_plane = t->y.source_size * t->x.source_size, out_plane = t->y.out_size * t->x.out_size;
    for (ptrdiff_t piece = first; piece < last; piece++) {
        TileBlock tile = tile_block(t, piece / g->shares);
        // Shares of the same tiles follow one another.
        if (piece == first || piece % g->shares == 0) {
            T(transform_sources)(t, &tile, source, g->source_channels * source_plane, g->source_channels, s.pixels,
                                 &s.sources);
            find_tiles(t, &tile, s.sources.row, &s.tiles);
        }
        ptrdiff_t tiles = s.tiles.count[0], tiles_of_image = tiles / tile.images;
        ptrdiff_t block = piece % g->shares * (g->share / g->block);
        ptrdiff_t end = least(block + g->share / g->block, F(block_count)(g));
        for (int f = 0; f < FREQUENCIES; f++) {
            int kind = kind_of(f);
            REAL *products = s.products.values + f * s.products.plane;
            for (ptrdiff_t b = block; b < end; b++) {
                ptrdiff_t width = F(block_width)(g, b);
                const REAL *weights = (const REAL *)packed + F(packed_block)(g, b);
                for (ptrdiff_t p = 0; p < t->y.out_step; p++)
                    for (ptrdiff_t q = 0; q < t->x.out_step; q++, products += tiles * width)
                        if (has_phase(t, f, p, q))
                            F(gather_rows)(s.tiles.count[kind], width / LANES, s.sources.values + f * s.sources.plane,
                                           s.tiles.sources[kind], s.channels[kind], channel_counts[kind],
                                           weights + F(packed_phase)(g, width, f, p, q), zero, products,
                                           s.tiles.tiles[kind]);
            }
        }
        const REAL *products = s.products.values;
        for (ptrdiff_t b = block; b < end; b++) {
            ptrdiff_t channels = F(block_channels)(g, b), width = F(block_width)(g, b);
            for (ptrdiff_t v = 0; v < width; v += LANES) {
                ptrdiff_t channel = b * g->block + v, lanes = least(channels - v, LANES);
                VREAL start = bias ? T(load_first)((const STORED *)bias + channel, lanes) : (VREAL){};
                for (ptrdiff_t i = 0; i < tile.images; i++)
                    T(transform_outputs)(t, tile.first + i * tile.step, tile.last + i * tile.step,
                                         products + v + i * tiles_of_image * width, tiles * width, width,
                                         s.products.plane, start, s.pixels, (STORED *)result + channel * out_plane,
                                         g->lane_channels * out_plane, lanes);
            }
            products += out_phases(t) * tiles * width;
        }
    }
}
