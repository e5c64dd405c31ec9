#pragma once

#include "TernType.h"

// A block of the scores of attention, the products of some queries with some keys, in rows `stride` apart: their
// softmax is that of scale * score + mask over the keys that a query sees.
typedef struct {
    ptrdiff_t rows, columns, stride;
    double scale;
    ptrdiff_t seen;              // row r sees the columns below seen + r; all, if `columns` are seen by the first
    const void *_Nullable mask;  // the numbers to add, or bytes of 0 for what is not seen; rows `mask_row` apart
    ptrdiff_t mask_row;
    _Bool mask_is_bool;
} TernAttentionBlock;

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
    // Attention in blocks of keys, of float32 and float64 (NULL for others). Per query it needs the largest score so
    // far
    // (-inf at first), the sum of the weights so far (0 at first), and the sum of the values by their weights so far.
    // Scores become weights exp(score - largest so far); sums and outputs of before are brought to that scale.
    void TERN_OPTIONAL_FN(attention_weights)(const TernAttentionBlock *_Nonnull block, void *_Nonnull scores,
                                             void *_Nonnull maxima, void *_Nonnull sums, void *_Nonnull outputs,
                                             ptrdiff_t output_row, ptrdiff_t width);
    // At the end: outputs are divided by the sums (0 where nothing is seen), as are the weights of an only block unless
    // they are absent, and the maxima become log-sum-exp's.
    void TERN_OPTIONAL_FN(attention_finish)(const TernAttentionBlock *_Nonnull block, void *_Nullable weights,
                                            void *_Nonnull maxima, const void *_Nonnull sums, void *_Nonnull outputs,
                                            ptrdiff_t output_row, ptrdiff_t width);
    // Backward: scores become the softmax, which the log-sum-exp's tell.
    void TERN_OPTIONAL_FN(attention_weights_again)(const TernAttentionBlock *_Nonnull block, void *_Nonnull scores,
                                                   const void *_Nonnull logs);
    // The dot product of each row of the outputs with that of their gradients.
    void TERN_OPTIONAL_FN(attention_dots)(ptrdiff_t rows, ptrdiff_t width, const void *_Nonnull outputs,
                                          ptrdiff_t output_row, const void *_Nonnull gradients, ptrdiff_t gradient_row,
                                          void *_Nonnull dots);
    // The gradients of weights become those of scores: weight * (gradient - dot) * scale.
    void TERN_OPTIONAL_FN(attention_slopes)(const TernAttentionBlock *_Nonnull block, const void *_Nonnull weights,
                                            void *_Nonnull gradients, const void *_Nonnull dots);
} TernRowKernels;
