// Winograd's algorithm (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015) for square tiles of
// 4x4 sources: F(2x2, 3x3) for both correlations with 3x3 kernels, F(3x3, 2x2) for those with 2x2 taps, and the other
// way round for their weight gradients. 2x2 outputs come of 4x4 sources d and the kernel g with 16 products instead of
// 36, 3x3 outputs of 2x2 taps too:
//
//     y = A' (G g G' * B' d B) A
//
// where * multiplies element by element. With channels these are, for each of the 16 places ("frequencies") of such a
// tile, a matrix product [tiles, source channels] x [source channels, lane channels], which `gather` computes. All
// transforms have channels in the lanes, but those of few source channels have images.
//
// A kernel of stride 2 is a sum of four of stride 1, each with the taps and sources of one parity of rows and of
// columns: phases. Their sources are so many more source channels; of an input gradient, which has its phases on the
// other side, so many more lane channels. A phase with one tap less has a zero as its last, which the last frequency
// alone multiplies, and so has a tile with one output less no use for it: such products are left out. Kernels of 3x3
// take 49 for 9 outputs instead of 81, those of 4x4 64 instead of 144.
//
// So is a longer kernel of stride 1, whose phases have the first two or three taps and the others: those of 5x5 take 49
// for 4 outputs instead of 100, those of 4x4 64 for 9 instead of 144.
//
// The matrices hold 0, 1, -1 and 1/2 alone, so no digits are lost: sums over channels are shorter than direct ones.
// Measured against float64, errors of y and dx are 0.5 (3x3, stride 1) to 1.2 times (3x3, stride 2) as large as direct
// ones, with 5x5 0.7 times, and those of dw 0.5 to 1.1 times, where few channels are direct sums of many short ones 2
// to 4 times. A value that is not finite reaches all outputs of the tiles that see it.

// B': four sources, `step` apart.
INLINE void F(transform_source)(VREAL *d, int step) {
    VREAL d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
    d[0] = d0 - d2, d[step] = d1 + d2, d[2 * step] = d2 - d1, d[3 * step] = d1 - d3;
}
// G: two or three weights to four, of which the inner ones of two lack a factor of 1/2, see `halve`.
INLINE void F(transform_weight)(const int taps, VREAL *g, int step) {
    if (taps == 3) {
        VREAL outer = (g[0] + g[2 * step]) * R(0.5), inner = g[step] * R(0.5);
        g[3 * step] = g[2 * step], g[step] = outer + inner, g[2 * step] = outer - inner;
    } else {
        VREAL g0 = g[0], g1 = g[step];
        g[step] = g0 + g1, g[2 * step] = g0 - g1, g[3 * step] = -g1;
    }
}
// A': four frequencies to two or three outputs.
INLINE void F(transform_output)(const int outputs, VREAL *m, int step) {
    VREAL sum = m[step] + m[2 * step], difference = m[step] - m[2 * step];
    m[0] += sum;
    if (outputs == 2) m[step] = difference - m[3 * step];
    else m[step] = difference, m[2 * step] = sum + m[3 * step];
}
INLINE void F(halve)(VREAL *m, int step) { m[step] *= R(0.5), m[2 * step] *= R(0.5); }

// The same along both axes.
INLINE void F(transform_sources_of_tile)(VREAL *d) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) F(transform_source)(d + i, 4);
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) F(transform_source)(d + 4 * i, 1);
}
INLINE void F(transform_weights_of_tile)(const int taps, VREAL *g) {
#pragma clang loop unroll(full)
    for (int i = 0; i < taps; i++) F(transform_weight)(taps, g + i, 4);
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) F(transform_weight)(taps, g + 4 * i, 1);
}
INLINE void F(transform_outputs_of_tile)(const int outputs, VREAL *m) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) F(transform_output)(outputs, m + i, 4);
#pragma clang loop unroll(full)
    for (int i = 0; i < outputs; i++) F(transform_output)(outputs, m + 4 * i, 1);
}
INLINE void F(halve_tile)(VREAL *m) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) F(halve)(m + i, 4);
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) F(halve)(m + 4 * i, 1);
}

