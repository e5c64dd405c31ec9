// Softmax and cross-entropy of rows, for both float types (see float_type.h).
#include "float_type.h"

INLINE REAL F(max_of_row)(ptrdiff_t columns, const REAL *x) {
    const REAL lowest = -(REAL)__builtin_inff();
    return F(fold)(F(accumulate_max), F(reduce_lanes)(F(accumulate_max), F(accumulate_max), lowest, lowest, 0, columns, x));
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
    VREAL shift = F(set)(*max), sums = {};
    ptrdiff_t c = 0;
    for (; c + LANES <= columns; c += LANES) {
        VREAL e = F(exp)(F(load)(x + c) - shift);
        sums += e;
        F(store)(y + c, e);
    }
    if (c < columns) {
        VREAL e = F(exp)(F(load_first)(x + c, columns - c) - shift);
        sums += F(select)(F(lane_index)() < (INT)(columns - c), e, (VREAL){});
        F(store_first)(y + c, e, columns - c);
    }
    REAL sum = F(sum)(sums);
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
        VREAL sum = {};
        ptrdiff_t c = 0;
        for (; c + LANES <= columns; c += LANES) sum += F(exp)(F(load)(x + c) - shift);
        if (c < columns) {
            VREAL e = F(exp)(F(load_first)(x + c, columns - c) - shift);
            sum += F(select)(F(lane_index)() < (INT)(columns - c), e, (VREAL){});
        }
        VREAL log_sum = F(set)(F(log_of_scalar)(F(sum)(sum)));
        for (c = 0; c + LANES <= columns; c += LANES) F(store)(y + c, F(load)(x + c) - shift - log_sum);
        if (c < columns) F(store_first)(y + c, F(load_first)(x + c, columns - c) - shift - log_sum, columns - c);
    }
}

static void F(softmax_backward)(ptrdiff_t rows, ptrdiff_t columns, const REAL *y, const REAL *g, REAL *dx) {
    for (ptrdiff_t r = 0; r < rows; r++, y += columns, g += columns, dx += columns) {
        VREAL dot = {};
        ptrdiff_t c = 0;
        for (; c + LANES <= columns; c += LANES) dot = F(fma)(F(load)(y + c), F(load)(g + c), dot);
        if (c < columns) dot = F(fma)(F(load_first)(y + c, columns - c), F(load_first)(g + c, columns - c), dot);
        dot = F(set)(F(sum)(dot));
        for (c = 0; c + LANES <= columns; c += LANES) F(store)(dx + c, F(load)(y + c) * (F(load)(g + c) - dot));
        if (c < columns)
            F(store_first)(dx + c, F(load_first)(y + c, columns - c) * (F(load_first)(g + c, columns - c) - dot), columns - c);
    }
}

static void F(log_softmax_backward)(ptrdiff_t rows, ptrdiff_t columns, const REAL *y, const REAL *g, REAL *dx) {
    for (ptrdiff_t r = 0; r < rows; r++, y += columns, g += columns, dx += columns) {
        VREAL sum = F(set)(F(sum)(F(reduce_lanes)(F(accumulate_sum), F(accumulate_sum), 0, 0, 0, columns, g)));
        ptrdiff_t c = 0;
        for (; c + LANES <= columns; c += LANES)
            F(store)(dx + c, F(load)(g + c) - F(exp)(F(load)(y + c)) * sum);
        if (c < columns)
            F(store_first)(dx + c, F(load_first)(g + c, columns - c) - F(exp)(F(load_first)(y + c, columns - c)) * sum, columns - c);
    }
}

static ptrdiff_t F(cross_entropy)(ptrdiff_t rows, ptrdiff_t columns, const REAL *x, const int64_t *labels, int64_t ignore_index, REAL smoothing, REAL *loss, REAL *probabilities) {
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
            REAL shifted = F(sum)(F(reduce_lanes)(F(accumulate_sum), F(accumulate_sum), 0, max, max, columns, x));
            loss[r] = (1 - smoothing) * loss[r] + smoothing * (log_sum - shifted / (REAL)columns);
        }
    }
    return -1;
}

static void F(cross_entropy_backward)(ptrdiff_t rows, ptrdiff_t columns, const REAL *probabilities, const int64_t *labels, int64_t ignore_index, REAL smoothing, const REAL *scale, ptrdiff_t ss, REAL *dx) {
    REAL everywhere = smoothing / (REAL)columns;
    for (ptrdiff_t r = 0; r < rows; r++, probabilities += columns, dx += columns) {
        if (labels[r] == ignore_index) {
            for (ptrdiff_t c = 0; c < columns; c++) dx[c] = 0;
            continue;
        }
        REAL factor = scale[r * ss];
        REAL at_label = factor * (probabilities[labels[r]] - (1 - smoothing) - everywhere);
        VREAL v = F(set)(factor), e = F(set)(everywhere);
        ptrdiff_t c = 0;
        for (; c + LANES <= columns; c += LANES) F(store)(dx + c, v * (F(load)(probabilities + c) - e));
        if (c < columns) F(store_first)(dx + c, v * (F(load_first)(probabilities + c, columns - c) - e), columns - c);
        dx[labels[r]] = at_label;
    }
}

#include "float_type_end.h"
