// 1x1 convolutions, in panels of pixels. See pointwise_real.h.

// Where a panel of a correlation is read, and where its results go.
typedef struct {
    const STORED *from;
    STORED *to;
    ptrdiff_t group, pixels;
} T(Panel);

static T(Panel) T(panel_of)(const TernConvPlan *g, ptrdiff_t unit, const void *source, void *result) {
    const ptrdiff_t plane = pixels_of_image(&g->conv), image = unit / g->bands;
    const ptrdiff_t pixel = (unit - image * g->bands) * PANEL_PIXELS;
    return (T(Panel)){
        .from = (const STORED *)source + image * g->source_channels * plane + pixel,
        .to = (STORED *)result + image * g->lane_channels * plane + pixel,
        .group = g->groups == 1 ? 0 : image % g->groups,
        .pixels = least(PANEL_PIXELS, plane - pixel),
    };
}

// to[channel][pixel], one vector or two.
static void T(copy_panel)(const STORED *from, ptrdiff_t plane, ptrdiff_t channels, ptrdiff_t pixels, REAL *to) {
    if (pixels == PANEL_PIXELS)
        for (ptrdiff_t c = 0; c < channels; c++, from += plane, to += PANEL_PIXELS) {
            F(store)(to, T(load)(from));
            F(store)(to + LANES, T(load)(from + LANES));
        }
    else
        for (ptrdiff_t c = 0; c < channels; c++, from += plane)
            for (ptrdiff_t i = 0; i < pixels; i += LANES, to += LANES)
                F(store)(to, pixels - i >= LANES ? T(load)(from + i) : T(load_first)(from + i, pixels - i));
}

// [group][block of rows][source channel][row]
static void T(pack_pointwise)(const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *weights,
                              void *packed) {
    const ptrdiff_t rows = g->lane_channels, sources = g->source_channels;
    const bool forward = g->pass == TERN_CONV_FORWARD;
    const ptrdiff_t row_step = forward ? sources : 1, source_step = forward ? 1 : rows;
    for (ptrdiff_t group = first; group < last; group++) {
        const STORED *w = (const STORED *)weights + group * rows * sources;
        REAL *to = (REAL *)packed + group * rows * sources;
        for (ptrdiff_t b = 0; b < rows; b += g->block)
            for (ptrdiff_t s = 0; s < sources; s++)
                for (ptrdiff_t i = b; i < least(b + g->block, rows); i++)
                    *to++ = T(get)(w[i * row_step + s * source_step]);
    }
}

static void T(correlate_pointwise)(const TernConvPlan *g, ptrdiff_t first, ptrdiff_t last, const void *source,
                                   const void *packed, const void *bias, void *result, void *scratch) {
    const ptrdiff_t plane = pixels_of_image(&g->conv), channels = g->source_channels, rows = g->lane_channels;
    const ptrdiff_t lines = most(1, PANEL_PIXELS * (ptrdiff_t)sizeof(STORED) / LINE_BYTES);
    REAL *panels, *tile;
    F(pointwise_layout)(g, scratch, &panels, &tile);
    T(Panel) panel[F(POINTWISE_PANELS)], next[F(POINTWISE_PANELS)];
    for (ptrdiff_t unit = first, count; unit < last; unit += count) {
        count = least(g->unit_chunk, last - unit);
        for (ptrdiff_t u = 0; u < count; u++) {
            panel[u] = unit > first ? next[u] : T(panel_of)(g, unit + u, source, result);
            next[u] = T(panel_of)(g, least(unit + g->unit_chunk + u, last - 1), source, result);
            T(copy_panel)(panel[u].from, plane, channels, panel[u].pixels, panels + u * F(pointwise_panel)(g));
        }
        for (ptrdiff_t row = 0, block = 0, size; row < rows; row += size, block++) {
            size = least(g->block, rows - row);
            for (ptrdiff_t u = 0; u < count; u++) {
                const T(Panel) *p = panel + u;
                const ptrdiff_t vectors = ceil_divide(p->pixels, LANES), group_row = p->group * rows + row;
                STORED *to = p->to + row * plane;
                for (ptrdiff_t i = 0; i < size; i++)
                    for (ptrdiff_t l = 0; l < lines; l++)
                        __builtin_prefetch((const char *)(to + i * plane) + l * LINE_BYTES, 1);
                REAL start[PANEL_ROWS];
                for (ptrdiff_t i = 0; bias && i < size; i++) start[i] = T(get)(((const STORED *)bias)[group_row + i]);
                F(PanelTile) t = {
                    .depth = channels,
                    .a = (const REAL *)packed + group_row * channels,
                    .a_row = 1,
                    .a_step = size,
                    .b = panels + u * F(pointwise_panel)(g),
                    .c = STORED_IS_REAL ? (void *)to : tile,
                    .c_row = STORED_IS_REAL ? plane : PANEL_PIXELS,
                    .last_lanes = p->pixels - (vectors - 1) * LANES,
                    .bias = bias ? start : NULL,
                    .ahead = {.at = (const char *)p->from, .run = channels},
                };
                // Each of the first blocks asks for one line of all channels.
                if (block < lines) {
                    t.ahead.at = (const char *)next[u].from + block * LINE_BYTES;
                    t.ahead.line = plane * (ptrdiff_t)sizeof(STORED);
                }
                F(panel)(size, vectors, &t);
                for (ptrdiff_t i = 0; !STORED_IS_REAL && i < size; i++)
                    T(round_row)(to + i * plane, tile + i * PANEL_PIXELS, p->pixels);
            }
        }
    }
}

