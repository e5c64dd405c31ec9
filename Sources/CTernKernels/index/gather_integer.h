// What only moves bits, written once for the unsigned integer of each size; other types use it as U(name).
#if !IS_SIGNED
static ptrdiff_t T(gather)(ptrdiff_t n, const int64_t *indices, ptrdiff_t si, int64_t limit, const void *x,
                           ptrdiff_t axis, ptrdiff_t inner, void *y) {
    ptrdiff_t invalid = invalid_index(n, indices, si, limit);
    if (invalid >= 0) return invalid;
    const STORED *from = x;
    STORED *to = y;
    for (ptrdiff_t i = 0; i < n; i++) to[i] = from[indices[i * si] * axis + i * inner];
    return -1;
}

static ptrdiff_t T(gather_rows)(ptrdiff_t n, ptrdiff_t columns, const int64_t *indices, int64_t limit, const void *x,
                                ptrdiff_t stride, void *y) {
    ptrdiff_t invalid = invalid_index(n, indices, 1, limit);
    if (invalid >= 0) return invalid;
    size_t bytes = (size_t)columns * sizeof(STORED);
    for (ptrdiff_t i = 0; i < n; i++)
        __builtin_memcpy((STORED *)y + i * columns, (const STORED *)x + indices[i] * stride, bytes);
    return -1;
}

static ptrdiff_t T(scatter_rows)(ptrdiff_t n, ptrdiff_t columns, const int64_t *indices, int64_t limit, const void *x,
                                 void *y, ptrdiff_t stride) {
    ptrdiff_t invalid = invalid_index(n, indices, 1, limit);
    if (invalid >= 0) return invalid;
    size_t bytes = (size_t)columns * sizeof(STORED);
    for (ptrdiff_t i = 0; i < n; i++)
        __builtin_memcpy((STORED *)y + indices[i] * stride, (const STORED *)x + i * columns, bytes);
    return -1;
}
#endif
