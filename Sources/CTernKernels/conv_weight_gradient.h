// Weight and bias gradient. See conv_impl.h.

typedef struct {
    Axis y, x;
    bool along_width;              // vectors along the output width, else along the output channels
    ptrdiff_t kernel;              // elements of one kernel plane
    ptrdiff_t block, blocks;       // output channels of one piece
    ptrdiff_t range, ranges;       // input channels of one piece
    ptrdiff_t band_rows, bands;    // output rows are taken in bands
    ptrdiff_t units;               // bands of all images
    ptrdiff_t partials;            // the units are shared among so many partial sums
    ptrdiff_t pieces;
    Window window;
} F(WeightGradient);

typedef struct {
    ptrdiff_t *rows, *columns, *places;  // offsets of the kernel's elements and of the outputs in the window
    REAL *sums;                          // [kernel elements][lanes] or [kernel elements][channels][lanes]
    REAL *bias;                          // a vector for each channel, or one lane
    REAL *dy;                            // a band, [outputs][lanes] or [channels][rows][padded width]
    REAL *window;
} F(WeightGradientScratch);

enum { F(GRADIENT_ROWS) = 320, F(GRADIENT_PIECES) = 16, F(GRADIENT_PIXELS) = 256 };

static F(WeightGradient) F(weight_gradient_of)(const TernConv2d *c) {
    F(WeightGradient) g = {.kernel = c->kernel_height * c->kernel_width};
    g.y = axis_forward(c->in_height, c->out_height, c->kernel_height, c->stride_height, c->pad_top, c->dilation_height);
    g.x = axis_forward(c->in_width, c->out_width, c->kernel_width, c->stride_width, c->pad_left, c->dilation_width);
    double channel_cost = (double)round_up(c->out_channels, LANES) / c->out_channels;
    double width_cost = 1.2 * round_up(c->out_width, LANES) / most(c->out_width, 1);
    g.along_width = width_cost < channel_cost;
#ifdef TERN_CONV_FORCE
    if (TERN_CONV_FORCE >= 0) g.along_width = TERN_CONV_FORCE;
#endif
    g.block = g.along_width ? c->out_channels : c->out_channels <= LANES ? LANES : 2 * LANES;
    if (g.along_width) g.block = least(g.block, 4 * DOT_CHANNELS);
    g.blocks = ceil_divide(c->out_channels, g.block);
    g.ranges = ceil_divide(c->in_channels * g.kernel, F(GRADIENT_ROWS));
    g.range = ceil_divide(c->in_channels, least(g.ranges, c->in_channels));
    g.ranges = ceil_divide(c->in_channels, g.range);

    ptrdiff_t low, high;
    axis_window(&g.x, g.along_width ? round_up(c->out_width, LANES) : c->out_width, &low, &high);
    g.window.low_column = low, g.window.columns = high - low;
    g.window.deal = g.along_width ? c->stride_width : 1, g.window.spread = 1;
    g.window.pitch = ceil_divide(g.window.columns, g.window.deal);
    g.bands = ceil_divide(c->out_height, most(1, F(GRADIENT_PIXELS) / most(c->out_width, 1)));
    g.band_rows = most(ceil_divide(c->out_height, most(g.bands, 1)), 1);
    g.bands = ceil_divide(c->out_height, g.band_rows);
    axis_window(&g.y, g.band_rows, &low, &high);
    g.window.low_row = low, g.window.rows = high - low;
    g.window.plane = window_plane(g.window.rows * g.window.deal * g.window.pitch, sizeof(REAL));

    g.units = c->images * g.bands;
    ptrdiff_t parts = c->groups * g.blocks * g.ranges;
    g.partials = most(1, least(ceil_divide(F(GRADIENT_PIECES), parts), ceil_divide(c->images, 2)));
    g.pieces = g.partials * parts;
    return g;
}

