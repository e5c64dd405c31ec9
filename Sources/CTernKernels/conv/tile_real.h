// The three register tiles of the convolutions; see conv.h for who uses which.

// Rows of a gathered tile: as many accumulators as leave registers for operands, and as many pointers as there are
// general registers for.
#define GATHER_ROWS 10
#if defined(__x86_64__) && !defined(TERN_TARGET_AVX512)
#define GATHER_ROWS_2 6
#else
#define GATHER_ROWS_2 10
#endif

// c[places[i]][lane] = start + sum over j of a[rows[i] + columns[j]] * b[j][lane], for P rows of V vectors. It starts
// from the row `start`, or from c itself if that is null. Every operand `a` is one broadcast load that serves V
// vectors, wherever it lies: this is what makes an im2col buffer needless.
INLINE void F(gather_tile)(const int P, const int V, const REAL *a, const ptrdiff_t *rows, const ptrdiff_t *columns,
                           ptrdiff_t count, const REAL *b, const REAL *start, REAL *c, const ptrdiff_t *places) {
    const REAL *p[GATHER_ROWS];
    VREAL sum[GATHER_ROWS][2];
#pragma clang loop unroll(full)
    for (int i = 0; i < P; i++) {
        p[i] = a + rows[i];
#pragma clang loop unroll(full)
        for (int v = 0; v < V; v++) sum[i][v] = F(load)((start ? start : c + places[i] * V * LANES) + v * LANES);
    }
    for (ptrdiff_t j = 0; j < count; j++, b += V * LANES) {
        ptrdiff_t at = columns[j];
        VREAL b0 = F(load)(b), b1 = V > 1 ? F(load)(b + LANES) : b0;
#pragma clang loop unroll(full)
        for (int i = 0; i < P; i++) {
            VREAL x = F(set)(p[i][at]);
            sum[i][0] = F(fma)(x, b0, sum[i][0]);
            if (V > 1) sum[i][1] = F(fma)(x, b1, sum[i][1]);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < P; i++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < V; v++) F(store)(c + (places[i] * V + v) * LANES, sum[i][v]);
    }
}

#define GATHER_CASE(P, V) \
    case P: F(gather_tile)(P, V, a, rows, columns, count, b, start, c, places); break;

static void F(gather)(ptrdiff_t P, ptrdiff_t V, const REAL *a, const ptrdiff_t *rows, const ptrdiff_t *columns,
                      ptrdiff_t count, const REAL *b, const REAL *start, REAL *c, const ptrdiff_t *places) {
    if (V == 1) {
        switch (P) {
            GATHER_CASE(1, 1)
            GATHER_CASE(2, 1)
            GATHER_CASE(3, 1)
            GATHER_CASE(4, 1)
            GATHER_CASE(5, 1)
            GATHER_CASE(6, 1)
            GATHER_CASE(7, 1)
            GATHER_CASE(8, 1)
            GATHER_CASE(9, 1)
            GATHER_CASE(10, 1)
        }
    } else {
        switch (P) {
            GATHER_CASE(1, 2)
            GATHER_CASE(2, 2)
            GATHER_CASE(3, 2)
            GATHER_CASE(4, 2)
            GATHER_CASE(5, 2)
            GATHER_CASE(6, 2)
#if GATHER_ROWS_2 == 10
            GATHER_CASE(7, 2)
            GATHER_CASE(8, 2)
            GATHER_CASE(9, 2)
            GATHER_CASE(10, 2)
#endif
        }
    }
}

// The same for any number of rows, in tiles of nearly equal height.
static void F(gather_rows)(ptrdiff_t P, ptrdiff_t V, const REAL *a, const ptrdiff_t *rows, const ptrdiff_t *columns,
                           ptrdiff_t count, const REAL *b, const REAL *start, REAL *c, const ptrdiff_t *places) {
    ptrdiff_t tiles = ceil_divide(P, V == 1 ? GATHER_ROWS : GATHER_ROWS_2), at = 0;
    for (ptrdiff_t t = 0; t < tiles; t++) {
        ptrdiff_t size = P / tiles + (t < P % tiles);
        F(gather)(size, V, a, rows + at, columns, count, b, start, c, places + at);
        at += size;
    }
}