// MARK: The weights' gradient

// Some channels of an operand.
typedef struct {
    const STORED *planes;  // of the first channel in the first image
    ptrdiff_t channels, image_step;
} T(Operand);
static const STORED *T(unit_of)(const T(Operand) *o, const PanelUnit *u, ptrdiff_t image) {
    return o->planes + (u->image + image) * o->image_step + u->pixel;
}

// Lines of both operands that a unit reads, from the one at `place` on: channel by channel of an image.
static LinesAhead T(lines_of)(const T(Operand) *operands, const PanelUnit *u, ptrdiff_t plane, ptrdiff_t place) {
    const ptrdiff_t run = ceil_divide(u->pixels * (ptrdiff_t)sizeof(STORED), LINE_BYTES);
    for (const T(Operand) *o = operands; o < operands + 2; o++) {
        const ptrdiff_t of_image = o->channels * run;
        if (place < u->images * of_image) {
            const ptrdiff_t image = place / of_image, channel = (place - image * of_image) / run;
            return (LinesAhead){(const char *)(T(unit_of)(o, u, image) + channel * plane), run, LINE_BYTES,
                                plane * (ptrdiff_t)sizeof(STORED)};
        }
        place -= u->images * of_image;
    }
    return (LinesAhead){(const char *)operands->planes, GRADIENT_PANEL, 0, 0};
}

static void T(copy_operands)(const F(PointwiseScratch) *s, const T(Operand) *rows, const T(Operand) *lanes,
                             const PanelUnit *u, ptrdiff_t plane) {
    for (ptrdiff_t i = 0; i < u->images; i++) {
        const STORED *from = T(unit_of)(rows, u, i);
        for (ptrdiff_t r = 0; r < rows->channels; r++)
            T(copy_row)(s->rows + r * s->pitch + i * u->pixels, from + r * plane, u->pixels);
        from = T(unit_of)(lanes, u, i);
        for (ptrdiff_t l = 0; l < lanes->channels; l += 2 * LANES) {
            const ptrdiff_t channels = least(2 * LANES, lanes->channels - l), width = round_up(channels, LANES);
            T(rows_to_lanes)(from + l * plane, plane, channels, u->pixels,
                             s->lanes + l * GRADIENT_PANEL + i * u->pixels * width, width);
        }
    }
}

// Adds the sums of all pixels of a unit.
static void T(add_bias)(const T(Operand) *dy, const PanelUnit *u, ptrdiff_t plane, REAL *bias) {
    for (ptrdiff_t c = 0; c < dy->channels; c++) {
        VREAL sum = {};
        for (ptrdiff_t i = 0; i < u->images; i++) {
            const STORED *from = T(unit_of)(dy, u, i) + c * plane;
            for (ptrdiff_t p = 0; p < u->pixels; p += LANES)
                sum += u->pixels - p >= LANES ? T(load)(from + p) : T(load_first)(from + p, u->pixels - p);
        }
        bias[c] += F(sum)(sum);
    }
}

