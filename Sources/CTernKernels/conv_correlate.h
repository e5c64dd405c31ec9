// Forward pass and input gradient: a correlation of the source with packed weights. See conv_impl.h.

// What follows from the convolution and the level; `source` and `lane` channels are those of one group that sums run
// over and that results have.
typedef struct {
    Axis y, x;
    ptrdiff_t images, groups, source_channels, lane_channels;
    ptrdiff_t source_height, source_width, out_height, out_width;
    bool along_width;               // vectors along the output width, else along the channels
    ptrdiff_t block;                // channels of one packed block
    ptrdiff_t band_rows, bands;     // output rows are computed in bands
    ptrdiff_t units, unit_chunk;    // one unit is a band of one group of one image
    Window window;
    ptrdiff_t taps;                 // kernel elements times source channels: the length of the longest sums
} F(Correlation);

// Tables of offsets, all phases after one another, and buffers.
typedef struct {
    ptrdiff_t *columns;             // for each tap, the offset in the window
    ptrdiff_t *rows, *places;       // for each output of a full band, its offset in the window and its row in `tile`
    REAL *tile, *windows;
} F(CorrelationScratch);

enum { F(CORRELATE_PIXELS) = 512, F(WINDOW_BYTES) = 192 * 1024 };

static ptrdiff_t F(block_count)(const F(Correlation) *g) { return ceil_divide(g->lane_channels, g->block); }
// Channels of block b, and the lanes it is padded to.
static ptrdiff_t F(block_channels)(const F(Correlation) *g, ptrdiff_t b) { return least(g->block, g->lane_channels - b * g->block); }
static ptrdiff_t F(block_width)(const F(Correlation) *g, ptrdiff_t b) {
    return g->along_width ? F(block_channels)(g, b) : round_up(F(block_channels)(g, b), LANES);
}
static ptrdiff_t F(packed_group)(const F(Correlation) *g) {
    ptrdiff_t last = F(block_count)(g) - 1;
    return g->taps * (last * g->block + F(block_width)(g, last));
}

static F(Correlation) F(correlation)(TernConvPass pass, const TernConv2d *c) {
    F(Correlation) g = {.images = c->images, .groups = c->groups};
    bool forward = pass == TERN_CONV_FORWARD;
    g.source_channels = forward ? c->in_channels : c->out_channels;
    g.lane_channels = forward ? c->out_channels : c->in_channels;
    Axis (*axis)(ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t) = forward ? axis_forward : axis_backward;
    g.y = axis(c->in_height, c->out_height, c->kernel_height, c->stride_height, c->pad_top, c->dilation_height);
    g.x = axis(c->in_width, c->out_width, c->kernel_width, c->stride_width, c->pad_left, c->dilation_width);
    g.source_height = g.y.source_size, g.source_width = g.x.source_size;
    g.out_height = g.y.out_size, g.out_width = g.x.out_size;
    g.taps = c->kernel_height * c->kernel_width * g.source_channels;

    // Lanes along the channels waste those past the last channel, and pay for transposing the results. Lanes along the
    // width waste those past the last column, and the zeros between the columns of a strided gradient.
    ptrdiff_t spread = forward ? 1 : c->stride_width;
    double channel_cost = (double)round_up(g.lane_channels, LANES) / g.lane_channels * (1 + 10.0 / g.taps);
    double width_cost = 1.1 * spread * round_up(g.out_width, LANES) / most(g.out_width, 1);
    g.along_width = width_cost < channel_cost;
#ifdef TERN_CONV_FORCE
    if (TERN_CONV_FORCE >= 0) g.along_width = TERN_CONV_FORCE;
#endif
    if (g.along_width) {
        g.block = ceil_divide(g.lane_channels, ceil_divide(g.lane_channels, WIDTH_CHANNELS));
        if (!forward) g.x = axis_backward(c->in_width, (c->out_width - 1) * spread + 1, c->kernel_width, 1, c->pad_left, c->dilation_width);
    } else {
        g.block = g.lane_channels <= LANES ? LANES : 2 * LANES;
    }

    ptrdiff_t low, high, step = g.y.out_step;
    axis_window(&g.x, g.out_width, &low, &high);
    g.window.low_column = low, g.window.columns = high - low;
    g.window.deal = g.along_width ? g.x.source_step : 1;
    g.window.spread = g.along_width ? spread : 1;
    g.window.pitch = ceil_divide(g.window.columns, g.window.deal);
    ptrdiff_t row_bytes = g.window.deal * g.window.pitch * (ptrdiff_t)sizeof(REAL) * g.source_channels;
    ptrdiff_t rows = most(least(F(CORRELATE_PIXELS) / most(g.out_width, 1), F(WINDOW_BYTES) / most(row_bytes, 1) * step / g.y.source_step), 1);
    g.bands = most(ceil_divide(g.out_height, round_up(rows, step)), 1);
    g.band_rows = most(round_up(ceil_divide(g.out_height, g.bands), step), 1);
    g.bands = ceil_divide(g.out_height, g.band_rows);
    axis_window(&g.y, g.band_rows, &low, &high);
    g.window.low_row = low, g.window.rows = high - low;
    g.window.plane = window_plane(g.window.rows * g.window.deal * g.window.pitch, sizeof(REAL));
    g.units = g.images * g.groups * g.bands;
    ptrdiff_t bytes = g.window.plane * g.source_channels * (ptrdiff_t)sizeof(REAL);
    g.unit_chunk = g.along_width ? 1 : most(1, least(16, F(WINDOW_BYTES) / most(bytes, 1)));
    return g;
}

