// Normalization of rows: see TernNormalizeRows.

// y = (x - mean) * scale * gamma + beta, with a weight for each column.
INLINE void T(normalize_columns)(ptrdiff_t columns, const STORED *x, REAL mean, REAL scale, const REAL *gamma,
                                 const REAL *beta, STORED *y) {
    const VREAL m = F(set)(mean), k = F(set)(scale);
    ptrdiff_t c = 0;
    for (; c + LANES <= columns; c += LANES) {
        VREAL v = (T(load)(x + c) - m) * k;
        if (gamma) v = v * F(load)(gamma + c);
        if (beta) v = v + F(load)(beta + c);
        T(store)(y + c, v);
    }
    if (c < columns) {
        const ptrdiff_t rest = columns - c;
        VREAL v = (T(load_first)(x + c, rest) - m) * k;
        if (gamma) v = v * F(load_first)(gamma + c, rest);
        if (beta) v = v + F(load_first)(beta + c, rest);
        T(store_first)(y + c, v, rest);
    }
}

// Mean and variance of a row that is one block: as T(channel_statistics), with nothing to merge, which would take as
// long as a short row itself. `inverse` is 1 / columns.
INLINE void T(row_statistics)(ptrdiff_t columns, double inverse, const STORED *x, REAL *mean, REAL *variance) {
    const REAL shift = (REAL)(T(sum_rows)(0, 1, 0, columns, x).sum * inverse);
    const F(shifted_sums) sums = T(sum_rows)(shift, 1, 0, columns, x);
    *mean = (REAL)(shift + sums.sum * inverse);
    *variance = (REAL)((sums.squares - sums.sum * sums.sum * inverse) * inverse);
}

static void T(rows_forward)(const TernNormalizeRows *sizes, ptrdiff_t first, ptrdiff_t last, const void *values,
                            const void *weights, const void *shifts, void *means, void *variances, void *result) {
    const ptrdiff_t segments = sizes->segments, span = sizes->span, columns = segments * span;
    const double inverse = 1 / (double)columns;
    REAL *variance = variances;
    for (ptrdiff_t r = first; r < last; r++) {
        const STORED *x = (const STORED *)values + r * columns;
        STORED *y = (STORED *)result + r * columns;
        const REAL *gamma = weights ? (const REAL *)weights + r % sizes->groups * segments : 0;
        const REAL *beta = shifts ? (const REAL *)shifts + r % sizes->groups * segments : 0;
        REAL mean = 0;
        if (sizes->centers) {
            if (columns <= F(NORMALIZE_BLOCK)) T(row_statistics)(columns, inverse, x, &mean, variance + r);
            else T(channel_statistics)((F(shape)){1, 1, columns}, x, &mean, variance + r);
            ((REAL *)means)[r] = mean;
        } else {
            variance[r] = T(sum_of_blocks)(F(accumulate_squares), 0, columns, x, 1, 0) / (REAL)columns;
        }
        const REAL scale = F(normalize_scale)(variance[r], sizes->epsilon, 0);
        if (span == 1 && gamma && beta) T(normalize_columns)(columns, x, mean, scale, gamma, beta, y);
        else if (span == 1 && gamma) T(normalize_columns)(columns, x, mean, scale, gamma, 0, y);
        else if (span == 1) T(normalize_columns)(columns, x, mean, scale, 0, beta, y);
        else
            for (ptrdiff_t s = 0; s < segments; s++)
                T(channel_normalize)(TERN_ACTIVATION_NONE, (TernActivation){}, (F(shape)){1, 1, span}, x + s * span,
                                     mean, gamma ? scale * gamma[s] : scale, beta ? beta[s] : 0, y + s * span);
    }
}

// Adds a vector of columns to the sums of g gamma and of g gamma (x - mean), and to those of each column.
INLINE void T(add_columns)(ptrdiff_t n, const STORED *x, const STORED *g, VREAL mean, VREAL scale, const REAL *gamma,
                           VREAL *sum, VREAL *dot, REAL *to_gamma, REAL *to_beta) {
    const _Bool whole = n >= LANES;
    VREAL slope = whole ? T(load)(g) : T(load_first)(g, n);
    // Lanes past the end have no slope.
    VREAL deviation = (whole ? T(load)(x) : T(load_first_or)(x, n, mean)) - mean;
    VREAL weighted = slope;
    if (gamma) weighted = weighted * (whole ? F(load)(gamma) : F(load_first)(gamma, n));
    *sum += weighted;
    *dot = F(fma)(weighted, deviation, *dot);
    if (!to_gamma) return;
    VREAL slopes = F(fma)(slope, deviation * scale, whole ? F(load)(to_gamma) : F(load_first)(to_gamma, n));
    VREAL sums = slope + (whole ? F(load)(to_beta) : F(load_first)(to_beta, n));
    if (whole) {
        F(store)(to_gamma, slopes);
        F(store)(to_beta, sums);
    } else {
        F(store_first)(to_gamma, slopes, n);
        F(store_first)(to_beta, sums, n);
    }
}
INLINE void T(sum_columns)(ptrdiff_t columns, const STORED *x, const STORED *g, REAL mean, REAL scale,
                           const REAL *gamma, double *sum, double *dot, REAL *to_gamma, REAL *to_beta) {
    const VREAL m = F(set)(mean), k = F(set)(scale);
    for (ptrdiff_t start = 0; start < columns; start += F(NORMALIZE_BLOCK)) {
        const ptrdiff_t end = least(columns, start + F(NORMALIZE_BLOCK));
        VREAL sums[2] = {}, dots[2] = {};
        ptrdiff_t c = start;
#define ADD(n, lane) \
    T(add_columns)(n, x + c, g + c, m, k, gamma ? gamma + c : 0, sums + lane, dots + lane, \
                   to_gamma ? to_gamma + c : 0, to_beta ? to_beta + c : 0)
        for (; c + 2 * LANES <= end; c += LANES) {
            ADD(LANES, 0);
            c += LANES;
            ADD(LANES, 1);
        }
        if (c + LANES <= end) {
            ADD(LANES, 0);
            c += LANES;
        }
        if (c < end) ADD(end - c, 1);
#undef ADD
        *sum += F(sum)(sums[0] + sums[1]);
        *dot += F(sum)(dots[0] + dots[1]);
    }
}

