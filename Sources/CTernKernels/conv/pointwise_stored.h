// 1x1 convolutions, in panels of pixels. See pointwise_real.h.

// Pixels of a row, `step` apart among `width` elements.
static void T(take_row)(REAL *to, const STORED *from, ptrdiff_t step, const PixelRun *run) {
    if (step == 1) {
        T(copy_row)(to, from, run->count);
    } else if (step == 2) {
        for (ptrdiff_t i = 0; i < run->count; i += LANES, from += 2 * LANES) {
            const ptrdiff_t left = run->width - 2 * i;
            VREAL a = left >= LANES ? T(load)(from) : T(load_first)(from, left);
            VREAL b = left >= 2 * LANES ? T(load)(from + LANES) : T(load_first)(from + LANES, most(left - LANES, 0));
            if (run->count - i >= LANES) F(store)(to + i, F(even)(a, b));
            else F(store_first)(to + i, F(even)(a, b), run->count - i);
        }
    } else {
        for (ptrdiff_t i = 0; i < run->count; i++) to[i] = T(get)(from[i * step]);
    }
}
// Pixels of planes that follow one another, to rows that are `pitch` apart.
static void T(take_pixels)(const PixelGrid *g, ptrdiff_t pixel, ptrdiff_t pixels, const STORED *planes, ptrdiff_t count,
                           REAL *to, ptrdiff_t pitch) {
    PixelRun run;
    for (ptrdiff_t i = 0; i < pixels; i += run.count) {
        run = pixel_run(g, pixel + i, pixel + pixels);
        for (ptrdiff_t c = 0; c < count; c++)
            T(take_row)(to + c * pitch + i, planes + c * g->plane + run.place, g->step, &run);
    }
}

// The reverse: results to their places, and rest[c] to the elements between them.
INLINE void T(spread_row)(STORED *to, const REAL *from, VREAL rest, const PixelRun *run) {
    ptrdiff_t left = run->width, pixels = run->count;
    for (; left >= 2 * LANES; left -= 2 * LANES, pixels -= LANES, from += LANES, to += 2 * LANES) {
        T(store)(to, F(low_half)(F(load)(from), rest));
        T(store)(to + LANES, F(high_half)(F(load)(from), rest));
    }
    if (left <= 0) return;
    VREAL v = F(load_first)(from, pixels);
    if (left >= LANES) T(store)(to, F(low_half)(v, rest));
    else T(store_first)(to, F(low_half)(v, rest), left);
    if (left > LANES) T(store_first)(to + LANES, F(high_half)(v, rest), left - LANES);
}
INLINE void T(fill_row)(STORED *to, VREAL value, ptrdiff_t n) {
    ptrdiff_t i = 0;
    for (; i + LANES <= n; i += LANES) T(store)(to + i, value);
    if (i < n) T(store_first)(to + i, value, n - i);
}
static void T(spread_pixels)(const PixelGrid *g, ptrdiff_t pixel, ptrdiff_t pixels, const REAL *from, ptrdiff_t pitch,
                             ptrdiff_t count, const REAL *rest, STORED *planes) {
    PixelRun run;
    for (ptrdiff_t i = 0; i < pixels; i += run.count) {
        run = pixel_run(g, pixel + i, pixel + pixels);
        for (ptrdiff_t c = 0; c < count; c++) {
            const REAL *row = from + c * pitch + i;
            STORED *to = planes + c * g->plane + run.place;
            if (g->step == 1) T(round_row)(to, row, run.count);
            else if (g->step == 2) T(spread_row)(to, row, F(set)(rest[c]), &run);
            else
                for (ptrdiff_t k = 0; k < run.width; k++) to[k] = T(put)(k % g->step ? rest[c] : row[k / g->step]);
            for (ptrdiff_t r = 1; r < run.height; r++) T(fill_row)(to + r * g->columns, F(set)(rest[c]), run.width);
        }
    }
}

// Where a panel of a correlation is read, and where its results go.
typedef struct {
    const STORED *from;
    STORED *to;
    ptrdiff_t group, pixel, pixels;
} T(Panel);

