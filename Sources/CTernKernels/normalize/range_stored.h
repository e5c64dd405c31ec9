// Batch normalization of a range of channels: single channels, or strips of
// them where S = 1.

// Runs the statements for the channels c ..< c + width of each unit.
#define FOR_UNITS(...) \
    for (ptrdiff_t c = first, step = S == 1 ? F(STRIP) : 1; c < last; c += step) { \
        ptrdiff_t width = least(last - c, step); \
        (void)width; \
        __VA_ARGS__ \
    }

INLINE void T(statistics_unit)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t c, ptrdiff_t width, const STORED *x,
                               REAL *mean, REAL *variance) {
    if (S == 1) T(strip_statistics)(N, C, width, x + c, mean + c, variance + c);
    else T(channel_statistics)((F(shape)){N, C, S}, x + c * S, mean + c, variance + c);
}
// The call with the activation as a constant.
#define BY_ACTIVATION(call) \
    switch (activation.kind) { \
    case TERN_ACTIVATION_NONE: call(TERN_ACTIVATION_NONE); break; \
    case TERN_ACTIVATION_RELU: call(TERN_ACTIVATION_RELU); break; \
    case TERN_ACTIVATION_LEAKY_RELU: call(TERN_ACTIVATION_LEAKY_RELU); break; \
    case TERN_ACTIVATION_CLAMP: call(TERN_ACTIVATION_CLAMP); break; \
    }

INLINE void T(normalize_unit)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t c, ptrdiff_t width, const STORED *x,
                              const REAL *mean, const REAL *variance, const REAL *gamma, const REAL *beta,
                              double epsilon, TernActivation activation, STORED *y) {
    if (gamma) gamma += c;
    if (beta) beta += c;
    if (S == 1) {
        T(strip_normalize)(N, C, width, x + c, mean + c, variance + c, gamma, beta, epsilon, y + c);
        return;
    }
    REAL scale = F(normalize_scale)(variance[c], epsilon, gamma), shift = beta ? *beta : 0;
#define CHANNEL(kind) \
    T(channel_normalize)(kind, activation, (F(shape)){N, C, S}, x + c * S, mean[c], scale, shift, y + c * S)
    BY_ACTIVATION(CHANNEL)
#undef CHANNEL
}

static void T(normalize)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last, const void *x,
                         const void *mean, const void *variance, const void *gamma, const void *beta, double epsilon,
                         TernActivation activation, void *y) {
    FOR_UNITS(T(normalize_unit)(N, C, S, c, width, x, mean, variance, gamma, beta, epsilon, activation, y);)
}
static void T(forward)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last, const void *x,
                       const void *gamma, const void *beta, double epsilon, TernActivation activation, void *mean,
                       void *variance, void *y) {
    FOR_UNITS(T(statistics_unit)(N, C, S, c, width, x, mean, variance);
              T(normalize_unit)(N, C, S, c, width, x, mean, variance, gamma, beta, epsilon, activation, y);)
}
static void T(backward)(ptrdiff_t N, ptrdiff_t C, ptrdiff_t S, ptrdiff_t first, ptrdiff_t last, const void *values,
                        const void *gradients, const void *means, const void *variances, const void *gamma,
                        const void *beta, double epsilon, TernActivation activation, _Bool training, void *result,
                        void *dgamma, void *dbeta) {
    const REAL *mean = means, *variance = variances;
#define CHANNEL(kind) \
    T(channel_backward)(kind, activation, (F(shape)){N, C, S}, x, g, mean[c], variance[c], weight, \
                        beta ? ((const REAL *)beta)[c] : 0, epsilon, training, to, to_gamma, to_beta)
    FOR_UNITS({
        ptrdiff_t offset = c * S;
        const STORED *x = (const STORED *)values + offset, *g = (const STORED *)gradients + offset;
        const REAL *weight = gamma ? (const REAL *)gamma + c : 0;
        STORED *to = result ? (STORED *)result + offset : 0;
        REAL *to_gamma = (REAL *)dgamma + c, *to_beta = (REAL *)dbeta + c;
        if (S == 1)
            T(strip_backward)(N, C, width, x, g, mean + c, variance + c, weight, epsilon, training, to, to_gamma,
                              to_beta);
        else BY_ACTIVATION(CHANNEL)
    })
#undef CHANNEL
}
#undef BY_ACTIVATION
#undef FOR_UNITS

// tern_normalize_<type>_<level>
const TernNormalizeKernels TABLE(normalize) = {
    .normalize = T(normalize),
    .forward = T(forward),
    .backward = T(backward),
    .rows_forward = T(rows_forward),
    .rows_backward = T(rows_backward),
};
