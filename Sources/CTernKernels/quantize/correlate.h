// Convolutions: pixels are in the lanes, a unit of weights is broadcast.

// Neighbouring lanes of a vector of a tile that belong to one row of the plane: `place` is that of the vector's first
// lane, were it in that row.
typedef struct {
    ptrdiff_t vector, lane, count, place;
} Segment;

enum { TILE_PIXELS = TILE_VECTORS * LANES };

typedef struct {
    ptrdiff_t steps;
    const ptrdiff_t *distances;
    const int32_t *source;   // of the first output of the tile
    const int32_t *weights;  // of the first channel
    const int32_t *starts;
    const float *factors;
    Ending ending;
    ptrdiff_t segments;
    const Segment *segment;
    ptrdiff_t plane;  // outputs between channels
    void *y;          // of the first channel
} Tile;

INLINE void end_tile(const Tile *t, ptrdiff_t channel, const int vectors, const v_i32 *sums) {
    const v_f32 factor = f32_set(t->factors[channel]);
    if (t->ending.to_bytes) {
        v_bytes bytes[TILE_VECTORS];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) bytes[v] = ended_bytes(t->ending, sums[v], factor);
        uint8_t *y = (uint8_t *)t->y + channel * t->plane;
        for (const Segment *s = t->segment; s < t->segment + t->segments; s++)
            bytes_store_lanes(y + s->place, bytes[s->vector], s->lane, s->count);
    } else {
        v_f32 values[TILE_VECTORS];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) values[v] = ended_float(t->ending, sums[v], factor);
        float *y = (float *)t->y + channel * t->plane;
        for (const Segment *s = t->segment; s < t->segment + t->segments; s++)
            floats_store_lanes(y + s->place, values[s->vector], s->lane, s->count);
    }
}

INLINE void correlate_tile(const int channels, const int vectors, const Tile *t) {
    v_i32 sum[TILE_CHANNELS][TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int c = 0; c < channels; c++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[c][v] = i32_set(t->starts[c]);
    const int32_t *weights = t->weights;
    for (ptrdiff_t step = 0; step < t->steps; step++, weights += channels) {
        const int32_t *source = t->source + t->distances[step];
        v_i32 x[TILE_VECTORS];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) x[v] = units_load(source + v * LANES);
#pragma clang loop unroll(full)
        for (int c = 0; c < channels; c++) {
            const v_i32 weight = i32_set(weights[c]);
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sum[c][v] = add_dots(sum[c][v], x[v], weight);
        }
    }
#pragma clang loop unroll(full)
    for (int c = 0; c < channels; c++) end_tile(t, c, vectors, sum[c]);
}

#define CORRELATE_TILE(channels, vectors) \
    static void correlate_tile_##channels##x##vectors(const Tile *t) { correlate_tile(channels, vectors, t); }
#define CORRELATE_TILES(channels) CORRELATE_TILE(channels, 1) CORRELATE_TILE(channels, 2)
// correlate_tile_1x1 ... correlate_tile_8x3
CORRELATE_TILES(1)
CORRELATE_TILES(2)
CORRELATE_TILES(4)
#if defined(TERN_TARGET_AVX512) || defined(TERN_TARGET_NEON)
CORRELATE_TILES(8)
#endif
#if defined(TERN_TARGET_AVX512)
CORRELATE_TILE(1, 3)
CORRELATE_TILE(2, 3)
CORRELATE_TILE(4, 3)
CORRELATE_TILE(8, 3)
#endif
// By vectors and the logarithm of the channels.
static void (*const correlate_tiles[TILE_VECTORS][4])(const Tile *) = {
#if defined(TERN_TARGET_AVX512) || defined(TERN_TARGET_NEON)
    {correlate_tile_1x1, correlate_tile_2x1, correlate_tile_4x1, correlate_tile_8x1},
    {correlate_tile_1x2, correlate_tile_2x2, correlate_tile_4x2, correlate_tile_8x2},
#else
    {correlate_tile_1x1, correlate_tile_2x1, correlate_tile_4x1},
    {correlate_tile_1x2, correlate_tile_2x2, correlate_tile_4x2},
#endif
#if defined(TERN_TARGET_AVX512)
    {correlate_tile_1x3, correlate_tile_2x3, correlate_tile_4x3, correlate_tile_8x3},
#endif
};
#undef CORRELATE_TILES
#undef CORRELATE_TILE

// The segments of outputs from..<from + count, which count what is between rows.
INLINE ptrdiff_t segments_of(const TernQuantizedConvPlan *p, ptrdiff_t from, ptrdiff_t count, Segment *segments) {
    ptrdiff_t found = 0, row = from / p->pitch, column = from % p->pitch;
    for (ptrdiff_t at = 0; at < count;) {
        const ptrdiff_t lane = at % LANES;
        const ptrdiff_t n = least(LANES - lane, least(p->pitch - column, count - at));
        const ptrdiff_t used = least(n, p->conv.out_width - column);
        if (used > 0) segments[found++] = (Segment){at / LANES, lane, used, row * p->conv.out_width + column - lane};
        at += n, column += n;
        if (column == p->pitch) column = 0, row++;
    }
    return found;
}

static void correlate(const TernQuantizedConvPlan *p, ptrdiff_t first, ptrdiff_t last, const int32_t *units,
                      const void *packed, const TernQuantizedEnd *end, void *y) {
    const TernConv *c = &p->conv;
    const Packed parts = packed_parts(p, packed);
    const ptrdiff_t rows = c->out_height * c->out_width, size = end->to_bytes ? 1 : 4;
    for (ptrdiff_t piece = first; piece < last; piece++) {
        const ptrdiff_t band = piece % p->bands, m = piece / p->bands % c->out_depth;
        const ptrdiff_t group = piece / p->bands / c->out_depth, channel = group * c->out_channels;
        const ptrdiff_t stop = least(p->size, (band + 1) * p->band);
        Segment segments[TILE_PIXELS];
        Tile t = {.steps = p->steps,
                  .distances = parts.distances,
                  .ending = ending(end),
                  .segment = segments,
                  .plane = c->out_depth * rows};
        for (ptrdiff_t at = band * p->band; at < stop; at += TILE_PIXELS) {
            const ptrdiff_t count = least(TILE_PIXELS, stop - at);
            t.segments = segments_of(p, at, count, segments);
            t.source = units + (group * p->units * p->depth + m * c->stride_depth) * p->plane + at;
            t.weights = parts.weights + channel * p->steps;
            for (ptrdiff_t o = channel, taken; o < channel + c->out_channels; o += taken) {
                taken = tile_channels(channel + c->out_channels - o);
                int32_t starts[TILE_CHANNELS];
                for (ptrdiff_t i = 0; i < taken; i++) starts[i] = first_sum(end, o + i, parts.sums);
                t.starts = starts;
                t.factors = end->factors + o;
                t.y = (char *)y + (o * c->out_depth + m) * rows * size;
                const int log = taken == 8 ? 3 : taken == 4 ? 2 : taken == 2 ? 1 : 0;
                correlate_tiles[ceil_divide(count, LANES) - 1][log](&t);
                t.weights += taken * p->steps;
            }
        }
    }
}
