// Resampling: see resample.h.

// A row that is a sum of rows `width` apart.
typedef struct {
    ptrdiff_t count;
    const REAL *weights;
    const STORED *x;
} T(RowSum);

static T(RowSum) T(row_sum)(const TernTaps *rows, ptrdiff_t width, ptrdiff_t row, const STORED *x) {
    if (!rows) return (T(RowSum)){0, 0, x + row * width};
    const ptrdiff_t plane = row / rows->out, o = row % rows->out;
    return (T(RowSum)){rows->counts[o], (const REAL *)rows->weights + o * rows->taps,
                       x + (plane * rows->in + rows->firsts[o]) * width};
}

// n <= LANES columns of it from `at` on.
INLINE VREAL T(sum_columns)(const T(RowSum) *s, ptrdiff_t width, ptrdiff_t at, ptrdiff_t n) {
    const STORED *x = s->x + at;
    if (s->count == 0) return n == LANES ? T(load)(x) : T(load_first)(x, n);
    VREAL total = {};
    for (ptrdiff_t from = 0; from < s->count; from += RESAMPLE_ADDITIONS) {
        ptrdiff_t to = least(s->count, from + RESAMPLE_ADDITIONS);
        VREAL sum = {};
        for (ptrdiff_t k = from; k < to; k++) {
            VREAL v = n == LANES ? T(load)(x + k * width) : T(load_first)(x + k * width, n);
            sum = k == from ? v * s->weights[k] : F(fma)(v, F(set)(s->weights[k]), sum);
        }
        total = from == 0 ? sum : total + sum;
    }
    return total;
}

static void T(sum_to_stored)(const T(RowSum) *s, ptrdiff_t width, STORED *y) {
    ptrdiff_t c = 0;
    for (; c + LANES <= width; c += LANES) T(store)(y + c, T(sum_columns)(s, width, c, LANES));
    if (c < width) T(store_first)(y + c, T(sum_columns)(s, width, c, width - c), width - c);
}

// A span of it, in whole vectors: what lies behind the span is 0.
static void T(sum_to_line)(const T(RowSum) *s, ptrdiff_t width, ResampleSpan span, REAL *y) {
    ptrdiff_t c = span.first;
    for (; c + LANES <= span.last; c += LANES, y += LANES) F(store)(y, T(sum_columns)(s, width, c, LANES));
    if (c < span.last) F(store)(y, T(sum_columns)(s, width, c, span.last - c));
}

// Rows of one input an element. Without a weight an element is 0, whatever its input.
static void T(scale_rows)(const TernTaps *rows, const TernTaps *columns, ptrdiff_t width, ptrdiff_t first,
                          ptrdiff_t last, const STORED *x, STORED *y) {
    const ptrdiff_t out = columns->out;
    const STORED *before = 0;
    REAL factor_before = 0;
    for (ptrdiff_t row = first; row < last; row++) {
        const T(RowSum) s = T(row_sum)(rows, width, row, x);
        const REAL factor = s.count ? s.weights[0] : 1;
        STORED *line = y + row * out;
        if (factor == 0) {
            __builtin_memset(line, 0, (size_t)out * sizeof(STORED));
        } else if (s.x == before && factor == factor_before) {
            __builtin_memcpy(line, line - out, (size_t)out * sizeof(STORED));
        } else {
            before = s.x, factor_before = factor;
            for (ptrdiff_t o = 0; o < out; o += LANES) {
                const ptrdiff_t n = least(LANES, out - o);
                STORED taken[LANES];
                if (n == LANES)
                    for (int i = 0; i < LANES; i++) taken[i] = s.x[columns->firsts[o + i]];
                else
                    for (int i = 0; i < LANES; i++) taken[i] = s.x[columns->firsts[o + (i < n ? i : 0)]];
                const REAL *weights = (const REAL *)columns->weights + o;
                const VREAL w = n == LANES ? F(load)(weights) : F(load_first)(weights, n);
                const VREAL v = F(select)(w == 0, (VREAL){}, T(load)(taken) * factor * w);
                if (n == LANES) T(store)(line + o, v);
                else T(store_first)(line + o, v, n);
            }
        }
    }
}

static void T(resample_rows)(const TernTaps *rows, const TernTaps *columns, ptrdiff_t width, ptrdiff_t first,
                             ptrdiff_t last, const void *values, void *result, void *scratch) {
    const STORED *x = values;
    STORED *y = result;
    if (!columns) {
        for (ptrdiff_t row = first; row < last; row++) {
            const T(RowSum) s = T(row_sum)(rows, width, row, x);
            T(sum_to_stored)(&s, width, y + row * width);
        }
        return;
    }
    if (columns->taps == 1 && (!rows || rows->taps == 1)) return T(scale_rows)(rows, columns, width, first, last, x, y);
    Scratch parts = {scratch, 0};
    const F(ResampleLines) l = F(resample_lines)(&parts, columns);
    const REAL *weights = columns->weights;
    for (ptrdiff_t row = first; row < last; row += LANES) {
        const ptrdiff_t count = least(LANES, last - row);
        if (count < LANES) __builtin_memset(l.lines, 0, (size_t)(LANES * l.stride) * sizeof(REAL));
        T(RowSum) sums[LANES];
        for (ptrdiff_t r = 0; r < count; r++) sums[r] = T(row_sum)(rows, width, row + r, x);
        for (ptrdiff_t from = 0; from < columns->out; from += RESAMPLE_STRIP) {
            const ptrdiff_t to = least(columns->out, from + RESAMPLE_STRIP);
            const ResampleSpan span = resample_span(columns, from, to);
            for (ptrdiff_t r = 0; r < count; r++) T(sum_to_line)(&sums[r], width, span, l.lines + r * l.stride);
            F(turn_lines)(span.last - span.first, l.stride, l.lines, l.turned);
            for (ptrdiff_t o = from; o < to; o += LANES) {
                const ptrdiff_t n = least(LANES, to - o);
                VREAL t[LANES] = {};
                for (ptrdiff_t i = 0; i < n; i++)
                    t[i] = F(weighted_sum)(columns->counts[o + i], weights + (o + i) * columns->taps,
                                           l.turned + columns->firsts[o + i] - span.first);
                F(transpose)(t);
                for (ptrdiff_t r = 0; r < count; r++) {
                    STORED *at = y + (row + r) * columns->out + o;
                    if (n == LANES) T(store)(at, t[r]);
                    else T(store_first)(at, t[r], n);
                }
            }
        }
    }
}

// tern_resample_<type>_<level>
const TernResampleKernels TABLE(resample) = {
    .scratch_bytes = F(resample_scratch_bytes),
    .rows = T(resample_rows),
#if STORED_IS_REAL
    .gather_points = F(gather_points),
    .scatter_points = F(scatter_points),
    .point_products = F(point_products),
#endif
};
