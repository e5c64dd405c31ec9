#pragma once

#include "TernType.h"

// Normalization of rows of `segments` times `span` contiguous values: layer, group, instance and root-mean-square
// normalization. Segment s of row r has the weight `gamma` and the shift `beta` of channel
// r % groups * segments + s; layer normalization has one group and a span of 1, instance normalization one segment.
typedef struct {
    ptrdiff_t groups, segments, span;
    _Bool centers;  // whether the mean is subtracted; if not, the mean of the squares takes the variance's place
    double epsilon;
} TernNormalizeRows;

// What a normalized value becomes before it is written. Only where S > 1: rows of features have none.
typedef enum __attribute__((enum_extensibility(closed))) {
    TERN_ACTIVATION_NONE,
    TERN_ACTIVATION_RELU,
    TERN_ACTIVATION_LEAKY_RELU,  // times `low` where it is not above 0
    TERN_ACTIVATION_CLAMP,       // between `low` and `high`; the gradient passes strictly between
} TernActivationKind;
typedef struct {
    TernActivationKind kind;
    double low, high;
} TernActivation;

// Batch normalization of values [N, C, S] (batch, channels, all spatial positions; S = 1 for rows of features). Each
// call handles the channels first..<last, so that callers can give ranges of channels to threads: a channel's results
// do not depend on the range it came in. Per-channel vectors have C elements of the type that is computed in (REAL);
// `gamma` and `beta` may be absent, which means 1 and 0.
typedef struct {
    // y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, and its activation.
    void TERN_FN(normalize)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last,
                            const void *_Nonnull x, const void *_Nonnull mean, const void *_Nonnull variance,
                            const void *_Nullable gamma, const void *_Nullable beta, double epsilon,
                            TernActivation activation, void *_Nonnull y);
    // The same with the mean and biased variance of each channel, channel by channel, so that the second pass finds the
    // channel in the cache. Stable: blocks that fit the L1 cache in two passes, merged in double precision.
    void TERN_FN(forward)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last,
                          const void *_Nonnull x, const void *_Nullable gamma, const void *_Nullable beta,
                          double epsilon, TernActivation activation, void *_Nonnull mean, void *_Nonnull variance,
                          void *_Nonnull y);
    // With xhat = (x - mean) / sqrt(variance + epsilon): dbeta = sum g, dgamma = sum g xhat, and
    // dx = gamma / sqrt(variance + epsilon) (g - [dbeta + xhat dgamma] / (N S)); the bracket only if the statistics are
    // those of this batch (`training`), and no dx if it is absent. g is the gradient of what was written: that of the
    // value before its activation is made of it where it is read.
    void TERN_FN(backward)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last,
                           const void *_Nonnull x, const void *_Nonnull g, const void *_Nonnull mean,
                           const void *_Nonnull variance, const void *_Nullable gamma, const void *_Nullable beta,
                           double epsilon, TernActivation activation, _Bool training, void *_Nullable dx,
                           void *_Nonnull dgamma, void *_Nonnull dbeta);
    // Rows first..<last. With the mean (untouched if rows are not centered) and the biased variance of each row:
    // y = (x - mean) / sqrt(variance + epsilon) * gamma + beta. What is a row's is of the type that is computed in, as
    // are gamma and beta.
    void TERN_FN(rows_forward)(const TernNormalizeRows *_Nonnull sizes, ptrdiff_t first, ptrdiff_t last,
                               const void *_Nonnull x, const void *_Nullable gamma, const void *_Nullable beta,
                               void *_Nonnull mean, void *_Nonnull variance, void *_Nonnull y);
    // The gradient of rows first..<last, unless dx is absent; and, unless `sums` is, the parts that they have in
    // dgamma and dbeta, one after the other at the beginning of `sums`, which has room for four times the channels.
    void TERN_FN(rows_backward)(const TernNormalizeRows *_Nonnull sizes, ptrdiff_t first, ptrdiff_t last,
                                const void *_Nonnull x, const void *_Nonnull g, const void *_Nonnull mean,
                                const void *_Nonnull variance, const void *_Nullable gamma, void *_Nullable dx,
                                void *_Nullable sums);
} TernNormalizeKernels;
