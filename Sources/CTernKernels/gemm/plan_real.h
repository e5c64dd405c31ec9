// What plans of both float types reckon with.

// A row length whose lines fall into all sets of a cache, not a few.
INLINE ptrdiff_t F(spread)(ptrdiff_t count) {
    ptrdiff_t lines = (count * (ptrdiff_t)sizeof(REAL) + 63) / 64;
    return (lines | 1) * 64 / (ptrdiff_t)sizeof(REAL);
}

// About the cycles that one core takes: a tile needs some rows to hide the latency of its sums, and transposing one
// value, into a panel or into c, costs half a cycle.
INLINE ptrdiff_t F(cost)(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, _Bool packs, _Bool transposed) {
    ptrdiff_t busy_rows = most(rows, columns > LANES ? 4 : 8);
    return busy_rows * round_up(columns, LANES) * depth / (2 * LANES) + (packs ? columns * depth / 2 : 0) +
        (transposed ? rows * columns / 2 : 0);
}
