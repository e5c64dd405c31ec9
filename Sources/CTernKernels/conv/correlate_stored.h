// Forward pass and input gradient: a correlation of the source with packed weights. See conv.h.

static ptrdiff_t T(correlation_layout)(const TernConvPlan *g, void *base, F(CorrelationScratch) *s) {
    Scratch scratch = {.base = base};
    ptrdiff_t outputs = g->band_rows * (g->along == TERN_ALONG_WIDTH ? ceil_divide(g->strip, LANES) : g->strip);
    s->phases = scratch_take(&scratch, g->y.phases * g->x.phases * (ptrdiff_t)sizeof(F(Phase)));
    s->from_y = scratch_take(&scratch, g->y.kernel * (ptrdiff_t)sizeof(ptrdiff_t));
    s->from_x = scratch_take(&scratch, g->x.kernel * (ptrdiff_t)sizeof(ptrdiff_t));
    s->columns = scratch_take(&scratch, g->taps * (ptrdiff_t)sizeof(ptrdiff_t));
    s->rows = scratch_take(&scratch, outputs * (ptrdiff_t)sizeof(ptrdiff_t));
    s->places = scratch_take(&scratch, outputs * (ptrdiff_t)sizeof(ptrdiff_t));
    // Along the width results go to their rows from registers, but for halves, which are rounded once.
    ptrdiff_t tile = outputs * g->block * g->images_of_unit;
    if (g->along == TERN_ALONG_WIDTH) tile = STORED_IS_REAL ? 0 : g->band_rows * g->strip * g->block;
    s->tile = scratch_take(&scratch, tile * (ptrdiff_t)sizeof(REAL));
    s->windows = scratch_take(&scratch, F(window_size)(g) * g->unit_chunk * (ptrdiff_t)sizeof(REAL));
    return scratch.used;
}

static void T(plan)(TernConvPass pass, ptrdiff_t phase, const TernConv *c, TernConvPlan *plan) {
    *plan = F(correlation)(pass, phase, c);
    if (suits_winograd(c, &plan->y, &plan->x)) {
        F(plan_winograd)(plan);
        return;
    }
    F(CorrelationScratch) s;
    plan->packed_bytes = plan->groups * F(packed_group)(plan) * (ptrdiff_t)sizeof(REAL);
    plan->pack_pieces = plan->groups * F(block_count)(plan);
    plan->scratch_bytes = T(correlation_layout)(plan, NULL, &s);
}

// Packs weights as [group][block][phase][ky][tap][channel of the block]. A tile takes its kernel rows from one range of
// ky then, and can leave out those that meet nothing but padding.
static void T(pack)(const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *weights, void *packed) {
    if (g->winograd) {
        T(pack_winograd)(g, first, last, weights, packed);
        return;
    }
    const TernConv *c = &g->conv;
    const TernConvDepth *z = &g->z;
    ptrdiff_t blocks = F(block_count)(g), plane = c->kernel_height * c->kernel_width, kernel = c->kernel_depth * plane;
    ptrdiff_t lane_step = kernel, source_step = kernel;
    if (g->pass == TERN_CONV_FORWARD) lane_step *= c->in_channels;
    else source_step *= c->in_channels;
    for (ptrdiff_t piece = first; piece < last; piece++) {
        ptrdiff_t group = piece / blocks, b = piece % blocks;
        ptrdiff_t channels = F(block_channels)(g, b), width = F(block_width)(g, b);
        const STORED *w =
            (const STORED *)weights + group * c->out_channels * c->in_channels * kernel + b * g->block * lane_step;
        REAL *to = (REAL *)packed + group * F(packed_group)(g) + b * g->block * g->taps;
        for (ptrdiff_t py = 0; py < g->y.phases; py++)
            for (ptrdiff_t px = 0; px < g->x.phases; px++)
                for (ptrdiff_t ky = 0; ky < g->y.kernel; ky++) {
                    if (axis_tap_phase(&g->y, ky) != py) continue;
                    for (ptrdiff_t i = 0; i < g->source_channels * g->x.kernel; i++) {
                        ptrdiff_t channel, kx;
                        F(tap_of)(g, i, g->x.kernel, &channel, &kx);
                        if (axis_tap_phase(&g->x, kx) != px) continue;
                        ptrdiff_t tap = 0;
                        if (z->taps > 1) tap = channel % z->taps, channel /= z->taps;
                        const STORED *from = w + channel * source_step +
                            (z->kernel_from + tap * z->kernel_step) * plane + ky * g->x.kernel + kx;
                        for (ptrdiff_t l = 0; l < channels; l++) to[l] = T(get)(from[l * lane_step]);
                        for (ptrdiff_t l = channels; l < width; l++) to[l] = 0;
                        to += width;
                    }
                }
    }
}