static T(Panel) T(panel_of)(const TernConvPlan *g, const PixelGrid *sources, const PixelGrid *results, ptrdiff_t unit,
                            const void *source, void *result) {
    const ptrdiff_t image = unit / g->bands, pixel = (unit - image * g->bands) * PANEL_PIXELS;
    return (T(Panel)){
        .from = (const STORED *)source + image * g->source_channels * sources->plane,
        .to = (STORED *)result + image * g->lane_channels * results->plane,
        .group = g->groups == 1 ? 0 : image % g->groups,
        .pixel = pixel,
        .pixels = least(PANEL_PIXELS, pixels_of_image(&g->conv) - pixel),
    };
}

// to[channel][pixel], one vector or two.
static void T(copy_panel)(const PixelGrid *g, const T(Panel) *p, ptrdiff_t channels, REAL *to) {
    const STORED *from = p->from;
    if (!is_dense(g)) {
        T(take_pixels)(g, p->pixel, p->pixels, from, channels, to, round_up(p->pixels, LANES));
        return;
    }
    from += p->pixel;
    if (p->pixels == PANEL_PIXELS)
        for (ptrdiff_t c = 0; c < channels; c++, from += g->plane, to += PANEL_PIXELS) {
            F(store)(to, T(load)(from));
            F(store)(to + LANES, T(load)(from + LANES));
        }
    else
        for (ptrdiff_t c = 0; c < channels; c++, from += g->plane)
            for (ptrdiff_t i = 0; i < p->pixels; i += LANES, to += LANES)
                F(store)(to, p->pixels - i >= LANES ? T(load)(from + i) : T(load_first)(from + i, p->pixels - i));
}

enum { T(PANEL_LINES) = PANEL_PIXELS * sizeof(STORED) < LINE_BYTES ? 1 : PANEL_PIXELS * sizeof(STORED) / LINE_BYTES };

static ptrdiff_t T(lines_of_run)(const PixelRun *run) {
    return most(1, run->width * (ptrdiff_t)sizeof(STORED) / LINE_BYTES);
}

// Where line `line` of a panel is in the first channel; null after the last.
static const char *T(line_of_panel)(const PixelGrid *g, const T(Panel) *p, ptrdiff_t line) {
    if (is_dense(g)) return line < T(PANEL_LINES) ? (const char *)(p->from + p->pixel) + line * LINE_BYTES : NULL;
    PixelRun run;
    for (ptrdiff_t i = 0, lines; i < p->pixels; i += run.count, line -= lines) {
        run = pixel_run(g, p->pixel + i, p->pixel + p->pixels);
        lines = T(lines_of_run)(&run);
        if (line < lines) return (const char *)(p->from + run.place) + line * LINE_BYTES;
    }
    return NULL;
}

