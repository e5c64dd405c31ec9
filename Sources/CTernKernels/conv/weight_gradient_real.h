// Plans of weight and bias gradients.

typedef struct {
    ptrdiff_t *rows, *columns, *places;  // offsets of the kernel's elements and of the outputs in the window
    REAL *sums;                          // [kernel elements][lanes] or [kernel elements][channels][lanes]
    REAL *bias;                          // a vector for each channel, or one lane
    double *totals, *bias_totals;        // of sums and biases that were taken up
    REAL *dy;                            // a band, [outputs][lanes] or [channels][rows][padded width]
    REAL *window;
} F(WeightGradientScratch);

enum {
    F(GRADIENT_ROWS) = 320,
    F(GRADIENT_BLOCKS) = 4,
    F(GRADIENT_PIECES) = 16,
    F(GRADIENT_PIXELS) = 256,
    F(GRADIENT_PADDED_PIXELS) = 1024,
    F(GRADIENT_TERMS) = 1024,
};

static TernConvWeightPlan F(weight_gradient_of)(const TernConv *c) {
    TernConvWeightPlan g = {.conv = *c, .kernel = c->kernel_height * c->kernel_width};
    TernConvAxis z =
        axis_forward(c->in_depth, c->out_depth, c->kernel_depth, c->stride_depth, c->pad_front, c->dilation_depth);
    g.z = conv_depth(&z, 0);
    g.in_channels = c->in_channels * g.z.taps;
    g.y = axis_forward(c->in_height, c->out_height, c->kernel_height, c->stride_height, c->pad_top, c->dilation_height);
    g.x = axis_forward(c->in_width, c->out_width, c->kernel_width, c->stride_width, c->pad_left, c->dilation_width);
    // Vectors along the width are not aligned, and their loads bind the tiles.
    double channel_cost = (double)round_up(c->out_channels, LANES) / c->out_channels;
    g.along_width = 1.2 * round_up(c->out_width, LANES) / most(c->out_width, 1) < channel_cost;
    g.block = g.along_width ? c->out_channels : c->out_channels <= LANES ? LANES : 2 * LANES;
    if (g.along_width) g.block = least(g.block, 2 * DOT_CHANNELS);
    g.shares = ceil_divide(c->out_channels, g.block * F(GRADIENT_BLOCKS));
    g.share = round_up(ceil_divide(c->out_channels, g.shares), g.block);
    g.shares = ceil_divide(c->out_channels, g.share);
    g.ranges = ceil_divide(g.in_channels * g.kernel, F(GRADIENT_ROWS));
    g.range = ceil_divide(g.in_channels, least(g.ranges, g.in_channels));
    g.ranges = ceil_divide(g.in_channels, g.range);

    ptrdiff_t low, high, pixels = g.along_width ? F(GRADIENT_PADDED_PIXELS) : F(GRADIENT_PIXELS);
    g.strip = c->out_width;
    if (conv_is_sequence(c)) g.strip = strip_of(c->out_width, pixels, g.along_width ? LANES : 1);
    axis_window(&g.x, g.along_width ? round_up(g.strip, LANES) : g.strip, &low, &high);
    g.window.low_column = low, g.window.columns = high - low;
    g.window.deal = g.along_width ? c->stride_width : 1, g.window.spread = 1;
    g.window.pitch = ceil_divide(g.window.columns, g.window.deal);
    g.bands = ceil_divide(c->out_height, most(1, pixels / most(c->out_width, 1)));
    g.band_rows = most(ceil_divide(c->out_height, most(g.bands, 1)), 1);
    g.bands = ceil_divide(c->out_height, g.band_rows);
    axis_window(&g.y, g.band_rows, &low, &high);
    g.window.low_row = low, g.window.rows = high - low;
    g.window.plane = window_plane(g.window.rows * g.window.deal * g.window.pitch, sizeof(REAL));

    ptrdiff_t planes = c->images * c->out_depth;
    if (g.strip < c->out_width) g.bands = ceil_divide(c->out_width, g.strip), planes *= g.bands;
    g.units = c->images * c->out_depth * g.bands;
    ptrdiff_t parts = c->groups * g.shares * g.ranges;
    g.partials = most(1, least(ceil_divide(F(GRADIENT_PIECES), parts), ceil_divide(planes, 2)));
    g.pieces = g.partials * parts;
    return g;
}

static ptrdiff_t F(weight_gradient_layout)(const TernConvWeightPlan *g, void *base, F(WeightGradientScratch) *s) {
    Scratch scratch = {.base = base};
    ptrdiff_t rows = g->range * g->kernel, outputs = g->band_rows * g->strip;
    ptrdiff_t padded = g->band_rows * round_up(g->strip, LANES);
    ptrdiff_t lanes = g->along_width ? g->share * LANES : g->share;
    s->rows = scratch_take(&scratch, rows * (ptrdiff_t)sizeof(ptrdiff_t));
    s->columns = scratch_take(&scratch, outputs * (ptrdiff_t)sizeof(ptrdiff_t));
    s->places = scratch_take(&scratch, rows * (ptrdiff_t)sizeof(ptrdiff_t));
    s->sums = scratch_take(&scratch, rows * lanes * (ptrdiff_t)sizeof(REAL));
    s->bias = scratch_take(&scratch, lanes * (ptrdiff_t)sizeof(REAL));
    s->totals = scratch_take(&scratch, rows * lanes * (ptrdiff_t)sizeof(double));
    s->bias_totals = scratch_take(&scratch, lanes * (ptrdiff_t)sizeof(double));
    s->dy = scratch_take(&scratch, (g->along_width ? padded : outputs) * g->block * (ptrdiff_t)sizeof(REAL));
    s->window = scratch_take(&scratch, (g->window.plane * g->range + LANES) * (ptrdiff_t)sizeof(REAL));
    return scratch.used;
}

// Sums in the precision of the type are taken up into totals before they have many terms.
static void F(take_up)(ptrdiff_t n, REAL *sums, double *totals) {
    for (ptrdiff_t i = 0; i < n; i++) {
        totals[i] += sums[i];
        sums[i] = 0;
    }
}
static void F(add_totals)(ptrdiff_t n, const double *totals, REAL *sums) {
    for (ptrdiff_t i = 0; i < n; i++) sums[i] = (REAL)(totals[i] + sums[i]);
}
