// Weight and bias gradient. See conv.h.

// One band of a block of output channels, to be added to sums over the kernel's elements.
typedef struct {
    const STORED *dy;
    ptrdiff_t images, image_step, plane, channels, rows, out_width;
    ptrdiff_t elements;
    const REAL *begin, *end;  // of the inputs, where they are read in place
    bool inside;              // whether the memory of all vectors of sources may be read
    REAL *sums, *bias;        // no bias if null
} T(GradientBlock);

// Output channels in lanes: sums[element][channel] += x[element + output] * dy[output][channel].
static void T(add_channels)(const F(WeightGradientScratch) *s, const T(GradientBlock) *b, const REAL *sources) {
    ptrdiff_t width = round_up(b->channels, LANES), size = b->rows * b->out_width, outputs = b->images * size;
    for (ptrdiff_t i = 0; i < b->images; i++)
        T(rows_to_lanes)(b->dy + i * b->image_step, b->plane, b->channels, size, s->dy + i * size * width, width);
    for (ptrdiff_t v = 0; b->bias && v < width; v += LANES)
        F(store)(b->bias + v, F(load)(b->bias + v) + F(sum_of_vectors)(s->dy + v, outputs, width));
    F(gather_rows)(b->elements, width / LANES, sources, s->rows, s->columns, outputs, s->dy, NULL, b->sums, s->places);
}

// Outputs in lanes: sums[element][channel][lane], of the band from `first` on, whose sources begin at `source`. The
// lanes are added up when all bands are in.
static void T(add_outputs)(const TernConvWeightPlan *g, const F(WeightGradientScratch) *s, const T(GradientBlock) *b,
                           ptrdiff_t first, const REAL *source) {
    const TernConvOutputs *o = &g->outputs;
    ptrdiff_t outputs = least(o->band, o->size - first), width = g->conv.out_width;
    // Gradients are read where they are, too, if their rows follow one another as those of the sources do.
    bool dense = o->pitch == width || g->conv.out_height == 1, in_place = STORED_IS_REAL && dense;
    for (ptrdiff_t c = 0; c < b->channels && (!in_place || b->bias); c++) {
        const STORED *from = b->dy + c * b->plane;
        REAL *to = s->dy + c * o->band;
        if (!in_place && dense) T(copy_row)(to, from + first, outputs);
        if (!dense) {
            F(zero_row)(to, outputs);
            for (ptrdiff_t m = first / o->pitch; m * o->pitch < first + outputs; m++) {
                ptrdiff_t begin = most(0, first - m * o->pitch), end = least(width, first + outputs - m * o->pitch);
                if (begin < end) T(copy_row)(to + m * o->pitch + begin - first, from + m * width + begin, end - begin);
            }
        }
        if (!b->bias) continue;
        const REAL *gradients = in_place ? (const void *)(from + first) : to;
        ptrdiff_t whole = outputs / LANES, left = outputs - whole * LANES;
        VREAL sum = F(sum_of_vectors)(gradients, whole, LANES);
        if (left > 0) sum += F(load_first)(gradients + whole * LANES, left);
        F(store)(b->bias + c * LANES, F(load)(b->bias + c * LANES) + sum);
    }
    F(DotTile) t = {
        .begin = b->begin,
        .end = b->end,
        .classes = s->classes,
        .count = ceil_divide(outputs, LANES),
        .b_plane = in_place ? b->plane : o->band,
        .c_row = b->channels,
    };
    t.last_lanes = outputs - (t.count - 1) * LANES;
    const REAL *dy = in_place ? (const void *)(b->dy + first) : s->dy;
    for (ptrdiff_t c = 0, size; c < b->channels; c += size) {
        size = b->channels - c;
        if (size > DOT_CHANNELS) size = size >= 2 * DOT_CHANNELS ? DOT_CHANNELS : (size + 1) / 2;
        // Tiles keep to one input channel, so that their masks follow one another.
        ptrdiff_t most_rows = size == 1 ? DOT_ROWS_1 : DOT_ROWS;
        for (ptrdiff_t i = 0, rows; i < b->elements; i += rows) {
            ptrdiff_t element = s->masked ? i % g->kernel : 0, left = b->elements - i;
            if (s->masked) left = g->kernel - element;
            rows = left >= 2 * most_rows ? most_rows : left > most_rows ? (left + 1) / 2 : left;
            t.a = source, t.rows = s->rows + i, t.masks = s->masks + element;
            t.reading = reading_of(s->masked, b->inside);
            t.b = dy + c * t.b_plane, t.c = b->sums + (i * b->channels + c) * LANES;
            F(dot)(rows, size, &t);
        }
    }
}

