// Householder reflections.

// The sum of the squares in float64, of float32 without over- or underflow.
INLINE double F(squares)(ptrdiff_t n, const REAL *x) {
#if FLOAT_BITS == 32
    v_f64 sum = {};
    ptrdiff_t i = 0;
    for (; i + F64_LANES <= n; i += F64_LANES) {
        double wide[F64_LANES];
        for (int k = 0; k < F64_LANES; k++) wide[k] = x[i + k];
        const v_f64 v = f64_load(wide);
        sum = f64_fma(v, v, sum);
    }
    double total = f64_sum(sum);
    for (; i < n; i++) total += (double)x[i] * x[i];
    return total;
#else
    return F(dot)(n, x, x);
#endif
}

static double F(reflection)(ptrdiff_t n, void *x_, double *beta) {
    REAL *x = x_;
    if (n == 0) return 0;
    double sum = F(squares)(n - 1, x + 1), first = x[0], unit = 1;
    // Numbers or squares that are no normal numbers, or none at all: with all times a power of two, of the least
    // numbers twice.
    const _Bool narrow = FLOAT_BITS == 32;
    for (int turn = 0; turn < 2; turn++) {
        const double all = sum + first * first;
        const _Bool is_small = all < (narrow ? 0x1p-200 : 0x1p-900);
        if (!is_small && !(all > (narrow ? 0x1p240 : 0x1p1000))) break;
        const double factor = is_small ? (narrow ? 0x1p60 : 0x1p500) : (narrow ? 0x1p-60 : 0x1p-550);
        F(scale)(n, (REAL)factor, x);
        unit *= factor;
        sum = F(squares)(n - 1, x + 1);
        first = x[0];
    }
    *beta = first / unit;
    x[0] = 1;
    if (sum == 0) return 0;
    const double norm = __builtin_sqrt(first * first + sum), reflected = first >= 0 ? -norm : norm;
    // The inverse of the divisor may be no number of the type.
    const REAL divisor = (REAL)(first - reflected);
    for (ptrdiff_t i = 1; i < n; i += LANES) F(put_some)(x + i, F(some)(x + i, n - i) / divisor, n - i);
    *beta = reflected / unit;
    return (reflected - first) / reflected;
}

static void F(qr)(ptrdiff_t columns, ptrdiff_t n, void *a_, ptrdiff_t row, void *tau_) {
    REAL *a = a_, *tau = tau_;
    for (ptrdiff_t j = 0; j < columns; j++) {
        if (j >= n) {
            tau[j] = 0;
            continue;
        }
        REAL *v = a + j * row + j;
        double beta;
        tau[j] = (REAL)F(reflection)(n - j, v, &beta);
        for (ptrdiff_t k = j + 1; k < columns; k++) {
            REAL *x = a + k * row + j;
            F(add_scaled)(n - j, -tau[j] * F(dot)(n - j, v, x), v, x);
        }
        v[0] = (REAL)beta;
    }
}

static void F(block_reflection)(ptrdiff_t n, const void *gram_, const void *tau_, void *t_) {
    const REAL *gram = gram_, *tau = tau_;
    REAL *t = t_;
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t j = 0; j < n; j++) t[i * n + j] = i == j ? tau[j] : 0;
    for (ptrdiff_t j = 1; j < n; j++)
        for (ptrdiff_t i = 0; i < j; i++) {
            REAL sum = 0;
            for (ptrdiff_t k = i; k < j; k++) sum += t[i * n + k] * gram[k * n + j];
            t[i * n + j] = -tau[j] * sum;
        }
}

static void F(combine)(ptrdiff_t rows, ptrdiff_t columns, const void *a_, ptrdiff_t row, const void *u_, void *y_) {
    const REAL *a = a_, *u = u_;
    REAL *y = y_;
    for (ptrdiff_t i = 0; i < columns; i += LANES) F(put_some)(y + i, (VREAL){}, columns - i);
    ptrdiff_t i = 0;
    for (; i + 4 <= rows; i += 4) {
        const REAL *x = a + i * row;
        const VREAL u0 = F(set)(u[i]), u1 = F(set)(u[i + 1]), u2 = F(set)(u[i + 2]), u3 = F(set)(u[i + 3]);
        ptrdiff_t j = 0;
        for (; j + LANES <= columns; j += LANES) {
            VREAL sum = F(fma)(u0, F(load)(x + j), F(load)(y + j));
            sum = F(fma)(u1, F(load)(x + row + j), sum);
            sum = F(fma)(u2, F(load)(x + 2 * row + j), sum);
            F(store)(y + j, F(fma)(u3, F(load)(x + 3 * row + j), sum));
        }
        if (j < columns) {
            const ptrdiff_t rest = columns - j;
            VREAL sum = F(fma)(u0, F(load_first)(x + j, rest), F(load_first)(y + j, rest));
            sum = F(fma)(u1, F(load_first)(x + row + j, rest), sum);
            sum = F(fma)(u2, F(load_first)(x + 2 * row + j, rest), sum);
            F(store_first)(y + j, F(fma)(u3, F(load_first)(x + 3 * row + j, rest), sum), rest);
        }
    }
    for (; i < rows; i++) F(add_scaled)(columns, u[i], a + i * row, y);
}

INLINE void F(update_rows)(const int rows, ptrdiff_t columns, REAL *a, ptrdiff_t row, const REAL *x, const REAL *v,
                           const REAL *u, const REAL *w, const REAL *z, REAL *y) {
    VREAL sum[2] = {}, x_[2], u_[2];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) x_[i] = F(set)(-x[i]), u_[i] = F(set)(-u[i]);
    ptrdiff_t j = 0;
    for (; j + LANES <= columns; j += LANES) {
        const VREAL v_ = F(load)(v + j), w_ = F(load)(w + j), z_ = F(load)(z + j);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            const VREAL b = F(fma)(u_[i], w_, F(fma)(x_[i], v_, F(load)(a + i * row + j)));
            F(store)(a + i * row + j, b);
            sum[i] = F(fma)(b, z_, sum[i]);
        }
    }
    if (j < columns) {
        const ptrdiff_t rest = columns - j;
        const VREAL v_ = F(load_first)(v + j, rest), w_ = F(load_first)(w + j, rest), z_ = F(load_first)(z + j, rest);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            const VREAL b = F(fma)(u_[i], w_, F(fma)(x_[i], v_, F(load_first)(a + i * row + j, rest)));
            F(store_first)(a + i * row + j, b, rest);
            sum[i] = F(fma)(b, z_, sum[i]);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) y[i] = F(sum)(sum[i]);
}

static void F(update)(ptrdiff_t rows, ptrdiff_t columns, void *a_, ptrdiff_t row, const void *x_, const void *v,
                      const void *u_, const void *w, const void *z, void *y_) {
    REAL *a = a_, *y = y_;
    const REAL *x = x_, *u = u_;
    ptrdiff_t i = 0;
    for (; i + 2 <= rows; i += 2) F(update_rows)(2, columns, a + i * row, row, x + i, v, u + i, w, z, y + i);
    if (i < rows) F(update_rows)(1, columns, a + i * row, row, x + i, v, u + i, w, z, y + i);
}