// Sources in memory that reaches from `begin` to `end`.
INLINE VREAL F(read)(const Reading reading, const REAL *p, const F(where) *masks, ptrdiff_t mask, const REAL *begin,
                     const REAL *end) {
    (void)begin, (void)end;
    return reading == READ_WHOLE  ? F(load)(p)
        : reading == READ_BLANKED ? F(load_blanked)(p, masks[mask])
                                  : F(load_where)(p, masks[mask], begin, end);
}
// The tile for a reading, which is a constant to it.
#define TILE_BY_READING(tile, reading, A, B, t) \
    if (reading == READ_WHOLE) tile(A, B, READ_WHOLE, t); \
    else if (WHERE_IS_SLOW && reading == READ_BLANKED) tile(A, B, READ_BLANKED, t); \
    else tile(A, B, READ_WHERE, t);

// Vectors along the outputs: of each of R vectors of outputs that follow one another, O channels. The operand `a` is a
// vector load, where masks[r][taps[j]] says if there are masks; weights [j][O] are broadcast. So many channels leave
// registers for two vectors; few channels take more of them, so that a broadcast serves many. Of the last vector
// `last_lanes` lanes are stored.
#if defined(TERN_TARGET_AVX512) || defined(TERN_TARGET_NEON)
#define OUTPUT_CHANNELS 14
#define WIDTH_VECTORS 4
#else
#define OUTPUT_CHANNELS 6
#define WIDTH_VECTORS 2
#endif
#define WIDTH_VECTORS_1 8
#define WIDTH_CHANNELS 6

typedef struct {
    const REAL *a, *begin, *end;
    const ptrdiff_t *columns, *taps;
    ptrdiff_t count;
    const REAL *weights, *bias;
    const F(where) *masks[WIDTH_VECTORS_1];
    REAL *out;
    ptrdiff_t out_plane, last_lanes;
} F(OutputsTile);

INLINE void F(outputs_tile)(const int O, const int R, const Reading reading, const F(OutputsTile) *t) {
    const REAL *a = t->a, *w = t->weights;
    const ptrdiff_t *columns = t->columns, *taps = t->taps;
    const F(where) *masks[WIDTH_VECTORS_1];
    VREAL sum[OUTPUT_CHANNELS][WIDTH_VECTORS_1];
#pragma clang loop unroll(full)
    for (int r = 0; r < R; r++) masks[r] = t->masks[r];
#pragma clang loop unroll(full)
    for (int o = 0; o < O; o++) {
        VREAL start = F(set)(t->bias ? t->bias[o] : 0);
#pragma clang loop unroll(full)
        for (int r = 0; r < R; r++) sum[o][r] = start;
    }
    for (ptrdiff_t j = 0, count = t->count; j < count; j++, w += O) {
        const REAL *p = a + columns[j];
        VREAL x[WIDTH_VECTORS_1];
#pragma clang loop unroll(full)
        for (int r = 0; r < R; r++) x[r] = F(read)(reading, p + r * LANES, masks[r], taps[j], t->begin, t->end);
#pragma clang loop unroll(full)
        for (int o = 0; o < O; o++) {
            VREAL weight = F(set)(w[o]);
#pragma clang loop unroll(full)
            for (int r = 0; r < R; r++) sum[o][r] = F(fma)(weight, x[r], sum[o][r]);
        }
    }
    ptrdiff_t last = t->last_lanes;
#pragma clang loop unroll(full)
    for (int o = 0; o < O; o++) {
        REAL *y = t->out + o * t->out_plane;
#pragma clang loop unroll(full)
        for (int r = 0; r < R; r++) {
            if (r + 1 < R || last == LANES) F(store)(y + r * LANES, sum[o][r]);
            else F(store_first)(y + r * LANES, sum[o][r], last);
        }
    }
}

#define OUTPUTS_CASE(O, R) \
    case O: TILE_BY_READING(F(outputs_tile), reading, O, R, t) break;
#define FEW_CASES(CASE, R) CASE(1, R) CASE(2, R) CASE(3, R) CASE(4, R) CASE(5, R) CASE(6, R)
#if OUTPUT_CHANNELS == 14
#define ALL_CASES(CASE, R) \
    FEW_CASES(CASE, R) \
    CASE(7, R) CASE(8, R) CASE(9, R) CASE(10, R) CASE(11, R) CASE(12, R) CASE(13, R) CASE(14, R)
#else
#define ALL_CASES FEW_CASES
#endif
#define ONE_CASE(CASE, R) CASE(1, R)
#define SWITCH_ON_CHANNELS(cases, CASE, R) \
    case R: \
        switch (O) { cases(CASE, R) } \
        break;

