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

// sums[p] += factors[p] * x[places[p]]; what is outside counts as 0.
INLINE void F(add_pixels)(ptrdiff_t n, const int32_t *places, const REAL *factors, const REAL *x, REAL *restrict sums) {
    for (ptrdiff_t p = 0; p < n; p++) {
        const int32_t place = places[p];
        const REAL pixel = x[place < 0 ? 0 : place];
        sums[p] += factors[p] * (place < 0 ? 0 : pixel);
    }
}

static void F(gather_points)(const TernPoints *s, ptrdiff_t channels, const void *values, const void *weights,
                             void *result) {
    const REAL *x = values, *w = weights;
    REAL *y = result;
    for (ptrdiff_t c = 0; c < channels; c++, x += s->pixels, y += s->points) {
        __builtin_memset(y, 0, (size_t)s->points * sizeof(REAL));
        for (ptrdiff_t k = 0; k < s->taps; k++)
            F(add_pixels)(s->points, s->places + k * s->points, w + k * s->points, x, y);
    }
}

static void F(scatter_points)(const TernPoints *s, ptrdiff_t channels, const void *values, const void *weights,
                              void *result) {
    const REAL *y = values;
    REAL *x = result;
    for (ptrdiff_t c = 0; c < channels; c++, x += s->pixels, y += s->points) {
        __builtin_memset(x, 0, (size_t)s->pixels * sizeof(REAL));
        const int32_t *places = s->places;
        const REAL *w = weights;
        for (ptrdiff_t k = 0; k < s->taps; k++, places += s->points, w += s->points)
            for (ptrdiff_t p = 0; p < s->points; p++)
                if (places[p] >= 0) x[places[p]] += w[p] * y[p];
    }
}

static void F(point_products)(const TernPoints *s, ptrdiff_t channels, ptrdiff_t first, ptrdiff_t last,
                              const void *values, const void *gradients, void *result) {
    for (ptrdiff_t k = 0; k < s->taps; k++) {
        const REAL *x = values, *y = (const REAL *)gradients + first;
        REAL *w = (REAL *)result + k * s->points + first;
        __builtin_memset(w, 0, (size_t)(last - first) * sizeof(REAL));
        for (ptrdiff_t c = 0; c < channels; c++, x += s->pixels, y += s->points)
            F(add_pixels)(last - first, s->places + k * s->points + first, y, x, w);
    }
}
