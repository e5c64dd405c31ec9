// Vectors of contiguous elements.

// Up to `rest` elements; zeros behind them.
INLINE VREAL F(some)(const REAL *p, ptrdiff_t rest) { return rest >= LANES ? F(load)(p) : F(load_first)(p, rest); }
INLINE void F(put_some)(REAL *p, VREAL v, ptrdiff_t rest) {
    if (rest >= LANES) F(store)(p, v);
    else F(store_first)(p, v, rest);
}

static REAL F(dot)(ptrdiff_t n, const REAL *x, const REAL *y) {
    VREAL sum[4] = {};
    ptrdiff_t i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES)
#pragma clang loop unroll(full)
        for (int k = 0; k < 4; k++) sum[k] = F(fma)(F(load)(x + i + k * LANES), F(load)(y + i + k * LANES), sum[k]);
    for (; i < n; i += LANES) sum[0] = F(fma)(F(some)(x + i, n - i), F(some)(y + i, n - i), sum[0]);
    return F(sum)((sum[0] + sum[1]) + (sum[2] + sum[3]));
}

// y += a x
static void F(add_scaled)(ptrdiff_t n, REAL a, const REAL *x, REAL *y) {
    const VREAL factor = F(set)(a);
    ptrdiff_t i = 0;
    for (; i + LANES <= n; i += LANES) F(store)(y + i, F(fma)(factor, F(load)(x + i), F(load)(y + i)));
    if (i < n) F(store_first)(y + i, F(fma)(factor, F(load_first)(x + i, n - i), F(load_first)(y + i, n - i)), n - i);
}

OUTLINE void F(scale)(ptrdiff_t n, REAL a, REAL *x) {
    for (ptrdiff_t i = 0; i < n; i += LANES) F(put_some)(x + i, F(some)(x + i, n - i) * a, n - i);
}

// to[j, i] = from[i, j]
static void F(transposed)(ptrdiff_t rows, ptrdiff_t columns, const void *from_, ptrdiff_t from_row, void *to_,
                          ptrdiff_t to_row) {
    const REAL *from = from_;
    REAL *to = to_;
    for (ptrdiff_t j = 0; j < columns; j += LANES)
        for (ptrdiff_t i = 0; i < rows; i += LANES) {
            const ptrdiff_t height = least(rows - i, LANES), width = least(columns - j, LANES);
            VREAL x[LANES];
            for (int k = 0; k < LANES; k++)
                x[k] = k < height ? F(some)(from + (i + k) * from_row + j, width) : (VREAL){};
            F(transpose)(x);
            for (int k = 0; k < width; k++) F(put_some)(to + (j + k) * to_row + i, x[k], height);
        }
}
