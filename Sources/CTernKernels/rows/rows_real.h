// Softmax and cross-entropy of rows, for both float types (see float_type.h).
#include "../simd/real.h"

INLINE REAL F(max_of_row)(ptrdiff_t columns, const REAL *x) {
    const REAL lowest = -(REAL)__builtin_inff();
    return F(fold)(F(accumulate_max),
                   F(reduce_lanes)(F(accumulate_max), F(accumulate_max), lowest, lowest, 0, columns, x));
}

// Sums along a row are added up in double precision after every block of so many vectors.
enum { F(SUM_BLOCK) = 32 * LANES };

INLINE VREAL F(exp_block)(ptrdiff_t columns, const REAL *x, VREAL shift, REAL *y) {
    VREAL sums = {};
    ptrdiff_t c = 0;
    for (; c + LANES <= columns; c += LANES) {
        VREAL e = F(exp)(F(load)(x + c) - shift);
        sums += e;
        if (y) F(store)(y + c, e);
    }
    if (c < columns) {
        VREAL e = F(exp)(F(load_first)(x + c, columns - c) - shift);
        sums += F(select)(F(lane_index)() < (INT)(columns - c), e, (VREAL){});
        if (y) F(store_first)(y + c, e, columns - c);
    }
    return sums;
}
// y = exp(x - shift) of a row, unless y is null; returns the sum.
INLINE REAL F(exp_row)(ptrdiff_t columns, const REAL *x, VREAL shift, REAL *y) {
    if (columns <= F(SUM_BLOCK)) return F(sum)(F(exp_block)(columns, x, shift, y));
    double total = 0;
    for (ptrdiff_t c = 0; c < columns; c += F(SUM_BLOCK)) {
        ptrdiff_t count = least(columns - c, F(SUM_BLOCK));
        total += F(sum)(F(exp_block)(count, x + c, shift, y ? y + c : 0));
    }
    return (REAL)total;
}

// y = softmax(x) of one row; returns the sum of exp(x - max(x)), and the maximum in `max`.
INLINE REAL F(softmax_row)(ptrdiff_t columns, const REAL *x, REAL *y, REAL *max) {
    if (columns <= LANES) {  // the row stays in a register
        VREAL v = F(load_first_or)(x, columns, F(set)(-(REAL)__builtin_inff()));
        *max = F(fold)(F(accumulate_max), v);
        v = F(exp)(v - F(set)(*max));
        REAL sum = F(fold)(F(accumulate_sum), v);
        F(store_first)(y, v * (1 / sum), columns);
        return sum;
    }
    *max = F(max_of_row)(columns, x);
    REAL sum = F(exp_row)(columns, x, F(set)(*max), y);
    F(map_parameter)(F(multiply), 1 / sum, columns, y, y);
    return sum;
}
INLINE REAL F(log_of_scalar)(REAL x) { return F(log)(F(set)(x))[0]; }

static void F(softmax)(ptrdiff_t rows, ptrdiff_t columns, const REAL *x, REAL *y) {
    for (ptrdiff_t r = 0; r < rows; r++, x += columns, y += columns) {
        REAL max;
        F(softmax_row)(columns, x, y, &max);
    }
}

static void F(log_softmax)(ptrdiff_t rows, ptrdiff_t columns, const REAL *x, REAL *y) {
    for (ptrdiff_t r = 0; r < rows; r++, x += columns, y += columns) {
        VREAL shift = F(set)(F(max_of_row)(columns, x));
        VREAL log_sum = F(set)(F(log_of_scalar)(F(exp_row)(columns, x, shift, 0)));
        ptrdiff_t c = 0;
        for (; c + LANES <= columns; c += LANES) F(store)(y + c, F(load)(x + c) - shift - log_sum);
        if (c < columns) F(store_first)(y + c, F(load_first)(x + c, columns - c) - shift - log_sum, columns - c);
    }
}

INLINE VREAL F(dot_of_block)(ptrdiff_t columns, const REAL *y, const REAL *g) {
    VREAL dot = {};
    ptrdiff_t c = 0;
    for (; c + LANES <= columns; c += LANES) dot = F(fma)(F(load)(y + c), F(load)(g + c), dot);
    if (c < columns) dot = F(fma)(F(load_first)(y + c, columns - c), F(load_first)(g + c, columns - c), dot);
    return dot;
}
INLINE REAL F(dot_of_row)(ptrdiff_t columns, const REAL *y, const REAL *g) {
    if (columns <= F(SUM_BLOCK)) return F(sum)(F(dot_of_block)(columns, y, g));
    double total = 0;
    for (ptrdiff_t c = 0; c < columns; c += F(SUM_BLOCK)) {
        ptrdiff_t count = least(columns - c, F(SUM_BLOCK));
        total += F(sum)(F(dot_of_block)(count, y + c, g + c));
    }
    return (REAL)total;
}

