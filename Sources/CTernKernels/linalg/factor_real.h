// Triangular factors of small blocks and tall panels.

static ptrdiff_t F(cholesky)(ptrdiff_t n, void *a_, ptrdiff_t row) {
    REAL *a = a_;
    for (ptrdiff_t j = 0; j < n; j++) {
        REAL *u = a + j * row, pivot = u[j];
        if (!(pivot > 0)) return j;
        pivot = LIBM(sqrt)(pivot);
        u[j] = pivot;
        for (ptrdiff_t k = j + 1; k < n; k++) u[k] /= pivot;
        for (ptrdiff_t i = j + 1; i < n; i++) F(add_scaled)(n - i, -u[i], u + i, a + i * row + i);
    }
    return n;
}

// x := t^-1 x for `vectors` vectors of columns, the last of them with `last` columns.
INLINE void F(solve_strip)(const int vectors, ptrdiff_t last, ptrdiff_t n, const REAL *t, ptrdiff_t t_row,
                           ptrdiff_t t_column, _Bool unit, REAL *x, ptrdiff_t x_row) {
    for (ptrdiff_t i = 0; i < n; i++) {
        VREAL sum[4];
        REAL *y = x + i * x_row;
#pragma clang loop unroll(full)
        for (int k = 0; k < vectors; k++)
            sum[k] = k < vectors - 1 ? F(load)(y + k * LANES) : F(some)(y + k * LANES, last);
        for (ptrdiff_t j = 0; j < i; j++) {
            const VREAL factor = F(set)(-t[i * t_row + j * t_column]);
            const REAL *z = x + j * x_row;
#pragma clang loop unroll(full)
            for (int k = 0; k < vectors; k++) {
                VREAL v = k < vectors - 1 ? F(load)(z + k * LANES) : F(some)(z + k * LANES, last);
                sum[k] = F(fma)(factor, v, sum[k]);
            }
        }
        if (!unit) {
            const REAL diagonal = t[i * (t_row + t_column)];
#pragma clang loop unroll(full)
            for (int k = 0; k < vectors; k++) sum[k] /= diagonal;
        }
#pragma clang loop unroll(full)
        for (int k = 0; k < vectors; k++) {
            if (k < vectors - 1) F(store)(y + k * LANES, sum[k]);
            else F(put_some)(y + k * LANES, sum[k], last);
        }
    }
}

static void F(solve)(ptrdiff_t n, ptrdiff_t columns, const void *t_, ptrdiff_t t_row, ptrdiff_t t_column, _Bool unit,
                     void *x_, ptrdiff_t x_row) {
    const REAL *t = t_;
    REAL *x = x_;
    while (columns > 0) {
        const ptrdiff_t vectors = least(4, ceil_divide(columns, LANES));
        const ptrdiff_t width = least(columns, vectors * LANES), last = width - (vectors - 1) * LANES;
        if (vectors == 4) F(solve_strip)(4, last, n, t, t_row, t_column, unit, x, x_row);
        else if (vectors == 3) F(solve_strip)(3, last, n, t, t_row, t_column, unit, x, x_row);
        else if (vectors == 2) F(solve_strip)(2, last, n, t, t_row, t_column, unit, x, x_row);
        else F(solve_strip)(1, last, n, t, t_row, t_column, unit, x, x_row);
        x += width;
        columns -= width;
    }
}

// The place of the first of the largest magnitudes; a NaN is larger than all.
static ptrdiff_t F(largest)(ptrdiff_t n, const REAL *x) {
    VREAL most = {};
    for (ptrdiff_t i = 0; i < n; i += LANES) most = F(maximum)(most, F(abs)(F(some)(x + i, n - i)));
    const REAL value = F(fold)(F(maximum), most);
    ptrdiff_t i = 0;
    while (i < n - 1 && !(value == value ? LIBM(fabs)(x[i]) == value : x[i] != x[i])) i++;
    return i;
}

static void F(lu)(ptrdiff_t columns, ptrdiff_t n, void *a_, ptrdiff_t row, int64_t *pivots) {
    REAL *a = a_;
    for (ptrdiff_t j = 0; j < least(columns, n); j++) {
        REAL *l = a + j * row;
        const ptrdiff_t best = j + F(largest)(n - j, l + j);
        pivots[j] = best;
        if (best != j)
            for (ptrdiff_t k = 0; k < columns; k++) {
                REAL *x = a + k * row, old = x[j];
                x[j] = x[best];
                x[best] = old;
            }
        const REAL pivot = l[j];
        if (pivot == 0) continue;
        for (ptrdiff_t i = j + 1; i < n; i += LANES) F(put_some)(l + i, F(some)(l + i, n - i) / pivot, n - i);
        for (ptrdiff_t k = j + 1; k < columns; k++) {
            REAL *x = a + k * row + j;
            F(add_scaled)(n - j - 1, -x[0], l + j + 1, x + 1);
        }
    }
}