// Asks for the lines of a panel's results in some channels.
static void T(ask_for_rows)(const STORED *to, ptrdiff_t step, ptrdiff_t count, ptrdiff_t lines) {
    for (ptrdiff_t i = 0; i < count; i++)
        for (ptrdiff_t l = 0; l < lines; l++) __builtin_prefetch((const char *)(to + i * step) + l * LINE_BYTES, 1);
}
static void T(ask_for_results)(const PixelGrid *g, const T(Panel) *p, ptrdiff_t first, ptrdiff_t count) {
    const STORED *to = p->to + first * g->plane;
    if (is_dense(g)) {
        T(ask_for_rows)(to + p->pixel, g->plane, count, T(PANEL_LINES));
        return;
    }
    PixelRun run;
    for (ptrdiff_t i = 0; i < p->pixels; i += run.count) {
        run = pixel_run(g, p->pixel + i, p->pixel + p->pixels);
        const ptrdiff_t lines = T(lines_of_run)(&run);
        for (ptrdiff_t c = 0; c < count; c++)
            T(ask_for_rows)(to + c * g->plane + run.place, g->columns, run.height, lines);
    }
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
    const ptrdiff_t channels = g->source_channels, rows = g->lane_channels;
    const bool forward = g->pass == TERN_CONV_FORWARD;
    const PixelGrid inputs = input_grid(&g->conv), outputs = output_grid(&g->conv);
    const PixelGrid *sources = forward ? &inputs : &outputs, *results = forward ? &outputs : &inputs;
    const bool direct = STORED_IS_REAL && is_dense(results);
    REAL *panels, *tile;
    F(pointwise_layout)(g, scratch, &panels, &tile);
    T(Panel) panel[F(POINTWISE_PANELS)], next[F(POINTWISE_PANELS)];
    for (ptrdiff_t unit = first, count; unit < last; unit += count) {
        count = least(g->unit_chunk, last - unit);
        for (ptrdiff_t u = 0; u < count; u++) {
            const ptrdiff_t after = least(unit + g->unit_chunk + u, last - 1);
            panel[u] = unit > first ? next[u] : T(panel_of)(g, sources, results, unit + u, source, result);
            next[u] = T(panel_of)(g, sources, results, after, source, result);
            T(copy_panel)(sources, panel + u, channels, panels + u * F(pointwise_panel)(g));
        }
        for (ptrdiff_t row = 0, block = 0, size; row < rows; row += size, block++) {
            size = least(g->block, rows - row);
            for (ptrdiff_t u = 0; u < count; u++) {
                const T(Panel) *p = panel + u;
                const ptrdiff_t vectors = ceil_divide(p->pixels, LANES), group_row = p->group * rows + row;
                STORED *to = p->to + row * results->plane;
                T(ask_for_results)(results, p, row, size);
                REAL start[PANEL_ROWS] = {0};
                for (ptrdiff_t i = 0; bias && i < size; i++) start[i] = T(get)(((const STORED *)bias)[group_row + i]);
                F(PanelTile) t = {
                    .depth = channels,
                    .a = (const REAL *)packed + group_row * channels,
                    .a_row = 1,
                    .a_step = size,
                    .b = panels + u * F(pointwise_panel)(g),
                    .c = direct ? (void *)(to + p->pixel) : tile,
                    .c_row = direct ? results->plane : PANEL_PIXELS,
                    .last_lanes = p->pixels - (vectors - 1) * LANES,
                    .bias = bias ? start : NULL,
                    .ahead = {.at = (const char *)p->from, .run = channels},
                };
                // Each of the first blocks asks for one line of all channels.
                const char *line = T(line_of_panel)(sources, next + u, block);
                if (line) {
                    t.ahead.at = line;
                    t.ahead.line = sources->plane * (ptrdiff_t)sizeof(STORED);
                }
                F(panel)(size, vectors, &t);
                if (!direct) T(spread_pixels)(results, p->pixel, p->pixels, tile, PANEL_PIXELS, size, start, to);
            }
        }
    }
}

// MARK: The weights' gradient

// Some channels of an operand.
typedef struct {
    const STORED *planes;  // of the first channel in the first image
    PixelGrid grid;
    ptrdiff_t channels, image_step;
} T(Operand);
static const STORED *T(planes_of)(const T(Operand) *o, const PanelUnit *u, ptrdiff_t image) {
    return o->planes + (u->image + image) * o->image_step;
}

// Lines of both operands that a unit reads, from the one at `place` on: channel by channel of an image. Where a stride
// leaves pixels out they are those of whole planes, which other units read, too.
static LinesAhead T(lines_of)(const T(Operand) *operands, const PanelUnit *u, ptrdiff_t place) {
    const ptrdiff_t size = sizeof(STORED);
    for (const T(Operand) *o = operands; o < operands + 2; o++) {
        const bool dense = is_dense(&o->grid);
        const ptrdiff_t plane = o->grid.plane, step = dense ? plane : o->grid.row_step;
        const ptrdiff_t run = ceil_divide((dense ? u->pixels : o->grid.columns) * size, LINE_BYTES);
        const ptrdiff_t of_channel = ceil_divide(plane, step) * run, of_image = o->channels * of_channel;
        if (place < u->images * of_image) {
            const ptrdiff_t image = place / of_image, channel = (place - image * of_image) / of_channel;
            const STORED *first = T(planes_of)(o, u, image) + channel * plane + (dense ? u->pixel : 0);
            return (LinesAhead){(const char *)first, run, LINE_BYTES, step * size};
        }
        place -= u->images * of_image;
    }
    return (LinesAhead){(const char *)operands->planes, GRADIENT_PANEL, 0, 0};
}