// The taps of one phase of a kernel, perhaps read in reverse, transformed.
INLINE void F(transform_kernel)(const int taps, const TernConvTiles *t, ptrdiff_t p, ptrdiff_t q, ptrdiff_t height,
                                ptrdiff_t width, bool reversed, const REAL *elements, VREAL *w) {
#pragma clang loop unroll(full)
    for (int k = 0; k < taps * taps; k++) {
        ptrdiff_t ky = element_of(&t->y, p, k / taps), kx = element_of(&t->x, q, k % taps);
        ptrdiff_t at = ky * width + kx;
        if (reversed) at = height * width - 1 - at;
        w[k / taps * 4 + k % taps] = ky < height && kx < width ? F(load)(elements + at * LANES) : (VREAL){};
    }
    F(transform_weights_of_tile)(taps, w);
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

// The first `rows` x `columns` of `size` x `size` pixels, `step` apart, from (row, column) of an area on, zero outside.
INLINE void F(load_pixels)(const int size, const int step, const REAL *pixels, const PlaneArea *a, ptrdiff_t row,
                           ptrdiff_t column, ptrdiff_t rows, ptrdiff_t columns, VREAL *d) {
    row -= a->top, column -= a->left;
    ptrdiff_t below = step * a->columns * LANES, right = step * LANES;
    const REAL *from = pixels + (row * a->columns + column) * LANES;
    if (rows == size && columns == size && holds_pixels(a, size, step, row, column)) {
#pragma clang loop unroll(full)
        for (int i = 0; i < size; i++, from += below)
#pragma clang loop unroll(full)
            for (int j = 0; j < size; j++) d[4 * i + j] = F(load)(from + j * right);
        return;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < size; i++, from += below) {
        bool inside = i < rows && row + i * step >= 0 && row + i * step < a->rows;
#pragma clang loop unroll(full)
        for (int j = 0; j < size; j++) {
            ptrdiff_t at = column + j * step;
            d[4 * i + j] = inside && j < columns && at >= 0 && at < a->columns ? F(load)(from + j * right) : (VREAL){};
        }
    }
}
// The first `rows` x `columns` of `size` x `size` results to where they are inside the area.
INLINE void F(store_pixels)(const int size, const int step, const VREAL *d, VREAL bias, ptrdiff_t rows,
                            ptrdiff_t columns, const PlaneArea *a, ptrdiff_t row, ptrdiff_t column, REAL *pixels) {
    row -= a->top, column -= a->left;
    ptrdiff_t below = step * a->columns * LANES, right = step * LANES;
    REAL *to = pixels + (row * a->columns + column) * LANES;
    if (rows == size && columns == size && holds_pixels(a, size, step, row, column)) {
#pragma clang loop unroll(full)
        for (int i = 0; i < size; i++, to += below)
#pragma clang loop unroll(full)
            for (int j = 0; j < size; j++) F(store)(to + j * right, d[4 * i + j] + bias);
        return;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < size; i++, to += below) {
        bool inside = i < rows && row + i * step >= 0 && row + i * step < a->rows;
#pragma clang loop unroll(full)
        for (int j = 0; j < size; j++) {
            ptrdiff_t at = column + j * step;
            if (inside && j < columns && at >= 0 && at < a->columns) F(store)(to + j * right, d[4 * i + j] + bias);
        }
    }
}

// The tiles of a block by kinds, in scratch.
static void F(take_tiles)(Scratch *scratch, ptrdiff_t tiles, TilesOfKinds *k) {
    for (int kind = 0; kind < FREQUENCY_KINDS; kind++) {
        k->tiles[kind] = scratch_take(scratch, tiles * (ptrdiff_t)sizeof(ptrdiff_t));
        k->sources[kind] = scratch_take(scratch, tiles * (ptrdiff_t)sizeof(ptrdiff_t));
    }
}

// Transformed sources: [tile][source phase][channel], with images in lanes [tile][source phase][channel][image].
static ptrdiff_t F(phase_size)(const TernConvTiles *t, ptrdiff_t channels) {
    return t->in_lanes ? channels * LANES : round_up(channels, LANES);
}
// Of the channels of those phases that a kind of frequency has a part in: phases lie `step` apart.
static ptrdiff_t F(channels_of_kind)(const TernConvTiles *t, int kind, ptrdiff_t channels, ptrdiff_t step,
                                     ptrdiff_t channel_step, ptrdiff_t *places) {
    ptrdiff_t rows = source_phases(&t->y, kind >= 2), columns = source_phases(&t->x, kind % 2), count = 0;
    for (ptrdiff_t p = 0; p < rows; p++)
        for (ptrdiff_t q = 0; q < columns; q++)
            for (ptrdiff_t c = 0; c < channels; c++)
                places[count++] = (p * t->x.source_phases + q) * step + c * channel_step;
    return count;
}

typedef struct {
    TilesOfKinds tiles;
    ptrdiff_t *channels[FREQUENCY_KINDS];  // offsets of channels of source phases in the sources
    F(Frequencies) sources;
    F(Frequencies) products;  // [block of lane channels][phase of it][tile][channel of the block]
    REAL *pixels;             // of one vector of channels, [pixel][lane]
} F(WinogradScratch);

static ptrdiff_t F(winograd_layout)(const TernConvPlan *g, void *base, F(WinogradScratch) *s) {
    Scratch scratch = {.base = base};
    const TernConvTiles *t = &g->tiles;
    ptrdiff_t tiles = tiles_of_block(t), channels = t->y.source_phases * t->x.source_phases;
    F(take_tiles)(&scratch, tiles, &s->tiles);
    for (int kind = 0; kind < FREQUENCY_KINDS; kind++)
        s->channels[kind] = scratch_take(&scratch, channels * g->source_channels * (ptrdiff_t)sizeof(ptrdiff_t));
    s->sources = F(take_frequencies)(&scratch, tiles_of_image(t), channels * F(phase_size)(t, g->source_channels));
    s->products = F(take_frequencies)(&scratch, 1, out_phases(t) * tiles * round_up(g->share, LANES));
    s->pixels = scratch_take(&scratch, pixels_of_block(t) * LANES * (ptrdiff_t)sizeof(REAL));
    return scratch.used;
}

// The packing of a block of channels is cut into pieces of so many source channels.
enum { F(PACK_CHANNELS) = 16 };
static ptrdiff_t F(packs_of_block)(const TernConvPlan *g) { return ceil_divide(g->source_channels, F(PACK_CHANNELS)); }

// Where a block of channels begins in the packed weights, and in it, of its `width`, a phase of a frequency. After each
// frequency comes a line more: those that lay multiples of 1 KiB apart would share few cache sets.
enum { F(LINE) = LINE_BYTES / sizeof(REAL) };
static ptrdiff_t F(packed_block)(const TernConvPlan *g, ptrdiff_t b) {
    return b * (phases_of_frequencies(&g->tiles) * g->source_channels * g->block + FREQUENCIES * F(LINE));
}
static ptrdiff_t F(packed_phase)(const TernConvPlan *g, ptrdiff_t width, int f, ptrdiff_t p, ptrdiff_t q) {
    return place_of_phase(&g->tiles, f, p, q) * g->source_channels * width + f * F(LINE);
}

static void F(plan_winograd)(TernConvPlan *g) {
    g->along = TERN_ALONG_CHANNELS;
    g->block = g->lane_channels <= LANES ? LANES : 2 * LANES;
    g->shares = ceil_divide(g->lane_channels * g->y.out_step * g->x.out_step, WINOGRAD_CHANNELS);
    g->share = round_up(ceil_divide(g->lane_channels, g->shares), g->block);
    g->shares = ceil_divide(g->lane_channels, g->share);
    // Four pieces for two threads: the second begins late.
    ptrdiff_t in_lanes = images_in_lanes(g->images, g->source_channels, LANES);
    g->tiles = winograd_tiles(g->images, &g->y, &g->x, in_lanes, ceil_divide(4, g->shares));
    g->pieces = g->tiles.blocks * g->shares;
    g->pack_pieces = F(block_count)(g) * F(packs_of_block)(g);
    g->packed_bytes = F(packed_block)(g, F(block_count)(g)) * (ptrdiff_t)sizeof(REAL);
    F(WinogradScratch) s;
    g->scratch_bytes = F(winograd_layout)(g, NULL, &s);
}

typedef struct {
    TilesOfKinds tiles;
    ptrdiff_t *rows[FREQUENCY_KINDS];    // input channels of phases in the sources
    ptrdiff_t *places[FREQUENCY_KINDS];  // and in the sums
    F(Frequencies) sources;
    F(Frequencies) gradients;      // [block of output channels][tile][channel of the block]
    F(Frequencies) sums;           // [block of output channels][phase][input channel][channel of the block]
    REAL *bias;                    // a lane for each output channel
    double *totals, *bias_totals;  // of sums and biases that were taken up
    REAL *pixels;                  // of one vector of channels, [pixel][lane]
} F(WinogradGradientScratch);

// Rows of the sums: input channels of all phases.
static ptrdiff_t F(sum_rows)(const TernConvWeightPlan *g) { return g->tiles.y.phases * g->tiles.x.phases * g->range; }

static ptrdiff_t F(winograd_gradient_layout)(const TernConvWeightPlan *g, void *base, F(WinogradGradientScratch) *s) {
    Scratch scratch = {.base = base};
    ptrdiff_t tiles = tiles_of_block(&g->tiles), rows = F(sum_rows)(g);
    F(take_tiles)(&scratch, tiles, &s->tiles);
    for (int kind = 0; kind < FREQUENCY_KINDS; kind++) {
        s->rows[kind] = scratch_take(&scratch, rows * (ptrdiff_t)sizeof(ptrdiff_t));
        s->places[kind] = scratch_take(&scratch, rows * (ptrdiff_t)sizeof(ptrdiff_t));
    }
    s->sources =
        F(take_frequencies)(&scratch, tiles_of_image(&g->tiles), rows / g->range * F(phase_size)(&g->tiles, g->range));
    s->gradients = F(take_frequencies)(&scratch, 1, tiles * g->share);
    s->sums = F(take_frequencies)(&scratch, 1, rows * g->share);
    s->bias = scratch_take(&scratch, g->share * (ptrdiff_t)sizeof(REAL));
    s->totals = scratch_take(&scratch, FREQUENCIES * s->sums.plane * (ptrdiff_t)sizeof(double));
    s->bias_totals = scratch_take(&scratch, g->share * (ptrdiff_t)sizeof(double));
    ptrdiff_t pixels = most(pixels_of_block(&g->tiles), g->range * g->kernel);
    s->pixels = scratch_take(&scratch, pixels * LANES * (ptrdiff_t)sizeof(REAL));
    return scratch.used;
}

static void F(plan_winograd_gradient)(TernConvWeightPlan *g) {
    const TernConv *c = &g->conv;
    g->tiles = winograd_tiles(c->images, &g->y, &g->x, images_in_lanes(c->images, c->in_channels, LANES), 2);
    g->block = c->out_channels <= LANES ? LANES : 2 * LANES;
    g->shares = ceil_divide(c->out_channels, WINOGRAD_CHANNELS);
    g->share = round_up(ceil_divide(c->out_channels, g->shares), g->block);
    g->shares = ceil_divide(c->out_channels, g->share);
    g->ranges = ceil_divide(c->in_channels, WINOGRAD_RANGE / g->tiles.y.phases);
    g->range = ceil_divide(c->in_channels, g->ranges);
    g->ranges = ceil_divide(c->in_channels, g->range);
    g->units = g->tiles.blocks;
    ptrdiff_t parts = g->shares * g->ranges;
    // Two blocks are for two threads.
    g->partials = F(partial_sums)(parts, g->units == 2 ? 2 : ceil_divide(g->units, 2));
    g->pieces = g->partials * parts;
    F(WinogradGradientScratch) s;
    g->scratch_bytes = F(winograd_gradient_layout)(g, NULL, &s);
}
