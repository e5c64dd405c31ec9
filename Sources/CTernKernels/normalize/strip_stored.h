// Batch normalization of rows of features, [N, C]: neighbouring channels are
// handled together, a strip at a time, and rows are read as they lie in memory. Plain loops, which the compiler turns
// into vector code.

static void T(strip_statistics)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t width, const STORED *x, REAL *mean,
                                REAL *variance) {
    double means[F(STRIP)] = {}, deviations[F(STRIP)] = {}, count = 0;
    REAL shift[F(STRIP)], sum[F(STRIP)], squares[F(STRIP)];
    for (ptrdiff_t n = 0, rows; n < N; n += rows, x += rows * C) {
        rows = least(N - n, F(STRIP_ROWS));
        for (ptrdiff_t c = 0; c < width; c++) shift[c] = sum[c] = squares[c] = 0;
        for (ptrdiff_t r = 0; r < rows; r++)
            for (ptrdiff_t c = 0; c < width; c++) shift[c] += T(get)(x[r * C + c]);
        for (ptrdiff_t c = 0; c < width; c++) shift[c] /= (REAL)rows;
        for (ptrdiff_t r = 0; r < rows; r++)
            for (ptrdiff_t c = 0; c < width; c++) {
                REAL d = T(get)(x[r * C + c]) - shift[c];
                sum[c] += d;
                squares[c] += d * d;
            }
        // As F(merge), for all channels at once.
        double block = (double)rows, inverse = 1 / block, total = count + block;
        double weight = block / total, product = count * weight;
        for (ptrdiff_t c = 0; c < width; c++) {
            double delta = shift[c] + sum[c] * inverse - means[c];
            means[c] += delta * weight;
            deviations[c] += squares[c] - (double)sum[c] * sum[c] * inverse + delta * delta * product;
        }
        count = total;
    }
    for (ptrdiff_t c = 0; c < width; c++) {
        mean[c] = (REAL)means[c];
        variance[c] = (REAL)(deviations[c] / count);
    }
}

static void T(strip_normalize)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t width, const STORED *x, const REAL *mean,
                               const REAL *variance, const REAL *gamma, const REAL *beta, double epsilon, STORED *y) {
    REAL scale[F(STRIP)], shift[F(STRIP)];
    for (ptrdiff_t c = 0; c < width; c++) {
        scale[c] = F(normalize_scale)(variance[c], epsilon, gamma ? gamma + c : 0);
        shift[c] = beta ? beta[c] : 0;
    }
    for (ptrdiff_t n = 0; n < N; n++, x += C, y += C)
        for (ptrdiff_t c = 0; c < width; c++) y[c] = T(put)((T(get)(x[c]) - mean[c]) * scale[c] + shift[c]);
}

static void T(strip_backward)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t width, const STORED *x, const STORED *g,
                              const REAL *mean, const REAL *variance, const REAL *gamma, double epsilon, _Bool training,
                              STORED *dx, REAL *dgamma, REAL *dbeta) {
    double sums[F(STRIP)] = {}, dots[F(STRIP)] = {};
    REAL sum[F(STRIP)], dot[F(STRIP)];
    for (ptrdiff_t n = 0, rows; n < N; n += rows) {
        rows = least(N - n, F(STRIP_ROWS));
        for (ptrdiff_t c = 0; c < width; c++) sum[c] = dot[c] = 0;
        for (ptrdiff_t r = n; r < n + rows; r++)
            for (ptrdiff_t c = 0; c < width; c++) {
                sum[c] += T(get)(g[r * C + c]);
                dot[c] += T(get)(g[r * C + c]) * (T(get)(x[r * C + c]) - mean[c]);
            }
        for (ptrdiff_t c = 0; c < width; c++) {
            sums[c] += sum[c];
            dots[c] += dot[c];
        }
    }
    // dx = scale (g - center) - slope (x - mean)
    REAL scale[F(STRIP)], center[F(STRIP)], slope[F(STRIP)];
    for (ptrdiff_t c = 0; c < width; c++) {
        double inverse = 1 / ((double)variance[c] + epsilon);
        dbeta[c] = (REAL)sums[c];
        dgamma[c] = (REAL)(dots[c] * __builtin_sqrt(inverse));
        scale[c] = F(normalize_scale)(variance[c], epsilon, gamma ? gamma + c : 0);
        center[c] = training ? (REAL)(sums[c] / (double)N) : 0;
        slope[c] = training ? (REAL)(scale[c] * inverse * dots[c] / (double)N) : 0;
    }
    if (!dx) return;
    for (ptrdiff_t n = 0; n < N; n++, x += C, g += C, dx += C)
        for (ptrdiff_t c = 0; c < width; c++)
            dx[c] = T(put)(scale[c] * (T(get)(g[c]) - center[c]) - slope[c] * (T(get)(x[c]) - mean[c]));
}