static void F(softmax_backward)(ptrdiff_t rows, ptrdiff_t columns, const REAL *y, const REAL *g, REAL *dx) {
    for (ptrdiff_t r = 0; r < rows; r++, y += columns, g += columns, dx += columns) {
        VREAL dot = F(set)(F(dot_of_row)(columns, y, g));
        ptrdiff_t c = 0;
        for (; c + LANES <= columns; c += LANES) F(store)(dx + c, F(load)(y + c) * (F(load)(g + c) - dot));
        if (c < columns)
            F(store_first)(dx + c, F(load_first)(y + c, columns - c) * (F(load_first)(g + c, columns - c) - dot),
                           columns - c);
    }
}

static void F(log_softmax_backward)(ptrdiff_t rows, ptrdiff_t columns, const REAL *y, const REAL *g, REAL *dx) {
    for (ptrdiff_t r = 0; r < rows; r++, y += columns, g += columns, dx += columns) {
        VREAL sum = F(set)(F(sum_of_blocks)(F(accumulate_sum), 0, columns, g, 1, 0));
        ptrdiff_t c = 0;
        for (; c + LANES <= columns; c += LANES) F(store)(dx + c, F(load)(g + c) - F(exp)(F(load)(y + c)) * sum);
        if (c < columns)
            F(store_first)(dx + c, F(load_first)(g + c, columns - c) - F(exp)(F(load_first)(y + c, columns - c)) * sum,
                           columns - c);
    }
}

static ptrdiff_t F(cross_entropy)(ptrdiff_t rows, ptrdiff_t columns, const REAL *x, const int64_t *labels,
                                  int64_t ignore_index, REAL smoothing, REAL *loss, REAL *probabilities) {
    for (ptrdiff_t r = 0; r < rows; r++, x += columns, probabilities += columns) {
        REAL max, sum = F(softmax_row)(columns, x, probabilities, &max);
        int64_t label = labels[r];
        if (label == ignore_index) {
            loss[r] = 0;
            continue;
        }
        if (label < 0 || label >= columns) return r;
        REAL log_sum = F(log_of_scalar)(sum);
        loss[r] = log_sum - (x[label] - max);
        if (smoothing != 0) {
            REAL shifted = F(sum_of_blocks)(F(accumulate_sum), max, columns, x, 1, 0);
            loss[r] = (1 - smoothing) * loss[r] + smoothing * (log_sum - shifted / (REAL)columns);
        }
    }
    return -1;
}

static void F(cross_entropy_backward)(ptrdiff_t rows, ptrdiff_t columns, const REAL *probabilities,
                                      const int64_t *labels, int64_t ignore_index, REAL smoothing, const REAL *scale,
                                      ptrdiff_t ss, REAL *dx) {
    REAL everywhere = smoothing / (REAL)columns;
    for (ptrdiff_t r = 0; r < rows; r++, probabilities += columns, dx += columns) {
        if (labels[r] == ignore_index) {
            for (ptrdiff_t c = 0; c < columns; c++) dx[c] = 0;
            continue;
        }
        REAL factor = scale[r * ss];
        REAL at_label = factor * (probabilities[labels[r]] - (1 - smoothing) - everywhere);
        VREAL v = F(set)(factor), e = F(set)(everywhere), others = {};
        VINT lanes = F(lane_index)() - (INT)labels[r];
        ptrdiff_t c = 0;
        for (; c + LANES <= columns; c += LANES, lanes += LANES) {
            VREAL slope = v * (F(load)(probabilities + c) - e);
            others += F(select)(lanes != 0, slope, (VREAL){});
            F(store)(dx + c, slope);
        }
        if (c < columns) {
            VREAL slope = v * (F(load_first)(probabilities + c, columns - c) - e);
            others += F(select)((lanes != 0) & (F(lane_index)() < (INT)(columns - c)), slope, (VREAL){});
            F(store_first)(dx + c, slope, columns - c);
        }
        // A probability near 1 has lost how far it is from there, which the others tell: the slopes of a row add up to
        // 0.
        if (probabilities[labels[r]] > R(0.5)) at_label = -F(sum)(others);
        dx[labels[r]] = at_label;
    }
}

#include "../simd/real_end.h"
