// Winograd's algorithm for 3x3 kernels with stride 1 (Lavin and Gray, "Fast Algorithms for Convolutional Neural
// Networks", 2015): F(2x2, 3x3) for both correlations, F(3x3, 2x2) for the weight gradient. 2x2 outputs come of 4x4
// sources d and the kernel g with 16 products instead of 36:
//
//     y = A' (G g G' * B' d B) A
//
// where * multiplies element by element. With channels these are, for each of the 16 places ("frequencies") of such a
// tile, a matrix product [tiles, source channels] x [source channels, lane channels], which `gather` computes. All
// transforms have channels in the lanes. The matrices hold 0, 1, -1 and 1/2 alone, so no digits are lost: sums over
// channels, a ninth as long as direct ones, make errors of y and dx half as large, and those of dw are about the same.
// A value that is not finite reaches all outputs of the tiles that see it.

// B': four sources, `step` apart.
INLINE void F(transform_source)(VREAL *d, int step) {
    VREAL d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
    d[0] = d0 - d2, d[step] = d1 + d2, d[2 * step] = d2 - d1, d[3 * step] = d1 - d3;
}
// G: three weights to four.
INLINE void F(transform_weight)(VREAL *g, int step) {
    VREAL outer = (g[0] + g[2 * step]) * R(0.5), inner = g[step] * R(0.5);
    g[3 * step] = g[2 * step], g[step] = outer + inner, g[2 * step] = outer - inner;
}
// A': four frequencies to two outputs.
INLINE void F(transform_output)(VREAL *m, int step) {
    VREAL sum = m[step] + m[2 * step], difference = m[step] - m[2 * step];
    m[0] += sum, m[step] = difference - m[3 * step];
}
// For the weight gradient the outputs' gradients take the kernel's place, and the kernel the outputs'. With B' as
// above, two gradients become four, of which the inner ones lack a factor of 1/2, that is made up for at the end.
INLINE void F(transform_gradient)(VREAL *g, int step) {
    VREAL g0 = g[0], g1 = g[step];
    g[step] = g0 + g1, g[2 * step] = g0 - g1, g[3 * step] = -g1;
}
INLINE void F(transform_weight_gradient)(VREAL *m, int step) {
    VREAL sum = (m[step] + m[2 * step]) * R(0.5), difference = (m[step] - m[2 * step]) * R(0.5);
    m[0] += sum, m[step] = difference, m[2 * step] = sum + m[3 * step];
}

// A matrix of `rows` rows of `columns` for each frequency. Neither rows nor frequencies lie multiples of 1 KiB apart.
typedef struct {
    REAL *values;
    ptrdiff_t row, plane;
} F(Frequencies);

static F(Frequencies) F(take_frequencies)(Scratch *scratch, ptrdiff_t rows, ptrdiff_t columns) {
    F(Frequencies) m = {.row = window_plane(round_up(columns, LANES), sizeof(REAL))};
    m.plane = window_plane(rows * m.row, sizeof(REAL));
    m.values = scratch_take(scratch, FREQUENCIES * m.plane * (ptrdiff_t)sizeof(REAL));
    return m;
}

// The `size` x `size` pixels from (row, column) of an area on, zero outside.
INLINE void F(load_pixels)(const int size, const REAL *pixels, const PlaneArea *a, ptrdiff_t row, ptrdiff_t column,
                           VREAL *d) {
    row -= a->top, column -= a->left;
    const REAL *from = pixels + (row * a->columns + column) * LANES;
    if (row >= 0 && column >= 0 && row + size <= a->rows && column + size <= a->columns) {
#pragma clang loop unroll(full)
        for (int i = 0; i < size; i++, from += a->columns * LANES)
#pragma clang loop unroll(full)
            for (int j = 0; j < size; j++) d[4 * i + j] = F(load)(from + j * LANES);
        return;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < size; i++, from += a->columns * LANES) {
        bool inside = row + i >= 0 && row + i < a->rows;
#pragma clang loop unroll(full)
        for (int j = 0; j < size; j++)
            d[4 * i + j] = inside && column + j >= 0 && column + j < a->columns ? F(load)(from + j * LANES) : (VREAL){};
    }
}

typedef struct {
    ptrdiff_t *rows, *columns, *places;  // offsets of tiles and of channels in the sources; 0, 1, 2 ...
    F(Frequencies) sources;              // [tile][source channel]
    F(Frequencies) products;             // [block of lane channels][tile][channel of the block]
    REAL *pixels;                        // of one vector of channels, [pixel][lane]
} F(WinogradScratch);