static ptrdiff_t F(weight_gradient_layout)(const F(WeightGradient) *g, const TernConv2d *c, void *base, F(WeightGradientScratch) *s) {
    Scratch scratch = {.base = base};
    ptrdiff_t rows = g->range * g->kernel, outputs = g->band_rows * c->out_width;
    ptrdiff_t padded = g->band_rows * round_up(c->out_width, LANES);
    ptrdiff_t lanes = g->along_width ? g->block * LANES : g->block;
    s->rows = scratch_take(&scratch, rows * (ptrdiff_t)sizeof(ptrdiff_t));
    s->columns = scratch_take(&scratch, outputs * (ptrdiff_t)sizeof(ptrdiff_t));
    s->places = scratch_take(&scratch, rows * (ptrdiff_t)sizeof(ptrdiff_t));
    s->sums = scratch_take(&scratch, rows * lanes * (ptrdiff_t)sizeof(REAL));
    s->bias = scratch_take(&scratch, lanes * (ptrdiff_t)sizeof(REAL));
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

// Adds one band with the output channels in lanes: sums[element][channel] += x[element + output] * dy[output][channel].
static void F(add_channels)(const F(WeightGradientScratch) *s, const REAL *dy, ptrdiff_t plane,
                            ptrdiff_t channels, ptrdiff_t outputs, ptrdiff_t elements, bool bias) {
    ptrdiff_t width = round_up(channels, LANES), vectors = width / LANES;
    F(rows_to_lanes)(dy, plane, channels, outputs, s->dy, width);
    if (bias)
        for (ptrdiff_t v = 0; v < width; v += LANES) {
            VREAL sum = F(load)(s->bias + v);
            for (ptrdiff_t i = 0; i < outputs; i++) sum += F(load)(s->dy + i * width + v);
            F(store)(s->bias + v, sum);
        }
    ptrdiff_t tiles = ceil_divide(elements, vectors == 1 ? GATHER_ROWS : GATHER_ROWS_2), at = 0;
    for (ptrdiff_t t = 0; t < tiles; t++) {
        ptrdiff_t size = elements / tiles + (t < elements % tiles);
        F(gather)(size, vectors, s->window, s->rows + at, s->columns, outputs, s->dy, NULL, s->sums, s->places + at);
        at += size;
    }
}

// Adds one band with the output width in lanes; the lanes are added up when all bands are in.
static void F(add_width)(const F(WeightGradientScratch) *s, const REAL *dy, ptrdiff_t plane,
                         ptrdiff_t channels, ptrdiff_t rows, ptrdiff_t out_width, ptrdiff_t elements, bool bias) {
    ptrdiff_t padded = round_up(out_width, LANES), vectors = rows * padded / LANES;
    for (ptrdiff_t o = 0; o < channels; o++) {
        VREAL sum = bias ? F(load)(s->bias + o * LANES) : (VREAL){};
        for (ptrdiff_t y = 0; y < rows; y++) {
            const REAL *from = dy + o * plane + y * out_width;
            REAL *to = s->dy + (o * rows + y) * padded;
            for (ptrdiff_t x = 0; x < out_width; x += LANES) {
                VREAL v = x + LANES <= out_width ? F(load)(from + x) : F(load_first)(from + x, out_width - x);
                F(store)(to + x, v);
                sum += v;
            }
        }
        if (bias) F(store)(s->bias + o * LANES, sum);
    }
    for (ptrdiff_t o = 0; o < channels;) {
        ptrdiff_t left = ceil_divide(channels - o, DOT_CHANNELS), size = ceil_divide(channels - o, left);
        for (ptrdiff_t i = 0; i < elements; i += DOT_ROWS)
            F(dot)(least(DOT_ROWS, elements - i), size, s->window, s->rows + i, s->columns, vectors,
                   s->dy + o * rows * padded, rows * padded, s->sums + (i * channels + o) * LANES, channels);
        o += size;
    }
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
        s.rows[i] = channel * w->plane + ky * g.y.dilation * row_size + column % w->deal * w->pitch + column / w->deal;
        s.places[i] = i;
    }
    ptrdiff_t *column = s.columns;
    for (ptrdiff_t m = 0; m < g.band_rows; m++)
        for (ptrdiff_t n = 0; n < c->out_width; n += step)
            *column++ = m * g.y.stride * row_size + (g.along_width ? n : n * g.x.stride);

    ptrdiff_t in_plane = c->in_height * c->in_width, out_plane = c->out_height * c->out_width;
    ptrdiff_t all_out = c->groups * c->out_channels, all_in = c->groups * c->in_channels, length = c->in_channels * g.kernel;
    for (ptrdiff_t piece = first; piece < last; piece++) {
        ptrdiff_t in_first = piece % g.ranges * g.range, in_count = least(g.range, c->in_channels - in_first);
        ptrdiff_t out_first = piece / g.ranges % g.blocks * g.block, out_count = least(g.block, c->out_channels - out_first);
        ptrdiff_t group = piece / (g.ranges * g.blocks) % c->groups, partial = piece / (g.ranges * g.blocks * c->groups);
        ptrdiff_t out_channel = group * c->out_channels + out_first, in_channel = group * c->in_channels + in_first;
        ptrdiff_t elements = in_count * g.kernel, lanes = g.along_width ? out_count * LANES : round_up(out_count, LANES);
        bool bias = dbias && in_first == 0;
        F(zero_row)(s.sums, elements * lanes);
        F(zero_row)(s.bias, lanes);
        ptrdiff_t unit = g.units * partial / g.partials, end = g.units * (partial + 1) / g.partials;
        for (ptrdiff_t u = unit; u < end; u++) {
            ptrdiff_t image = u / g.bands, row = u % g.bands * g.band_rows, rows = least(g.band_rows, c->out_height - row);
            const REAL *from = dy + (image * all_out + out_channel) * out_plane + row * c->out_width;
            F(copy_window)(w, row * g.y.stride, x + (image * all_in + in_channel) * in_plane, in_count, c->in_height,
                           c->in_width, g.bands == 1 && u > unit, s.window);
            if (g.along_width) F(add_width)(&s, from, out_plane, out_count, rows, c->out_width, elements, bias);
            else F(add_channels)(&s, from, out_plane, out_count, rows * c->out_width, elements, bias);
        }
        REAL *to = dw + (partial * all_out + out_channel) * length + in_first * g.kernel;
        if (g.along_width) {
            for (ptrdiff_t o = 0; o < out_count; o++) {
                for (ptrdiff_t i = 0; i < elements; i++) to[o * length + i] = F(sum)(F(load)(s.sums + (i * out_count + o) * LANES));
                if (bias) dbias[partial * all_out + out_channel + o] = F(sum)(F(load)(s.bias + o * LANES));
            }
        } else {
            F(lanes_to_rows)(s.sums, lanes, elements, out_count, to, length);
            if (bias)
                for (ptrdiff_t o = 0; o < out_count; o++) dbias[partial * all_out + out_channel + o] = s.bias[o];
        }
    }
}
