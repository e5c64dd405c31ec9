#pragma once

#include "TernType.h"

// Rows of `columns` contiguous values of one float type. What is computed a row, losses and their scales, is of the
// type that is computed in (REAL).
typedef struct {
    void TERN_FN(softmax)(ptrdiff_t rows, ptrdiff_t columns, const void *_Nonnull x, void *_Nonnull y);
    void TERN_FN(log_softmax)(ptrdiff_t rows, ptrdiff_t columns, const void *_Nonnull x, void *_Nonnull y);
    // dx = y * (g - sum(g * y)) and dx = g - exp(y) * sum(g), row by row.
    void TERN_FN(softmax_backward)(ptrdiff_t rows, ptrdiff_t columns, const void *_Nonnull y, const void *_Nonnull g,
                                   void *_Nonnull dx);
    void TERN_FN(log_softmax_backward)(ptrdiff_t rows, ptrdiff_t columns, const void *_Nonnull y,
                                       const void *_Nonnull g, void *_Nonnull dx);
    // Cross-entropy of class indices: loss[r] = logSumExp(x[r]) - x[r, label[r]] (label smoothing s: (1-s) of that + s
    // times the mean over classes of logSumExp - x). A row whose label is ignore_index has loss 0. Writes softmax(x) to
    // `probabilities`. Returns the first row whose label is outside 0..<columns and not ignored, or -1.
    ptrdiff_t TERN_FN(cross_entropy)(ptrdiff_t rows, ptrdiff_t columns, const void *_Nonnull x,
                                     const int64_t *_Nonnull labels, int64_t ignore_index, double smoothing,
                                     void *_Nonnull loss, void *_Nonnull probabilities);
    // dx[r, c] = scale[r] * (p[r, c] - (1 - s) * (c == label[r]) - s / columns); 0 for ignored rows. `scale` has stride
    // ss (0: one for all rows).
    void TERN_FN(cross_entropy_backward)(ptrdiff_t rows, ptrdiff_t columns, const void *_Nonnull probabilities,
                                         const int64_t *_Nonnull labels, int64_t ignore_index, double smoothing,
                                         const void *_Nonnull scale, ptrdiff_t ss, void *_Nonnull dx);
} TernRowKernels;
