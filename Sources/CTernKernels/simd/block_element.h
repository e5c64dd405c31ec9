// The `m` elements from index `i` of a strided operand as contiguous memory; a broadcast one is copied only once.
OUTLINE const STORED *T(gathered)(const STORED *x, ptrdiff_t stride, ptrdiff_t i, ptrdiff_t m, STORED *buffer) {
    if (stride != 0 || i == 0)
        for (ptrdiff_t j = 0; j < m; j++) buffer[j] = x[(i + j) * stride];
    return buffer;
}
INLINE const STORED *T(block)(const STORED *x, ptrdiff_t stride, ptrdiff_t i, ptrdiff_t m, STORED *buffer) {
    return stride == 1 ? x + i : T(gathered)(x, stride, i, m, buffer);
}
