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

// Vectors along the output width or the images: of each of R vectors of outputs, O channels (at most 6). The operand
// `a` is a vector load, weights [j][O] are broadcast. One channel alone, as in a depthwise convolution, takes more
// vectors, so that a broadcast serves many of them. The sum takes `count` taps, skips to `step` further than it
// began, and so on for `runs` runs: a rectangle of the kernel.
#define WIDTH_CHANNELS 6
#if defined(TERN_TARGET_AVX512) || defined(TERN_TARGET_NEON)
#define WIDTH_VECTORS 4
#else
#define WIDTH_VECTORS 2
#endif
#define WIDTH_VECTORS_1 8

INLINE void F(width_tile)(const int O, const int R, const REAL *a, const ptrdiff_t *rows, const ptrdiff_t *columns,
                          ptrdiff_t runs, ptrdiff_t step, ptrdiff_t count, const REAL *weights, const REAL *bias,
                          REAL *const *out, ptrdiff_t out_plane, const ptrdiff_t *lanes) {
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
        for (int o = 0; o < O; o++) {
            REAL *y = out[r] + o * out_plane;
            if (lanes[r] == LANES) F(store)(y, sum[o][r]);
            else F(store_first)(y, sum[o][r], lanes[r]);
        }
    }
}

#define WIDTH_CASE(O, R) \
    case O: F(width_tile)(O, R, a, rows, columns, runs, step, count, weights, bias, out, out_plane, lanes); break;
#define WIDTH_CASES(R) \
    switch (O) { \
        WIDTH_CASE(1, R) \
        WIDTH_CASE(2, R) \
        WIDTH_CASE(3, R) \
        WIDTH_CASE(4, R) \
        WIDTH_CASE(5, R) \
        WIDTH_CASE(6, R) \
    } \
    break;

#define WIDTH_CASE_1(R) \
    F(width_tile)(1, R, a, rows, columns, runs, step, count, weights, bias, out, out_plane, lanes); \
    break;

static void F(width)(ptrdiff_t O, ptrdiff_t R, const REAL *a, const ptrdiff_t *rows, const ptrdiff_t *columns,
                     ptrdiff_t runs, ptrdiff_t step, ptrdiff_t count, const REAL *weights, const REAL *bias,
                     REAL *const *out, ptrdiff_t out_plane, const ptrdiff_t *lanes) {
    switch (R) {
    case 1: WIDTH_CASES(1)
    case 2: WIDTH_CASES(2)
#if WIDTH_VECTORS == 4
    case 3: WIDTH_CASES(3)
    case 4: WIDTH_CASES(4)
#else
    case 3: WIDTH_CASE_1(3)
    case 4: WIDTH_CASE_1(4)
#endif
    case 5: WIDTH_CASE_1(5)
    case 6: WIDTH_CASE_1(6)
    case 7: WIDTH_CASE_1(7)
    case 8: WIDTH_CASE_1(8)
    }
}

// c[i][o][lane] += sum over j of a[rows[i] + columns[j] + lane] * b[o][j][lane]: dot products along the width, for
// weight gradients of few channels. The caller adds the lanes up at the end. The rows of c are `c_row` vectors apart.
#if defined(TERN_TARGET_AVX512) || defined(TERN_TARGET_NEON)
#define DOT_ROWS 4
#define DOT_CHANNELS 6
#else
#define DOT_ROWS 3
#define DOT_CHANNELS 2
#endif

INLINE void F(dot_tile)(const int I, const int O, const REAL *a, const ptrdiff_t *rows, const ptrdiff_t *columns,
                        ptrdiff_t count, const REAL *b, ptrdiff_t b_plane, REAL *c, ptrdiff_t c_row) {
    const REAL *p[DOT_ROWS];
    VREAL sum[DOT_ROWS][DOT_CHANNELS];
#pragma clang loop unroll(full)
    for (int i = 0; i < I; i++) {
        p[i] = a + rows[i];
#pragma clang loop unroll(full)
        for (int o = 0; o < O; o++) sum[i][o] = F(load)(c + (i * c_row + o) * LANES);
    }
    for (ptrdiff_t j = 0; j < count; j++, b += LANES) {
        ptrdiff_t at = columns[j];
        VREAL y[DOT_CHANNELS];
#pragma clang loop unroll(full)
        for (int o = 0; o < O; o++) y[o] = F(load)(b + o * b_plane);
#pragma clang loop unroll(full)
        for (int i = 0; i < I; i++) {
            VREAL x = F(load)(p[i] + at);
#pragma clang loop unroll(full)
            for (int o = 0; o < O; o++) sum[i][o] = F(fma)(x, y[o], sum[i][o]);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < I; i++) {
#pragma clang loop unroll(full)
        for (int o = 0; o < O; o++) F(store)(c + (i * c_row + o) * LANES, sum[i][o]);
    }
}

#define DOT_CASE(I, O) \
    case I: F(dot_tile)(I, O, a, rows, columns, count, b, b_plane, c, c_row); break;
#if DOT_ROWS == 4
#define DOT_CASES(O) \
    switch (I) { \
        DOT_CASE(1, O) \
        DOT_CASE(2, O) \
        DOT_CASE(3, O) \
        DOT_CASE(4, O) \
    } \
    break;
#else
#define DOT_CASES(O) \
    switch (I) { \
        DOT_CASE(1, O) \
        DOT_CASE(2, O) \
        DOT_CASE(3, O) \
    } \
    break;
#endif

static void F(dot)(ptrdiff_t I, ptrdiff_t O, const REAL *a, const ptrdiff_t *rows, const ptrdiff_t *columns,
                   ptrdiff_t count, const REAL *b, ptrdiff_t b_plane, REAL *c, ptrdiff_t c_row) {
    switch (O) {
    case 1: DOT_CASES(1)
    case 2: DOT_CASES(2)
#if DOT_CHANNELS == 6
    case 3: DOT_CASES(3)
    case 4: DOT_CASES(4)
    case 5: DOT_CASES(5)
    case 6: DOT_CASES(6)
#endif
    }
}

INLINE void F(zero_row)(REAL *to, ptrdiff_t n) {
    ptrdiff_t i = 0;
    for (; i + LANES <= n; i += LANES) F(store)(to + i, (VREAL){});
    if (i < n) F(store_first)(to + i, (VREAL){}, n - i);
}
