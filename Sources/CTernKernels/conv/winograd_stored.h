// Correlations by Winograd's algorithm. See winograd_real.h.

// Packs weights as [block][frequency][source channel][channel of the block].
static void T(pack_winograd)(const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *weights,
                             void *packed) {
    const bool forward = g->pass == TERN_CONV_FORWARD;
    enum { TAPS = 9 };
    ptrdiff_t lane_step = TAPS, source_step = TAPS, chunk = forward ? LANES : 1;
    if (forward) lane_step *= g->conv.in_channels;
    else source_step *= g->conv.in_channels;
    _Alignas(64) REAL rows[TAPS * LANES * LANES];
    for (ptrdiff_t b = first; b < last; b++) {
        ptrdiff_t channels = F(block_channels)(g, b), width = F(block_width)(g, b);
        REAL *to = (REAL *)packed + b * g->block * FREQUENCIES * g->source_channels;
        ptrdiff_t plane = g->source_channels * width;
        for (ptrdiff_t v = 0; v < width; v += LANES)
            for (ptrdiff_t c = 0; c < g->source_channels; c += chunk) {
                ptrdiff_t count = least(chunk, g->source_channels - c);
                const STORED *from = (const STORED *)weights + (b * g->block + v) * lane_step + c * source_step;
                T(rows_to_lanes)(from, lane_step, channels - v, TAPS * count, rows, LANES);
                for (ptrdiff_t i = 0; i < count; i++) {
                    VREAL w[FREQUENCIES];
#pragma clang loop unroll(full)
                    for (int t = 0; t < TAPS; t++)
                        w[t / 3 * 4 + t % 3] = F(load)(rows + (i * TAPS + (forward ? t : TAPS - 1 - t)) * LANES);
#pragma clang loop unroll(full)
                    for (int t = 0; t < 3; t++) F(transform_weight)(w + t, 4);
#pragma clang loop unroll(full)
                    for (int t = 0; t < 4; t++) F(transform_weight)(w + 4 * t, 1);
#pragma clang loop unroll(full)
                    for (int f = 0; f < FREQUENCIES; f++) F(store)(to + f * plane + (c + i) * width + v, w[f]);
                }
            }
    }
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

// One vector of channels of the segments first..<last, transformed: 4x4 sources of tiles, or 2x2 gradients of outputs.
INLINE void T(transform_tiles)(const int size, const TernConvTiles *t, ptrdiff_t first, ptrdiff_t last,
                               const STORED *from, ptrdiff_t image_step, ptrdiff_t lanes, REAL *pixels, REAL *to,
                               ptrdiff_t to_row, ptrdiff_t to_plane, REAL *bias) {
    const bool sources = size == 4;
    ptrdiff_t height = sources ? t->source_height : t->out_height, width = sources ? t->source_width : t->out_width;
    ptrdiff_t pad_top = sources ? t->pad_top : 0, pad_left = sources ? t->pad_left : 0;
    for (ptrdiff_t segment = first; segment < last;) {
        TileRun r = tile_run(t, segment, last);
        PlaneArea area = sources ? source_area(t, &r) : output_area(t, &r);
        T(load_area)(from + r.image * image_step, height * width, width, lanes, &area, pixels);
        if (bias) {
            VREAL sum = F(load)(bias), odd = {};
            ptrdiff_t i = 0, count = area.rows * area.columns;
            for (; i + 2 <= count; i += 2) sum += F(load)(pixels + i * LANES), odd += F(load)(pixels + (i + 1) * LANES);
            if (i < count) sum += F(load)(pixels + i * LANES);
            F(store)(bias, sum + odd);
        }
        for (ptrdiff_t m = r.row; m < r.row + r.rows; m++)
            for (ptrdiff_t n = r.column; n < r.column + r.columns; n++) {
                VREAL d[FREQUENCIES];
                F(load_pixels)(size, pixels, &area, 2 * m - pad_top, 2 * n - pad_left, d);
#pragma clang loop unroll(full)
                for (int i = 0; i < size; i++) {
                    if (sources) F(transform_source)(d + i, 4);
                    else F(transform_gradient)(d + i, 4);
                }
#pragma clang loop unroll(full)
                for (int i = 0; i < 4; i++) {
                    if (sources) F(transform_source)(d + 4 * i, 1);
                    else F(transform_gradient)(d + 4 * i, 1);
                }
#pragma clang loop unroll(full)
                for (int f = 0; f < FREQUENCIES; f++) F(store)(to + f * to_plane, d[f]);
                to += to_row;
            }
        segment += r.rows;
    }
}
static void T(transform_sources)(const TernConvTiles *t, ptrdiff_t first, ptrdiff_t last, const STORED *from,
                                 ptrdiff_t image_step, ptrdiff_t lanes, REAL *pixels, REAL *to, ptrdiff_t to_row,
                                 ptrdiff_t to_plane) {
    T(transform_tiles)(4, t, first, last, from, image_step, lanes, pixels, to, to_row, to_plane, NULL);
}

// One vector of channels of the outputs of the segments first..<last.
static void T(transform_outputs)(const TernConvTiles *t, ptrdiff_t first, ptrdiff_t last, const REAL *from,
                                 ptrdiff_t from_row, ptrdiff_t from_plane, VREAL bias, REAL *pixels, STORED *to,
                                 ptrdiff_t image_step, ptrdiff_t lanes) {
    for (ptrdiff_t segment = first; segment < last;) {
        TileRun r = tile_run(t, segment, last);
        PlaneArea area = output_area(t, &r);
        for (ptrdiff_t m = 0; m < r.rows; m++)
            for (ptrdiff_t n = 0; n < r.columns; n++) {
                VREAL d[FREQUENCIES];
#pragma clang loop unroll(full)
                for (int f = 0; f < FREQUENCIES; f++) d[f] = F(load)(from + f * from_plane);
                from += from_row;
#pragma clang loop unroll(full)
                for (int i = 0; i < 4; i++) F(transform_output)(d + i, 4);
#pragma clang loop unroll(full)
                for (int i = 0; i < 2; i++) F(transform_output)(d + 4 * i, 1);
                REAL *pixel = pixels + (2 * m * area.columns + 2 * n) * LANES;
                bool right = 2 * n + 1 < area.columns, below = 2 * m + 1 < area.rows;
                F(store)(pixel, d[0] + bias);
                if (right) F(store)(pixel + LANES, d[1] + bias);
                pixel += area.columns * LANES;
                if (below) F(store)(pixel, d[4] + bias);
                if (below && right) F(store)(pixel + LANES, d[5] + bias);
            }
        T(store_area)(to + r.image * image_step, t->out_height * t->out_width, t->out_width, lanes, &area, pixels);
        segment += r.rows;
    }
}

static void T(correlate_winograd)(const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *source,
                                  const void *packed, const void *bias, void *result, void *scratch) {
    F(WinogradScratch) s;
    F(winograd_layout)(g, scratch, &s);
    const TernConvTiles *t = &g->tiles;
    const REAL zero[2 * LANES] = {0};
    for (ptrdiff_t i = 0; i < tiles_of_block(t); i++) s.rows[i] = i * s.sources.row, s.places[i] = i;
    for (ptrdiff_t c = 0; c < g->source_channels; c++) s.columns[c] = c;
    ptrdiff_t source_plane = t->source_height * t->source_width, out_plane = t->out_height * t->out_width;
    for (ptrdiff_t piece = first; piece < last; piece++) {
        ptrdiff_t from = piece / g->shares * t->segments_of_block, to = least(from + t->segments_of_block, t->segments);
        // Shares of the same tiles follow one another.
        for (ptrdiff_t c = 0; (piece == first || piece % g->shares == 0) && c < g->source_channels; c += LANES)
            T(transform_sources)(t, from, to, (const STORED *)source + c * source_plane,
                                 g->source_channels * source_plane, g->source_channels - c, s.pixels,
                                 s.sources.values + c, s.sources.row, s.sources.plane);
        ptrdiff_t tiles = tiles_of_segments(t, from, to);
        ptrdiff_t block = piece % g->shares * (g->share / g->block);
        ptrdiff_t end = least(block + g->share / g->block, F(block_count)(g));
        for (ptrdiff_t f = 0; f < FREQUENCIES; f++) {
            REAL *products = s.products.values + f * s.products.plane;
            for (ptrdiff_t b = block; b < end; b++) {
                ptrdiff_t width = F(block_width)(g, b);
                const REAL *weights = (const REAL *)packed + b * g->block * FREQUENCIES * g->source_channels +
                    f * g->source_channels * width;
                F(gather_rows)(tiles, width / LANES, s.sources.values + f * s.sources.plane, s.rows, s.columns,
                               g->source_channels, weights, zero, products, s.places);
                products += tiles * width;
            }
        }
        const REAL *products = s.products.values;
        for (ptrdiff_t b = block; b < end; b++) {
            ptrdiff_t channels = F(block_channels)(g, b), width = F(block_width)(g, b);
            for (ptrdiff_t v = 0; v < width; v += LANES) {
                ptrdiff_t channel = b * g->block + v, lanes = least(channels - v, LANES);
                VREAL start = bias ? T(load_first)((const STORED *)bias + channel, lanes) : (VREAL){};
                T(transform_outputs)(t, from, to, products + v, width, s.products.plane, start, s.pixels,
                                     (STORED *)result + channel * out_plane, g->lane_channels * out_plane, lanes);
            }
            products += tiles * width;
        }
    }
}