// Elements between windows; vectors along the width are loaded whole, so they may reach past the last row.
static ptrdiff_t F(window_size)(const F(Correlation) *g) { return round_up(g->window.plane * g->source_channels + LANES, LANES); }

static ptrdiff_t F(correlation_layout)(const F(Correlation) *g, void *base, F(CorrelationScratch) *s) {
    Scratch scratch = {.base = base};
    ptrdiff_t outputs = g->band_rows * (g->along_width ? ceil_divide(g->out_width, LANES) : g->out_width);
    s->columns = scratch_take(&scratch, g->taps * (ptrdiff_t)sizeof(ptrdiff_t));
    s->rows = scratch_take(&scratch, outputs * (ptrdiff_t)sizeof(ptrdiff_t));
    s->places = scratch_take(&scratch, outputs * (ptrdiff_t)sizeof(ptrdiff_t));
    s->tile = scratch_take(&scratch, g->along_width ? 0 : outputs * g->block * (ptrdiff_t)sizeof(REAL));
    s->windows = scratch_take(&scratch, F(window_size)(g) * g->unit_chunk * (ptrdiff_t)sizeof(REAL));
    return scratch.used;
}

static void F(plan)(TernConvPass pass, const TernConv2d *c, TernConvPlan *plan) {
    F(Correlation) g = F(correlation)(pass, c);
    F(CorrelationScratch) s;
    plan->packed_count = g.groups * F(packed_group)(&g);
    plan->pack_pieces = g.groups * F(block_count)(&g);
    plan->pieces = g.units;
    plan->scratch_bytes = F(correlation_layout)(&g, NULL, &s);
}

// Packs weights as [group][block][phase][ky][source channel][kx][channel of the block]. A tile takes its kernel rows
// from one range of ky then, and can leave out those that meet nothing but padding.
static void F(pack)(TernConvPass pass, const TernConv2d *c, ptrdiff_t first, ptrdiff_t last, const REAL *weights, REAL *packed) {
    F(Correlation) g = F(correlation)(pass, c);
    ptrdiff_t blocks = F(block_count)(&g), kernel = c->kernel_height * c->kernel_width;
    ptrdiff_t lane_step = kernel, source_step = kernel;
    if (pass == TERN_CONV_FORWARD) lane_step *= c->in_channels;
    else source_step *= c->in_channels;
    for (ptrdiff_t piece = first; piece < last; piece++) {
        ptrdiff_t group = piece / blocks, b = piece % blocks;
        ptrdiff_t channels = F(block_channels)(&g, b), width = F(block_width)(&g, b);
        const REAL *w = weights + group * c->out_channels * c->in_channels * kernel + b * g.block * lane_step;
        REAL *to = packed + group * F(packed_group)(&g) + b * g.block * g.taps;
        for (ptrdiff_t py = 0; py < g.y.phases; py++)
            for (ptrdiff_t px = 0; px < g.x.phases; px++)
                for (ptrdiff_t ky = 0; ky < g.y.kernel; ky++) {
                    if (axis_tap_phase(&g.y, ky) != py) continue;
                    for (ptrdiff_t s = 0; s < g.source_channels; s++)
                        for (ptrdiff_t kx = 0; kx < g.x.kernel; kx++) {
                            if (axis_tap_phase(&g.x, kx) != px) continue;
                            const REAL *from = w + s * source_step + ky * g.x.kernel + kx;
                            for (ptrdiff_t l = 0; l < channels; l++) to[l] = from[l * lane_step];
                            for (ptrdiff_t l = channels; l < width; l++) to[l] = 0;
                            to += width;
                        }
                }
    }
}

// The offset of column `column` of the window in its row.
static ptrdiff_t F(window_column)(const Window *w, ptrdiff_t column) {
    return column % w->deal * w->pitch + column / w->deal;
}

