// The lanes' sums of vectors with weights.
INLINE VREAL F(weighted_sum)(ptrdiff_t count, const REAL *weights, const VREAL *x) {
    VREAL total = {};
    for (ptrdiff_t from = 0; from < count; from += RESAMPLE_ADDITIONS) {
        ptrdiff_t to = least(count, from + RESAMPLE_ADDITIONS);
        VREAL sum = x[from] * weights[from];
        for (ptrdiff_t k = from + 1; k < to; k++) sum = F(fma)(x[k], F(set)(weights[k]), sum);
        total = from == 0 ? sum : total + sum;
    }
    return total;
}

// Columns `count` of LANES lines, `stride` apart, as vectors with a lane for each line.
static void F(turn_lines)(ptrdiff_t count, ptrdiff_t stride, const REAL *lines, VREAL *turned) {
    for (ptrdiff_t c = 0; c < count; c += LANES) {
        VREAL t[LANES];
#pragma clang loop unroll(full)
        for (int r = 0; r < LANES; r++) t[r] = F(load)(lines + r * stride + c);
        F(transpose)(t);
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++) turned[c + i] = t[i];
    }
}

// The scratch memory: lines of inputs, and the same turned; both are whole vectors.
typedef struct {
    ptrdiff_t stride;
    REAL *lines;
    VREAL *turned;
} F(ResampleLines);

static F(ResampleLines) F(resample_lines)(Scratch *scratch, const TernTaps *columns) {
    F(ResampleLines) l = {round_up(resample_widest_span(columns), LANES), 0, 0};
    const ptrdiff_t bytes = LANES * l.stride * (ptrdiff_t)sizeof(REAL);
    l.lines = scratch_take(scratch, bytes);
    l.turned = scratch_take(scratch, bytes);
    return l;
}

static ptrdiff_t F(resample_scratch_bytes)(const TernTaps *columns) {
    Scratch scratch = {};
    if (columns) F(resample_lines)(&scratch, columns);
    return scratch.used;
}
