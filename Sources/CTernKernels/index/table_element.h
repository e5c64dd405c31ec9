// What adds or depends on the value 1, and the table tern_index_<type>_<level>.

static ptrdiff_t T(scatter_add)(ptrdiff_t n, const int64_t *indices, ptrdiff_t si, int64_t limit, const void *x,
                                ptrdiff_t sx, void *y, ptrdiff_t axis, ptrdiff_t inner) {
    ptrdiff_t invalid = invalid_index(n, indices, si, limit);
    if (invalid >= 0) return invalid;
    const STORED *from = x;
    STORED *to = y;
    for (ptrdiff_t i = 0; i < n; i++) {
        STORED *place = to + indices[i * si] * axis + i * inner;
        *place = T(sum_of_scalars)(*place, from[i * sx]);
    }
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

const TernIndexKernels TABLE(index) = {
    .gather = U(gather),
    .scatter_add = T(scatter_add),
    .gather_rows = U(gather_rows),
    .one_hot = T(one_hot),
};