static void F(fill_tables)(const F(Correlation) *g, const F(CorrelationScratch) *s) {
    const Window *w = &g->window;
    ptrdiff_t *columns = s->columns, *rows = s->rows, *places = s->places, row_size = w->deal * w->pitch;
    for (ptrdiff_t py = 0; py < g->y.phases; py++)
        for (ptrdiff_t px = 0; px < g->x.phases; px++) {
            ptrdiff_t top = axis_base(&g->y, py) - w->low_row, left = axis_base(&g->x, px) - w->low_column;
            for (ptrdiff_t ky = 0; ky < g->y.kernel; ky++) {
                if (axis_tap_phase(&g->y, ky) != py) continue;
                for (ptrdiff_t c = 0; c < g->source_channels; c++)
                    for (ptrdiff_t kx = 0; kx < g->x.kernel; kx++)
                        if (axis_tap_phase(&g->x, kx) == px)
                            *columns++ = c * w->plane + (top + axis_tap(&g->y, ky)) * row_size +
                                F(window_column)(w, left + axis_tap(&g->x, kx));
            }
            ptrdiff_t count_y = axis_count(&g->y, py, g->band_rows), count_x = axis_count(&g->x, px, g->out_width);
            ptrdiff_t first_y = axis_first(&g->y, py), first_x = axis_first(&g->x, px);
            ptrdiff_t step_x = g->along_width ? LANES : 1;
            for (ptrdiff_t m = 0; m < count_y; m++)
                for (ptrdiff_t n = 0; n < count_x; n += step_x) {
                    *rows++ = m * g->y.source_step * row_size + (g->along_width ? n : n * g->x.source_step);
                    *places++ = (first_y + m * g->y.out_step) * g->out_width + first_x + n * g->x.out_step;
                }
        }
}

// The taps (in rows of the kernel that belong to the phase) that touch the source from any of the outputs m0...m1.
static void F(kernel_rows)(const F(Correlation) *g, ptrdiff_t phase, ptrdiff_t shift, ptrdiff_t m0, ptrdiff_t m1,
                           ptrdiff_t *from, ptrdiff_t *to) {
    ptrdiff_t n = 0, base = axis_base(&g->y, phase) + shift;
    *from = *to = 0;
    for (ptrdiff_t k = 0; k < g->y.kernel; k++) {
        if (axis_tap_phase(&g->y, k) != phase) continue;
        ptrdiff_t tap = base + axis_tap(&g->y, k);
        if (tap + m1 * g->y.source_step >= 0 && tap + m0 * g->y.source_step < g->source_height) {
            if (*to == 0) *from = n;
            *to = n + 1;
        }
        n++;
    }
}

typedef struct {
    ptrdiff_t rows;         // of the output band
    ptrdiff_t shift;        // of its sources
    const REAL *window;
    const REAL *packed;     // of the block
    ptrdiff_t channels, width;
    const REAL *bias;
    REAL *result;           // the band in the first channel of the block
} F(UnitBlock);

// One block of channels of one unit with the channels in lanes: every phase into the tile, then all to planes.
static void F(correlate_channels)(const F(Correlation) *g, const F(CorrelationScratch) *s, const F(UnitBlock) *u) {
    REAL start[2 * LANES] = {0};
    if (u->bias)
        for (ptrdiff_t i = 0; i < u->channels; i++) start[i] = u->bias[i];
    ptrdiff_t vectors = u->width / LANES, limit = vectors == 1 ? GATHER_ROWS : GATHER_ROWS_2;
    const ptrdiff_t *columns = s->columns, *rows = s->rows, *places = s->places;
    const REAL *packed = u->packed;
    for (ptrdiff_t py = 0; py < g->y.phases; py++)
        for (ptrdiff_t px = 0; px < g->x.phases; px++) {
            ptrdiff_t count_y = axis_count(&g->y, py, u->rows), count_x = axis_count(&g->x, px, g->out_width);
            ptrdiff_t taps_y = axis_tap_count(&g->y, py), taps_row = axis_tap_count(&g->x, px) * g->source_channels;
            // Tiles keep to one row, to leave out padding, unless rows are short.
            ptrdiff_t run = count_x < 7 ? count_y * count_x : count_x;
            for (ptrdiff_t i = 0; i < count_y * count_x; i += run) {
                ptrdiff_t tiles = ceil_divide(run, limit), at = i, from, to;
                F(kernel_rows)(g, py, u->shift, i / count_x, (i + run - 1) / count_x, &from, &to);
                for (ptrdiff_t t = 0; t < tiles; t++) {
                    ptrdiff_t size = run / tiles + (t < run % tiles);
                    F(gather)(size, vectors, u->window, rows + at, columns + from * taps_row, (to - from) * taps_row,
                              packed + from * taps_row * u->width, start, s->tile, places + at);
                    at += size;
                }
            }
            columns += taps_y * taps_row, packed += taps_y * taps_row * u->width;
            ptrdiff_t full = axis_count(&g->y, py, g->band_rows) * count_x;
            rows += full, places += full;
        }
    F(lanes_to_rows)(s->tile, u->width, u->rows * g->out_width, u->channels, u->result, g->out_height * g->out_width);
}