// dx = scale (g gamma - center) - slope (x - mean), with a weight for each column, or one for all. What the products
// have in common with their mean goes before anything is rounded again, and they are as they were summed (a statement
// of their own): the gradient of a row of one column is 0.
INLINE void T(slope_columns)(ptrdiff_t columns, const STORED *x, const STORED *g, REAL mean, REAL scale, REAL center,
                             REAL slope, const REAL *gamma, REAL weight, STORED *dx) {
    const VREAL m = F(set)(mean), k = F(set)(scale), b = F(set)(center), a = F(set)(-slope), w = F(set)(weight);
    ptrdiff_t c = 0;
    for (; c + LANES <= columns; c += LANES) {
        const VREAL v = T(load)(g + c) * (gamma ? F(load)(gamma + c) : w);
        T(store)(dx + c, F(fma)(T(load)(x + c) - m, a, (v - b) * k));
    }
    if (c < columns) {
        const ptrdiff_t rest = columns - c;
        const VREAL v = T(load_first)(g + c, rest) * (gamma ? F(load_first)(gamma + c, rest) : w);
        T(store_first)(dx + c, F(fma)(T(load_first)(x + c, rest) - m, a, (v - b) * k), rest);
    }
}

static void T(rows_backward)(const TernNormalizeRows *sizes, ptrdiff_t first, ptrdiff_t last, const void *values,
                             const void *gradients, const void *means, const void *variances, const void *weights,
                             void *result, void *sums) {
    const ptrdiff_t segments = sizes->segments, span = sizes->span, columns = segments * span;
    const ptrdiff_t channels = sizes->groups * segments;
    REAL *total = sums, *block = sums ? total + 2 * channels : 0;
    for (ptrdiff_t i = 0; sums && i < 4 * channels; i++) total[i] = 0;
    for (ptrdiff_t r = first; r < last; r++) {
        const STORED *x = (const STORED *)values + r * columns, *g = (const STORED *)gradients + r * columns;
        const ptrdiff_t channel = r % sizes->groups * segments;
        const REAL *gamma = weights ? (const REAL *)weights + channel : 0;
        REAL *to_gamma = sums ? block + channel : 0, *to_beta = sums ? to_gamma + channels : 0;
        const REAL mean = sizes->centers ? ((const REAL *)means)[r] : 0, variance = ((const REAL *)variances)[r];
        const REAL scale = F(normalize_scale)(variance, sizes->epsilon, 0);
        double sum = 0, dot = 0;
        if (span == 1 && gamma && sums)
            T(sum_columns)(columns, x, g, mean, scale, gamma, &sum, &dot, to_gamma, to_beta);
        else if (span == 1 && sums) T(sum_columns)(columns, x, g, mean, scale, 0, &sum, &dot, to_gamma, to_beta);
        else if (span == 1) T(sum_columns)(columns, x, g, mean, scale, gamma, &sum, &dot, 0, 0);
        else
            for (ptrdiff_t s = 0; s < segments; s++) {
                double part = 0, product = 0;
                T(channel_sums)(TERN_ACTIVATION_NONE, F(affine_of)(mean, 1, 0, (TernActivation){}),
                                (F(shape)){1, 1, span}, x + s * span, g + s * span, &part, &product);
                if (sums) to_gamma[s] += (REAL)(product * scale), to_beta[s] += (REAL)part;
                sum += gamma ? gamma[s] * part : part;
                dot += gamma ? gamma[s] * product : product;
            }
        if (result) {
            STORED *dx = (STORED *)result + r * columns;
            const REAL center = sizes->centers ? (REAL)(sum / (double)columns) : 0;
            const REAL slope = (REAL)(scale * dot / (((double)variance + sizes->epsilon) * (double)columns));
            if (span == 1 && gamma) T(slope_columns)(columns, x, g, mean, scale, center, slope, gamma, 1, dx);
            else if (span == 1) T(slope_columns)(columns, x, g, mean, scale, center, slope, 0, 1, dx);
            else
                for (ptrdiff_t s = 0; s < segments; s++)
                    T(slope_columns)(span, x + s * span, g + s * span, mean, scale, center, slope, 0,
                                     gamma ? gamma[s] : 1, dx + s * span);
        }
        if (sums && ((r - first) % F(ROWS_TOGETHER) == F(ROWS_TOGETHER) - 1 || r + 1 == last))
            for (ptrdiff_t i = 0; i < 2 * channels; i++) total[i] += block[i], block[i] = 0;
    }
}
