// Weight and bias gradient. See conv_impl.h.

typedef struct {
    Axis y, x;
    bool along_width;            // vectors along the output width, else along the output channels
    ptrdiff_t kernel;            // elements of one kernel plane
    ptrdiff_t block;             // output channels that one pass over a window serves
    ptrdiff_t share, shares;     // output channels of one piece, several blocks, so that a window is copied once
    ptrdiff_t range, ranges;     // input channels of one piece
    ptrdiff_t band_rows, bands;  // output rows are taken in bands
    ptrdiff_t units;             // bands of all images
    ptrdiff_t partials;          // the units are shared among so many partial sums
    ptrdiff_t pieces;
    Window window;
} F(WeightGradient);

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

static F(WeightGradient) F(weight_gradient_of)(const TernConv2d *c) {
    F(WeightGradient) g = {.kernel = c->kernel_height * c->kernel_width};
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
    g.ranges = ceil_divide(c->in_channels * g.kernel, F(GRADIENT_ROWS));
    g.range = ceil_divide(c->in_channels, least(g.ranges, c->in_channels));
    g.ranges = ceil_divide(c->in_channels, g.range);

    ptrdiff_t low, high;
    axis_window(&g.x, g.along_width ? round_up(c->out_width, LANES) : c->out_width, &low, &high);
    g.window.low_column = low, g.window.columns = high - low;
    g.window.deal = g.along_width ? c->stride_width : 1, g.window.spread = 1;
    g.window.pitch = ceil_divide(g.window.columns, g.window.deal);
    ptrdiff_t pixels = g.along_width ? F(GRADIENT_PADDED_PIXELS) : F(GRADIENT_PIXELS);
    g.bands = ceil_divide(c->out_height, most(1, pixels / most(c->out_width, 1)));
    g.band_rows = most(ceil_divide(c->out_height, most(g.bands, 1)), 1);
    g.bands = ceil_divide(c->out_height, g.band_rows);
    axis_window(&g.y, g.band_rows, &low, &high);
    g.window.low_row = low, g.window.rows = high - low;
    g.window.plane = window_plane(g.window.rows * g.window.deal * g.window.pitch, sizeof(REAL));

    g.units = c->images * g.bands;
    ptrdiff_t parts = c->groups * g.shares * g.ranges;
    g.partials = most(1, least(ceil_divide(F(GRADIENT_PIECES), parts), ceil_divide(c->images, 2)));
    g.pieces = g.partials * parts;
    return g;
}