typedef struct {
    ptrdiff_t rows, columns;   // of the output band
    ptrdiff_t shift, shift_x;  // of its sources
    const REAL *window;
    const REAL *packed;  // of the block
    ptrdiff_t channels, width;
    const STORED *bias;
    STORED *result;         // the band in the first channel of the block
    ptrdiff_t result_step;  // from channel to channel
    ptrdiff_t images, image_step;
} T(UnitBlock);

// One block of channels of one unit with the channels in lanes: every phase into the tile, then all to planes.
static void T(correlate_channels)(const TernConvPlan *g, const F(CorrelationScratch) *s, const T(UnitBlock) *u) {
    REAL start[2 * LANES] = {0};
    if (u->bias)
        for (ptrdiff_t i = 0; i < u->channels; i++) start[i] = T(get)(u->bias[i]);
    ptrdiff_t vectors = u->width / LANES, limit = vectors == 1 ? GATHER_ROWS : GATHER_ROWS_2;
    for (const F(Phase) *p = s->phases; p < s->phases + g->y.phases * g->x.phases; p++) {
        ptrdiff_t count_y = axis_count(&g->y, p->y, u->rows), count_x = F(phase_columns)(g, p, u->columns);
        if (count_y * count_x == 0) continue;
        ptrdiff_t taps_row = p->taps_x * g->source_channels;
        // Tiles keep to one row, to leave out padding, unless rows are short.
        ptrdiff_t rows = count_x < 7 ? count_y : 1, run = rows * count_x;
        ptrdiff_t tiles = ceil_divide(run, limit), size = run / tiles, larger = run % tiles, at = 0;
        for (ptrdiff_t m = 0; m < count_y; m += rows) {
            ptrdiff_t from, to, source = u->shift + m * g->y.source_step;
            tap_range(p->from_y, p->taps_y, source, source + (rows - 1) * g->y.source_step, g->source_height, &from,
                      &to);
            const ptrdiff_t *columns = p->columns + from * taps_row;
            const REAL *packed = u->packed + (p->packed + from * taps_row) * u->width;
            for (ptrdiff_t t = 0; t < tiles; t++) {
                ptrdiff_t outputs = size + (t < larger);
                F(gather)(outputs, vectors, u->window, p->rows + at, columns, (to - from) * taps_row, packed, start,
                          s->tile, p->places + at);
                at += outputs;
            }
        }
    }
    T(lanes_to_rows)(s->tile, u->width, u->rows * u->columns, u->channels, u->result, u->result_step);
}

// The same with the output width in lanes, which results are stored from, or the images, by way of the tile.
static void T(correlate_vectors)(const TernConvPlan *g, const F(CorrelationScratch) *s, const T(UnitBlock) *u) {
    bool in_images = g->along == TERN_ALONG_IMAGES;
    const bool by_tile = in_images || !STORED_IS_REAL;
    ptrdiff_t plane = u->result_step, tile_plane = g->band_rows * g->strip * g->images_of_unit;
    REAL bias[WIDTH_CHANNELS];
    if (u->bias)
        for (ptrdiff_t o = 0; o < u->channels; o++) bias[o] = T(get)(u->bias[o]);
    ptrdiff_t last_lanes = u->columns - (ceil_divide(u->columns, LANES) - 1) * LANES;
    REAL *result = by_tile ? s->tile : (void *)u->result;
    for (const F(Phase) *p = s->phases; p < s->phases + g->y.phases * g->x.phases; p++) {
        ptrdiff_t count_y = axis_count(&g->y, p->y, u->rows), count_x = F(phase_columns)(g, p, u->columns);
        if (count_y * count_x == 0) continue;
        ptrdiff_t taps_row = p->taps_x * g->source_channels;
        // Tiles keep to one row of images, to leave out all padding above and below, and are narrow where most columns
        // of a gradient are beside padding.
        ptrdiff_t rows = in_images ? 1 : count_y, run = rows * count_x;
        ptrdiff_t limit = in_images && g->x.backward ? least(2, WIDTH_VECTORS)
            : u->channels == 1                       ? WIDTH_VECTORS_1
                                                     : WIDTH_VECTORS;
        ptrdiff_t tiles = ceil_divide(run, limit), smaller = run / tiles, larger = run % tiles, at = 0;
        for (ptrdiff_t m = 0; m < count_y; m += rows) {
            ptrdiff_t x = 0, y = u->shift + m * g->y.source_step;
            for (ptrdiff_t t = 0; t < tiles; t++) {
                ptrdiff_t size = smaller + (t < larger), lanes[WIDTH_VECTORS_1], from, to, left = 0, right = p->taps_x;
                REAL *out[WIDTH_VECTORS_1];
                ptrdiff_t first_y = y, first_x = u->shift_x + x * g->x.source_step;
                for (ptrdiff_t r = 0; r < size; r++) {
                    out[r] = result + p->places[at + r] * g->images_of_unit;
                    if (x == count_x) x = 0, y += g->y.source_step;
                    x++;
                    lanes[r] = x == count_x && !in_images ? last_lanes : LANES;
                }
                tap_range(p->from_y, p->taps_y, first_y, y, g->source_height, &from, &to);
                if (in_images)
                    tap_range(p->from_x, p->taps_x, first_x, first_x + (size - 1) * g->x.source_step, g->source_width,
                              &left, &right);
                bool full = right - left == p->taps_x;
                ptrdiff_t tap = from * taps_row + left * g->source_channels,
                          count = (right - left) * g->source_channels;
                F(width)(u->channels, size, u->window, p->rows + at, p->columns + tap, full ? 1 : to - from, taps_row,
                         full ? (to - from) * count : count, u->packed + (p->packed + tap) * u->width,
                         u->bias ? bias : NULL, out, by_tile ? tile_plane : plane, lanes);
                at += size;
            }
        }
    }
    if (!by_tile) return;
    for (ptrdiff_t o = 0; o < u->channels; o++)
        if (!in_images) T(round_row)(u->result + o * plane, s->tile + o * tile_plane, u->rows * u->columns);
        else
            T(lanes_to_rows)(s->tile + o * tile_plane, LANES, u->rows * u->columns, u->images, u->result + o * plane,
                             u->image_step);
}