static ptrdiff_t F(winograd_layout)(const TernConvPlan *g, void *base, F(WinogradScratch) *s) {
    Scratch scratch = {.base = base};
    ptrdiff_t tiles = tiles_of_block(&g->tiles);
    s->rows = scratch_take(&scratch, tiles * (ptrdiff_t)sizeof(ptrdiff_t));
    s->places = scratch_take(&scratch, tiles * (ptrdiff_t)sizeof(ptrdiff_t));
    s->columns = scratch_take(&scratch, g->source_channels * (ptrdiff_t)sizeof(ptrdiff_t));
    s->sources = F(take_frequencies)(&scratch, tiles, g->source_channels);
    s->products = F(take_frequencies)(&scratch, 1, tiles * round_up(g->share, LANES));
    s->pixels = scratch_take(&scratch, pixels_of_block(&g->tiles) * LANES * (ptrdiff_t)sizeof(REAL));
    return scratch.used;
}

static void F(plan_winograd)(TernConvPlan *g) {
    g->winograd = true;
    g->tiles = winograd_tiles(g->images, &g->y, &g->x);
    g->along = TERN_ALONG_CHANNELS;
    g->block = 2 * LANES;
    g->shares = ceil_divide(g->lane_channels, WINOGRAD_CHANNELS);
    g->share = round_up(ceil_divide(g->lane_channels, g->shares), g->block);
    g->shares = ceil_divide(g->lane_channels, g->share);
    g->pieces = g->tiles.blocks * g->shares;
    g->pack_pieces = F(block_count)(g);
    ptrdiff_t last = g->pack_pieces - 1;
    g->packed_bytes =
        FREQUENCIES * g->source_channels * (last * g->block + F(block_width)(g, last)) * (ptrdiff_t)sizeof(REAL);
    F(WinogradScratch) s;
    g->scratch_bytes = F(winograd_layout)(g, NULL, &s);
}

typedef struct {
    ptrdiff_t *rows, *columns;     // 0, 1, 2 ...; offsets of tiles in the sources
    F(Frequencies) sources;        // [tile][input channel]
    F(Frequencies) gradients;      // [block of output channels][tile][channel of the block]
    F(Frequencies) sums;           // [block of output channels][input channel][channel of the block]
    REAL *bias;                    // a lane for each output channel
    double *totals, *bias_totals;  // of sums and biases that were taken up
    REAL *pixels;                  // of one vector of channels, [pixel][lane]
} F(WinogradGradientScratch);

static ptrdiff_t F(winograd_gradient_layout)(const TernConvWeightPlan *g, void *base, F(WinogradGradientScratch) *s) {
    Scratch scratch = {.base = base};
    ptrdiff_t tiles = tiles_of_block(&g->tiles);
    s->rows = scratch_take(&scratch, g->range * (ptrdiff_t)sizeof(ptrdiff_t));
    s->columns = scratch_take(&scratch, tiles * (ptrdiff_t)sizeof(ptrdiff_t));
    s->sources = F(take_frequencies)(&scratch, tiles, g->range);
    s->gradients = F(take_frequencies)(&scratch, 1, tiles * g->share);
    s->sums = F(take_frequencies)(&scratch, 1, g->range * g->share);
    s->bias = scratch_take(&scratch, g->share * (ptrdiff_t)sizeof(REAL));
    s->totals = scratch_take(&scratch, FREQUENCIES * s->sums.plane * (ptrdiff_t)sizeof(double));
    s->bias_totals = scratch_take(&scratch, g->share * (ptrdiff_t)sizeof(double));
    ptrdiff_t pixels = most(pixels_of_block(&g->tiles), g->range * g->kernel);
    s->pixels = scratch_take(&scratch, pixels * LANES * (ptrdiff_t)sizeof(REAL));
    return scratch.used;
}

static void F(plan_winograd_gradient)(TernConvWeightPlan *g) {
    g->winograd = true;
    const TernConv *c = &g->conv;
    g->tiles = winograd_tiles(c->images, &g->y, &g->x);
    g->block = 2 * LANES;
    g->shares = ceil_divide(c->out_channels, WINOGRAD_CHANNELS);
    g->share = round_up(ceil_divide(c->out_channels, g->shares), g->block);
    g->shares = ceil_divide(c->out_channels, g->share);
    g->ranges = ceil_divide(c->in_channels, WINOGRAD_RANGE);
    g->range = ceil_divide(c->in_channels, g->ranges);
    g->ranges = ceil_divide(c->in_channels, g->range);
    g->units = g->tiles.blocks;
    ptrdiff_t parts = g->shares * g->ranges;
    g->partials = most(1, least(ceil_divide(F(GRADIENT_PIECES), parts), ceil_divide(g->units, 2)));
    g->pieces = g->partials * parts;
    F(WinogradGradientScratch) s;
    g->scratch_bytes = F(winograd_gradient_layout)(g, NULL, &s);
}
