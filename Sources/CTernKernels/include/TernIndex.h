#pragma once

#include "TernType.h"

// What becomes of an element that something is scattered to.
typedef enum __attribute__((enum_extensibility(closed), swift_name("ScatterFunction"))) {
    TERN_NAME(TERN_SCATTER_SET, set),
    TERN_NAME(TERN_SCATTER_ADD, add),
    TERN_NAME(TERN_SCATTER_MULTIPLY, multiply),
    TERN_NAME(TERN_SCATTER_MAX, max),
    TERN_NAME(TERN_SCATTER_MIN, min),  // NaN if either is NaN
} TernScatter;

// Reading and writing at places that index tensors name. Functions that take `limit` check all indices first: they
// return the first place whose index is outside 0 ..< limit and do nothing then, or return -1.
typedef struct {
    // y[i] = x[indices[i * si] * axis + i * inner], i < n: a line of a gather. Strides in elements.
    ptrdiff_t TERN_FN(gather)(ptrdiff_t n, const int64_t *_Nonnull indices, ptrdiff_t si, int64_t limit,
                              const void *_Nonnull x, ptrdiff_t axis, ptrdiff_t inner, void *_Nonnull y);
    // y[indices[i * si] * axis + i * inner] becomes, or takes in, x[i * sx], in the order of i.
    ptrdiff_t TERN_FN(scatter)(TernScatter, ptrdiff_t n, const int64_t *_Nonnull indices, ptrdiff_t si, int64_t limit,
                               const void *_Nonnull x, ptrdiff_t sx, void *_Nonnull y, ptrdiff_t axis, ptrdiff_t inner);
    // y[i, :] = x[indices[i], :], rows of `columns` contiguous elements, `stride` apart in x: embedding, index select.
    ptrdiff_t TERN_FN(gather_rows)(ptrdiff_t n, ptrdiff_t columns, const int64_t *_Nonnull indices, int64_t limit,
                                   const void *_Nonnull x, ptrdiff_t stride, void *_Nonnull y);
    // y[indices[i], :] = x[i, :], in the order of i; the rows of y are `stride` apart.
    ptrdiff_t TERN_FN(scatter_rows)(ptrdiff_t n, ptrdiff_t columns, const int64_t *_Nonnull indices, int64_t limit,
                                    const void *_Nonnull x, void *_Nonnull y, ptrdiff_t stride);
    // y[i, c] = 1 where c == indices[i], else 0.
    ptrdiff_t TERN_FN(one_hot)(ptrdiff_t n, ptrdiff_t classes, const int64_t *_Nonnull indices, void *_Nonnull y);
    // How many of n elements are not 0, and where these `count` are: first + i.
    ptrdiff_t TERN_FN(count_nonzero)(ptrdiff_t n, const void *_Nonnull x);
    void TERN_FN(nonzero)(ptrdiff_t n, const void *_Nonnull x, int64_t first, ptrdiff_t count, int64_t *_Nonnull y);
} TernIndexKernels;
