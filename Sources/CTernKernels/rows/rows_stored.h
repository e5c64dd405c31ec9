// Softmax and cross-entropy of rows.

INLINE REAL T(max_of_row)(ptrdiff_t columns, const STORED *x) {
    const REAL lowest = -(REAL)__builtin_inff();
    return F(fold)(F(accumulate_max),
                   T(reduce_lanes)(F(accumulate_max), F(accumulate_max), lowest, lowest, 0, columns, x));
}

INLINE VREAL T(exp_block)(ptrdiff_t columns, const STORED *x, VREAL shift, STORED *y) {
    VREAL sums = {};
    ptrdiff_t c = 0;
    for (; c + LANES <= columns; c += LANES) {
        VREAL e = F(exp_down)(T(load)(x + c) - shift);
        sums += e;
        if (y) T(store)(y + c, e);
    }
    if (c < columns) {
        VREAL e = F(exp_down)(T(load_first)(x + c, columns - c) - shift);
        sums += F(select)(F(lane_index)() < (INT)(columns - c), e, (VREAL){});
        if (y) T(store_first)(y + c, e, columns - c);
    }
    return sums;
}
// y = exp(x - shift) of a row, unless y is null; returns the sum.
INLINE REAL T(exp_row)(ptrdiff_t columns, const STORED *x, VREAL shift, STORED *y) {
    if (columns <= F(SUM_BLOCK)) return F(sum)(T(exp_block)(columns, x, shift, y));
    double total = 0;
    for (ptrdiff_t c = 0; c < columns; c += F(SUM_BLOCK)) {
        ptrdiff_t count = least(columns - c, F(SUM_BLOCK));
        total += F(sum)(T(exp_block)(count, x + c, shift, y ? y + c : 0));
    }
    return (REAL)total;
}

// y = scale * exp(x - shift), where y holds exp(x - shift) already unless halves would be rounded twice.
INLINE void T(scale_row)(ptrdiff_t columns, const STORED *x, VREAL shift, REAL scale, STORED *y) {
    const VREAL v = F(set)(scale);
    for (; columns > 0; columns -= LANES, x += LANES, y += LANES) {
        const _Bool whole = columns >= LANES;
        const STORED *from = STORED_IS_REAL ? y : x;
        VREAL e = whole ? T(load)(from) : T(load_first)(from, columns);
        if (!STORED_IS_REAL) e = F(exp_down)(e - shift);
        if (whole) T(store)(y, e * v);
        else T(store_first)(y, e * v, columns);
    }
}

// y = softmax(x) of one row; returns the sum of exp(x - max(x)), and the maximum in `max`.
INLINE REAL T(softmax_row)(ptrdiff_t columns, const STORED *x, STORED *y, REAL *max) {
    if (columns <= LANES) {  // the row stays in a register
        VREAL v = T(load_first_or)(x, columns, F(set)(-(REAL)__builtin_inff()));
        *max = F(fold)(F(accumulate_max), v);
        v = F(exp_down)(v - F(set)(*max));
        REAL sum = F(fold)(F(accumulate_sum), v);
        T(store_first)(y, v * (1 / sum), columns);
        return sum;
    }
    *max = T(max_of_row)(columns, x);
    REAL sum = T(exp_row)(columns, x, F(set)(*max), STORED_IS_REAL ? y : 0);
    T(scale_row)(columns, x, F(set)(*max), 1 / sum, y);
    return sum;
}

static void T(softmax)(ptrdiff_t rows, ptrdiff_t columns, const void *values, void *result) {
    const STORED *x = values;
    STORED *y = result;
    for (ptrdiff_t r = 0; r < rows; r++, x += columns, y += columns) {
        REAL max;
        T(softmax_row)(columns, x, y, &max);
    }
}

static void T(log_softmax)(ptrdiff_t rows, ptrdiff_t columns, const void *values, void *result) {
    const STORED *x = values;
    STORED *y = result;
    for (ptrdiff_t r = 0; r < rows; r++, x += columns, y += columns) {
        VREAL shift = F(set)(T(max_of_row)(columns, x));
        VREAL log_sum = F(set)(F(log_of_scalar)(T(exp_row)(columns, x, shift, 0)));
        ptrdiff_t c = 0;
        for (; c + LANES <= columns; c += LANES) T(store)(y + c, T(load)(x + c) - shift - log_sum);
        if (c < columns) T(store_first)(y + c, T(load_first)(x + c, columns - c) - shift - log_sum, columns - c);
    }
}

INLINE VREAL T(dot_of_block)(ptrdiff_t columns, const STORED *y, const STORED *g) {
    VREAL dot = {};
    ptrdiff_t c = 0;
    for (; c + LANES <= columns; c += LANES) dot = F(fma)(T(load)(y + c), T(load)(g + c), dot);
    if (c < columns) dot = F(fma)(T(load_first)(y + c, columns - c), T(load_first)(g + c, columns - c), dot);
    return dot;
}
INLINE REAL T(dot_of_row)(ptrdiff_t columns, const STORED *y, const STORED *g) {
    if (columns <= F(SUM_BLOCK)) return F(sum)(T(dot_of_block)(columns, y, g));
    double total = 0;
    for (ptrdiff_t c = 0; c < columns; c += F(SUM_BLOCK)) {
        ptrdiff_t count = least(columns - c, F(SUM_BLOCK));
        total += F(sum)(T(dot_of_block)(count, y + c, g + c));
    }
    return (REAL)total;
}

