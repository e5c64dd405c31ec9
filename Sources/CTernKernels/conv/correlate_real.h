// Forward pass and input gradient: a correlation of the source with packed weights. See conv_impl.h.

// What follows from the convolution and the level; `source` and `lane` channels are those of one group that sums run
// over and that results have.
typedef struct {
    Axis y, x;
    ptrdiff_t images, groups, source_channels, lane_channels;
    ptrdiff_t source_height, source_width, out_height, out_width;
    Direction along;              // what vectors run along
    ptrdiff_t images_of_unit;     // images in lanes, or 1
    ptrdiff_t block;              // channels of one packed block
    ptrdiff_t band_rows, bands;   // output rows are computed in bands
    ptrdiff_t units, unit_chunk;  // one unit is a band of one group of one image, or of a vector of images
    Window window;
    ptrdiff_t taps;  // kernel elements times source channels: the length of the longest sums
} F(Correlation);

// The outputs of one phase and what they read: everything that inner loops would divide for.
typedef struct {
    ptrdiff_t y;        // phase of the rows
    ptrdiff_t count_x;  // outputs of a row, or vectors of them
    ptrdiff_t taps_y, taps_x;
    const ptrdiff_t *from_y, *from_x;  // for each tap, the source row or column that the first output reads
    const ptrdiff_t *columns, *rows, *places;
    ptrdiff_t packed;  // taps of the phases before
} F(Phase);

// Tables, all phases after one another, and buffers.
typedef struct {
    F(Phase) *phases;
    ptrdiff_t *from_y, *from_x;
    ptrdiff_t *columns;        // for each tap, the offset in the window
    ptrdiff_t *rows, *places;  // for each output (vector) of a full band, its offset in the window and its index
    REAL *tile, *windows;
} F(CorrelationScratch);

enum { F(CORRELATE_PIXELS) = 512, F(WINDOW_BYTES) = 192 * 1024 };

static ptrdiff_t F(block_count)(const F(Correlation) *g) { return ceil_divide(g->lane_channels, g->block); }
// Channels of block b, and the lanes it is padded to.
static ptrdiff_t F(block_channels)(const F(Correlation) *g, ptrdiff_t b) {
    return least(g->block, g->lane_channels - b * g->block);
}
static ptrdiff_t F(block_width)(const F(Correlation) *g, ptrdiff_t b) {
    return g->along == ALONG_CHANNELS ? round_up(F(block_channels)(g, b), LANES) : F(block_channels)(g, b);
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
    MakeAxis *axis = forward ? axis_forward : axis_backward;
    g.y = axis(c->in_height, c->out_height, c->kernel_height, c->stride_height, c->pad_top, c->dilation_height);
    g.x = axis(c->in_width, c->out_width, c->kernel_width, c->stride_width, c->pad_left, c->dilation_width);
    g.source_height = g.y.source_size, g.source_width = g.x.source_size;
    g.out_height = g.y.out_size, g.out_width = g.x.out_size;
    g.taps = c->kernel_height * c->kernel_width * g.source_channels;

    // Channels in lanes waste those past the last channel, and one vector of them is bound by loads; results must be
    // transposed. The width in lanes wastes those past the last column, and the zeros between the columns of a strided
    // gradient. Images in lanes waste those past the last image, and both sources and results must be transposed.
    ptrdiff_t spread = forward ? 1 : c->stride_width;
    double reuse = (double)(g.taps / g.source_channels * g.lane_channels) * g.out_height * g.out_width /
        most(g.source_height * g.source_width, 1);
    double channels = (double)round_up(g.lane_channels, LANES) / g.lane_channels * (1 + 10.0 / g.taps);
    g.along = cheapest(g.lane_channels <= LANES ? 1.2 * channels : channels,
                       1.1 * spread * round_up(g.out_width, LANES) / most(g.out_width, 1),
                       (double)round_up(g.images, LANES) / most(g.images, 1) * (1 + 12.0 / g.taps + 16.0 / reuse));
    bool in_width = g.along == ALONG_WIDTH, in_images = g.along == ALONG_IMAGES;
    g.images_of_unit = in_images ? LANES : 1;
    if (g.along == ALONG_CHANNELS) g.block = g.lane_channels <= LANES ? LANES : 2 * LANES;
    else g.block = ceil_divide(g.lane_channels, ceil_divide(g.lane_channels, WIDTH_CHANNELS));
    if (in_width && !forward)
        g.x = axis_backward(c->in_width, (c->out_width - 1) * spread + 1, c->kernel_width, 1, c->pad_left,
                            c->dilation_width);

    ptrdiff_t low, high, step = g.y.out_step;
    axis_window(&g.x, g.out_width, &low, &high);
    g.window.low_column = low, g.window.columns = high - low;
    g.window.deal = in_width ? g.x.source_step : 1;
    g.window.spread = in_width ? spread : 1;
    g.window.pitch = ceil_divide(g.window.columns, g.window.deal);
    // Bands of as many rows as keep the tile and the window in the cache.
    ptrdiff_t pixels = F(CORRELATE_PIXELS), window_size = F(WINDOW_BYTES) / (ptrdiff_t)sizeof(REAL);
    if (in_images) pixels /= 2, window_size *= 2;
    ptrdiff_t row_size = most(g.window.deal * g.window.pitch * g.source_channels * g.images_of_unit, 1);
    ptrdiff_t rows = least(pixels / most(g.out_width, 1), window_size / row_size * step / g.y.source_step);
    g.bands = most(ceil_divide(g.out_height, round_up(most(rows, 1), step)), 1);
    g.band_rows = most(round_up(ceil_divide(g.out_height, g.bands), step), 1);
    g.bands = ceil_divide(g.out_height, g.band_rows);
    axis_window(&g.y, g.band_rows, &low, &high);
    g.window.low_row = low, g.window.rows = high - low;
    g.window.plane = window_plane(g.window.rows * g.window.deal * g.window.pitch, sizeof(REAL));
    g.units = ceil_divide(g.images, g.images_of_unit) * g.groups * g.bands;
    ptrdiff_t bytes = g.window.plane * g.source_channels * (ptrdiff_t)sizeof(REAL);
    g.unit_chunk = g.along != ALONG_CHANNELS ? 1 : most(1, least(16, F(WINDOW_BYTES) / most(bytes, 1)));
    return g;
}

