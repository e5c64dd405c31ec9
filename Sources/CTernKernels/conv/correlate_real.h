// Plans and tables of correlations: the forward pass and the input gradient.

// The outputs of one phase and what they read: everything that inner loops would divide for.
typedef struct {
    ptrdiff_t y, x;              // phase of the rows and columns
    ptrdiff_t first_y, first_x;  // its first output
    ptrdiff_t count_y, count_x;  // outputs of a full band, or of the plane with outputs in the lanes
    ptrdiff_t taps_y, taps_x;
    const ptrdiff_t *from_y, *from_x;  // for each tap, the source row or column that the first output reads
    const ptrdiff_t *columns, *rows, *places;
    ptrdiff_t low, high;  // the least and the largest of the columns, with outputs in the lanes
    ptrdiff_t packed;     // taps of the phases before
    const F(where) *masks;
    const bool *blanks;  // for each class, whether its masks blank anything
} F(Phase);

// Tables, all phases after one another, and buffers.
typedef struct {
    F(Phase) *phases;
    ptrdiff_t *from_y, *from_x;
    ptrdiff_t *columns;        // for each tap, the offset in the window
    ptrdiff_t *rows, *places;  // for each output of a full band, its offset in the window and its index
    ptrdiff_t *taps;           // for each tap, its number in the kernel's plane, with outputs in the lanes
    ptrdiff_t *classes;        // for each vector of outputs of a band, which masks it has
    F(where) *masks;
    bool *blanks;
    REAL *tile, *windows;
} F(CorrelationScratch);

enum { F(CORRELATE_PIXELS) = 512, F(CORRELATE_OUTPUTS) = 2048, F(WINDOW_BYTES) = 192 * 1024 };

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

// The pieces that each unit of images should make if there are few of those: of about 2^19 products (5 us), and fewer
// with images in the lanes, where each copies more than its share.
static ptrdiff_t F(few_pieces)(const TernConvPlan *g) {
    ptrdiff_t products = g->images_of_unit * g->taps * g->lane_channels * g->out_height * g->out_width;
    return least((products + (1 << 18)) >> 19,
                 (g->images_of_unit > 1 ? 4 : 16) /
                     most(ceil_divide(g->images, g->images_of_unit) * g->z.count * g->groups, 1));
}

// The lanes of whole vectors of `count`, for each of those that are `wanted`.
static double F(share)(ptrdiff_t count, ptrdiff_t wanted) {
    return (double)round_up(count, LANES) / (double)most(wanted, 1);
}

static TernConvOutputs F(outputs_of_plane)(const TernConvPlan *g, ptrdiff_t most_outputs, bool is_real) {
    bool is_flat = g->conv.kernel_depth == 1 && g->conv.in_depth == 1 && g->conv.out_depth == 1;
    return outputs_of(&g->y, &g->x, most_outputs, LANES, READS_WHERE && is_real && is_flat);
}

