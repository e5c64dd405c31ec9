#pragma once

#include "TernType.h"

// Batch normalization of values [N, C, S] (batch, channels, all spatial positions; S = 1 for rows of features). Each
// call handles the channels first..<last, so that callers can give ranges of channels to threads: a channel's results
// do not depend on the range it came in. Per-channel vectors have C elements of the type that is computed in (REAL);
// `gamma` and `beta` may be absent, which means 1 and 0.
typedef struct {
    // y = (x - mean) / sqrt(variance + epsilon) * gamma + beta.
    void TERN_FN(normalize)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last,
                            const void *_Nonnull x, const void *_Nonnull mean, const void *_Nonnull variance,
                            const void *_Nullable gamma, const void *_Nullable beta, double epsilon, void *_Nonnull y);
    // The same with the mean and biased variance of each channel, channel by channel, so that the second pass finds the
    // channel in the cache. Stable: blocks that fit the L1 cache in two passes, merged in double precision.
    void TERN_FN(forward)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last,
                          const void *_Nonnull x, const void *_Nullable gamma, const void *_Nullable beta,
                          double epsilon, void *_Nonnull mean, void *_Nonnull variance, void *_Nonnull y);
    // With xhat = (x - mean) / sqrt(variance + epsilon): dbeta = sum g, dgamma = sum g xhat, and
    // dx = gamma / sqrt(variance + epsilon) (g - [dbeta + xhat dgamma] / (N S)); the bracket only if the statistics are
    // those of this batch (`training`), and no dx if it is absent.
    void TERN_FN(backward)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last,
                           const void *_Nonnull x, const void *_Nonnull g, const void *_Nonnull mean,
                           const void *_Nonnull variance, const void *_Nullable gamma, double epsilon, _Bool training,
                           void *_Nullable dx, void *_Nonnull dgamma, void *_Nonnull dbeta);
} TernNormalizeKernels;