// Elements between windows; vectors along the width are loaded whole, so they may reach past the last row.
static ptrdiff_t F(window_size)(const F(Correlation) *g) {
    return round_up(g->window.plane * g->source_channels * g->images_of_unit + LANES, LANES);
}

static ptrdiff_t F(correlation_layout)(const F(Correlation) *g, void *base, F(CorrelationScratch) *s) {
    Scratch scratch = {.base = base};
    ptrdiff_t outputs = g->band_rows * (g->along == ALONG_WIDTH ? ceil_divide(g->out_width, LANES) : g->out_width);
    s->phases = scratch_take(&scratch, g->y.phases * g->x.phases * (ptrdiff_t)sizeof(F(Phase)));
    s->from_y = scratch_take(&scratch, g->y.kernel * (ptrdiff_t)sizeof(ptrdiff_t));
    s->from_x = scratch_take(&scratch, g->x.kernel * (ptrdiff_t)sizeof(ptrdiff_t));
    s->columns = scratch_take(&scratch, g->taps * (ptrdiff_t)sizeof(ptrdiff_t));
    s->rows = scratch_take(&scratch, outputs * (ptrdiff_t)sizeof(ptrdiff_t));
    s->places = scratch_take(&scratch, outputs * (ptrdiff_t)sizeof(ptrdiff_t));
    ptrdiff_t tile = g->along == ALONG_WIDTH ? 0 : outputs * g->block * g->images_of_unit;
    s->tile = scratch_take(&scratch, tile * (ptrdiff_t)sizeof(REAL));
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

// The order of a kernel row's taps: [source channel][kx], but [kx][source channel] with images in lanes, where a range
// of kx can be left out, too.
static void F(tap_of)(const F(Correlation) *g, ptrdiff_t i, ptrdiff_t taps_x, ptrdiff_t *channel, ptrdiff_t *x) {
    if (g->along == ALONG_IMAGES) *channel = i % g->source_channels, *x = i / g->source_channels;
    else *channel = i / taps_x, *x = i % taps_x;
}

// Packs weights as [group][block][phase][ky][tap][channel of the block]. A tile takes its kernel rows from one range of
// ky then, and can leave out those that meet nothing but padding.
static void F(pack)(TernConvPass pass, const TernConv2d *c, ptrdiff_t first, ptrdiff_t last, const REAL *weights,
                    REAL *packed) {
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
                    for (ptrdiff_t i = 0; i < g.source_channels * g.x.kernel; i++) {
                        ptrdiff_t channel, kx;
                        F(tap_of)(&g, i, g.x.kernel, &channel, &kx);
                        if (axis_tap_phase(&g.x, kx) != px) continue;
                        const REAL *from = w + channel * source_step + ky * g.x.kernel + kx;
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
    F(Phase) *phase = s->phases;
    bool in_width = g->along == ALONG_WIDTH;
    ptrdiff_t *columns = s->columns, *rows = s->rows, *places = s->places, row_size = w->deal * w->pitch;
    ptrdiff_t *from_y = s->from_y, *from_x;
    for (ptrdiff_t py = 0; py < g->y.phases; py++) {
        ptrdiff_t taps_y = axis_from(&g->y, py, from_y);
        from_x = s->from_x;
        for (ptrdiff_t px = 0; px < g->x.phases; px++, phase++) {
            ptrdiff_t taps_x = axis_from(&g->x, px, from_x);
            ptrdiff_t count_y = axis_count(&g->y, py, g->band_rows), count_x = axis_count(&g->x, px, g->out_width);
            *phase = (F(Phase)){
                .y = py,
                .count_x = in_width ? ceil_divide(count_x, LANES) : count_x,
                .taps_y = taps_y,
                .taps_x = taps_x,
                .from_y = from_y,
                .from_x = from_x,
                .columns = columns,
                .rows = rows,
                .places = places,
                .packed = columns - s->columns,
            };
            for (ptrdiff_t y = 0; y < taps_y; y++)
                for (ptrdiff_t i = 0; i < g->source_channels * taps_x; i++) {
                    ptrdiff_t channel, x;
                    F(tap_of)(g, i, taps_x, &channel, &x);
                    *columns++ = g->images_of_unit *
                        (channel * w->plane + (from_y[y] - w->low_row) * row_size +
                         F(window_column)(w, from_x[x] - w->low_column));
                }
            ptrdiff_t first_y = axis_first(&g->y, py), first_x = axis_first(&g->x, px);
            for (ptrdiff_t m = 0; m < count_y; m++)
                for (ptrdiff_t n = 0; n < count_x; n += in_width ? LANES : 1) {
                    ptrdiff_t left = in_width ? n : n * g->x.source_step;
                    *rows++ = g->images_of_unit * (m * g->y.source_step * row_size + left);
                    *places++ = (first_y + m * g->y.out_step) * g->out_width + first_x + n * g->x.out_step;
                }
            from_x += taps_x;
        }
        from_y += taps_y;
    }
}

typedef struct {
    ptrdiff_t rows;   // of the output band
    ptrdiff_t shift;  // of its sources
    const REAL *window;
    const REAL *packed;  // of the block
    ptrdiff_t channels, width;
    const REAL *bias;
    REAL *result;  // the band in the first channel of the block
    ptrdiff_t images, image_step;
} F(UnitBlock);

// One block of channels of one unit with the channels in lanes: every phase into the tile, then all to planes.
static void F(correlate_channels)(const F(Correlation) *g, const F(CorrelationScratch) *s, const F(UnitBlock) *u) {
    REAL start[2 * LANES] = {0};
    if (u->bias)
        for (ptrdiff_t i = 0; i < u->channels; i++) start[i] = u->bias[i];
    ptrdiff_t vectors = u->width / LANES, limit = vectors == 1 ? GATHER_ROWS : GATHER_ROWS_2;
    for (const F(Phase) *p = s->phases; p < s->phases + g->y.phases * g->x.phases; p++) {
        ptrdiff_t count_y = axis_count(&g->y, p->y, u->rows), count_x = p->count_x;
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
    F(lanes_to_rows)(s->tile, u->width, u->rows * g->out_width, u->channels, u->result, g->out_height * g->out_width);
}

// The same with the output width in lanes, which results are stored from, or the images, by way of the tile.
static void F(correlate_vectors)(const F(Correlation) *g, const F(CorrelationScratch) *s, const F(UnitBlock) *u) {
    bool in_images = g->along == ALONG_IMAGES;
    ptrdiff_t plane = g->out_height * g->out_width, tile_plane = g->band_rows * g->out_width * LANES;
    ptrdiff_t last_lanes = g->out_width - (ceil_divide(g->out_width, LANES) - 1) * LANES;
    REAL *result = in_images ? s->tile : u->result;
    for (const F(Phase) *p = s->phases; p < s->phases + g->y.phases * g->x.phases; p++) {
        ptrdiff_t count_y = axis_count(&g->y, p->y, u->rows), count_x = p->count_x;
        if (count_y * count_x == 0) continue;
        ptrdiff_t taps_row = p->taps_x * g->source_channels;
        // Tiles keep to one row of images, to leave out all padding above and below, and are narrow where most columns
        // of a gradient are beside padding.
        ptrdiff_t rows = in_images ? 1 : count_y, run = rows * count_x;
        ptrdiff_t limit = in_images && g->x.backward ? least(2, WIDTH_VECTORS) : WIDTH_VECTORS;
        ptrdiff_t tiles = ceil_divide(run, limit), smaller = run / tiles, larger = run % tiles, at = 0;
        for (ptrdiff_t m = 0; m < count_y; m += rows) {
            ptrdiff_t x = 0, y = u->shift + m * g->y.source_step;
            for (ptrdiff_t t = 0; t < tiles; t++) {
                ptrdiff_t size = smaller + (t < larger), lanes[WIDTH_VECTORS], from, to, left = 0, right = p->taps_x;
                REAL *out[WIDTH_VECTORS];
                ptrdiff_t first_y = y, first_x = x * g->x.source_step;
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
                         full ? (to - from) * count : count, u->packed + (p->packed + tap) * u->width, u->bias, out,
                         in_images ? tile_plane : plane, lanes);
                at += size;
            }
        }
    }
    if (!in_images) return;
    for (ptrdiff_t o = 0; o < u->channels; o++)
        F(lanes_to_rows)(s->tile + o * tile_plane, LANES, u->rows * g->out_width, u->images, u->result + o * plane,
                         u->image_step);
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
    ptrdiff_t source_step = g.groups * g.source_channels * source_plane,
              out_step = g.groups * g.lane_channels * out_plane;
    // Windows of a few units stay in the cache while every block of the weights passes over them.
    for (ptrdiff_t chunk = first; chunk < last; chunk += g.unit_chunk) {
        ptrdiff_t end = least(chunk + g.unit_chunk, last);
        for (ptrdiff_t b = -1; b < F(block_count)(&g); b++)
            for (ptrdiff_t unit = chunk; unit < end; unit++) {
                ptrdiff_t band = unit % g.bands, group = unit / g.bands % g.groups, row = band * g.band_rows;
                ptrdiff_t image = unit / g.bands / g.groups * g.images_of_unit,
                          images = least(g.images_of_unit, g.images - image);
                ptrdiff_t shift = band * (g.band_rows / g.y.out_step) * g.y.source_step;
                REAL *window = s.windows + (unit - chunk) * F(window_size)(&g);
                if (b < 0) {
                    const REAL *from = source + image * source_step + group * g.source_channels * source_plane;
                    bool zeroed = g.bands == 1 && chunk > first;
                    if (g.along == ALONG_IMAGES)
                        F(copy_images)(&g.window, shift, from, source_step, images, g.source_channels, g.source_height,
                                       source_width, zeroed, window);
                    else
                        F(copy_window)(&g.window, shift, from, g.source_channels, g.source_height, source_width, zeroed,
                                       window);
                    continue;
                }
                ptrdiff_t channel = group * g.lane_channels + b * g.block;
                F(UnitBlock) u = {
                    .rows = least(g.band_rows, g.out_height - row),
                    .shift = shift,
                    .window = window,
                    .packed = packed + group * F(packed_group)(&g) + b * g.block * g.taps,
                    .channels = F(block_channels)(&g, b),
                    .width = F(block_width)(&g, b),
                    .bias = bias ? bias + channel : NULL,
                    .result = result + image * out_step + channel * out_plane + row * g.out_width,
                    .images = images,
                    .image_step = out_step,
                };
                if (g.along == ALONG_CHANNELS) F(correlate_channels)(&g, &s, &u);
                else F(correlate_vectors)(&g, &s, &u);
            }
    }
}
