// Forward pass and input gradient: a correlation of the source with packed weights. See conv.h.

// Outputs in lanes go to their rows from registers, if these follow one another; but not halves, which are rounded
// once, and those of phases, which take turns in a row.
static bool T(stores_outputs)(const TernConvPlan *g) {
    return STORED_IS_REAL && g->y.phases * g->x.phases == 1 && (g->outputs.pitch == g->out_width || g->out_height == 1);
}

static ptrdiff_t T(correlation_layout)(const TernConvPlan *g, void *base, F(CorrelationScratch) *s) {
    Scratch scratch = {.base = base};
    const TernConvOutputs *o = &g->outputs;
    bool in_outputs = g->along == TERN_ALONG_OUTPUTS;
    ptrdiff_t phases = g->y.phases * g->x.phases, outputs = in_outputs ? 0 : g->band_rows * g->strip;
    ptrdiff_t index = sizeof(ptrdiff_t), tile = outputs * g->block * g->images_of_unit;
    // Rows are read in whole vectors.
    if (in_outputs) tile = T(stores_outputs)(g) ? 0 : phases * o->band * g->block + LANES;
    s->phases = scratch_take(&scratch, phases * (ptrdiff_t)sizeof(F(Phase)));
    s->from_y = scratch_take(&scratch, g->y.kernel * index);
    s->from_x = scratch_take(&scratch, g->x.kernel * index);
    s->columns = scratch_take(&scratch, g->taps * index);
    s->rows = scratch_take(&scratch, outputs * index);
    s->places = scratch_take(&scratch, outputs * index);
    s->taps = scratch_take(&scratch, in_outputs ? g->taps * index : 0);
    s->classes = scratch_take(&scratch, o->band / LANES * index);
    ptrdiff_t masks = in_outputs ? mask_classes(o) * g->y.kernel * g->x.kernel : 0;
    s->masks = scratch_take(&scratch, masks * (ptrdiff_t)sizeof(F(where)));
    s->blanks = scratch_take(&scratch, in_outputs ? mask_classes(o) * phases * (ptrdiff_t)sizeof(bool) : 0);
    s->tile = scratch_take(&scratch, tile * (ptrdiff_t)sizeof(REAL));
    s->windows = scratch_take(&scratch, F(window_size)(g) * g->unit_chunk * (ptrdiff_t)sizeof(REAL));
    return scratch.used;
}

static void T(plan)(TernConvPass pass, ptrdiff_t phase, const TernConv *c, TernConvPlan *plan) {
    *plan = F(correlation)(pass, phase, c, STORED_IS_REAL);
    plan->algorithm = conv_algorithm(c, LANES, correlates_by_winograd(c, LANES, &plan->y, &plan->x));
    if (plan->algorithm == TERN_CONV_DIRECT && pass == TERN_CONV_INPUT_GRADIENT && F(plan_winograd_adjoint)(plan))
        return;
    F(CorrelationScratch) s;
    switch (plan->algorithm) {
    case TERN_CONV_DEPTHWISE:
        plan->pieces = c->images * c->groups;
        plan->pack_pieces = c->groups;
        plan->packed_bytes = c->groups * 9 * (ptrdiff_t)sizeof(REAL);
        break;
    case TERN_CONV_POINTWISE: F(plan_pointwise)(plan); break;
    case TERN_CONV_WINOGRAD: F(plan_winograd)(plan); break;
    case TERN_CONV_DIRECT:
        plan->packed_bytes = plan->groups * F(packed_group)(plan) * (ptrdiff_t)sizeof(REAL);
        plan->pack_pieces = plan->groups * F(block_count)(plan);
        plan->scratch_bytes = T(correlation_layout)(plan, NULL, &s);
    }
}

