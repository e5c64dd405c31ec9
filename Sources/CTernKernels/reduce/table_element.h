// What every type has of the reductions of floats and integers.

static void T(reduce)(TernReduce op, ptrdiff_t n, const void *x, ptrdiff_t sx, void *result) {
    *(VALUE *)result = T(reduced)(op, n, x, sx);
}
static int64_t T(argmax)(ptrdiff_t n, const void *x, ptrdiff_t sx) {
    return T(index_of_extreme)(TERN_REDUCE_MAX, n, x, sx);
}
static int64_t T(argmin)(ptrdiff_t n, const void *x, ptrdiff_t sx) {
    return T(index_of_extreme)(TERN_REDUCE_MIN, n, x, sx);
}

// tern_reduce_<type>_<level>
const TernReduceKernels TABLE(reduce) = {
    .reduce = T(reduce),
    .reduce_rows = T(reduce_rows),
    .cumulative_sum = T(cumulative_sum),
    .argmax = T(argmax),
    .argmin = T(argmin),
};
