// Batch normalization of one channel of [N, C, S], for both float types (see float_type.h).
#include "../simd/real.h"

typedef struct {
    ptrdiff_t N, C, S;
} F(shape);

// A block of rows of contiguous values: what is summed in one go, in the precision of the type. Few additions go to one
// lane of the four accumulators.
enum { F(NORMALIZE_BLOCK) = 128 * LANES, F(NORMALIZE_ROWS) = 64 };

// Count, mean and sum of squared deviations of what was merged so far (Chan, Golub and LeVeque).
typedef struct {
    double count, mean, deviations;
} F(moments);
INLINE void F(merge)(F(moments) *m, double count, double mean, double deviations) {
    double total = m->count + count, delta = mean - m->mean;
    m->mean += delta * count / total;
    m->deviations += deviations + delta * delta * m->count * count / total;
    m->count = total;
}

// Sums of x - shift and of its square over rows of `length` values, `stride` apart.
typedef struct {
    double sum, squares;
} F(shifted_sums);
INLINE F(shifted_sums) F(sum_rows)(REAL shift, ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t length, const REAL *x) {
    VREAL sum[4] = {}, squares[4] = {}, s = F(set)(shift);
    for (ptrdiff_t row = 0; row < rows; row++, x += stride) {
        ptrdiff_t i = 0;
        for (; i + 4 * LANES <= length; i += 4 * LANES)
#pragma clang loop unroll(full)
            for (int k = 0; k < 4; k++) {
                VREAL d = F(load)(x + i + k * LANES) - s;
                sum[k] += d;
                squares[k] = F(fma)(d, d, squares[k]);
            }
#pragma clang loop unroll(full)
        for (int k = 0; k < 4; k++, i += LANES) {
            if (i >= length) continue;
            ptrdiff_t rest = length - i;
            VREAL d = (rest >= LANES ? F(load)(x + i) : F(load_first_or)(x + i, rest, s)) - s;
            sum[k] += d;
            squares[k] = F(fma)(d, d, squares[k]);
        }
    }
    return (F(shifted_sums)){F(sum)((sum[0] + sum[2]) + (sum[1] + sum[3])),
                             F(sum)((squares[0] + squares[2]) + (squares[1] + squares[3]))};
}
// Merges a block whose sums about `shift`, a value close to its mean, are known.
INLINE void F(merge_shifted)(F(moments) *m, double count, double shift, double sum, double squares) {
    F(merge)(m, count, shift + sum / count, squares - sum * sum / count);
}

// How a channel is cut in blocks: several whole rows, or parts of one row.
INLINE ptrdiff_t F(rows_in_block)(F(shape) shape, ptrdiff_t left) {
    return least(most(least(F(NORMALIZE_BLOCK) / shape.S, F(NORMALIZE_ROWS)), 1), left);
}

static void F(channel_statistics)(F(shape) shape, const REAL *x, REAL *mean, REAL *variance) {
    F(moments) m = {};
    for (ptrdiff_t n = 0, rows; n < shape.N; n += rows) {
        rows = F(rows_in_block)(shape, shape.N - n);
        for (ptrdiff_t s = 0; s < shape.S; s += F(NORMALIZE_BLOCK)) {
            ptrdiff_t length = least(shape.S - s, F(NORMALIZE_BLOCK));
            const REAL *block = x + n * shape.C * shape.S + s;
            double count = (double)(rows * length);
            REAL shift = (REAL)(F(sum_rows)(0, rows, shape.C * shape.S, length, block).sum / count);
            F(shifted_sums) sums = F(sum_rows)(shift, rows, shape.C * shape.S, length, block);
            F(merge_shifted)(&m, count, shift, sums.sum, sums.squares);
        }
    }
    *mean = (REAL)m.mean;
    *variance = (REAL)(m.deviations / m.count);
}

// gamma / sqrt(variance + epsilon)
INLINE REAL F(normalize_scale)(REAL variance, double epsilon, const REAL *gamma) {
    return (gamma ? *gamma : 1) / LIBM(sqrt)(variance + (REAL)epsilon);
}