// Packs weights as [group][block][phase][ky][tap][channel of the block]. A tile takes its kernel rows from one range of
// ky then, and can leave out those that meet nothing but padding.
static void T(pack_direct)(const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *weights, void *packed) {
    const TernConv *c = &g->conv;
    const TernConvDepth *z = &g->z;
    ptrdiff_t blocks = F(block_count)(g), plane = c->kernel_height * c->kernel_width, kernel = c->kernel_depth * plane;
    ptrdiff_t lane_step = kernel, source_step = kernel, channels_of_plane = g->source_channels / most(z->taps, 1);
    if (g->pass == TERN_CONV_FORWARD) lane_step *= c->in_channels;
    else source_step *= c->in_channels;
    for (ptrdiff_t piece = first; piece < last; piece++) {
        ptrdiff_t group = piece / blocks, b = piece % blocks;
        ptrdiff_t channels = F(block_channels)(g, b), width = F(block_width)(g, b);
        const STORED *w =
            (const STORED *)weights + group * c->out_channels * c->in_channels * kernel + b * g->block * lane_step;
        REAL *to = (REAL *)packed + group * F(packed_group)(g) + b * g->block * g->taps;
        for (ptrdiff_t py = 0; py < g->y.phases; py++)
            for (ptrdiff_t px = 0; px < g->x.phases; px++) {
                ptrdiff_t taps_x = 0, x = 0;
                for (ptrdiff_t kx = 0; kx < g->x.kernel; kx++) taps_x += axis_tap_phase(&g->x, kx) == px;
                TapOrder order = tap_order(g, taps_x);
                for (ptrdiff_t ky = 0; ky < g->y.kernel; ky++) {
                    if (axis_tap_phase(&g->y, ky) != py) continue;
                    x = 0;
                    for (ptrdiff_t kx = 0; kx < g->x.kernel; kx++) {
                        if (axis_tap_phase(&g->x, kx) != px) continue;
                        for (ptrdiff_t channel = 0, i = 0; channel < channels_of_plane; channel++)
                            for (ptrdiff_t tap = 0; tap < z->taps; tap++, i++) {
                                const STORED *from = w + channel * source_step +
                                    (z->kernel_from + tap * z->kernel_step) * plane + ky * g->x.kernel + kx;
                                REAL *at = to + (i * order.channel_step + x * order.x_step) * width;
                                for (ptrdiff_t l = 0; l < channels; l++) at[l] = T(get)(from[l * lane_step]);
                                for (ptrdiff_t l = channels; l < width; l++) at[l] = 0;
                            }
                        x++;
                    }
                    to += g->source_channels * taps_x * width;
                }
            }
    }
}

static void T(pack)(const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *weights, void *packed) {
    switch (g->algorithm) {
    case TERN_CONV_DEPTHWISE: T(pack_depthwise)(g, first, last, weights, packed); break;
    case TERN_CONV_POINTWISE: T(pack_pointwise)(g, first, last, weights, packed); break;
    case TERN_CONV_WINOGRAD:
        if (g->along == TERN_ALONG_IMAGES) T(pack_winograd_adjoint)(g, first, last, weights, packed);
        else T(pack_winograd)(g, first, last, weights, packed);
        break;
    case TERN_CONV_DIRECT: T(pack_direct)(g, first, last, weights, packed);
    }
}

