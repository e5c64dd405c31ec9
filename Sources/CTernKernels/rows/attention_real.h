// Attention, a block of scores at a time: see TernAttentionBlock.

INLINE ptrdiff_t F(seen_columns)(const TernAttentionBlock *b, ptrdiff_t row) {
    return b->seen >= b->columns ? b->columns : most(0, least(b->columns, b->seen + row));
}

// Scales and masks the scores of a row, if there is a mask. Returns what the scores are still to be multiplied with.
INLINE REAL F(mask_scores)(const TernAttentionBlock *b, ptrdiff_t row, ptrdiff_t n, REAL *s) {
    const REAL scale = (REAL)b->scale;
    if (!b->mask && scale > 0) return scale;
    if (!b->mask) {
        for (ptrdiff_t c = 0; c < n; c++) s[c] *= scale;
    } else if (b->mask_is_bool) {
        const uint8_t *mask = (const uint8_t *)b->mask + row * b->mask_row;
        for (ptrdiff_t c = 0; c < n; c++) s[c] = mask[c] ? s[c] * scale : -(REAL)__builtin_inff();
    } else {
        const REAL *mask = (const REAL *)b->mask + row * b->mask_row;
        for (ptrdiff_t c = 0; c < n; c++) s[c] = s[c] * scale + mask[c];
    }
    return 1;
}

// s = exp(factor * s - shift), and zeros past the first n columns; returns the sum.
INLINE REAL F(weigh_row)(ptrdiff_t n, ptrdiff_t columns, REAL *s, REAL factor, REAL shift) {
    const VREAL k = F(set)(factor), m = F(set)(-shift);
    VREAL sums[2] = {};
    ptrdiff_t c = 0;
    for (; c + 2 * LANES <= n; c += 2 * LANES) {
        VREAL a = F(exp_down)(F(fma)(F(load)(s + c), k, m)), b = F(exp_down)(F(fma)(F(load)(s + c + LANES), k, m));
        F(store)(s + c, a);
        F(store)(s + c + LANES, b);
        sums[0] += a;
        sums[1] += b;
    }
    if (c + LANES <= n) {
        VREAL e = F(exp_down)(F(fma)(F(load)(s + c), k, m));
        F(store)(s + c, e);
        sums[0] += e;
        c += LANES;
    }
    if (c < n) {
        VREAL e = F(exp_down)(F(fma)(F(load_first)(s + c, n - c), k, m));
        F(store_first)(s + c, e, n - c);
        sums[1] += F(select)(F(lane_index)() < (INT)(n - c), e, (VREAL){});
    }
    for (c = n; c < columns; c++) s[c] = 0;
    return F(fold)(F(accumulate_sum), sums[0] + sums[1]);
}

INLINE REAL F(exp_of_scalar)(REAL x) { return F(exp)(F(set)(x))[0]; }

static void F(attention_weights)(const TernAttentionBlock *b, void *scores, void *maxima, void *sums, void *outputs,
                                 ptrdiff_t output_row, ptrdiff_t width) {
    const REAL lowest = -(REAL)__builtin_inff();
    REAL *s = scores, *max = maxima, *sum = sums, *o = outputs;
    for (ptrdiff_t r = 0; r < b->rows; r++, s += b->stride, o += output_row) {
        const ptrdiff_t n = F(seen_columns)(b, r);
        const REAL factor = F(mask_scores)(b, r, n, s);
        const REAL before = max[r];
        REAL now = factor *
            F(fold)(F(accumulate_max), F(reduce_lanes)(F(accumulate_max), F(accumulate_max), lowest, lowest, 0, n, s));
        if (before > now || before != before) now = before;
        max[r] = now;
        // Where nothing is to be seen so far, all weights are 0.
        const REAL shift = now == lowest ? 0 : now;
        const REAL total = F(weigh_row)(n, b->columns, s, factor, shift);
        if (before == now || before == lowest) {
            sum[r] += total;
            continue;
        }
        const REAL correction = F(exp_of_scalar)(before - shift);
        sum[r] = sum[r] * correction + total;
        for (ptrdiff_t c = 0; c < width; c++) o[c] *= correction;
    }
}

static void F(attention_finish)(const TernAttentionBlock *b, void *weights, void *maxima, const void *sums,
                                void *outputs, ptrdiff_t output_row, ptrdiff_t width) {
    REAL *p = weights, *max = maxima, *o = outputs;
    const REAL *sum = sums;
    for (ptrdiff_t r = 0; r < b->rows; r++, o += output_row) {
        const REAL inverse = sum[r] == 0 ? 0 : 1 / sum[r];
        max[r] = sum[r] == 0 ? 0 : max[r] + F(log_of_scalar)(sum[r]);
        for (ptrdiff_t c = 0; c < width; c++) o[c] *= inverse;
        for (ptrdiff_t c = 0; p && c < b->columns; c++) p[r * b->stride + c] *= inverse;
    }
}

static void F(attention_weights_again)(const TernAttentionBlock *b, void *scores, const void *logs) {
    REAL *s = scores;
    for (ptrdiff_t r = 0; r < b->rows; r++, s += b->stride) {
        const ptrdiff_t n = F(seen_columns)(b, r);
        const REAL factor = F(mask_scores)(b, r, n, s);
        F(weigh_row)(n, b->columns, s, factor, ((const REAL *)logs)[r]);
    }
}

static void F(attention_dots)(ptrdiff_t rows, ptrdiff_t width, const void *outputs, ptrdiff_t output_row,
                              const void *gradients, ptrdiff_t gradient_row, void *result) {
    const REAL *o = outputs, *g = gradients;
    REAL *dots = result;
    for (ptrdiff_t r = 0; r < rows; r++, o += output_row, g += gradient_row) dots[r] = F(dot_of_row)(width, o, g);
}

static void F(attention_slopes)(const TernAttentionBlock *b, const void *weights, void *gradients, const void *dots) {
    const REAL *p = weights, *dot = dots;
    REAL *g = gradients;
    const VREAL scale = F(set)((REAL)b->scale);
    for (ptrdiff_t r = 0; r < b->rows; r++, p += b->stride, g += b->stride) {
        const VREAL d = F(set)(dot[r]);
        ptrdiff_t c = 0;
        for (; c + LANES <= b->columns; c += LANES) F(store)(g + c, F(load)(p + c) * (F(load)(g + c) - d) * scale);
        if (c < b->columns) {
            const ptrdiff_t rest = b->columns - c;
            F(store_first)(g + c, F(load_first)(p + c, rest) * (F(load_first)(g + c, rest) - d) * scale, rest);
        }
    }
}