static void F(channel_normalize)(F(shape) shape, const REAL *x, REAL mean, REAL scale, REAL beta, REAL *y) {
    VREAL m = F(set)(mean), k = F(set)(scale), b = F(set)(beta);
    for (ptrdiff_t n = 0; n < shape.N; n++, x += shape.C * shape.S, y += shape.C * shape.S) {
        ptrdiff_t s = 0;
        for (; s + LANES <= shape.S; s += LANES) F(store)(y + s, F(fma)(F(load)(x + s) - m, k, b));
        if (s < shape.S) F(store_first)(y + s, F(fma)(F(load_first)(x + s, shape.S - s) - m, k, b), shape.S - s);
    }
}

// Sums of g and of g (x - mean) over a channel.
INLINE void F(channel_sums)(F(shape) shape, const REAL *x, const REAL *g, REAL mean, double *sum, double *dot) {
    VREAL m = F(set)(mean);
    for (ptrdiff_t n = 0, rows; n < shape.N; n += rows) {
        rows = F(rows_in_block)(shape, shape.N - n);
        for (ptrdiff_t s = 0; s < shape.S; s += F(NORMALIZE_BLOCK)) {
            ptrdiff_t length = least(shape.S - s, F(NORMALIZE_BLOCK));
            VREAL sums[4] = {}, dots[4] = {};
            for (ptrdiff_t r = 0; r < rows; r++) {
                ptrdiff_t offset = (n + r) * shape.C * shape.S + s, i = 0;
                const REAL *px = x + offset, *pg = g + offset;
                for (; i + 4 * LANES <= length; i += 4 * LANES)
#pragma clang loop unroll(full)
                    for (int k = 0; k < 4; k++) {
                        VREAL slope = F(load)(pg + i + k * LANES);
                        sums[k] += slope;
                        dots[k] = F(fma)(slope, F(load)(px + i + k * LANES) - m, dots[k]);
                    }
#pragma clang loop unroll(full)
                for (int k = 0; k < 4; k++, i += LANES) {
                    if (i >= length) continue;
                    ptrdiff_t rest = length - i;
                    VREAL slope = rest >= LANES ? F(load)(pg + i) : F(load_first)(pg + i, rest);
                    sums[k] += slope;
                    VREAL value = rest >= LANES ? F(load)(px + i) : F(load_first_or)(px + i, rest, m);
                    dots[k] = F(fma)(slope, value - m, dots[k]);
                }
            }
            *sum += F(sum)((sums[0] + sums[2]) + (sums[1] + sums[3]));
            *dot += F(sum)((dots[0] + dots[2]) + (dots[1] + dots[3]));
        }
    }
}

// dx = a (g - b) - c (x - mean)
static void F(channel_backward)(F(shape) shape, const REAL *x, const REAL *g, REAL mean, REAL variance,
                                const REAL *gamma, double epsilon, _Bool training, REAL *dx, REAL *dgamma,
                                REAL *dbeta) {
    double sum = 0, dot = 0, count = (double)(shape.N * shape.S), inverse = 1 / ((double)variance + epsilon);
    F(channel_sums)(shape, x, g, mean, &sum, &dot);
    *dbeta = (REAL)sum;
    *dgamma = (REAL)(dot * __builtin_sqrt(inverse));
    if (!dx) return;
    REAL scale = F(normalize_scale)(variance, epsilon, gamma);
    VREAL a = F(set)(scale), m = F(set)(mean);
    VREAL b = F(set)(training ? (REAL)(sum / count) : 0),
          c = F(set)(training ? (REAL)(-scale * inverse * dot / count) : 0);
    for (ptrdiff_t n = 0; n < shape.N; n++, x += shape.C * shape.S, g += shape.C * shape.S, dx += shape.C * shape.S) {
        ptrdiff_t s = 0;
        for (; s + LANES <= shape.S; s += LANES)
            F(store)(dx + s, F(fma)(F(load)(x + s) - m, c, (F(load)(g + s) - b) * a));
        if (s < shape.S) {
            ptrdiff_t rest = shape.S - s;
            VREAL d = F(fma)(F(load_first)(x + s, rest) - m, c, (F(load_first)(g + s, rest) - b) * a);
            F(store_first)(dx + s, d, rest);
        }
    }
}

#include "../simd/real_end.h"
