// Plans of weight and bias gradients.

typedef struct {
    ptrdiff_t *rows, *columns, *places;  // offsets of the kernel's elements and of the outputs in the window
    ptrdiff_t *from_y, *from_x;          // what the first output reads by the kernel's rows and columns
    ptrdiff_t *classes;                  // for each vector of outputs of a band, where its masks are
    F(where) *masks;
    bool *blanks, masked;          // whether the masks of each class blank anything, and any does
    REAL *sums;                    // [kernel elements][lanes] or [kernel elements][channels][lanes]
    REAL *bias;                    // a vector for each channel, or one lane
    double *totals, *bias_totals;  // of sums and biases that were taken up
    REAL *dy;                      // a band, [outputs][lanes] or [channels][outputs]
    REAL *window;
} F(WeightGradientScratch);

enum {
    F(GRADIENT_ROWS) = 320,
    F(GRADIENT_BLOCKS) = 4,
    F(GRADIENT_PIECES) = 16,
    F(GRADIENT_PIXELS) = 256,
    F(GRADIENT_OUTPUTS) = 1024,
    F(GRADIENT_TERMS) = 1024,
};

// Into how many partial sums the units of a gradient of `parts` parts are dealt out.
static ptrdiff_t F(partial_sums)(ptrdiff_t parts, ptrdiff_t most_sums) {
    return paired(most(1, least(ceil_divide(F(GRADIENT_PIECES), parts), most_sums)));
}

static TernConvWeightPlan F(weight_gradient_of)(const TernConv *c, bool is_real) {
    TernConvWeightPlan g = {.conv = *c, .kernel = c->kernel_height * c->kernel_width};
    TernConvAxis z =
        axis_forward(c->in_depth, c->out_depth, c->kernel_depth, c->stride_depth, c->pad_front, c->dilation_depth);
    g.z = conv_depth(&z, 0);
    g.in_channels = c->in_channels * g.z.taps;
    g.y = axis_of_rows(c, axis_forward), g.x = axis_of_columns(c, axis_forward);
    // Outputs in lanes need a vector of both operands for each product, and the sums of a plane take as long again as
    // seven vectors of outputs.
    double channel_cost = (double)round_up(c->out_channels, LANES) / c->out_channels;
    ptrdiff_t outputs = c->out_height * c->out_width;
    g.along_outputs = 1.2 * (round_up(outputs, LANES) + 7 * LANES) / most(outputs, 1) < channel_cost;
    g.block = g.along_outputs ? c->out_channels : c->out_channels <= LANES ? LANES : 2 * LANES;
    if (g.along_outputs) g.block = least(g.block, 2 * DOT_CHANNELS);
    bool is_flat = c->kernel_depth == 1 && c->in_depth == 1 && c->out_depth == 1;
    g.in_place = is_real && is_flat && !g.along_outputs && g.kernel == 1 && c->stride_height == 1 &&
        c->stride_width == 1 && c->pad_top == 0 && c->pad_left == 0 && c->in_height == c->out_height &&
        c->in_width == c->out_width;
    g.shares = ceil_divide(c->out_channels, g.block * F(GRADIENT_BLOCKS));
    g.share = round_up(ceil_divide(c->out_channels, g.shares), g.block);
    g.shares = ceil_divide(c->out_channels, g.share);
    g.ranges = ceil_divide(g.in_channels * g.kernel, F(GRADIENT_ROWS));
    g.range = ceil_divide(g.in_channels, least(g.ranges, g.in_channels));
    g.ranges = ceil_divide(g.in_channels, g.range);

    g.strip = c->out_width;
    if (g.along_outputs) {
        g.outputs = outputs_of(&g.y, &g.x, F(GRADIENT_OUTPUTS), LANES, READS_WHERE && is_real && is_flat);
        g.in_place = g.outputs.in_place;
        g.bands = g.outputs.bands;
    } else {
        if (conv_is_sequence(c)) g.strip = strip_of(c->out_width, F(GRADIENT_PIXELS), 1);
        g.bands = ceil_divide(c->out_height, most(1, F(GRADIENT_PIXELS) / most(c->out_width, 1)));
        g.band_rows = most(ceil_divide(c->out_height, most(g.bands, 1)), 1);
        g.bands = ceil_divide(c->out_height, g.band_rows);
        g.window = band_window(&g.y, &g.x, g.band_rows, g.strip, sizeof(REAL));
    }

    ptrdiff_t parts = c->groups * g.shares * g.ranges, wanted = ceil_divide(F(GRADIENT_PIECES), parts);
    g.images_of_unit = 1;
    if (!g.along_outputs && g.bands == 1 && c->out_depth == 1) {
        // Many terms are summed at once, but there are enough units for all pieces.
        ptrdiff_t bytes = g.window.plane * g.range * (ptrdiff_t)sizeof(REAL);
        ptrdiff_t images = F(GRADIENT_PIXELS) / most(c->out_height * c->out_width, 1);
        if (!g.in_place) images = least(images, F(WINDOW_BYTES) / most(bytes, 1));
        g.images_of_unit = most(1, least(images, c->images / (2 * wanted)));
    }
    ptrdiff_t planes = ceil_divide(c->images, g.images_of_unit) * c->out_depth;
    if (g.strip < c->out_width) g.bands = ceil_divide(c->out_width, g.strip), planes *= g.bands;
    g.units = ceil_divide(c->images, g.images_of_unit) * c->out_depth * g.bands;
    g.partials = F(partial_sums)(parts, ceil_divide(planes, 2));
    g.pieces = g.partials * parts;
    return g;
}

