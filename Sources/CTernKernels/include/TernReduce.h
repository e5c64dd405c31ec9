#pragma once

#include "TernType.h"

typedef enum __attribute__((enum_extensibility(closed), swift_name("ReductionFunction"))) {
    TERN_NAME(TERN_REDUCE_SUM, sum),
    TERN_NAME(TERN_REDUCE_PRODUCT, product),
    TERN_NAME(TERN_REDUCE_MAX, max),
    TERN_NAME(TERN_REDUCE_MIN, min),  // max and min give NaN if any is NaN
    TERN_NAME(TERN_REDUCE_SUM_SQUARES, sumSquares),
    TERN_NAME(TERN_REDUCE_SUM_ABS, sumAbs),
} TernReduce;

// Reductions of one type. Results are of the type that is computed in (REAL): partial results of halves stay float32.
typedef struct {
    // One value out of n, in one fixed order of additions that depends on n alone (and the level): blocks of 64
    // vectors, several vector accumulators in a block, blocks combined in float64. n >= 1. Integer sums are exact in
    // the type (wrapping). Sums of bool and small integers are asked for after conversion to int64.
    void TERN_FN(reduce)(TernReduce, ptrdiff_t n, const void *_Nonnull x, ptrdiff_t sx, void *_Nonnull result);
    // y[i] out of the values x[offsets[g] + row * stride + i] of all groups g and their rows, i < n: reduces leading
    // axes. groups, rows >= 1; without `offsets` there is one group. Float sums are made of blocks of 16 rows, which
    // are added in float64.
    void TERN_FN(reduce_rows)(TernReduce, ptrdiff_t groups, const ptrdiff_t *_Nullable offsets, ptrdiff_t rows,
                              ptrdiff_t stride, ptrdiff_t n, const void *_Nonnull x, void *_Nonnull y);
    // x[row * stride + i] becomes the sum of the rows up to it, i < n; of floats in float64.
    void TERN_FN(cumulative_sum)(ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t n, void *_Nonnull x);
    // Index of the first largest (or smallest) of n values; a NaN wins, the first one.
    int64_t TERN_FN(argmax)(ptrdiff_t n, const void *_Nonnull x, ptrdiff_t sx);
    int64_t TERN_FN(argmin)(ptrdiff_t n, const void *_Nonnull x, ptrdiff_t sx);
} TernReduceKernels;
