// Weight and bias gradient. See conv.h.

// One band of a block of output channels, to be added to sums over the kernel's elements.
typedef struct {
    const STORED *dy;
    ptrdiff_t plane, channels, rows, out_width;
    ptrdiff_t elements;
    REAL *sums, *bias;  // no bias if null
} T(GradientBlock);

// Output channels in lanes: sums[element][channel] += x[element + output] * dy[output][channel].
static void T(add_channels)(const F(WeightGradientScratch) *s, const T(GradientBlock) *b) {
    ptrdiff_t width = round_up(b->channels, LANES), outputs = b->rows * b->out_width;
    T(rows_to_lanes)(b->dy, b->plane, b->channels, outputs, s->dy, width);
    for (ptrdiff_t v = 0; b->bias && v < width; v += LANES) {
        VREAL sum[4] = {F(load)(b->bias + v)};
        ptrdiff_t i = 0;
        for (; i + 4 <= outputs; i += 4)
#pragma clang loop unroll(full)
            for (int k = 0; k < 4; k++) sum[k] += F(load)(s->dy + (i + k) * width + v);
        for (; i < outputs; i++) sum[0] += F(load)(s->dy + i * width + v);
        F(store)(b->bias + v, (sum[0] + sum[2]) + (sum[1] + sum[3]));
    }
    F(gather_rows)(b->elements, width / LANES, s->window, s->rows, s->columns, outputs, s->dy, NULL, b->sums,
                   s->places);
}

