// Plans and tables of correlations: the forward pass and the input gradient.

// The outputs of one phase and what they read: everything that inner loops would divide for.
typedef struct {
    ptrdiff_t y, x;     // phase of the rows and columns
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

static ptrdiff_t F(block_count)(const TernConvPlan *g) { return ceil_divide(g->lane_channels, g->block); }
// Channels of block b, and the lanes it is padded to.
static ptrdiff_t F(block_channels)(const TernConvPlan *g, ptrdiff_t b) {
    return least(g->block, g->lane_channels - b * g->block);
}
static ptrdiff_t F(block_width)(const TernConvPlan *g, ptrdiff_t b) {
    return g->along == TERN_ALONG_CHANNELS ? round_up(F(block_channels)(g, b), LANES) : F(block_channels)(g, b);
}
static ptrdiff_t F(packed_group)(const TernConvPlan *g) {
    ptrdiff_t last = F(block_count)(g) - 1;
    return g->taps * (last * g->block + F(block_width)(g, last));
}

// The pieces that each image of a group should make if there are few of those: of 2^20 products (10 us) at least.
static ptrdiff_t F(few_pieces)(const TernConvPlan *g) {
    ptrdiff_t products = g->taps * g->lane_channels * g->out_height * g->out_width;
    return least(products >> 20, 16 / most(ceil_divide(g->images, g->images_of_unit) * g->z.count * g->groups, 1));
}

static TernConvPlan F(correlation)(TernConvPass pass, ptrdiff_t phase, const TernConv *c) {
    TernConvPlan g = {.conv = *c, .pass = pass, .images = c->images, .groups = c->groups};
    bool forward = pass == TERN_CONV_FORWARD;
    g.source_channels = forward ? c->in_channels : c->out_channels;
    g.lane_channels = forward ? c->out_channels : c->in_channels;
    MakeAxis *axis = forward ? axis_forward : axis_backward;
    TernConvAxis z = axis(c->in_depth, c->out_depth, c->kernel_depth, c->stride_depth, c->pad_front, c->dilation_depth);
    g.z = conv_depth(&z, phase);
    g.source_channels *= g.z.taps;
    g.source_depth = z.source_size, g.out_depth = z.out_size;
    g.y = axis(c->in_height, c->out_height, c->kernel_height, c->stride_height, c->pad_top, c->dilation_height);
    g.x = axis(c->in_width, c->out_width, c->kernel_width, c->stride_width, c->pad_left, c->dilation_width);
    g.source_height = g.y.source_size, g.source_width = g.x.source_size;
    g.out_height = g.y.out_size, g.out_width = g.x.out_size;
    g.taps = c->kernel_height * c->kernel_width * g.source_channels;

    // Channels in lanes waste those past the last channel, and one vector of them is bound by loads; results must be
    // transposed. The width in lanes wastes those past the last column, and the zeros between the columns of a strided
    // gradient. Images in lanes waste those past the last image, and both sources and results must be transposed.
    ptrdiff_t spread = forward ? 1 : c->stride_width;
    double reuse = (double)(c->kernel_height * c->kernel_width * g.lane_channels) * g.out_height * g.out_width /
        most(g.source_height * g.source_width, 1);
    double channels = (double)round_up(g.lane_channels, LANES) / g.lane_channels * (1 + 10.0 / most(g.taps, 1));
    g.along =
        cheapest(g.lane_channels <= LANES ? 1.2 * channels : channels,
                 1.1 * spread * round_up(g.out_width, LANES) / most(g.out_width, 1),
                 (double)round_up(g.images, LANES) / most(g.images, 1) * (1 + 12.0 / most(g.taps, 1) + 16.0 / reuse));
    bool in_width = g.along == TERN_ALONG_WIDTH, in_images = g.along == TERN_ALONG_IMAGES;
    g.images_of_unit = in_images ? LANES : 1;
    if (g.along == TERN_ALONG_CHANNELS) g.block = g.lane_channels <= LANES ? LANES : 2 * LANES;
    else g.block = ceil_divide(g.lane_channels, ceil_divide(g.lane_channels, WIDTH_CHANNELS));
    if (in_width && !forward)
        g.x = axis_backward(c->in_width, (c->out_width - 1) * spread + 1, c->kernel_width, 1, c->pad_left,
                            c->dilation_width);

    ptrdiff_t pixels = F(CORRELATE_PIXELS), window_size = F(WINDOW_BYTES) / (ptrdiff_t)sizeof(REAL);
    if (in_images) pixels /= 2, window_size *= 2;
    ptrdiff_t low, high, step = g.y.out_step;
    g.strip = g.out_width;
    if (conv_is_sequence(c)) {
        ptrdiff_t columns =
            window_size / most(g.source_channels * g.images_of_unit, 1) * g.x.out_step / g.x.source_step;
        g.strip = strip_of(g.out_width, least(pixels, columns), g.x.out_step * (in_width ? LANES : 1));
    }
    axis_window(&g.x, g.strip, &low, &high);
    g.window.low_column = low, g.window.columns = high - low;
    g.window.deal = in_width ? g.x.source_step : 1;
    g.window.spread = in_width ? spread : 1;
    g.window.pitch = ceil_divide(g.window.columns, g.window.deal);
    // Bands of as many rows as keep the tile and the window in the cache.
    ptrdiff_t row_size = most(g.window.deal * g.window.pitch * g.source_channels * g.images_of_unit, 1);
    ptrdiff_t rows = least(pixels / most(g.out_width, 1), window_size / row_size * step / g.y.source_step);
    g.bands = most(ceil_divide(g.out_height, round_up(most(rows, 1), step)), 1);
    // A few images alone are cut into more bands, so that there is work for several threads.
    g.bands = most(g.bands, least(F(few_pieces)(&g), g.out_height / step / 4));
    g.band_rows = most(round_up(ceil_divide(g.out_height, g.bands), step), 1);
    g.bands = ceil_divide(g.out_height, g.band_rows);
    axis_window(&g.y, g.band_rows, &low, &high);
    g.window.low_row = low, g.window.rows = high - low;
    g.window.plane = window_plane(g.window.rows * g.window.deal * g.window.pitch, sizeof(REAL));
    if (g.strip < g.out_width) g.bands = ceil_divide(g.out_width, g.strip);
    g.pieces = ceil_divide(g.images, g.images_of_unit) * g.z.count * g.groups * g.bands;
    ptrdiff_t bytes = g.window.plane * g.source_channels * (ptrdiff_t)sizeof(REAL);
    g.unit_chunk = g.along != TERN_ALONG_CHANNELS ? 1 : most(1, least(16, F(WINDOW_BYTES) / most(bytes, 1)));
    return g;
}

// Elements between windows; vectors along the width are loaded whole, so they may reach past the last row.
static ptrdiff_t F(window_size)(const TernConvPlan *g) {
    return round_up(g->window.plane * g->source_channels * g->images_of_unit + LANES, LANES);
}

// The order of a kernel row's taps: [source channel][kx], but [kx][source channel] with images in lanes, where a range
// of kx can be left out, too.
static void F(tap_of)(const TernConvPlan *g, ptrdiff_t i, ptrdiff_t taps_x, ptrdiff_t *channel, ptrdiff_t *x) {
    if (g->along == TERN_ALONG_IMAGES) *channel = i % g->source_channels, *x = i / g->source_channels;
    else *channel = i / taps_x, *x = i % taps_x;
}

// The offset of column `column` of the window in its row.
static ptrdiff_t F(window_column)(const TernConvWindow *w, ptrdiff_t column) {
    return column % w->deal * w->pitch + column / w->deal;
}

// The outputs of a phase in `columns` of a strip, or vectors of them.
static ptrdiff_t F(phase_columns)(const TernConvPlan *g, const F(Phase) *p, ptrdiff_t columns) {
    if (columns == g->strip) return p->count_x;
    ptrdiff_t count = axis_count(&g->x, p->x, columns);
    return g->along == TERN_ALONG_WIDTH ? ceil_divide(count, LANES) : count;
}

static void F(fill_tables)(const TernConvPlan *g, const F(CorrelationScratch) *s) {
    const TernConvWindow *w = &g->window;
    F(Phase) *phase = s->phases;
    bool in_width = g->along == TERN_ALONG_WIDTH;
    ptrdiff_t *columns = s->columns, *rows = s->rows, *places = s->places, row_size = w->deal * w->pitch;
    ptrdiff_t *from_y = s->from_y, *from_x;
    for (ptrdiff_t py = 0; py < g->y.phases; py++) {
        ptrdiff_t taps_y = axis_from(&g->y, py, from_y);
        from_x = s->from_x;
        for (ptrdiff_t px = 0; px < g->x.phases; px++, phase++) {
            ptrdiff_t taps_x = axis_from(&g->x, px, from_x);
            ptrdiff_t count_y = axis_count(&g->y, py, g->band_rows), count_x = axis_count(&g->x, px, g->strip);
            *phase = (F(Phase)){
                .y = py,
                .x = px,
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
