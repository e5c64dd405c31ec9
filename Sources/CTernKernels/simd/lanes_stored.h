// The first `n` lanes from memory, the others `rest`.
INLINE VREAL T(load_first_or)(const STORED *p, ptrdiff_t n, VREAL rest) {
    return F(select)(F(lane_index)() < (INT)n, T(load_first)(p, n), rest);
}