// The same with the output width in lanes.
static void F(correlate_width)(const F(Correlation) *g, const F(CorrelationScratch) *s, const F(UnitBlock) *u) {
    const ptrdiff_t *columns = s->columns, *rows = s->rows, *places = s->places;
    const REAL *packed = u->packed;
    ptrdiff_t vectors = ceil_divide(g->out_width, LANES);
    for (ptrdiff_t py = 0; py < g->y.phases; py++) {
        ptrdiff_t outputs = axis_count(&g->y, py, u->rows) * vectors;
        ptrdiff_t taps_y = axis_tap_count(&g->y, py), taps_row = g->x.kernel * g->source_channels;
        ptrdiff_t tiles = ceil_divide(outputs, WIDTH_VECTORS), at = 0;
        for (ptrdiff_t t = 0; t < tiles; t++) {
            ptrdiff_t size = outputs / tiles + (t < outputs % tiles), from, to, lanes[WIDTH_VECTORS];
            REAL *out[WIDTH_VECTORS];
            for (ptrdiff_t i = 0; i < size; i++) {
                out[i] = u->result + places[at + i];
                lanes[i] = least(LANES, g->out_width - (at + i) % vectors * LANES);
            }
            F(kernel_rows)(g, py, u->shift, at / vectors, (at + size - 1) / vectors, &from, &to);
            F(width)(u->channels, size, u->window, rows + at, columns + from * taps_row, (to - from) * taps_row,
                     packed + from * taps_row * u->width, u->bias, out, g->out_height * g->out_width, lanes);
            at += size;
        }
        columns += taps_y * taps_row, packed += taps_y * taps_row * u->width;
        ptrdiff_t full = axis_count(&g->y, py, g->band_rows) * vectors;
        rows += full, places += full;
    }
}

static void F(correlate)(TernConvPass pass, const TernConv2d *c, ptrdiff_t first, ptrdiff_t last, const REAL *source,
                         const REAL *packed, const REAL *bias, REAL *result, void *scratch) {
    F(Correlation) g = F(correlation)(pass, c);
    F(CorrelationScratch) s;
    F(correlation_layout)(&g, scratch, &s);
    F(fill_tables)(&g, &s);
    ptrdiff_t source_plane = c->in_height * c->in_width, out_plane = g.out_height * g.out_width;
    if (pass == TERN_CONV_INPUT_GRADIENT) source_plane = c->out_height * c->out_width;
    ptrdiff_t source_width = pass == TERN_CONV_FORWARD ? c->in_width : c->out_width;
    // Windows of a few units stay in the cache while every block of the weights passes over them.
    for (ptrdiff_t chunk = first; chunk < last; chunk += g.unit_chunk) {
        ptrdiff_t end = least(chunk + g.unit_chunk, last);
        for (ptrdiff_t unit = chunk; unit < end; unit++) {
            ptrdiff_t shift = unit % g.bands * (g.band_rows / g.y.out_step) * g.y.source_step;
            F(copy_window)(&g.window, shift, source + unit / g.bands * g.source_channels * source_plane, g.source_channels,
                           g.source_height, source_width, g.bands == 1 && chunk > first,
                           s.windows + (unit - chunk) * F(window_size)(&g));
        }
        for (ptrdiff_t b = 0; b < F(block_count)(&g); b++)
            for (ptrdiff_t unit = chunk; unit < end; unit++) {
                ptrdiff_t band = unit % g.bands, group = unit / g.bands % g.groups, row = band * g.band_rows;
                F(UnitBlock) u = {
                    .rows = least(g.band_rows, g.out_height - row),
                    .shift = band * (g.band_rows / g.y.out_step) * g.y.source_step,
                    .window = s.windows + (unit - chunk) * F(window_size)(&g),
                    .packed = packed + group * F(packed_group)(&g) + b * g.block * g.taps,
                    .channels = F(block_channels)(&g, b), .width = F(block_width)(&g, b),
                    .bias = bias ? bias + group * g.lane_channels + b * g.block : NULL,
                    .result = result + (unit / g.bands * g.lane_channels + b * g.block) * out_plane + row * g.out_width,
                };
                if (g.along_width) F(correlate_width)(&g, &s, &u);
                else F(correlate_channels)(&g, &s, &u);
            }
    }
}
