// Batch normalization of a range of channels, for both float types (see float_type.h): single channels, or strips of
// them where S = 1.
#include "../simd/real.h"

// Runs `body` for the channels c ..< c + width of each unit.
#define FOR_UNITS(body) \
    for (ptrdiff_t c = first, step = S == 1 ? F(STRIP) : 1; c < last; c += step) { \
        ptrdiff_t width = least(last - c, step); \
        (void)width; \
        body \
    }

INLINE void F(statistics_unit)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t c, ptrdiff_t width, const REAL *x,
                               REAL *mean, REAL *variance) {
    if (S == 1) F(strip_statistics)(N, C, width, x + c, mean + c, variance + c);
    else F(channel_statistics)((F(shape)){N, C, S}, x + c * S, mean + c, variance + c);
}
INLINE void F(normalize_unit)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t c, ptrdiff_t width, const REAL *x,
                              const REAL *mean, const REAL *variance, const REAL *gamma, const REAL *beta,
                              double epsilon, REAL *y) {
    if (gamma) gamma += c;
    if (beta) beta += c;
    if (S == 1) F(strip_normalize)(N, C, width, x + c, mean + c, variance + c, gamma, beta, epsilon, y + c);
    else
        F(channel_normalize)((F(shape)){N, C, S}, x + c * S, mean[c], F(normalize_scale)(variance[c], epsilon, gamma),
                             beta ? *beta : 0, y + c * S);
}

static void F(normalize)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last, const REAL *x,
                         const REAL *mean, const REAL *variance, const REAL *gamma, const REAL *beta, double epsilon,
                         REAL *y) {
    FOR_UNITS(F(normalize_unit)(N, C, S, c, width, x, mean, variance, gamma, beta, epsilon, y);)
}
static void F(forward)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last, const REAL *x,
                       const REAL *gamma, const REAL *beta, double epsilon, REAL *mean, REAL *variance, REAL *y) {
    FOR_UNITS(F(statistics_unit)(N, C, S, c, width, x, mean, variance);
              F(normalize_unit)(N, C, S, c, width, x, mean, variance, gamma, beta, epsilon, y);)
}
static void F(backward)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last, const REAL *x,
                        const REAL *g, const REAL *mean, const REAL *variance, const REAL *gamma, double epsilon,
                        _Bool training, REAL *dx, REAL *dgamma, REAL *dbeta) {
    FOR_UNITS({
        ptrdiff_t offset = c * S;
        const REAL *weight = gamma ? gamma + c : 0;
        REAL *to = dx ? dx + offset : 0;
        if (S == 1)
            F(strip_backward)(N, C, width, x + offset, g + offset, mean + c, variance + c, weight, epsilon, training,
                              to, dgamma + c, dbeta + c);
        else
            F(channel_backward)((F(shape)){N, C, S}, x + offset, g + offset, mean[c], variance[c], weight, epsilon,
                                training, to, dgamma + c, dbeta + c);
    })
}

#undef FOR_UNITS
#include "../simd/real_end.h"
