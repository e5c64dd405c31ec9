// The batch normalization kernels of one level: see include/TernNormalize.h.
#include "include/TernNormalize.h"

#define FLOAT_BITS 32
#include "normalize_float_impl.h"
#define FLOAT_BITS 64
#include "normalize_float_impl.h"

// Runs `body` for each unit of the channels first ..< last: channels c ..< c + width.
#define FOR_UNITS(prefix, LANES, body) \
    { \
        prefix##_shape shape = {N, C, S}; \
        ptrdiff_t step = S == 1 ? LANES : 1; \
        for (ptrdiff_t c = first; c < last; c += step) { \
            ptrdiff_t width = last - c < step ? last - c : step; \
            body \
        } \
    }

static void LEVEL(statistics)(TernType type, ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last, const void *x, void *mean, void *variance) {
    if (type == TERN_FLOAT32) FOR_UNITS(f32, F32_LANES, f32_statistics(shape, c, width, x, mean, variance);)
    if (type == TERN_FLOAT64) FOR_UNITS(f64, F64_LANES, f64_statistics(shape, c, width, x, mean, variance);)
}

static void LEVEL(normalize)(TernType type, ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last, const void *x, const void *mean, const void *variance, const void *gamma, const void *beta, double epsilon, void *y) {
    if (type == TERN_FLOAT32)
        FOR_UNITS(f32, F32_LANES, f32_normalize(shape, c, width, x, mean, variance, gamma, beta, epsilon, y);)
    if (type == TERN_FLOAT64)
        FOR_UNITS(f64, F64_LANES, f64_normalize(shape, c, width, x, mean, variance, gamma, beta, epsilon, y);)
}

static void LEVEL(forward)(TernType type, ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last, const void *x, const void *gamma, const void *beta, double epsilon, void *mean, void *variance, void *y) {
    if (type == TERN_FLOAT32)
        FOR_UNITS(f32, F32_LANES,
                  f32_statistics(shape, c, width, x, mean, variance);
                  f32_normalize(shape, c, width, x, mean, variance, gamma, beta, epsilon, y);)
    if (type == TERN_FLOAT64)
        FOR_UNITS(f64, F64_LANES,
                  f64_statistics(shape, c, width, x, mean, variance);
                  f64_normalize(shape, c, width, x, mean, variance, gamma, beta, epsilon, y);)
}

static void LEVEL(backward)(TernType type, ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last, const void *x, const void *g, const void *mean, const void *variance, const void *gamma, double epsilon, _Bool training, void *dx, void *dgamma, void *dbeta) {
    if (type == TERN_FLOAT32)
        FOR_UNITS(f32, F32_LANES,
                  f32_backward(shape, c, width, x, g, mean, variance, gamma, epsilon, training, dx, dgamma, dbeta);)
    if (type == TERN_FLOAT64)
        FOR_UNITS(f64, F64_LANES,
                  f64_backward(shape, c, width, x, g, mean, variance, gamma, epsilon, training, dx, dgamma, dbeta);)
}
#undef FOR_UNITS

const TernNormalizeKernels LEVEL(tern_normalize) = {
    .statistics = LEVEL(statistics),
    .normalize = LEVEL(normalize),
    .forward = LEVEL(forward),
    .backward = LEVEL(backward),
};