static ptrdiff_t F(weight_gradient_layout)(const F(WeightGradient) *g, const TernConv2d *c, void *base,
                                           F(WeightGradientScratch) *s) {
    Scratch scratch = {.base = base};
    ptrdiff_t rows = g->range * g->kernel, outputs = g->band_rows * c->out_width;
    ptrdiff_t padded = g->band_rows * round_up(c->out_width, LANES);
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

static void F(plan_weight_gradient)(const TernConv2d *c, TernConvWeightPlan *plan) {
    F(WeightGradient) g = F(weight_gradient_of)(c);
    F(WeightGradientScratch) s;
    plan->partials = g.partials;
    plan->pieces = g.pieces;
    plan->scratch_bytes = F(weight_gradient_layout)(&g, c, NULL, &s);
}

// One band of a block of output channels, to be added to sums over the kernel's elements.
typedef struct {
    const REAL *dy;
    ptrdiff_t plane, channels, rows, out_width;
    ptrdiff_t elements;
    REAL *sums, *bias;  // no bias if null
} F(GradientBlock);

// Output channels in lanes: sums[element][channel] += x[element + output] * dy[output][channel].
static void F(add_channels)(const F(WeightGradientScratch) *s, const F(GradientBlock) *b) {
    ptrdiff_t width = round_up(b->channels, LANES), vectors = width / LANES, outputs = b->rows * b->out_width;
    F(rows_to_lanes)(b->dy, b->plane, b->channels, outputs, s->dy, width);
    for (ptrdiff_t v = 0; b->bias && v < width; v += LANES) {
        VREAL sum[4] = {F(load)(b->bias + v)};
        ptrdiff_t i = 0;
        for (; i + 4 <= outputs; i += 4)
#pragma clang loop unroll(full)
            for (int k = 0; k < 4; k++) sum[k] += F(load)(s->dy + (i + k) * width + v);
        for (; i < outputs; i++) sum[0] += F(load)(s->dy + i * width + v);
        F(store)(b->bias + v, (sum[0] + sum[2]) + (sum[1] + sum[3]));
    }
    ptrdiff_t tiles = ceil_divide(b->elements, vectors == 1 ? GATHER_ROWS : GATHER_ROWS_2), at = 0;
    for (ptrdiff_t t = 0; t < tiles; t++) {
        ptrdiff_t size = b->elements / tiles + (t < b->elements % tiles);
        F(gather)(size, vectors, s->window, s->rows + at, s->columns, outputs, s->dy, NULL, b->sums, s->places + at);
        at += size;
    }
}

// Output width in lanes: sums[element][channel][lane]. The lanes are added up when all bands are in.
static void F(add_width)(const F(WeightGradientScratch) *s, const F(GradientBlock) *b) {
    ptrdiff_t padded = round_up(b->out_width, LANES), plane = b->rows * padded;
    for (ptrdiff_t o = 0; o < b->channels; o++) {
        VREAL sum = b->bias ? F(load)(b->bias + o * LANES) : (VREAL){};
        for (ptrdiff_t y = 0; y < b->rows; y++) {
            const REAL *from = b->dy + o * b->plane + y * b->out_width;
            REAL *to = s->dy + o * plane + y * padded;
            VREAL row = {};
            for (ptrdiff_t x = 0; x < b->out_width; x += LANES) {
                VREAL v = x + LANES <= b->out_width ? F(load)(from + x) : F(load_first)(from + x, b->out_width - x);
                F(store)(to + x, v);
                row += v;
            }
            sum += row;
        }
        if (b->bias) F(store)(b->bias + o * LANES, sum);
    }
    for (ptrdiff_t o = 0; o < b->channels;) {
        ptrdiff_t size = ceil_divide(b->channels - o, ceil_divide(b->channels - o, DOT_CHANNELS));
        for (ptrdiff_t i = 0; i < b->elements; i += DOT_ROWS)
            F(dot)(least(DOT_ROWS, b->elements - i), size, s->window, s->rows + i, s->columns, plane / LANES,
                   s->dy + o * plane, plane, b->sums + (i * b->channels + o) * LANES, b->channels);
        o += size;
    }
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

static void F(weight_gradient)(const TernConv2d *c, ptrdiff_t first, ptrdiff_t last, const REAL *x, const REAL *dy,
                               REAL *dw, REAL *dbias, void *scratch) {
    F(WeightGradient) g = F(weight_gradient_of)(c);
    F(WeightGradientScratch) s;
    F(weight_gradient_layout)(&g, c, scratch, &s);
    const Window *w = &g.window;
    ptrdiff_t row_size = w->deal * w->pitch, step = g.along_width ? LANES : 1;
    for (ptrdiff_t i = 0; i < g.range * g.kernel; i++) {
        ptrdiff_t channel = i / g.kernel, ky = i % g.kernel / g.x.kernel, kx = i % g.x.kernel;
        ptrdiff_t column = kx * g.x.dilation;
        s.rows[i] = channel * w->plane + ky * g.y.dilation * row_size + F(window_column)(w, column);
        s.places[i] = i;
    }
    ptrdiff_t *column = s.columns;
    for (ptrdiff_t m = 0; m < g.band_rows; m++)
        for (ptrdiff_t n = 0; n < c->out_width; n += step)
            *column++ = m * g.y.stride * row_size + (g.along_width ? n : n * g.x.stride);

    ptrdiff_t in_plane = c->in_height * c->in_width, out_plane = c->out_height * c->out_width;
    ptrdiff_t all_out = c->groups * c->out_channels, all_in = c->groups * c->in_channels,
              length = c->in_channels * g.kernel;
    for (ptrdiff_t piece = first; piece < last; piece++) {
        ptrdiff_t in_first = piece % g.ranges * g.range, in_count = least(g.range, c->in_channels - in_first);
        ptrdiff_t out_first = piece / g.ranges % g.shares * g.share,
                  out_count = least(g.share, c->out_channels - out_first);
        ptrdiff_t group = piece / (g.ranges * g.shares) % c->groups,
                  partial = piece / (g.ranges * g.shares * c->groups);
        ptrdiff_t out_channel = group * c->out_channels + out_first, in_channel = group * c->in_channels + in_first;
        ptrdiff_t elements = in_count * g.kernel, lanes = g.along_width ? LANES : 1;
        bool bias = dbias && in_first == 0;
        ptrdiff_t bias_count = round_up(out_count, g.block) * lanes, count = elements * bias_count, terms = 0;
        bool any = false;
        F(zero_row)(s.sums, count);
        F(zero_row)(s.bias, bias_count);
        __builtin_memset(s.bias_totals, 0, (size_t)bias_count * sizeof(double));
        ptrdiff_t unit = g.units * partial / g.partials, end = g.units * (partial + 1) / g.partials;
        for (ptrdiff_t u = unit; u < end; u++) {
            ptrdiff_t image = u / g.bands, row = u % g.bands * g.band_rows,
                      rows = least(g.band_rows, c->out_height - row);
            const REAL *from = dy + (image * all_out + out_channel) * out_plane + row * c->out_width;
            F(copy_window)(w, row * g.y.stride, x + (image * all_in + in_channel) * in_plane, in_count, c->in_height,
                           c->in_width, g.bands == 1 && u > unit, s.window);
            for (ptrdiff_t b = 0; b < out_count; b += g.block) {
                F(GradientBlock) block = {
                    .dy = from + b * out_plane,
                    .plane = out_plane,
                    .channels = least(g.block, out_count - b),
                    .rows = rows,
                    .out_width = c->out_width,
                    .elements = elements,
                    .sums = s.sums + b * elements * lanes,
                    .bias = bias ? s.bias + b * lanes : NULL,
                };
                if (g.along_width) F(add_width)(&s, &block);
                else F(add_channels)(&s, &block);
            }
            if (bias) F(take_up)(bias_count, s.bias, s.bias_totals);
            terms += rows * (g.along_width ? ceil_divide(c->out_width, LANES) : c->out_width);
            if (u + 1 < end && terms >= F(GRADIENT_TERMS)) {
                if (!any) __builtin_memset(s.totals, 0, (size_t)count * sizeof(double));
                any = true;
                terms = 0;
                F(take_up)(count, s.sums, s.totals);
            }
        }
        if (bias) F(add_totals)(bias_count, s.bias_totals, s.bias);
        if (any) F(add_totals)(count, s.totals, s.sums);
        for (ptrdiff_t b = 0; b < out_count; b += g.block) {
            ptrdiff_t channels = least(g.block, out_count - b);
            const REAL *sums = s.sums + b * elements * lanes, *bias_sums = s.bias + b * lanes;
            REAL *to = dw + (partial * all_out + out_channel + b) * length + in_first * g.kernel;
            REAL *to_bias = bias ? dbias + partial * all_out + out_channel + b : NULL;
            if (!g.along_width) F(lanes_to_rows)(sums, round_up(channels, LANES), elements, channels, to, length);
            for (ptrdiff_t o = 0; o < channels; o++) {
                if (bias) to_bias[o] = g.along_width ? F(sum)(F(load)(bias_sums + o * LANES)) : bias_sums[o];
                if (!g.along_width) continue;
                for (ptrdiff_t i = 0; i < elements; i++)
                    to[o * length + i] = F(sum)(F(load)(sums + (i * channels + o) * LANES));
            }
        }
    }
}