static void T(copy_operands)(const F(PointwiseScratch) *s, const T(Operand) *rows, const T(Operand) *lanes,
                             const PanelUnit *u) {
    for (ptrdiff_t i = 0; i < u->images; i++) {
        const STORED *from = T(planes_of)(rows, u, i);
        T(take_pixels)(&rows->grid, u->pixel, u->pixels, from, rows->channels, s->rows + i * u->pixels, s->pitch);
        from = T(planes_of)(lanes, u, i);
        const ptrdiff_t plane = lanes->grid.plane;
        for (ptrdiff_t l = 0; l < lanes->channels; l += 2 * LANES, from += 2 * LANES * plane) {
            const ptrdiff_t channels = least(2 * LANES, lanes->channels - l), width = round_up(channels, LANES);
            REAL *to = s->lanes + l * GRADIENT_PANEL + i * u->pixels * width;
            if (is_dense(&lanes->grid)) {
                T(rows_to_lanes)(from + u->pixel, plane, channels, u->pixels, to, width);
                continue;
            }
            T(take_pixels)(&lanes->grid, u->pixel, u->pixels, from, channels, s->dense, s->pitch);
            F(rows_to_lanes)(s->dense, s->pitch, channels, u->pixels, to, width);
        }
    }
}

// Adds the sums of all pixels of a unit.
static void T(add_bias)(const T(Operand) *dy, const PanelUnit *u, REAL *bias) {
    for (ptrdiff_t c = 0; c < dy->channels; c++) {
        VREAL sum = {};
        for (ptrdiff_t i = 0; i < u->images; i++) {
            const STORED *from = T(planes_of)(dy, u, i) + c * dy->grid.plane + u->pixel;
            for (ptrdiff_t p = 0; p < u->pixels; p += LANES)
                sum += u->pixels - p >= LANES ? T(load)(from + p) : T(load_first)(from + p, u->pixels - p);
        }
        bias[c] += F(sum)(sum);
    }
}

static void T(pointwise_gradient)(const TernConvWeightPlan *g, ptrdiff_t first, ptrdiff_t last, const void *x,
                                  const void *dy, void *dw, void *dbias, void *scratch) {
    const TernConv *c = &g->conv;
    const PixelGrid in = input_grid(c), out = output_grid(c);
    const ptrdiff_t inputs = c->in_channels, outputs = c->out_channels;
    const bool inputs_in_lanes = has_inputs_in_lanes(c);
    F(PointwiseScratch) s;
    F(pointwise_gradient_layout)(g, scratch, &s);
    for (ptrdiff_t piece = first; piece < last; piece++) {
        const ptrdiff_t lane = piece % g->ranges * g->range, row = piece / g->ranges % g->shares * g->share;
        const ptrdiff_t group = piece / (g->ranges * g->shares) % c->groups;
        const ptrdiff_t partial = piece / (g->ranges * g->shares * c->groups);
        const ptrdiff_t in_first = inputs_in_lanes ? lane : row, out_first = inputs_in_lanes ? row : lane;
        T(Operand) of_x = {(const STORED *)x + (group * inputs + in_first) * in.plane, in,
                           least(inputs_in_lanes ? g->range : g->share, inputs - in_first),
                           c->groups * inputs * in.plane};
        T(Operand) of_dy = {(const STORED *)dy + (group * outputs + out_first) * out.plane, out,
                            least(inputs_in_lanes ? g->share : g->range, outputs - out_first),
                            c->groups * outputs * out.plane};
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
            T(copy_operands)(&s, operands, operands + 1, &u);
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
                    t.ahead = T(lines_of)(operands, &next, place);
                    F(panel)(least(tile_rows, rows - r), least(2, ceil_divide(lanes - l, LANES)), &t);
                }
            if (bias) {
                T(add_bias)(&of_dy, &u, s.bias);
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