static void F(outputs)(ptrdiff_t O, ptrdiff_t R, Reading reading, const F(OutputsTile) *t) {
    switch (R) {
        SWITCH_ON_CHANNELS(ALL_CASES, OUTPUTS_CASE, 1)
        SWITCH_ON_CHANNELS(ALL_CASES, OUTPUTS_CASE, 2)
#if WIDTH_VECTORS == 4
        SWITCH_ON_CHANNELS(FEW_CASES, OUTPUTS_CASE, 3)
        SWITCH_ON_CHANNELS(FEW_CASES, OUTPUTS_CASE, 4)
#else
        SWITCH_ON_CHANNELS(ONE_CASE, OUTPUTS_CASE, 3)
        SWITCH_ON_CHANNELS(ONE_CASE, OUTPUTS_CASE, 4)
#endif
        SWITCH_ON_CHANNELS(ONE_CASE, OUTPUTS_CASE, 5)
        SWITCH_ON_CHANNELS(ONE_CASE, OUTPUTS_CASE, 6)
        SWITCH_ON_CHANNELS(ONE_CASE, OUTPUTS_CASE, 7)
        SWITCH_ON_CHANNELS(ONE_CASE, OUTPUTS_CASE, 8)
    }
}
static ptrdiff_t F(vectors_limit)(ptrdiff_t channels) {
    return channels == 1 ? WIDTH_VECTORS_1 : channels <= WIDTH_CHANNELS ? WIDTH_VECTORS : 2;
}