static void T(pointwise_gradient)(const TernConvWeightPlan *g, ptrdiff_t first, ptrdiff_t last, const void *x,
                                  const void *dy, void *dw, void *dbias, void *scratch) {
    const TernConv *c = &g->conv;
    const ptrdiff_t plane = pixels_of_image(c), inputs = c->in_channels, outputs = c->out_channels;
    const bool inputs_in_lanes = has_inputs_in_lanes(c);
    F(PointwiseScratch) s;
    F(pointwise_gradient_layout)(g, scratch, &s);
    for (ptrdiff_t piece = first; piece < last; piece++) {
        const ptrdiff_t lane = piece % g->ranges * g->range, row = piece / g->ranges % g->shares * g->share;
        const ptrdiff_t group = piece / (g->ranges * g->shares) % c->groups;
        const ptrdiff_t partial = piece / (g->ranges * g->shares * c->groups);
        const ptrdiff_t in_first = inputs_in_lanes ? lane : row, out_first = inputs_in_lanes ? row : lane;
        T(Operand) of_x = {(const STORED *)x + (group * inputs + in_first) * plane,
                           least(inputs_in_lanes ? g->range : g->share, inputs - in_first), c->groups * inputs * plane};
        T(Operand) of_dy = {(const STORED *)dy + (group * outputs + out_first) * plane,
                            least(inputs_in_lanes ? g->share : g->range, outputs - out_first),
                            c->groups * outputs * plane};
        const T(Operand) operands[2] = {inputs_in_lanes ? of_dy : of_x, inputs_in_lanes ? of_x : of_dy};
        const ptrdiff_t rows = operands[0].channels, lanes = operands[1].channels, count = rows * s.width;
        const ptrdiff_t tile_rows = F(panel_rows)(rows);
        const bool bias = dbias && in_first == 0;
        bool any = false;
        F(zero_row)(s.sums, count);
        F(zero_row)(s.bias, of_dy.channels);
        __builtin_memset(s.bias_totals, 0, (size_t)of_dy.channels * sizeof(double));
        const ptrdiff_t end = g->units * (partial + 1) / g->partials;
        for (ptrdiff_t unit = g->units * partial / g->partials, terms = 0; unit < end; unit++) {
            const PanelUnit u = panel_unit(g, unit), next = panel_unit(g, least(unit + 1, end - 1));
            T(copy_operands)(&s, operands, operands + 1, &u, plane);
            F(PanelTile) t = {
                .depth = u.images * u.pixels,
                .a_row = s.pitch,
                .a_step = 1,
                .c_row = s.width,
                .last_lanes = LANES,
                .adds = true,
            };
            ptrdiff_t place = 0;
            for (ptrdiff_t l = 0; l < lanes; l += 2 * LANES)
                for (ptrdiff_t r = 0; r < rows; r += tile_rows, place += t.depth) {
                    t.a = s.rows + r * s.pitch, t.b = s.lanes + l * GRADIENT_PANEL, t.c = s.sums + r * s.width + l;
                    t.ahead = T(lines_of)(operands, &next, plane, place);
                    F(panel)(least(tile_rows, rows - r), least(2, ceil_divide(lanes - l, LANES)), &t);
                }
            if (bias) {
                T(add_bias)(&of_dy, &u, plane, s.bias);
                F(take_up)(of_dy.channels, s.bias, s.bias_totals);
            }
            terms += t.depth;
            if (terms < F(GRADIENT_TERMS) || unit + 1 == end) continue;
            if (!any) __builtin_memset(s.totals, 0, (size_t)count * sizeof(double));
            any = true, terms = 0;
            F(take_up)(count, s.sums, s.totals);
        }
        if (any) F(add_totals)(count, s.totals, s.sums);
        const ptrdiff_t out_channel = (partial * c->groups + group) * outputs + out_first;
        REAL *to = (REAL *)dw + out_channel * inputs + in_first;
        if (!inputs_in_lanes) F(lanes_to_rows)(s.sums, s.width, rows, lanes, to, inputs);
        for (ptrdiff_t r = 0; inputs_in_lanes && r < rows; r++)
            F(copy_row)(to + r * inputs, s.sums + r * s.width, lanes);
        if (!bias) continue;
        F(add_totals)(of_dy.channels, s.bias_totals, s.bias);
        F(copy_row)((REAL *)dbias + out_channel, s.bias, of_dy.channels);
    }
}