static void T(correlate)(const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *source, const void *packed,
                         const void *bias, void *result, void *scratch) {
    if (g->winograd) {
        T(correlate_winograd)(g, first, last, source, packed, bias, result, scratch);
        return;
    }
    const TernConv *c = &g->conv;
    F(CorrelationScratch) s;
    T(correlation_layout)(g, scratch, &s);
    F(fill_tables)(g, &s);
    bool forward = g->pass == TERN_CONV_FORWARD;
    // The volumes of a channel, and the steps from image to image.
    ptrdiff_t out_plane = g->out_height * g->out_width, out_size = g->out_depth * out_plane;
    ptrdiff_t source_size = c->in_depth * c->in_height * c->in_width, source_channels = c->in_channels;
    if (!forward) source_size = c->out_depth * c->out_height * c->out_width, source_channels = c->out_channels;
    ptrdiff_t source_width = forward ? c->in_width : c->out_width;
    ptrdiff_t source_step = g->groups * source_channels * source_size,
              out_step = g->groups * g->lane_channels * out_size;
    // Windows of a few units stay in the cache while every block of the weights passes over them.
    for (ptrdiff_t chunk = first; chunk < last; chunk += g->unit_chunk) {
        ptrdiff_t end = least(chunk + g->unit_chunk, last);
        for (ptrdiff_t b = -1; b < F(block_count)(g); b++)
            for (ptrdiff_t unit = chunk; unit < end; unit++) {
                ptrdiff_t band = unit % g->bands, group = unit / g->bands % g->groups, row = 0, column = 0;
                if (g->strip < g->out_width) column = band * g->strip;
                else row = band * g->band_rows;
                ptrdiff_t output = unit / g->bands / g->groups, image = output, z = 0;
                if (g->z.count > 1) image = output / g->z.count, z = output % g->z.count;
                image *= g->images_of_unit;
                ptrdiff_t images = least(g->images_of_unit, g->images - image);
                ptrdiff_t shift = row / g->y.out_step * g->y.source_step;
                ptrdiff_t shift_x = column / g->x.out_step * g->x.source_step;
                REAL *window = s.windows + (unit - chunk) * F(window_size)(g);
                if (b < 0) {
                    T(Planes) planes = {
                        .source = (const STORED *)source + image * source_step + group * source_channels * source_size,
                        .z = &g->z,
                        .output = z,
                        .count = g->source_channels,
                        .height = g->source_height,
                        .width = source_width,
                    };
                    bool zeroed = g->bands == 1 && chunk > first;
                    TernConvWindow w = g->window;
                    w.low_row += shift, w.low_column += shift_x;
                    if (g->along == TERN_ALONG_IMAGES) T(copy_images)(&w, &planes, source_step, images, zeroed, window);
                    else T(copy_window)(&w, &planes, zeroed, window);
                    continue;
                }
                ptrdiff_t channel = group * g->lane_channels + b * g->block;
                T(UnitBlock) u = {
                    .rows = least(g->band_rows, g->out_height - row),
                    .columns = least(g->strip, g->out_width - column),
                    .shift = shift,
                    .shift_x = shift_x,
                    .window = window,
                    .packed = (const REAL *)packed + group * F(packed_group)(g) + b * g->block * g->taps,
                    .channels = F(block_channels)(g, b),
                    .width = F(block_width)(g, b),
                    .bias = bias ? (const STORED *)bias + channel : NULL,
                    .result = (STORED *)result + image * out_step + channel * out_size +
                        (g->z.first + z * g->z.out_step) * out_plane + row * g->out_width + column,
                    .result_step = out_size,
                    .images = images,
                    .image_step = out_step,
                };
                if (g->along == TERN_ALONG_CHANNELS) T(correlate_channels)(g, &s, &u);
                else T(correlate_vectors)(g, &s, &u);
            }
    }
}
