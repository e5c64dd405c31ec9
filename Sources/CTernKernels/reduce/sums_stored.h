// Contiguous values in blocks.

// Four accumulators; `neutral` (of the combination) starts them, `rest` stands in for lanes past the end.
INLINE VREAL T(reduce_lanes)(VREAL (*step)(VREAL, VREAL), VREAL (*combine)(VREAL, VREAL), REAL neutral, REAL rest,
                             REAL shift, ptrdiff_t n, const STORED *x) {
    VREAL a0 = F(set)(neutral), a1 = a0, a2 = a0, a3 = a0, s = F(set)(shift);
    for (; n >= 4 * LANES; n -= 4 * LANES, x += 4 * LANES) {
        a0 = step(a0, T(load)(x) - s);
        a1 = step(a1, T(load)(x + LANES) - s);
        a2 = step(a2, T(load)(x + 2 * LANES) - s);
        a3 = step(a3, T(load)(x + 3 * LANES) - s);
    }
    for (; n >= LANES; n -= LANES, x += LANES) a0 = step(a0, T(load)(x) - s);
    if (n > 0) a1 = step(a1, T(load_first_or)(x, n, F(set)(rest)) - s);
    return combine(combine(a0, a2), combine(a1, a3));
}

INLINE REAL T(sum_of_blocks)(VREAL (*step)(VREAL, VREAL), REAL shift, ptrdiff_t n, const STORED *x, ptrdiff_t sx,
                             STORED *buffer) {
    if (n <= F(REDUCE_BLOCK))
        return F(sum)(T(reduce_lanes)(step, F(accumulate_sum), 0, shift, shift, n, T(block)(x, sx, 0, n, buffer)));
    double total = 0;
    for (ptrdiff_t i = 0; i < n; i += F(REDUCE_BLOCK)) {
        ptrdiff_t m = least(n - i, F(REDUCE_BLOCK));
        total += F(sum)(T(reduce_lanes)(step, F(accumulate_sum), 0, shift, shift, m, T(block)(x, sx, i, m, buffer)));
    }
    return (REAL)total;
}