static TernConvPlan F(correlation)(TernConvPass pass, ptrdiff_t phase, const TernConv *c, bool is_real) {
    TernConvPlan g = {.conv = *c, .pass = pass, .images = c->images, .groups = c->groups};
    bool forward = pass == TERN_CONV_FORWARD;
    g.source_channels = forward ? c->in_channels : c->out_channels;
    g.lane_channels = forward ? c->out_channels : c->in_channels;
    MakeAxis *axis = forward ? axis_forward : axis_backward;
    TernConvAxis z = axis(c->in_depth, c->out_depth, c->kernel_depth, c->stride_depth, c->pad_front, c->dilation_depth);
    g.z = conv_depth(&z, phase);
    g.source_channels *= g.z.taps;
    g.source_depth = z.source_size, g.out_depth = z.out_size;
    g.y = axis_of_rows(c, axis), g.x = axis_of_columns(c, axis);
    g.source_height = g.y.source_size, g.source_width = g.x.source_size;
    g.out_height = g.y.out_size, g.out_width = g.x.out_size;
    g.taps = c->kernel_height * c->kernel_width * g.source_channels;

    // Channels in lanes waste those past the last channel, and one vector of them is bound by loads; results must be
    // transposed. Outputs in lanes waste those past the last and between rows; where rows of sources and of outputs are
    // not alike, both are moved; masks take time too. Images in lanes waste those past the last image, and both sources
    // and results must be transposed, in bands where a window does not hold them; but they alone leave out all
    // padding, and save half of the time that it would take. The numbers fit the times of 1,300 shapes with AVX2 and
    // AVX-512: what is chosen takes 3 % more on average than the best of the three.
    g.outputs = F(outputs_of_plane)(&g, F(CORRELATE_OUTPUTS), is_real);
    ptrdiff_t outputs = ceil_divide(g.out_height, g.y.out_step) * ceil_divide(g.out_width, g.x.out_step);
    bool is_alike = g.y.stride == 1 && g.x.stride == 1 && g.outputs.size == outputs;
    double taps = (double)most(g.taps, 1);
    double outputs_cost = c->kernel_height * c->kernel_width == 1 ? 0.85 : is_alike ? 1.05 : 1.3 * (1 + 6 / taps);
    outputs_cost *= (g.outputs.size <= LANES ? 1.2 : 1) * F(share)(g.outputs.size, outputs);
    double channels_cost = (g.lane_channels <= LANES ? 1.1 : 1) * (1 + 6 / taps);
    double images_cost = (1 + 8 / taps) * __builtin_sqrt(axis_inside(&g.y) * axis_inside(&g.x));
    ptrdiff_t sources = g.source_channels * g.source_height * g.source_width * LANES * (ptrdiff_t)sizeof(REAL);
    if (sources > 2 * F(WINDOW_BYTES)) images_cost *= 1.4;
    g.along = cheapest(channels_cost * F(share)(g.lane_channels, g.lane_channels), outputs_cost,
                       images_cost * F(share)(g.images, g.images));
    bool in_outputs = g.along == TERN_ALONG_OUTPUTS, in_images = g.along == TERN_ALONG_IMAGES;
    g.images_of_unit = in_images ? LANES : 1;
    if (g.along == TERN_ALONG_CHANNELS) g.block = g.lane_channels <= LANES ? LANES : 2 * LANES;
    else {
        ptrdiff_t most_channels = in_images ? WIDTH_CHANNELS : OUTPUT_CHANNELS;
        g.block = ceil_divide(g.lane_channels, ceil_divide(g.lane_channels, most_channels));
    }

    ptrdiff_t pixels = F(CORRELATE_PIXELS), window_size = F(WINDOW_BYTES) / (ptrdiff_t)sizeof(REAL);
    if (in_images) pixels /= 2, window_size *= 2;
    ptrdiff_t step = g.y.out_step, planes = most(g.source_channels * g.images_of_unit, 1);
    g.strip = g.out_width;
    if (in_outputs) {
        ptrdiff_t most_outputs = window_size / planes * g.x.out_step * step / (g.x.source_step * g.y.source_step);
        // As below for a few images.
        most_outputs = least(most_outputs, most(g.outputs.size / most(F(few_pieces)(&g), 1), 4 * LANES));
        if (most_outputs < F(CORRELATE_OUTPUTS)) g.outputs = F(outputs_of_plane)(&g, most_outputs, is_real);
        g.bands = g.outputs.bands;
    } else {
        if (conv_is_sequence(c))
            g.strip = strip_of(g.out_width, least(pixels, window_size / planes * g.x.out_step / g.x.source_step),
                               g.x.out_step);
        // Bands of as many rows as keep the tile and the window in the cache.
        ptrdiff_t row_size = most(band_window(&g.y, &g.x, step, g.strip, sizeof(REAL)).pitch, 1) * planes;
        ptrdiff_t rows = least(pixels / most(g.out_width, 1), window_size / row_size * step / g.y.source_step);
        g.bands = most(ceil_divide(g.out_height, round_up(most(rows, 1), step)), 1);
        // A few images alone are cut into more bands, so that there is work for several threads.
        g.bands = most(g.bands, least(F(few_pieces)(&g), g.out_height / step / 4));
        g.band_rows = most(round_up(ceil_divide(g.out_height, g.bands), step), 1);
        g.bands = ceil_divide(g.out_height, g.band_rows);
        g.window = band_window(&g.y, &g.x, g.band_rows, g.strip, sizeof(REAL));
    }
    if (g.strip < g.out_width) g.bands = ceil_divide(g.out_width, g.strip);
    g.pieces = ceil_divide(g.images, g.images_of_unit) * g.z.count * g.groups * g.bands;
    ptrdiff_t bytes = g.window.plane * g.source_channels * (ptrdiff_t)sizeof(REAL);
    g.unit_chunk = g.along != TERN_ALONG_CHANNELS ? 1 : most(1, least(16, F(WINDOW_BYTES) / most(bytes, 1)));
    return g;
}

