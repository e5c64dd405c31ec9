// 1x1 convolutions are products of matrices: of the weights with the pixels of an image, and for the weights' gradient
// of one tensor's channels with the other's, over all pixels. Panels of both sides are copied so that what a tile reads
// lies together: planes of images lie powers of two apart, where a cache has room for few of them, and a stride leaves
// pixels out. Meanwhile a tile asks for the lines of the next panel, as activations seldom are in a near cache.

// A tile of as many rows as leave registers for two vectors of b and one value of a.
#if defined(TERN_TARGET_AVX512) || defined(TERN_TARGET_NEON)
#define PANEL_ROWS 14
#else
#define PANEL_ROWS 6
#endif
// Pixels of a panel of the correlations.
#define PANEL_PIXELS (2 * LANES)

enum {
    F(POINTWISE_WEIGHTS) = 512 * 1024,  // bytes of weights that every chunk of panels may read anew
    F(POINTWISE_CHUNK) = 32 * 1024,     // bytes of such a chunk,
    F(POINTWISE_LARGE) = 256 * 1024,    // and of one for more weights
    F(POINTWISE_PANELS) = 16,           // panels of a chunk at most
    F(POINTWISE_SHARE) = 256,           // rows of a gradient's piece,
    F(POINTWISE_RANGE) = 128,           // and lanes: their sums stay in the cache
};

// c[i][lane] = start + sum over k of a[i * a_row + k * a_step] * b[k][lane], in one or two vectors, of the last of
// which `last_lanes` are stored. It starts from c itself if it `adds`, from bias[i] unless that is null, or from zero.
typedef struct {
    ptrdiff_t depth;
    const REAL *a;
    ptrdiff_t a_row, a_step;
    const REAL *b;
    REAL *c;
    ptrdiff_t c_row, last_lanes;
    const REAL *bias;
    bool adds;
    LinesAhead ahead;
} F(PanelTile);

INLINE void F(panel_tile)(const int rows, const int vectors, const F(PanelTile) *t) {
    VREAL sum[PANEL_ROWS][2];
    const ptrdiff_t a_row = t->a_row, a_step = t->a_step, depth = t->depth, last = t->last_lanes;
    const LinesAhead ahead = t->ahead;
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        VREAL start = F(set)(t->bias ? t->bias[i] : 0);
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[i][v] = t->adds ? F(load)(t->c + i * t->c_row + v * LANES) : start;
    }
    // Few pointers, four rows each at constant multiples of a_row: what an address of x86 can hold.
    const REAL *group[(PANEL_ROWS + 3) / 4], *b = t->b;
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i += 4) group[i / 4] = t->a + i * a_row;
    const char *lines = ahead.at;
    for (ptrdiff_t k = 0, end; k < depth; lines += ahead.step) {
        end = least(depth, k + ahead.run);
        for (const char *line = lines; k < end; k++, line += ahead.line) {
            __builtin_prefetch(line, 0, 2);
            VREAL x[2];
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) x[v] = F(load)(b + v * LANES);
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                VREAL value = F(set)(group[i / 4][i % 4 * a_row]);
#pragma clang loop unroll(full)
                for (int v = 0; v < vectors; v++) sum[i][v] = F(fma)(value, x[v], sum[i][v]);
            }
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i += 4) group[i / 4] += a_step;
            b += vectors * LANES;
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        REAL *c = t->c + i * t->c_row;
        if (vectors > 1) F(store)(c, sum[i][0]);
        c += (vectors - 1) * LANES;
        if (last == LANES) F(store)(c, sum[i][vectors - 1]);
        else F(store_first)(c, sum[i][vectors - 1], last);
    }
}

#define PANEL_CASE(rows) \
    case rows: \
        if (vectors == 2) F(panel_tile)(rows, 2, t); \
        else F(panel_tile)(rows, 1, t); \
        break;
static void F(panel)(ptrdiff_t rows, ptrdiff_t vectors, const F(PanelTile) *t) {
    switch (rows) {
        PANEL_CASE(1)
        PANEL_CASE(2)
        PANEL_CASE(3)
        PANEL_CASE(4)
        PANEL_CASE(5)
        PANEL_CASE(6)
#if PANEL_ROWS == 14
        PANEL_CASE(7)
        PANEL_CASE(8)
        PANEL_CASE(9)
        PANEL_CASE(10)
        PANEL_CASE(11)
        PANEL_CASE(12)
        PANEL_CASE(13)
        PANEL_CASE(14)
#endif
    }
}
// Rows of the tiles that so many are cut into.
static ptrdiff_t F(panel_rows)(ptrdiff_t rows) { return ceil_divide(rows, ceil_divide(rows, PANEL_ROWS)); }