static ptrdiff_t F(weight_gradient_layout)(const TernConvWeightPlan *g, void *base, F(WeightGradientScratch) *s) {
    Scratch scratch = {.base = base};
    ptrdiff_t rows = g->range * g->kernel, outputs = g->images_of_unit * g->band_rows * g->strip;
    ptrdiff_t lanes = g->share;
    if (g->along_outputs) outputs = g->outputs.band, lanes *= LANES;
    ptrdiff_t vectors = g->along_outputs ? outputs / LANES : 0;
    s->rows = scratch_take(&scratch, rows * (ptrdiff_t)sizeof(ptrdiff_t));
    s->columns = scratch_take(&scratch, outputs * (ptrdiff_t)sizeof(ptrdiff_t));
    s->places = scratch_take(&scratch, rows * (ptrdiff_t)sizeof(ptrdiff_t));
    s->from_y = scratch_take(&scratch, g->y.kernel * (ptrdiff_t)sizeof(ptrdiff_t));
    s->from_x = scratch_take(&scratch, g->x.kernel * (ptrdiff_t)sizeof(ptrdiff_t));
    s->classes = scratch_take(&scratch, vectors * (ptrdiff_t)sizeof(ptrdiff_t));
    ptrdiff_t masks = g->along_outputs ? mask_classes(&g->outputs) * g->kernel : 0;
    s->masks = scratch_take(&scratch, masks * (ptrdiff_t)sizeof(F(where)));
    s->blanks = scratch_take(&scratch, masks * (ptrdiff_t)sizeof(bool));
    s->sums = scratch_take(&scratch, rows * lanes * (ptrdiff_t)sizeof(REAL));
    s->bias = scratch_take(&scratch, lanes * (ptrdiff_t)sizeof(REAL));
    s->totals = scratch_take(&scratch, rows * lanes * (ptrdiff_t)sizeof(double));
    s->bias_totals = scratch_take(&scratch, lanes * (ptrdiff_t)sizeof(double));
    s->dy = scratch_take(&scratch, outputs * g->block * (ptrdiff_t)sizeof(REAL));
    ptrdiff_t plane = g->in_place ? 0 : g->along_outputs ? g->outputs.plane : g->window.plane;
    s->window = scratch_take(&scratch, (g->images_of_unit * plane * g->range + LANES) * (ptrdiff_t)sizeof(REAL));
    return scratch.used;
}

// Sums in the precision of the type are taken up into totals before they have many terms.
static void F(take_up)(ptrdiff_t n, REAL *sums, double *totals) {
    for (ptrdiff_t i = 0; i < n; i++) {
        totals[i] += sums[i];
        sums[i] = 0;
    }
}
// The sum of vectors that lie `step` apart.
static VREAL F(sum_of_vectors)(const REAL *p, ptrdiff_t count, ptrdiff_t step) {
    VREAL sum[4] = {};
    ptrdiff_t i = 0;
    for (; i + 4 <= count; i += 4)
#pragma clang loop unroll(full)
        for (int k = 0; k < 4; k++) sum[k] += F(load)(p + (i + k) * step);
    for (; i < count; i++) sum[0] += F(load)(p + i * step);
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}
static void F(add_totals)(ptrdiff_t n, const double *totals, REAL *sums) {
    for (ptrdiff_t i = 0; i < n; i++) sums[i] = (REAL)(totals[i] + sums[i]);
}
