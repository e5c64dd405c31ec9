// The batch normalization kernels of one level: see include/TernNormalize.h. The work is done channel by channel, or,
// for S = 1, in strips of neighbouring channels.
#include "../simd/sizes.h"
#include "TernNormalize.h"

#define FLOAT_BITS 32
#include "channel_real.h"
#define FLOAT_BITS 64
#include "channel_real.h"
#define FLOAT_BITS 32
#include "strip_real.h"
#define FLOAT_BITS 64
#include "strip_real.h"
#define FLOAT_BITS 32
#include "range_real.h"
#define FLOAT_BITS 64
#include "range_real.h"

#define BY_FLOAT(function, ...) \
    if (type == TERN_FLOAT32) f32_##function(__VA_ARGS__); \
    if (type == TERN_FLOAT64) f64_##function(__VA_ARGS__)
static void LEVEL(normalize)(TernType type, ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last,
                             const void *x, const void *mean, const void *variance, const void *gamma, const void *beta,
                             double epsilon, void *y) {
    BY_FLOAT(normalize, N, C, S, first, last, x, mean, variance, gamma, beta, epsilon, y);
}
static void LEVEL(forward)(TernType type, ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last,
                           const void *x, const void *gamma, const void *beta, double epsilon, void *mean,
                           void *variance, void *y) {
    BY_FLOAT(forward, N, C, S, first, last, x, gamma, beta, epsilon, mean, variance, y);
}
static void LEVEL(backward)(TernType type, ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last,
                            const void *x, const void *g, const void *mean, const void *variance, const void *gamma,
                            double epsilon, _Bool training, void *dx, void *dgamma, void *dbeta) {
    BY_FLOAT(backward, N, C, S, first, last, x, g, mean, variance, gamma, epsilon, training, dx, dgamma, dbeta);
}
#undef BY_FLOAT

const TernNormalizeKernels LEVEL(tern_normalize) = {
    .normalize = LEVEL(normalize),
    .forward = LEVEL(forward),
    .backward = LEVEL(backward),
};