static void T(softmax_backward)(ptrdiff_t rows, ptrdiff_t columns, const void *values, const void *gradients,
                                void *result) {
    const STORED *y = values, *g = gradients;
    STORED *dx = result;
    for (ptrdiff_t r = 0; r < rows; r++, y += columns, g += columns, dx += columns) {
        VREAL dot = F(set)(T(dot_of_row)(columns, y, g));
        ptrdiff_t c = 0;
        for (; c + LANES <= columns; c += LANES) T(store)(dx + c, T(load)(y + c) * (T(load)(g + c) - dot));
        if (c < columns)
            T(store_first)(dx + c, T(load_first)(y + c, columns - c) * (T(load_first)(g + c, columns - c) - dot),
                           columns - c);
    }
}

static void T(log_softmax_backward)(ptrdiff_t rows, ptrdiff_t columns, const void *values, const void *gradients,
                                    void *result) {
    const STORED *y = values, *g = gradients;
    STORED *dx = result;
    for (ptrdiff_t r = 0; r < rows; r++, y += columns, g += columns, dx += columns) {
        VREAL sum = F(set)(T(sum_of_blocks)(F(accumulate_sum), 0, columns, g, 1, 0));
        ptrdiff_t c = 0;
        for (; c + LANES <= columns; c += LANES) T(store)(dx + c, T(load)(g + c) - F(exp)(T(load)(y + c)) * sum);
        if (c < columns)
            T(store_first)(dx + c, T(load_first)(g + c, columns - c) - F(exp)(T(load_first)(y + c, columns - c)) * sum,
                           columns - c);
    }
}

static ptrdiff_t T(cross_entropy)(ptrdiff_t rows, ptrdiff_t columns, const void *values, const int64_t *labels,
                                  int64_t ignore_index, double label_smoothing, void *losses, void *softmax) {
    const STORED *x = values;
    const REAL smoothing = (REAL)label_smoothing;
    REAL *loss = losses;
    STORED *probabilities = softmax;
    for (ptrdiff_t r = 0; r < rows; r++, x += columns, probabilities += columns) {
        REAL max, sum = T(softmax_row)(columns, x, probabilities, &max);
        int64_t label = labels[r];
        if (label == ignore_index) {
            loss[r] = 0;
            continue;
        }
        if (label < 0 || label >= columns) return r;
        REAL log_sum = F(log_of_scalar)(sum);
        loss[r] = log_sum - (T(get)(x[label]) - max);
        if (smoothing != 0) {
            REAL shifted = T(sum_of_blocks)(F(accumulate_sum), max, columns, x, 1, 0);
            loss[r] = (1 - smoothing) * loss[r] + smoothing * (log_sum - shifted / (REAL)columns);
        }
    }
    return -1;
}

static void T(cross_entropy_backward)(ptrdiff_t rows, ptrdiff_t columns, const void *softmax, const int64_t *labels,
                                      int64_t ignore_index, double label_smoothing, const void *scales, ptrdiff_t ss,
                                      void *result) {
    const STORED *probabilities = softmax;
    const REAL *scale = scales, smoothing = (REAL)label_smoothing;
    STORED *dx = result;
    REAL everywhere = smoothing / (REAL)columns;
    for (ptrdiff_t r = 0; r < rows; r++, probabilities += columns, dx += columns) {
        if (labels[r] == ignore_index) {
            for (ptrdiff_t c = 0; c < columns; c++) dx[c] = T(put)(0);
            continue;
        }
        REAL factor = scale[r * ss];
        REAL at_label = factor * (T(get)(probabilities[labels[r]]) - (1 - smoothing) - everywhere);
        VREAL v = F(set)(factor), e = F(set)(everywhere), others = {};
        VINT lanes = F(lane_index)() - (INT)labels[r];
        ptrdiff_t c = 0;
        for (; c + LANES <= columns; c += LANES, lanes += LANES) {
            VREAL slope = v * (T(load)(probabilities + c) - e);
            others += F(select)(lanes != 0, slope, (VREAL){});
            T(store)(dx + c, slope);
        }
        if (c < columns) {
            VREAL slope = v * (T(load_first)(probabilities + c, columns - c) - e);
            others += F(select)((lanes != 0) & (F(lane_index)() < (INT)(columns - c)), slope, (VREAL){});
            T(store_first)(dx + c, slope, columns - c);
        }
        // A probability near 1 has lost how far it is from there, which the others tell: the slopes of a row add up to
        // 0.
        if (T(get)(probabilities[labels[r]]) > R(0.5)) at_label = -F(sum)(others);
        dx[labels[r]] = T(put)(at_label);
    }
}
