// What computes or depends on the value 1, and the table tern_index_<type>_<level>.

static ptrdiff_t T(scatter)(TernScatter function, ptrdiff_t n, const int64_t *indices, ptrdiff_t si, int64_t limit,
                            const void *x, ptrdiff_t sx, void *y, ptrdiff_t axis, ptrdiff_t inner) {
    ptrdiff_t invalid = invalid_index(n, indices, si, limit);
    if (invalid >= 0) return invalid;
    const STORED *from = x;
    STORED *to = y;
#define EACH_PLACE(value) \
    for (ptrdiff_t i = 0; i < n; i++) { \
        STORED *place = to + indices[i * si] * axis + i * inner; \
        *place = value; \
    } \
    break
    switch (function) {
    case TERN_SCATTER_SET: EACH_PLACE(from[i * sx]);
    case TERN_SCATTER_ADD: EACH_PLACE(T(sum_of_scalars)(*place, from[i * sx]));
    case TERN_SCATTER_MULTIPLY: EACH_PLACE(T(product_of_scalars)(*place, from[i * sx]));
    case TERN_SCATTER_MAX: EACH_PLACE(T(larger)(*place, from[i * sx]));
    case TERN_SCATTER_MIN: EACH_PLACE(T(smaller)(*place, from[i * sx]));
    }
#undef EACH_PLACE
    return -1;
}

static ptrdiff_t T(one_hot)(ptrdiff_t n, ptrdiff_t classes, const int64_t *indices, void *y) {
    ptrdiff_t invalid = invalid_index(n, indices, 1, classes);
    if (invalid >= 0) return invalid;
    STORED *to = y;
    __builtin_memset(to, 0, (size_t)(n * classes) * sizeof(STORED));
    for (ptrdiff_t i = 0; i < n; i++) to[i * classes + indices[i]] = T(one)();
    return -1;
}

static ptrdiff_t T(count_nonzero)(ptrdiff_t n, const void *x) {
    const STORED *from = x;
    ptrdiff_t count = 0;
    // Narrow counters fill vectors.
    for (ptrdiff_t i = 0; i < n; i += 4096) {
        int part = 0;
        for (ptrdiff_t j = i; j < (n - i < 4096 ? n : i + 4096); j++) part += T(is_nonzero)(from[j]);
        count += part;
    }
    return count;
}

static void T(nonzero)(ptrdiff_t n, const void *x, int64_t first, ptrdiff_t count, int64_t *y) {
    const STORED *from = x;
    ptrdiff_t found = 0;
    // Without a branch on an element: one that is 0 leaves its place to the next.
    for (ptrdiff_t i = 0; found < count; i++) {
        uint64_t bytes;
        if (sizeof(STORED) == 1 && i % 8 == 0)
            for (; n - i >= 8; i += 8) {
                __builtin_memcpy(&bytes, from + i, 8);
                if (bytes != 0) break;
            }
        y[found] = first + i;
        found += T(is_nonzero)(from[i]);
    }
}

const TernIndexKernels TABLE(index) = {
    .gather = U(gather),
    .scatter = T(scatter),
    .gather_rows = U(gather_rows),
    .scatter_rows = U(scatter_rows),
    .one_hot = T(one_hot),
    .count_nonzero = T(count_nonzero),
    .nonzero = T(nonzero),
};