// Where the masks of the vectors of a band from output `first` on are.
static void T(gradient_classes)(const TernConvWeightPlan *g, const F(WeightGradientScratch) *s, ptrdiff_t first) {
    ptrdiff_t count = g->outputs.band / LANES;
    vector_classes(&g->outputs, first / LANES, count, s->classes);
    for (ptrdiff_t v = 0; v < count; v++) s->classes[v] *= g->kernel;
}

static void T(direct_gradient)(const TernConvWeightPlan *g, ptrdiff_t first, ptrdiff_t last, const void *x,
                               const void *dy, void *dw, void *dbias, void *scratch) {
    const TernConv *c = &g->conv;
    F(WeightGradientScratch) s;
    F(weight_gradient_layout)(g, scratch, &s);
    const TernConvWindow *w = &g->window;
    const TernConvOutputs *o = &g->outputs;
    ptrdiff_t channel_step = g->in_place ? c->in_height * c->in_width : g->along_outputs ? o->plane : w->plane;
    ptrdiff_t in_size = c->in_depth * c->in_height * c->in_width, all_in = c->groups * c->in_channels;
    // From image to image of a unit.
    ptrdiff_t window_step = g->in_place ? all_in * in_size : w->plane * g->range;
    axis_from(&g->y, 0, s.from_y);
    axis_from(&g->x, 0, s.from_x);
    const REAL *x_end = (const REAL *)x + c->images * all_in * in_size;
    ptrdiff_t low = 0, high = 0;
    for (ptrdiff_t channel = 0, i = 0; channel < g->range; channel++)
        for (ptrdiff_t ky = 0; ky < g->y.kernel; ky++)
            for (ptrdiff_t kx = 0; kx < g->x.kernel; kx++, i++) {
                ptrdiff_t place = ky * g->y.dilation * w->pitch + kx * g->x.dilation;
                if (g->along_outputs) place = outputs_place(o, s.from_y[ky], s.from_x[kx]);
                s.rows[i] = channel * channel_step + place;
                s.places[i] = i;
                low = least(low, s.rows[i]), high = most(high, s.rows[i]);
            }
    if (g->along_outputs) {
        s.masked = F(fill_all_masks)(o, &g->y, &g->x, c->out_height, c->out_width, g->y.kernel, s.from_y, g->x.kernel,
                                     s.from_x, s.masks, s.blanks);
        T(gradient_classes)(g, &s, 0);
    } else {
        ptrdiff_t *column = s.columns;
        for (ptrdiff_t i = 0; i < g->images_of_unit; i++)
            for (ptrdiff_t m = 0; m < g->band_rows; m++)
                for (ptrdiff_t n = 0; n < g->strip; n++)
                    *column++ = i * window_step + m * g->y.stride * w->pitch + n * g->x.stride;
    }

    ptrdiff_t out_plane = c->out_height * c->out_width, out_size = c->out_depth * out_plane;
    ptrdiff_t all_out = c->groups * c->out_channels, length = g->in_channels * g->kernel;
    for (ptrdiff_t piece = first; piece < last; piece++) {
        ptrdiff_t in_first = piece % g->ranges * g->range, in_count = least(g->range, g->in_channels - in_first);
        ptrdiff_t out_first = piece / g->ranges % g->shares * g->share,
                  out_count = least(g->share, c->out_channels - out_first);
        ptrdiff_t group = piece / (g->ranges * g->shares) % c->groups,
                  partial = piece / (g->ranges * g->shares * c->groups);
        ptrdiff_t out_channel = group * c->out_channels + out_first;
        ptrdiff_t elements = in_count * g->kernel, lanes = g->along_outputs ? LANES : 1;
        bool bias = dbias && in_first == 0;
        ptrdiff_t bias_count = round_up(out_count, g->block) * lanes, count = elements * bias_count, terms = 0;
        bool any = false;
        F(zero_row)(s.sums, count);
        F(zero_row)(s.bias, bias_count);
        __builtin_memset(s.bias_totals, 0, (size_t)bias_count * sizeof(double));
        ptrdiff_t unit = g->units * partial / g->partials, end = g->units * (partial + 1) / g->partials;
        for (ptrdiff_t u = unit; u < end; u++) {
            ptrdiff_t image = u / g->bands / c->out_depth * g->images_of_unit, z = u / g->bands % c->out_depth;
            ptrdiff_t images = least(g->images_of_unit, c->images - image);
            ptrdiff_t band = u % g->bands, row = 0, column = 0, outputs = 0, first_output = 0;
            if (g->along_outputs) first_output = band * o->band;
            else if (g->strip < c->out_width) column = band * g->strip;
            else row = band * g->band_rows;
            ptrdiff_t rows = least(g->band_rows, c->out_height - row), columns = least(g->strip, c->out_width - column);
            outputs =
                g->along_outputs ? ceil_divide(least(o->band, o->size - first_output), LANES) : images * rows * columns;
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
            const REAL *sources = s.window;
            if (g->along_outputs && g->bands > 1) T(gradient_classes)(g, &s, first_output);
            if (g->in_place) {
                sources =
                    (const void *)(planes.source + in_first * channel_step + first_output + row * c->in_width + column);
            } else if (g->along_outputs) {
                T(copy_dealt)(o, &planes, first_output, s.window);
                sources += first_output % o->pitch;
            } else {
                TernConvWindow shifted = *w;
                shifted.low_row += row * g->y.stride, shifted.low_column += column * g->x.stride;
                for (ptrdiff_t i = 0; i < images; i++, planes.source += all_in * in_size)
                    T(copy_window)(&shifted, &planes, g->bands == 1 && u > unit, s.window + i * window_step);
            }
            for (ptrdiff_t b = 0; b < out_count; b += g->block) {
                T(GradientBlock) block = {
                    .dy = from + b * out_size,
                    .images = images,
                    .image_step = all_out * out_size,
                    .plane = out_size,
                    .channels = least(g->block, out_count - b),
                    .rows = rows,
                    .out_width = columns,
                    .elements = elements,
                    .begin = x,
                    .end = x_end,
                    .inside =
                        !g->in_place || (sources + low >= (const REAL *)x && sources + high + outputs * LANES <= x_end),
                    .sums = s.sums + b * elements * lanes,
                    .bias = bias ? s.bias + b * lanes : NULL,
                };
                if (g->along_outputs) T(add_outputs)(g, &s, &block, first_output, sources);
                else T(add_channels)(&s, &block, sources);
            }
            if (bias) F(take_up)(bias_count, s.bias, s.bias_totals);
            terms += outputs;
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
            if (!g->along_outputs) F(lanes_to_rows)(sums, round_up(channels, LANES), elements, channels, to, length);
            for (ptrdiff_t o = 0; o < channels; o++) {
                if (bias) to_bias[o] = g->along_outputs ? F(sum)(F(load)(bias_sums + o * LANES)) : bias_sums[o];
                if (!g->along_outputs) continue;
                for (ptrdiff_t i = 0; i < elements; i++)
                    to[o * length + i] = F(sum)(F(load)(sums + (i * channels + o) * LANES));
            }
        }
    }
}