typedef struct {
    ptrdiff_t rows, columns;   // of the output band
    ptrdiff_t shift, shift_x;  // of its sources
    const REAL *window;
    const REAL *begin, *end;  // of the sources, where they are read in place
    const REAL *packed;       // of the block
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
        ptrdiff_t count_y = F(phase_rows)(g, p, u->rows), count_x = F(phase_columns)(g, p, u->columns);
        if (count_y * count_x == 0) continue;
        ptrdiff_t taps_row = p->taps_x * g->source_channels;
        // Tiles keep to one row, to leave out padding, unless they would be low.
        bool low = count_x < 7 || count_x < 5 * ceil_divide(count_x, limit);
        ptrdiff_t rows = low ? count_y : 1, run = rows * count_x;
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

// The same with outputs in the lanes: those of a band, which begins at output `first`, from `source` on.
static void T(correlate_outputs)(const TernConvPlan *g, const F(CorrelationScratch) *s, const T(UnitBlock) *u,
                                 ptrdiff_t first, const REAL *source) {
    const TernConvOutputs *o = &g->outputs;
    const bool direct = T(stores_outputs)(g);
    ptrdiff_t phases = g->y.phases * g->x.phases, limit = F(vectors_limit)(u->channels);
    REAL bias[OUTPUT_CHANNELS];
    if (u->bias)
        for (ptrdiff_t i = 0; i < u->channels; i++) bias[i] = T(get)(u->bias[i]);
    F(OutputsTile) t = {.begin = u->begin, .end = u->end, .bias = u->bias ? bias : NULL};
    for (ptrdiff_t phase = 0; phase < phases; phase++) {
        const F(Phase) *p = s->phases + phase;
        // Where another phase has a row more, this one has outputs that nobody takes.
        ptrdiff_t outputs = least(o->band, o->size - first), taps_of_plane = p->taps_y * p->taps_x;
        t.a = source, t.columns = p->columns, t.taps = s->taps + (p->columns - s->columns);
        t.count = taps_of_plane * g->source_channels, t.weights = u->packed + p->packed * u->width;
        t.out = direct ? (void *)(u->result + first) : s->tile + phase * o->band;
        t.out_plane = direct ? u->result_step : phases * o->band;
        const ptrdiff_t *classes = s->classes;
        // The last two tiles are of nearly equal size.
        for (ptrdiff_t left = ceil_divide(outputs, LANES), size; left > 0; left -= size) {
            size = left >= 2 * limit ? limit : left > limit ? (left + 1) / 2 : left;
            bool masked = false;
            for (ptrdiff_t r = 0; r < size; r++, classes++) {
                t.masks[r] = p->masks + *classes * taps_of_plane;
                masked |= p->blanks[*classes];
            }
            t.last_lanes = direct && left == size ? outputs - (ceil_divide(outputs, LANES) - 1) * LANES : LANES;
            const bool inside = !o->in_place || (t.a + p->low >= u->begin && t.a + p->high + size * LANES <= u->end);
            F(outputs)(u->channels, size, reading_of(masked, inside), &t);
            t.a += size * LANES, t.out += size * LANES;
        }
    }
    if (direct) return;
    for (ptrdiff_t i = 0; i < u->channels; i++)
        T(store_outputs)(g, s->phases, first, s->tile + i * phases * o->band, u->result + i * u->result_step);
}

// The same with images in the lanes, by way of the tile.
static void T(correlate_images)(const TernConvPlan *g, const F(CorrelationScratch) *s, const T(UnitBlock) *u) {
    ptrdiff_t tile_plane = g->band_rows * g->strip * LANES;
    REAL bias[WIDTH_CHANNELS];
    if (u->bias)
        for (ptrdiff_t o = 0; o < u->channels; o++) bias[o] = T(get)(u->bias[o]);
    // Tiles keep to one row of images, to leave out all padding, and are narrow where most columns of a gradient are
    // beside padding.
    ptrdiff_t limit = g->x.backward ? 2 : F(vectors_limit)(u->channels);
    for (const F(Phase) *p = s->phases; p < s->phases + g->y.phases * g->x.phases; p++) {
        ptrdiff_t count_y = F(phase_rows)(g, p, u->rows), count_x = F(phase_columns)(g, p, u->columns);
        if (count_y * count_x == 0) continue;
        ptrdiff_t taps_row = p->taps_x * g->source_channels, tiles = ceil_divide(count_x, limit), at = 0;
        for (ptrdiff_t m = 0; m < count_y; m++) {
            ptrdiff_t x = u->shift_x, y = u->shift + m * g->y.source_step, from, to, left, right;
            tap_range(p->from_y, p->taps_y, y, y, g->source_height, &from, &to);
            for (ptrdiff_t t = 0; t < tiles; t++) {
                ptrdiff_t size = count_x / tiles + (t < count_x % tiles);
                tap_range(p->from_x, p->taps_x, x, x + (size - 1) * g->x.source_step, g->source_width, &left, &right);
                bool full = right - left == p->taps_x;
                ptrdiff_t tap = from * taps_row + left * g->source_channels,
                          count = (right - left) * g->source_channels;
                F(images)(u->channels, size, u->window, p->rows + at, p->columns + tap, full ? 1 : to - from, taps_row,
                          full ? (to - from) * count : count, u->packed + (p->packed + tap) * u->width,
                          u->bias ? bias : NULL, s->tile, p->places + at, tile_plane);
                at += size, x += size * g->x.source_step;
            }
        }
    }
    for (ptrdiff_t o = 0; o < u->channels; o++)
        T(lanes_to_rows)(s->tile + o * tile_plane, LANES, u->rows * u->columns, u->images,
                         u->result + o * u->result_step, u->image_step);
}

static void T(correlate_direct)(const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *source,
                                const void *packed, const void *bias, void *result, void *scratch) {
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
    ptrdiff_t blocks = F(block_count)(g), packed_group = F(packed_group)(g), window_size = F(window_size)(g);
    // From band to band; the bands of a sequence are strips of its row.
    const TernConvOutputs *o = &g->outputs;
    bool in_outputs = g->along == TERN_ALONG_OUTPUTS, strips = g->strip < g->out_width;
    ptrdiff_t shift_y = strips || in_outputs ? 0 : g->band_rows / g->y.out_step * g->y.source_step;
    ptrdiff_t shift_x = strips ? g->strip / g->x.out_step * g->x.source_step : 0;
    if (in_outputs) vector_classes(o, 0, o->band / LANES, s.classes);
    Unit next = unit_at(g, first);
    // Windows of a few units stay in the cache while every block of the weights passes over them.
    for (ptrdiff_t chunk = first; chunk < last; chunk += g->unit_chunk) {
        ptrdiff_t end = least(chunk + g->unit_chunk, last);
        Unit start = next;
        for (ptrdiff_t b = -1; b < blocks; b++) {
            next = start;
            for (ptrdiff_t unit = chunk; unit < end; unit++, next_unit(g, &next)) {
                ptrdiff_t band = next.band, group = next.group, image = next.output, z = 0;
                if (g->z.count > 1) image = next.output / g->z.count, z = next.output % g->z.count;
                image *= g->images_of_unit;
                ptrdiff_t images = least(g->images_of_unit, g->images - image);
                ptrdiff_t first_output = in_outputs ? band * o->band : 0;
                const STORED *planes_of_group =
                    (const STORED *)source + image * source_step + group * source_channels * source_size;
                REAL *window = s.windows + (unit - chunk) * window_size;
                if (b < 0) {
                    if (in_outputs && o->bands > 1) vector_classes(o, first_output / LANES, o->band / LANES, s.classes);
                    if (in_outputs && o->in_place) continue;
                    T(Planes) planes = {
                        .source = planes_of_group,
                        .z = &g->z,
                        .output = z,
                        .count = g->source_channels,
                        .height = g->source_height,
                        .width = source_width,
                    };
                    bool zeroed = g->bands == 1 && chunk > first;
                    TernConvWindow w = g->window;
                    w.low_row += band * shift_y, w.low_column += band * shift_x;
                    if (in_outputs) T(copy_dealt)(o, &planes, first_output, window);
                    else if (g->along == TERN_ALONG_IMAGES)
                        T(copy_images)(&w, &planes, source_step, images, zeroed, window);
                    else T(copy_window)(&w, &planes, zeroed, window);
                    continue;
                }
                ptrdiff_t row = 0, column = 0, channel = group * g->lane_channels + b * g->block;
                if (strips) column = band * g->strip;
                else if (!in_outputs) row = band * g->band_rows;
                T(UnitBlock) u = {
                    .rows = least(g->band_rows, g->out_height - row),
                    .columns = least(g->strip, g->out_width - column),
                    .shift = band * shift_y,
                    .shift_x = band * shift_x,
                    .window = window,
                    .begin = source,
                    .end = (const REAL *)source + g->images * source_step,
                    .packed = (const REAL *)packed + group * packed_group + b * g->block * g->taps,
                    .channels = F(block_channels)(g, b),
                    .width = F(block_width)(g, b),
                    .bias = bias ? (const STORED *)bias + channel : NULL,
                    .result = (STORED *)result + image * out_step + channel * out_size +
                        (g->z.first + z * g->z.out_step) * out_plane + row * g->out_width + column,
                    .result_step = out_size,
                    .images = images,
                    .image_step = out_step,
                };
                if (g->along == TERN_ALONG_CHANNELS) {
                    T(correlate_channels)(g, &s, &u);
                } else if (g->along == TERN_ALONG_IMAGES) {
                    T(correlate_images)(g, &s, &u);
                } else {
                    const REAL *from = window + (o->bands > 1 ? first_output % o->pitch : 0);
                    if (o->in_place) from = (const void *)(planes_of_group + first_output);
                    T(correlate_outputs)(g, &s, &u, first_output, from);
                }
            }
        }
    }
}

static void T(correlate)(const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *source, const void *packed,
                         const void *bias, void *result, void *scratch) {
    switch (g->algorithm) {
    case TERN_CONV_DEPTHWISE: T(correlate_depthwise)(g, first, last, source, packed, bias, result); break;
    case TERN_CONV_POINTWISE: T(correlate_pointwise)(g, first, last, source, packed, bias, result, scratch); break;
    case TERN_CONV_WINOGRAD:
        if (g->along == TERN_ALONG_IMAGES) T(winograd_adjoint)(g, first, last, source, packed, bias, result, scratch);
        else T(correlate_winograd)(g, first, last, source, packed, bias, result, scratch);
        break;
    case TERN_CONV_DIRECT: T(correlate_direct)(g, first, last, source, packed, bias, result, scratch);
    }
}