// Elements between windows.
static ptrdiff_t F(window_size)(const TernConvPlan *g) {
    if (g->along == TERN_ALONG_OUTPUTS) return g->outputs.in_place ? 0 : g->outputs.plane * g->source_channels;
    return round_up(g->window.plane * g->source_channels * g->images_of_unit + LANES, LANES);
}

// The outputs of a phase in some rows of a band, and in some columns of a strip.
static ptrdiff_t F(phase_rows)(const TernConvPlan *g, const F(Phase) *p, ptrdiff_t rows) {
    return rows == g->band_rows ? p->count_y : axis_count(&g->y, p->y, rows);
}
static ptrdiff_t F(phase_columns)(const TernConvPlan *g, const F(Phase) *p, ptrdiff_t columns) {
    return columns == g->strip ? p->count_x : axis_count(&g->x, p->x, columns);
}

// The masks of one class: for each of the kernel's elements, where vector `v` of outputs reads inside the plane. Tells
// whether all of it does.
static bool F(fill_masks)(const TernConvOutputs *o, const TernConvAxis *axis_y, const TernConvAxis *axis_x,
                          ptrdiff_t count_y, ptrdiff_t count_x, ptrdiff_t taps_y, const ptrdiff_t *from_y,
                          ptrdiff_t taps_x, const ptrdiff_t *from_x, ptrdiff_t v, F(where) *masks) {
    if (taps_y == 0 || taps_x == 0) return true;
    INT rows[LANES], columns[LANES];
    ptrdiff_t y = v * LANES / o->pitch, x = v * LANES - y * o->pitch;
    for (ptrdiff_t l = 0; l < LANES; l++) {
        // Of what is no output, nothing is read.
        rows[l] = y < count_y && x < count_x ? (INT)y : -(1 << 30), columns[l] = (INT)x;
        if (++x == o->pitch) x = 0, y++;
    }
    VINT row, column, all = (VINT){} - 1;
    __builtin_memcpy(&row, rows, sizeof row);
    __builtin_memcpy(&column, columns, sizeof column);
    // Those of the columns first, in the place of the first row's.
    for (ptrdiff_t u = 0; u < taps_x; u++) {
        DealtPlace p = dealt_place(from_x[u], axis_x->source_step);
        VINT at = column + (INT)p.shift;
        VINT mask = (at >= 0) & (at < (INT)dealt_size(axis_x->source_size, axis_x->source_step, p.deal));
        all &= mask;
        masks[u] = F(where_of)(mask);
    }
    for (ptrdiff_t t = taps_y - 1; t >= 0; t--) {
        DealtPlace p = dealt_place(from_y[t], axis_y->source_step);
        VINT at = row + (INT)p.shift;
        VINT mask = (at >= 0) & (at < (INT)dealt_size(axis_y->source_size, axis_y->source_step, p.deal));
        all &= mask;
        F(where) where = F(where_of)(mask);
        for (ptrdiff_t u = 0; u < taps_x; u++) masks[t * taps_x + u] = masks[u] & where;
    }
    for (ptrdiff_t l = 0; l < LANES; l++)
        if (all[l] == 0) return false;
    return true;
}
// Those of all classes, and whether they blank anything; tells whether any does.
static bool F(fill_all_masks)(const TernConvOutputs *o, const TernConvAxis *y, const TernConvAxis *x, ptrdiff_t count_y,
                              ptrdiff_t count_x, ptrdiff_t taps_y, const ptrdiff_t *from_y, ptrdiff_t taps_x,
                              const ptrdiff_t *from_x, F(where) *masks, bool *blanks) {
    bool any = false;
    for (ptrdiff_t b = 0; b < o->top + 1 + o->bottom; b++)
        for (ptrdiff_t i = 0; i < o->left + 1 + o->right; i++, masks += taps_y * taps_x, blanks++) {
            ptrdiff_t block = class_member(b, o->blocks, o->top, o->bottom);
            ptrdiff_t vector = class_member(i, o->period, o->left, o->right);
            if (block == o->blocks || vector == o->period) continue;
            *blanks = !F(fill_masks)(o, y, x, count_y, count_x, taps_y, from_y, taps_x, from_x,
                                     block * o->period + vector, masks);
            any |= *blanks;
        }
    return any;
}