static void T(weight_gradient)(const TernConvWeightPlan *g, ptrdiff_t first, ptrdiff_t last, const void *x,
                               const void *dy, void *dw, void *dbias, void *scratch) {
    switch (g->algorithm) {
    case TERN_CONV_DEPTHWISE: T(depthwise_gradient)(g, first, last, x, dy, dw, dbias, scratch); break;
    case TERN_CONV_POINTWISE: T(pointwise_gradient)(g, first, last, x, dy, dw, dbias, scratch); break;
    case TERN_CONV_WINOGRAD: T(winograd_gradient)(g, first, last, x, dy, dw, dbias, scratch); break;
    case TERN_CONV_DIRECT: T(direct_gradient)(g, first, last, x, dy, dw, dbias, scratch);
    }
}

static void T(plan_weight_gradient)(const TernConv *c, TernConvWeightPlan *plan) {
    *plan = F(weight_gradient_of)(c, STORED_IS_REAL);
    plan->algorithm = conv_algorithm(c, LANES, gradient_by_winograd(c, LANES, &plan->y, &plan->x));
    F(WeightGradientScratch) s;
    switch (plan->algorithm) {
    case TERN_CONV_DEPTHWISE:
        plan->partials = F(partial_sums)(c->groups, c->images / 2);
        plan->pieces = plan->partials * c->groups;
        plan->scratch_bytes = DEPTHWISE_GROUPS * 10 * LANES * (ptrdiff_t)(sizeof(REAL) + sizeof(double));
        break;
    case TERN_CONV_POINTWISE: F(plan_pointwise_gradient)(plan); break;
    case TERN_CONV_WINOGRAD: F(plan_winograd_gradient)(plan); break;
    case TERN_CONV_DIRECT: plan->scratch_bytes = F(weight_gradient_layout)(plan, NULL, &s);
    }
}

// tern_conv_<type>_<level>
const TernConvKernels TABLE(conv) = {
    .plan = T(plan),
    .pack = T(pack),
    .correlate = T(correlate),
    .plan_weight_gradient = T(plan_weight_gradient),
    .weight_gradient = T(weight_gradient),
};