// MARK: Plans

static ptrdiff_t F(pointwise_panel)(const TernConvPlan *g) { return g->source_channels * PANEL_PIXELS; }

static ptrdiff_t F(pointwise_layout)(const TernConvPlan *g, void *base, REAL **panels, REAL **tile) {
    Scratch scratch = {.base = base};
    *panels = scratch_take(&scratch, g->unit_chunk * F(pointwise_panel)(g) * (ptrdiff_t)sizeof(REAL));
    *tile = scratch_take(&scratch, PANEL_ROWS * PANEL_PIXELS * (ptrdiff_t)sizeof(REAL));
    return scratch.used;
}

// A piece is a panel of pixels of one group of an image.
static void F(plan_pointwise)(TernConvPlan *g) {
    const ptrdiff_t weights = g->lane_channels * g->source_channels * (ptrdiff_t)sizeof(REAL);
    const ptrdiff_t panel = F(pointwise_panel)(g) * (ptrdiff_t)sizeof(REAL);
    g->block = F(panel_rows)(g->lane_channels);
    g->bands = ceil_divide(pixels_of_image(&g->conv), PANEL_PIXELS);
    g->pieces = g->images * g->groups * g->bands;
    g->pack_pieces = g->groups;
    g->packed_bytes = g->groups * weights;
    g->unit_chunk = (weights > F(POINTWISE_WEIGHTS) ? F(POINTWISE_LARGE) : F(POINTWISE_CHUNK)) / panel;
    g->unit_chunk = most(1, least(F(POINTWISE_PANELS), g->unit_chunk));
    REAL *panels, *tile;
    g->scratch_bytes = F(pointwise_layout)(g, NULL, &panels, &tile);
}

typedef struct {
    ptrdiff_t pitch, width;  // of a row, and of the sums of one
    REAL *rows;              // [rows][pixels]
    REAL *lanes;             // [two vectors][pixels][lane]
    REAL *dense;             // [channels of two vectors][pixels], of those in lanes that have a stride
    REAL *sums;              // [rows][lanes]
    REAL *bias;
    double *totals, *bias_totals;  // of sums and biases that were taken up
} F(PointwiseScratch);

static ptrdiff_t F(pointwise_gradient_layout)(const TernConvWeightPlan *g, void *base, F(PointwiseScratch) *s) {
    Scratch scratch = {.base = base};
    const ptrdiff_t real = sizeof(REAL), wide = sizeof(double), biases = most(g->share, g->range);
    s->pitch = GRADIENT_PANEL + LINE_BYTES / real, s->width = round_up(g->range, LANES);
    s->rows = scratch_take(&scratch, g->share * s->pitch * real);
    s->lanes = scratch_take(&scratch, s->width * GRADIENT_PANEL * real);
    s->dense = scratch_take(&scratch, has_stride(&g->conv) ? 2 * LANES * s->pitch * real : 0);
    s->sums = scratch_take(&scratch, g->share * s->width * real);
    s->bias = scratch_take(&scratch, biases * real);
    s->totals = scratch_take(&scratch, g->share * s->width * wide);
    s->bias_totals = scratch_take(&scratch, biases * wide);
    return scratch.used;
}

// A unit is a panel of pixels: a part of an image, or several small ones. `share` counts rows, `range` lanes.
static void F(plan_pointwise_gradient)(TernConvWeightPlan *g) {
    const TernConv *c = &g->conv;
    const ptrdiff_t pixels = pixels_of_image(c);
    const ptrdiff_t rows = most(c->in_channels, c->out_channels), lanes = least(c->in_channels, c->out_channels);
    g->shares = ceil_divide(rows, F(POINTWISE_SHARE)), g->share = ceil_divide(rows, g->shares);
    g->ranges = ceil_divide(lanes, F(POINTWISE_RANGE));
    g->range = round_up(ceil_divide(lanes, g->ranges), LANES);
    g->ranges = ceil_divide(lanes, g->range);
    g->images_of_unit = most(1, GRADIENT_PANEL / pixels);
    g->bands = ceil_divide(pixels, GRADIENT_PANEL);
    g->units = ceil_divide(c->images, g->images_of_unit) * g->bands;
    const ptrdiff_t parts = c->groups * g->shares * g->ranges;
    g->partials = F(partial_sums)(parts, g->units / 2);
    g->pieces = parts * g->partials;
    F(PointwiseScratch) s;
    g->scratch_bytes = F(pointwise_gradient_layout)(g, NULL, &s);
}
