// Batch normalization of one channel of [N, C, S].

// Rows of a channel lie far apart, so that no processor foresees them. While the last pass over a channel computes,
// each of its rows asks for that of the next channel, which lies behind it.
INLINE void T(ask_for_next)(const STORED *row, ptrdiff_t length) { __builtin_prefetch(row + length, 0, 2); }
INLINE void T(ask_to_write_next)(const STORED *row, ptrdiff_t length) { __builtin_prefetch(row + length, 1, 2); }

// Sums of x - shift and of its square over rows of `length` values, `stride` apart.
INLINE F(shifted_sums) T(sum_rows)(REAL shift, ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t length, const STORED *x) {
    VREAL sum[4] = {}, squares[4] = {}, s = F(set)(shift);
    for (ptrdiff_t row = 0; row < rows; row++, x += stride) {
        ptrdiff_t i = 0;
        for (; i + 4 * LANES <= length; i += 4 * LANES)
#pragma clang loop unroll(full)
            for (int k = 0; k < 4; k++) {
                VREAL d = T(load)(x + i + k * LANES) - s;
                sum[k] += d;
                squares[k] = F(fma)(d, d, squares[k]);
            }
#pragma clang loop unroll(full)
        for (int k = 0; k < 4; k++, i += LANES) {
            if (i >= length) continue;
            ptrdiff_t rest = length - i;
            VREAL d = (rest >= LANES ? T(load)(x + i) : T(load_first_or)(x + i, rest, s)) - s;
            sum[k] += d;
            squares[k] = F(fma)(d, d, squares[k]);
        }
    }
    return (F(shifted_sums)){F(sum)((sum[0] + sum[2]) + (sum[1] + sum[3])),
                             F(sum)((squares[0] + squares[2]) + (squares[1] + squares[3]))};
}
static void T(channel_statistics)(F(shape) shape, const STORED *x, REAL *mean, REAL *variance) {
    F(moments) m = {};
    for (ptrdiff_t n = 0, rows; n < shape.N; n += rows) {
        rows = F(rows_in_block)(shape, shape.N - n);
        for (ptrdiff_t s = 0; s < shape.S; s += F(NORMALIZE_BLOCK)) {
            ptrdiff_t length = least(shape.S - s, F(NORMALIZE_BLOCK));
            const STORED *block = x + n * shape.C * shape.S + s;
            double count = (double)(rows * length);
            REAL shift = (REAL)(T(sum_rows)(0, rows, shape.C * shape.S, length, block).sum / count);
            F(shifted_sums) sums = T(sum_rows)(shift, rows, shape.C * shape.S, length, block);
            F(merge_shifted)(&m, count, shift, sums.sum, sums.squares);
        }
    }
    *mean = (REAL)m.mean;
    *variance = (REAL)(m.deviations / m.count);
}

// The activation is a constant to each of these, so that it costs what it computes.
INLINE void T(channel_normalize)(const TernActivationKind kind, TernActivation activation, F(shape) shape,
                                 const STORED *x, REAL mean, REAL scale, REAL beta, STORED *y) {
    F(affine) of = F(affine_of)(mean, scale, beta, activation);
    for (ptrdiff_t n = 0; n < shape.N; n++, x += shape.C * shape.S, y += shape.C * shape.S) {
        ptrdiff_t s = 0;
        for (; s + LANES <= shape.S; s += LANES) {
            T(ask_for_next)(x + s, shape.S);
            T(ask_to_write_next)(y + s, shape.S);
            T(store)(y + s, F(activated)(kind, of, T(load)(x + s)));
        }
        if (s < shape.S) T(store_first)(y + s, F(activated)(kind, of, T(load_first)(x + s, shape.S - s)), shape.S - s);
    }
}