static void F(fill_tables)(const TernConvPlan *g, const F(CorrelationScratch) *s) {
    const TernConvWindow *w = &g->window;
    const TernConvOutputs *o = &g->outputs;
    F(Phase) *phase = s->phases;
    bool in_outputs = g->along == TERN_ALONG_OUTPUTS;
    ptrdiff_t *columns = s->columns, *rows = s->rows, *places = s->places;
    ptrdiff_t *from_y = s->from_y, *from_x, channel_step = w->plane;
    if (in_outputs) channel_step = o->in_place ? g->source_height * g->source_width : o->plane;
    F(where) *masks = s->masks;
    bool *blanks = s->blanks;
    for (ptrdiff_t py = 0; py < g->y.phases; py++) {
        ptrdiff_t taps_y = axis_from(&g->y, py, from_y);
        from_x = s->from_x;
        for (ptrdiff_t px = 0; px < g->x.phases; px++, phase++) {
            ptrdiff_t taps_x = axis_from(&g->x, px, from_x);
            ptrdiff_t count_y = axis_count(&g->y, py, in_outputs ? g->out_height : g->band_rows);
            ptrdiff_t count_x = axis_count(&g->x, px, in_outputs ? g->out_width : g->strip);
            *phase = (F(Phase)){
                .y = py,
                .x = px,
                .first_y = axis_first(&g->y, py),
                .first_x = axis_first(&g->x, px),
                .count_y = count_y,
                .count_x = count_x,
                .taps_y = taps_y,
                .taps_x = taps_x,
                .from_y = from_y,
                .from_x = from_x,
                .columns = columns,
                .rows = rows,
                .places = places,
                .packed = columns - s->columns,
            };
            for (ptrdiff_t y = 0; y < taps_y; y++, columns += g->source_channels * taps_x)
                for (ptrdiff_t x = 0; x < taps_x; x++) {
                    TapOrder order = tap_order(g, taps_x);
                    ptrdiff_t place = in_outputs ? outputs_place(o, from_y[y], from_x[x])
                                                 : (from_y[y] - w->low_row) * w->pitch + from_x[x] - w->low_column;
                    for (ptrdiff_t c = 0; c < g->source_channels; c++) {
                        ptrdiff_t tap = c * order.channel_step + x * order.x_step;
                        columns[tap] = g->images_of_unit * (c * channel_step + place);
                        if (!in_outputs) continue;
                        s->taps[columns - s->columns + tap] = y * taps_x + x;
                        phase->low = least(phase->low, columns[tap]), phase->high = most(phase->high, columns[tap]);
                    }
                }
            if (in_outputs) {
                phase->masks = masks, phase->blanks = blanks;
                F(fill_all_masks)(o, &g->y, &g->x, count_y, count_x, taps_y, from_y, taps_x, from_x, masks, blanks);
                masks += mask_classes(o) * taps_y * taps_x, blanks += mask_classes(o);
            }
            for (ptrdiff_t m = 0; m < count_y && !in_outputs; m++)
                for (ptrdiff_t n = 0; n < count_x; n++) {
                    *rows++ = g->images_of_unit * (m * g->y.source_step * w->pitch + n * g->x.source_step);
                    *places++ =
                        (phase->first_y + m * g->y.out_step) * g->out_width + phase->first_x + n * g->x.out_step;
                }
            from_x += taps_x;
        }
        from_y += taps_y;
    }
}