// Output width in lanes: sums[element][channel][lane]. The lanes are added up when all bands are in.
static void T(add_width)(const F(WeightGradientScratch) *s, const T(GradientBlock) *b) {
    ptrdiff_t padded = round_up(b->out_width, LANES), plane = b->rows * padded;
    for (ptrdiff_t o = 0; o < b->channels; o++) {
        VREAL sum = b->bias ? F(load)(b->bias + o * LANES) : (VREAL){};
        for (ptrdiff_t y = 0; y < b->rows; y++) {
            const STORED *from = b->dy + o * b->plane + y * b->out_width;
            REAL *to = s->dy + o * plane + y * padded;
            VREAL row = {};
            for (ptrdiff_t x = 0; x < b->out_width; x += LANES) {
                VREAL v = x + LANES <= b->out_width ? T(load)(from + x) : T(load_first)(from + x, b->out_width - x);
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

static void T(weight_gradient)(const TernConvWeightPlan *g, ptrdiff_t first, ptrdiff_t last, const void *x,
                               const void *dy, void *dw, void *dbias, void *scratch) {
    if (g->winograd) {
        T(winograd_gradient)(g, first, last, x, dy, dw, dbias, scratch);
        return;
    }
    const TernConv *c = &g->conv;
    F(WeightGradientScratch) s;
    F(weight_gradient_layout)(g, scratch, &s);
    const TernConvWindow *w = &g->window;
    ptrdiff_t row_size = w->deal * w->pitch, step = g->along_width ? LANES : 1;
    for (ptrdiff_t i = 0; i < g->range * g->kernel; i++) {
        ptrdiff_t channel = i / g->kernel, ky = i % g->kernel / g->x.kernel, kx = i % g->x.kernel;
        ptrdiff_t column = kx * g->x.dilation;
        s.rows[i] = channel * w->plane + ky * g->y.dilation * row_size + F(window_column)(w, column);
        s.places[i] = i;
    }
    ptrdiff_t *column = s.columns;
    for (ptrdiff_t m = 0; m < g->band_rows; m++)
        for (ptrdiff_t n = 0; n < g->strip; n += step)
            *column++ = m * g->y.stride * row_size + (g->along_width ? n : n * g->x.stride);

    ptrdiff_t in_size = c->in_depth * c->in_height * c->in_width;
    ptrdiff_t out_plane = c->out_height * c->out_width, out_size = c->out_depth * out_plane;
    ptrdiff_t all_out = c->groups * c->out_channels, all_in = c->groups * c->in_channels,
              length = g->in_channels * g->kernel;
    for (ptrdiff_t piece = first; piece < last; piece++) {
        ptrdiff_t in_first = piece % g->ranges * g->range, in_count = least(g->range, g->in_channels - in_first);
        ptrdiff_t out_first = piece / g->ranges % g->shares * g->share,
                  out_count = least(g->share, c->out_channels - out_first);
        ptrdiff_t group = piece / (g->ranges * g->shares) % c->groups,
                  partial = piece / (g->ranges * g->shares * c->groups);
        ptrdiff_t out_channel = group * c->out_channels + out_first;
        ptrdiff_t elements = in_count * g->kernel, lanes = g->along_width ? LANES : 1;
        bool bias = dbias && in_first == 0;
        ptrdiff_t bias_count = round_up(out_count, g->block) * lanes, count = elements * bias_count, terms = 0;
        bool any = false;
        F(zero_row)(s.sums, count);
        F(zero_row)(s.bias, bias_count);
        __builtin_memset(s.bias_totals, 0, (size_t)bias_count * sizeof(double));
        ptrdiff_t unit = g->units * partial / g->partials, end = g->units * (partial + 1) / g->partials;
        for (ptrdiff_t u = unit; u < end; u++) {
            ptrdiff_t image = u / g->bands / c->out_depth, z = u / g->bands % c->out_depth;
            ptrdiff_t band = u % g->bands, row = 0, column = 0;
            if (g->strip < c->out_width) column = band * g->strip;
            else row = band * g->band_rows;
            ptrdiff_t rows = least(g->band_rows, c->out_height - row), columns = least(g->strip, c->out_width - column);
            const STORED *from = (const STORED *)dy + (image * all_out + out_channel) * out_size + z * out_plane +
                row * c->out_width + column;
            T(Planes) planes = {
                .source = (const STORED *)x + (image * all_in + group * c->in_channels) * in_size,
                .z = &g->z,
                .output = z,
                .first = in_first,
                .count = in_count,
                .height = c->in_height,
                .width = c->in_width,
            };
            TernConvWindow shifted = *w;
            shifted.low_row += row * g->y.stride, shifted.low_column += column * g->x.stride;
            T(copy_window)(&shifted, &planes, g->bands == 1 && u > unit, s.window);
            for (ptrdiff_t b = 0; b < out_count; b += g->block) {
                T(GradientBlock) block = {
                    .dy = from + b * out_size,
                    .plane = out_size,
                    .channels = least(g->block, out_count - b),
                    .rows = rows,
                    .out_width = columns,
                    .elements = elements,
                    .sums = s.sums + b * elements * lanes,
                    .bias = bias ? s.bias + b * lanes : NULL,
                };
                if (g->along_width) T(add_width)(&s, &block);
                else T(add_channels)(&s, &block);
            }
            if (bias) F(take_up)(bias_count, s.bias, s.bias_totals);
            terms += rows * (g->along_width ? ceil_divide(columns, LANES) : columns);
            if (u + 1 < end && terms >= F(GRADIENT_TERMS)) {
                if (!any) __builtin_memset(s.totals, 0, (size_t)count * sizeof(double));
                any = true;
                terms = 0;
                F(take_up)(count, s.sums, s.totals);
            }
        }
        if (bias) F(add_totals)(bias_count, s.bias_totals, s.bias);
        if (any) F(add_totals)(count, s.totals, s.sums);
        for (ptrdiff_t b = 0; b < out_count; b += g->block) {
            ptrdiff_t channels = least(g->block, out_count - b);
            const REAL *sums = s.sums + b * elements * lanes, *bias_sums = s.bias + b * lanes;
            REAL *to = (REAL *)dw + (partial * all_out + out_channel + b) * length + in_first * g->kernel;
            REAL *to_bias = bias ? (REAL *)dbias + partial * all_out + out_channel + b : NULL;
            if (!g->along_width) F(lanes_to_rows)(sums, round_up(channels, LANES), elements, channels, to, length);
            for (ptrdiff_t o = 0; o < channels; o++) {
                if (bias) to_bias[o] = g->along_width ? F(sum)(F(load)(bias_sums + o * LANES)) : bias_sums[o];
                if (!g->along_width) continue;
                for (ptrdiff_t i = 0; i < elements; i++)
                    to[o * length + i] = F(sum)(F(load)(sums + (i * channels + o) * LANES));
            }
        }
    }
}

static void T(plan_weight_gradient)(const TernConv *c, TernConvWeightPlan *plan) {
    *plan = F(weight_gradient_of)(c);
    if (suits_winograd(c, &plan->y, &plan->x)) {
        F(plan_winograd_gradient)(plan);
        return;
    }
    F(WeightGradientScratch) s;
    plan->scratch_bytes = F(weight_gradient_layout)(plan, NULL, &s);
}

// tern_conv_<type>_<level>
const TernConvKernels TABLE(conv) = {
    .plan = T(plan),
    .pack = T(pack),
    .correlate = T(correlate),
    .plan_weight_gradient = T(plan_weight_gradient),
    .weight_gradient = T(weight_gradient),
};
