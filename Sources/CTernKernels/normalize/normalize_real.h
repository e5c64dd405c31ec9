// What batch normalization is made of.

typedef struct {
    ptrdiff_t N, C, S;
} F(shape);

// A block of rows of contiguous values: what is summed in one go, in the precision of the type. Few additions go to one
// lane of the four accumulators.
enum { F(NORMALIZE_BLOCK) = 128 * LANES, F(NORMALIZE_ROWS) = 64 };

// Count, mean and sum of squared deviations of what was merged so far (Chan, Golub and LeVeque).
typedef struct {
    double count, mean, deviations;
} F(moments);
INLINE void F(merge)(F(moments) *m, double count, double mean, double deviations) {
    double total = m->count + count, delta = mean - m->mean;
    m->mean += delta * count / total;
    m->deviations += deviations + delta * delta * m->count * count / total;
    m->count = total;
}

// Sums of x - shift and of its square.
typedef struct {
    double sum, squares;
} F(shifted_sums);
// Merges a block whose sums about `shift`, a value close to its mean, are known.
INLINE void F(merge_shifted)(F(moments) *m, double count, double shift, double sum, double squares) {
    F(merge)(m, count, shift + sum / count, squares - sum * sum / count);
}

// How a channel is cut in blocks: several whole rows, or parts of one row.
INLINE ptrdiff_t F(rows_in_block)(F(shape) shape, ptrdiff_t left) {
    return least(most(least(F(NORMALIZE_BLOCK) / shape.S, F(NORMALIZE_ROWS)), 1), left);
}

// gamma / sqrt(variance + epsilon)
INLINE REAL F(normalize_scale)(REAL variance, double epsilon, const REAL *gamma) {
    return (gamma ? *gamma : 1) / LIBM(sqrt)(variance + (REAL)epsilon);
}

// Channels in a strip, and rows that are summed in the precision of the type: together they fit the L1 cache.
enum { F(STRIP) = 256, F(STRIP_ROWS) = 16 };

// Rows whose parts of the gradients of gamma and beta are added up by themselves, before they are added to the others'.
enum { F(ROWS_TOGETHER) = 32 };

// What a value of a channel becomes: (x - mean) scale + beta, and then its activation.
typedef struct {
    VREAL mean, scale, beta, low, high;
} F(affine);
INLINE F(affine) F(affine_of)(REAL mean, REAL scale, REAL beta, TernActivation activation) {
    return (F(affine)){F(set)(mean), F(set)(scale), F(set)(beta), F(set)((REAL)activation.low),
                       F(set)((REAL)activation.high)};
}
// As the kernels of the activations have it.
INLINE VREAL F(activated)(const TernActivationKind kind, F(affine) of, VREAL x) {
    VREAL v = F(fma)(x - of.mean, of.scale, of.beta);
    switch (kind) {
    case TERN_ACTIVATION_NONE: return v;
    case TERN_ACTIVATION_RELU: return F(select)(v <= 0, (VREAL){}, v);
    case TERN_ACTIVATION_LEAKY_RELU: return F(select)(v <= 0, v * of.low, v);
    case TERN_ACTIVATION_CLAMP: return F(at_most)(F(at_least)(v, of.low), of.high);
    }
}
INLINE VREAL F(activated_backward)(const TernActivationKind kind, F(affine) of, VREAL g, VREAL x) {
    if (kind == TERN_ACTIVATION_NONE) return g;
    VREAL v = F(fma)(x - of.mean, of.scale, of.beta);
    switch (kind) {
    case TERN_ACTIVATION_NONE: return g;
    case TERN_ACTIVATION_RELU: return F(select)(v <= 0, (VREAL){}, g);
    case TERN_ACTIVATION_LEAKY_RELU: return F(select)(v <= 0, g * of.low, g);
    case TERN_ACTIVATION_CLAMP: return F(select)((v <= of.low) | (v >= of.high), (VREAL){}, g);
    }
}
