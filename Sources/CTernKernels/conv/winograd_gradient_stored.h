// Weight and bias gradients by Winograd's algorithm. See winograd_real.h.

static void T(winograd_gradient)(const TernConvWeightPlan *g, ptrdiff_t first, ptrdiff_t last, const void *x,
                                 const void *dy, void *dw, void *dbias, void *scratch) {
    const TernConv *c = &g->conv;
    const TernConvTiles *t = &g->tiles;
    F(WinogradGradientScratch) s;
    F(winograd_gradient_layout)(g, scratch, &s);
    for (ptrdiff_t i = 0; i < g->range; i++) s.rows[i] = i;
    for (ptrdiff_t i = 0; i < tiles_of_block(t); i++) s.columns[i] = i * s.sources.row;
    ptrdiff_t in_plane = t->source_height * t->source_width, out_plane = t->out_height * t->out_width;
    ptrdiff_t length = c->in_channels * g->kernel, all = FREQUENCIES * s.sums.plane;
    for (ptrdiff_t piece = first; piece < last; piece++) {
        ptrdiff_t in_first = piece % g->ranges * g->range, in_count = least(g->range, c->in_channels - in_first);
        ptrdiff_t out_first = piece / g->ranges % g->shares * g->share,
                  out_count = least(g->share, c->out_channels - out_first);
        ptrdiff_t partial = piece / (g->ranges * g->shares), terms = 0;
        bool has_bias = dbias && in_first == 0, any = false;
        F(zero_row)(s.sums.values, all);
        F(zero_row)(s.bias, g->share);
        __builtin_memset(s.bias_totals, 0, (size_t)g->share * sizeof(double));
        ptrdiff_t unit = g->units * partial / g->partials, end = g->units * (partial + 1) / g->partials;
        for (ptrdiff_t u = unit; u < end; u++) {
            ptrdiff_t from = u * t->segments_of_block, to = least(from + t->segments_of_block, t->segments);
            ptrdiff_t tiles = tiles_of_segments(t, from, to);
            for (ptrdiff_t i = 0; i < in_count; i += LANES)
                T(transform_sources)(t, from, to, (const STORED *)x + (in_first + i) * in_plane,
                                     c->in_channels * in_plane, in_count - i, s.pixels, s.sources.values + i,
                                     s.sources.row, s.sources.plane);
            for (ptrdiff_t b = 0; b < out_count; b += g->block) {
                ptrdiff_t channels = least(g->block, out_count - b), width = round_up(channels, LANES);
                for (ptrdiff_t v = 0; v < width; v += LANES)
                    T(transform_tiles)(2, t, from, to, (const STORED *)dy + (out_first + b + v) * out_plane,
                                       c->out_channels * out_plane, channels - v, s.pixels,
                                       s.gradients.values + b * tiles + v, width, s.gradients.plane,
                                       has_bias ? s.bias + b + v : NULL);
            }
            for (ptrdiff_t f = 0; f < FREQUENCIES; f++)
                for (ptrdiff_t b = 0; b < out_count; b += g->block) {
                    ptrdiff_t width = round_up(least(g->block, out_count - b), LANES);
                    F(gather_rows)(in_count, width / LANES, s.sources.values + f * s.sources.plane, s.rows, s.columns,
                                   tiles, s.gradients.values + f * s.gradients.plane + b * tiles, NULL,
                                   s.sums.values + f * s.sums.plane + b * in_count, s.rows);
                }
            if (has_bias) F(take_up)(g->share, s.bias, s.bias_totals);
            // Of a tile there are as many as of its four outputs.
            terms += 4 * tiles;
            if (u + 1 < end && terms >= F(GRADIENT_TERMS)) {
                if (!any) __builtin_memset(s.totals, 0, (size_t)all * sizeof(double));
                any = true;
                terms = 0;
                F(take_up)(all, s.sums.values, s.totals);
            }
        }
        if (any) F(add_totals)(all, s.totals, s.sums.values);
        if (has_bias) F(add_totals)(out_count, s.bias_totals, s.bias);
        REAL *target = (REAL *)dw + (partial * c->out_channels + out_first) * length + in_first * g->kernel;
        for (ptrdiff_t b = 0; b < out_count; b += g->block) {
            ptrdiff_t channels = least(g->block, out_count - b), width = round_up(channels, LANES);
            for (ptrdiff_t v = 0; v < width; v += LANES) {
                for (ptrdiff_t i = 0; i < in_count; i++) {
                    VREAL w[FREQUENCIES];
                    const REAL *sums = s.sums.values + b * in_count + i * width + v;
#pragma clang loop unroll(full)
                    for (int f = 0; f < FREQUENCIES; f++) w[f] = F(load)(sums + f * s.sums.plane);
#pragma clang loop unroll(full)
                    for (int k = 0; k < 4; k++) F(transform_weight_gradient)(w + k, 4);
#pragma clang loop unroll(full)
                    for (int k = 0; k < 3; k++) F(transform_weight_gradient)(w + 4 * k, 1);
#pragma clang loop unroll(full)
                    for (int k = 0; k < 9; k++) F(store)(s.pixels + (i * 9 + k) * LANES, w[k / 3 * 4 + k % 3]);
                }
                F(lanes_to_rows)(s.pixels, LANES, in_count * g->kernel, least(channels - v, LANES),
                                 target + (b + v) * length, length);
            }
        }
        if (has_bias)
            __builtin_memcpy((REAL *)dbias + partial * c->out_channels + out_first, s.bias,
                             (size_t)out_count * sizeof(REAL));
    }
}
