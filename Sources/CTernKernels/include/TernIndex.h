#pragma once

#include "TernType.h"

// Reading and adding at places that index tensors name. Functions that take `limit` check all indices first: they
// return the first place whose index is outside 0 ..< limit and do nothing then, or return -1.
typedef struct {
    // y[i] = x[indices[i * si] * axis + i * inner], i < n: a line of a gather. Strides in elements.
    ptrdiff_t TERN_FN(gather)(ptrdiff_t n, const int64_t *_Nonnull indices, ptrdiff_t si, int64_t limit,
                              const void *_Nonnull x, ptrdiff_t axis, ptrdiff_t inner, void *_Nonnull y);
    // y[indices[i * si] * axis + i * inner] += x[i * sx], in the order of i.
    ptrdiff_t TERN_FN(scatter_add)(ptrdiff_t n, const int64_t *_Nonnull indices, ptrdiff_t si, int64_t limit,
                                   const void *_Nonnull x, ptrdiff_t sx, void *_Nonnull y, ptrdiff_t axis,
                                   ptrdiff_t inner);
    // y[i, :] = x[indices[i], :], rows of `columns` contiguous elements, `stride` apart in x: embedding, index select.
    ptrdiff_t TERN_FN(gather_rows)(ptrdiff_t n, ptrdiff_t columns, const int64_t *_Nonnull indices, int64_t limit,
                                   const void *_Nonnull x, ptrdiff_t stride, void *_Nonnull y);
    // y[i, c] = 1 where c == indices[i], else 0.
    ptrdiff_t TERN_FN(one_hot)(ptrdiff_t n, ptrdiff_t classes, const int64_t *_Nonnull indices, void *_Nonnull y);
} TernIndexKernels;