// Vectors along the images: of each of R outputs, wherever they are, O channels. The sum takes `count` taps, skips to
// `step` further than it began, and so on for `runs` runs: a rectangle of the kernel.
INLINE void F(images_tile)(const int O, const int R, const REAL *a, const ptrdiff_t *rows, const ptrdiff_t *columns,
                           ptrdiff_t runs, ptrdiff_t step, ptrdiff_t count, const REAL *weights, const REAL *bias,
                           REAL *c, const ptrdiff_t *places, ptrdiff_t c_plane) {
    const REAL *p[WIDTH_VECTORS_1];
    VREAL sum[WIDTH_CHANNELS][WIDTH_VECTORS_1];
#pragma clang loop unroll(full)
    for (int r = 0; r < R; r++) p[r] = a + rows[r];
#pragma clang loop unroll(full)
    for (int o = 0; o < O; o++) {
#pragma clang loop unroll(full)
        for (int r = 0; r < R; r++) sum[o][r] = F(set)(bias ? bias[o] : 0);
    }
    for (ptrdiff_t run = 0; run < runs; run++, columns += step, weights += step * O) {
        const REAL *w = weights;
        for (ptrdiff_t j = 0; j < count; j++, w += O) {
            ptrdiff_t at = columns[j];
            VREAL x[WIDTH_VECTORS_1];
#pragma clang loop unroll(full)
            for (int r = 0; r < R; r++) x[r] = F(load)(p[r] + at);
#pragma clang loop unroll(full)
            for (int o = 0; o < O; o++) {
                VREAL weight = F(set)(w[o]);
#pragma clang loop unroll(full)
                for (int r = 0; r < R; r++) sum[o][r] = F(fma)(weight, x[r], sum[o][r]);
            }
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < R; r++) {
#pragma clang loop unroll(full)
        for (int o = 0; o < O; o++) F(store)(c + places[r] * LANES + o * c_plane, sum[o][r]);
    }
}

#define IMAGES_CASE(O, R) \
    case O: F(images_tile)(O, R, a, rows, columns, runs, step, count, weights, bias, c, places, c_plane); break;

static void F(images)(ptrdiff_t O, ptrdiff_t R, const REAL *a, const ptrdiff_t *rows, const ptrdiff_t *columns,
                      ptrdiff_t runs, ptrdiff_t step, ptrdiff_t count, const REAL *weights, const REAL *bias, REAL *c,
                      const ptrdiff_t *places, ptrdiff_t c_plane) {
    switch (R) {
        SWITCH_ON_CHANNELS(FEW_CASES, IMAGES_CASE, 1)
        SWITCH_ON_CHANNELS(FEW_CASES, IMAGES_CASE, 2)
#if WIDTH_VECTORS == 4
        SWITCH_ON_CHANNELS(FEW_CASES, IMAGES_CASE, 3)
        SWITCH_ON_CHANNELS(FEW_CASES, IMAGES_CASE, 4)
#else
        SWITCH_ON_CHANNELS(ONE_CASE, IMAGES_CASE, 3)
        SWITCH_ON_CHANNELS(ONE_CASE, IMAGES_CASE, 4)
#endif
        SWITCH_ON_CHANNELS(ONE_CASE, IMAGES_CASE, 5)
        SWITCH_ON_CHANNELS(ONE_CASE, IMAGES_CASE, 6)
        SWITCH_ON_CHANNELS(ONE_CASE, IMAGES_CASE, 7)
        SWITCH_ON_CHANNELS(ONE_CASE, IMAGES_CASE, 8)
    }
}

// c[i][o][lane] += sum over j of a[rows[i] + j * LANES + lane] * b[o][j][lane]: dot products along the outputs, for
// weight gradients of few channels. The caller adds the lanes up at the end. The rows of c are `c_row` vectors apart;
// masks[classes[j] + i] says where `a` is read, if there are masks. The last vector of b has `last_lanes`.
#if defined(TERN_TARGET_AVX512) || defined(TERN_TARGET_NEON)
#define DOT_ROWS 4
#define DOT_CHANNELS 6
#else
#define DOT_ROWS 3
#define DOT_CHANNELS 3
#endif
// One channel alone takes more rows, so that b is read once.
#define DOT_ROWS_1 9

typedef struct {
    const REAL *a, *begin, *end;
    const ptrdiff_t *rows;
    const F(where) *masks;
    const ptrdiff_t *classes;
    Reading reading;
    ptrdiff_t count, last_lanes;
    const REAL *b;
    ptrdiff_t b_plane;
    REAL *c;
    ptrdiff_t c_row;
} F(DotTile);

INLINE void F(dot_tile)(const int I, const int O, const Reading reading, const F(DotTile) *t) {
    const REAL *p[DOT_ROWS_1], *b = t->b;
    VREAL sum[DOT_ROWS_1][DOT_CHANNELS];
    const ptrdiff_t *classes = t->classes;
    const F(where) *masks = t->masks;
    const ptrdiff_t count = t->count, b_plane = t->b_plane, last = t->last_lanes;
#pragma clang loop unroll(full)
    for (int i = 0; i < I; i++) {
        p[i] = t->a + t->rows[i];
#pragma clang loop unroll(full)
        for (int o = 0; o < O; o++) sum[i][o] = F(load)(t->c + (i * t->c_row + o) * LANES);
    }
    for (ptrdiff_t j = 0; j < count; j++, b += LANES) {
        bool whole = j + 1 < count || last == LANES;
        VREAL y[DOT_CHANNELS];
#pragma clang loop unroll(full)
        for (int o = 0; o < O; o++) y[o] = whole ? F(load)(b + o * b_plane) : F(load_first)(b + o * b_plane, last);
        const ptrdiff_t first = reading == READ_WHOLE ? 0 : classes[j];
#pragma clang loop unroll(full)
        for (int i = 0; i < I; i++) {
            VREAL x = F(read)(reading, p[i] + j * LANES, masks, first + i, t->begin, t->end);
#pragma clang loop unroll(full)
            for (int o = 0; o < O; o++) sum[i][o] = F(fma)(x, y[o], sum[i][o]);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < I; i++) {
#pragma clang loop unroll(full)
        for (int o = 0; o < O; o++) F(store)(t->c + (i * t->c_row + o) * LANES, sum[i][o]);
    }
}

#define DOT_CASE(I, O) \
    case I: TILE_BY_READING(F(dot_tile), t->reading, I, O, t) break;
#if DOT_ROWS == 4
#define DOT_CASES(O) \
    DOT_CASE(1, O) \
    DOT_CASE(2, O) \
    DOT_CASE(3, O) \
    DOT_CASE(4, O)
#else
#define DOT_CASES(O) \
    DOT_CASE(1, O) \
    DOT_CASE(2, O) \
    DOT_CASE(3, O)
#endif
#define DOT_SWITCH(O, cases) \
    case O: \
        switch (I) { cases } \
        break;

static void F(dot)(ptrdiff_t I, ptrdiff_t O, const F(DotTile) *t) {
    switch (O) {
        DOT_SWITCH(1, FEW_CASES(DOT_CASE, 1) DOT_CASE(7, 1) DOT_CASE(8, 1) DOT_CASE(9, 1))
        DOT_SWITCH(2, DOT_CASES(2))
        DOT_SWITCH(3, DOT_CASES(3))
#if DOT_CHANNELS == 6
        DOT_SWITCH(4, DOT_CASES(4))
        DOT_SWITCH(5, DOT_CASES(5))
        DOT_SWITCH(6, DOT_CASES(6))
#endif
    }
}

INLINE void F(zero_row)(REAL *to, ptrdiff_t n) {
    ptrdiff_t i = 0;
    for (; i + LANES <= n; i += LANES) F(store)(to + i, (VREAL){});
    if (i < n) F(store_first)(to + i, (VREAL){}, n - i);
}