// Sums of g and of g (x - mean) over a channel, g as it is before the activation.
INLINE void T(channel_sums)(const TernActivationKind kind, F(affine) of, F(shape) shape, const STORED *x,
                            const STORED *g, double *sum, double *dot) {
    for (ptrdiff_t n = 0, rows; n < shape.N; n += rows) {
        rows = F(rows_in_block)(shape, shape.N - n);
        for (ptrdiff_t s = 0; s < shape.S; s += F(NORMALIZE_BLOCK)) {
            ptrdiff_t length = least(shape.S - s, F(NORMALIZE_BLOCK));
            VREAL sums[4] = {}, dots[4] = {};
            for (ptrdiff_t r = 0; r < rows; r++) {
                ptrdiff_t offset = (n + r) * shape.C * shape.S + s, i = 0;
                const STORED *px = x + offset, *pg = g + offset;
                for (; i + 4 * LANES <= length; i += 4 * LANES)
#pragma clang loop unroll(full)
                    for (int k = 0; k < 4; k++) {
                        VREAL value = T(load)(px + i + k * LANES);
                        VREAL slope = F(activated_backward)(kind, of, T(load)(pg + i + k * LANES), value);
                        sums[k] += slope;
                        dots[k] = F(fma)(slope, value - of.mean, dots[k]);
                    }
#pragma clang loop unroll(full)
                for (int k = 0; k < 4; k++, i += LANES) {
                    if (i >= length) continue;
                    ptrdiff_t rest = length - i;
                    VREAL value = rest >= LANES ? T(load)(px + i) : T(load_first_or)(px + i, rest, of.mean);
                    VREAL slope = rest >= LANES ? T(load)(pg + i) : T(load_first)(pg + i, rest);
                    slope = F(activated_backward)(kind, of, slope, value);
                    sums[k] += slope;
                    dots[k] = F(fma)(slope, value - of.mean, dots[k]);
                }
            }
            *sum += F(sum)((sums[0] + sums[2]) + (sums[1] + sums[3]));
            *dot += F(sum)((dots[0] + dots[2]) + (dots[1] + dots[3]));
        }
    }
}

// dx = a (g - b) - c (x - mean)
INLINE void T(channel_backward)(const TernActivationKind kind, TernActivation activation, F(shape) shape,
                                const STORED *x, const STORED *g, REAL mean, REAL variance, const REAL *gamma,
                                REAL beta, double epsilon, _Bool training, STORED *dx, REAL *dgamma, REAL *dbeta) {
    double sum = 0, dot = 0, count = (double)(shape.N * shape.S), inverse = 1 / ((double)variance + epsilon);
    REAL scale = F(normalize_scale)(variance, epsilon, gamma);
    F(affine) of = F(affine_of)(mean, scale, beta, activation);
    T(channel_sums)(kind, of, shape, x, g, &sum, &dot);
    *dbeta = (REAL)sum;
    *dgamma = (REAL)(dot * __builtin_sqrt(inverse));
    if (!dx) return;
    VREAL b = F(set)(training ? (REAL)(sum / count) : 0),
          c = F(set)(training ? (REAL)(-scale * inverse * dot / count) : 0);
    for (ptrdiff_t n = 0; n < shape.N; n++, x += shape.C * shape.S, g += shape.C * shape.S, dx += shape.C * shape.S) {
        ptrdiff_t s = 0;
        for (; s + LANES <= shape.S; s += LANES) {
            T(ask_for_next)(x + s, shape.S);
            T(ask_for_next)(g + s, shape.S);
            VREAL value = T(load)(x + s), u = F(activated_backward)(kind, of, T(load)(g + s), value);
            T(store)(dx + s, F(fma)(value - of.mean, c, (u - b) * of.scale));
        }
        if (s < shape.S) {
            ptrdiff_t rest = shape.S - s;
            VREAL value = T(load_first)(x + s, rest);
            VREAL u = F(activated_backward)(kind, of, T(load_first)(g + s, rest), value);
            T(store_first)(dx + s, F(fma)(value - of.mean, c, (u - b) * of.scale), rest);
        }
    }
}
