// Optimizer updates. A rule updates one vector of each array.

// One vector of a parameter and its state. Absent arrays have vectors of zeros, which are not stored.
typedef struct {
    VREAL gradient, parameter, state[3];
} F(update);

typedef struct {
    REAL learning_rate, momentum, undamped, decay;
    _Bool nesterov;
} F(sgd_constants);

INLINE F(update) F(sgd_plain)(F(update) u, const void *constants) {
    const F(sgd_constants) *c = constants;
    VREAL g = F(fma)(u.parameter, F(set)(c->decay), u.gradient);
    u.parameter = F(fma)(g, F(set)(-c->learning_rate), u.parameter);
    return u;
}
INLINE F(update) F(sgd_momentum)(F(update) u, const void *constants) {
    const F(sgd_constants) *c = constants;
    VREAL g = F(fma)(u.parameter, F(set)(c->decay), u.gradient);
    u.state[0] = F(fma)(g, F(set)(c->undamped), u.state[0] * c->momentum);
    VREAL step = c->nesterov ? F(fma)(u.state[0], F(set)(c->momentum), g) : u.state[0];
    u.parameter = F(fma)(step, F(set)(-c->learning_rate), u.parameter);
    return u;
}

typedef struct {
    REAL l2_decay, shrink, first_weight, beta2, second_weight, inverse_correction, epsilon, step_size;
} F(adam_constants);

// Ends an update whose moments are there: `second` is what the denominator takes. It is multiplied by the correction's
// inverse, for a division more takes as long as half of the update.
INLINE F(update) F(adam_step)(F(update) u, VREAL second, const F(adam_constants) *c) {
    VREAL denominator = F(fma)(__builtin_elementwise_sqrt(second), F(set)(c->inverse_correction), F(set)(c->epsilon));
    u.parameter -= u.state[0] * c->step_size / denominator;
    return u;
}
INLINE F(update) F(adam_moments)(F(update) u, const F(adam_constants) *c) {
    u.parameter *= c->shrink;
    VREAL g = F(fma)(u.parameter, F(set)(c->l2_decay), u.gradient);
    u.state[0] = F(fma)(g - u.state[0], F(set)(c->first_weight), u.state[0]);
    u.state[1] = F(fma)(g * c->second_weight, g, u.state[1] * c->beta2);
    return u;
}
INLINE F(update) F(adam_plain)(F(update) u, const void *constants) {
    u = F(adam_moments)(u, constants);
    return F(adam_step)(u, u.state[1], constants);
}
INLINE F(update) F(adam_amsgrad)(F(update) u, const void *constants) {
    u = F(adam_moments)(u, constants);
    u.state[2] = F(maximum)(u.state[2], u.state[1]);
    return F(adam_step)(u, u.state[2], constants);
}

typedef struct {
    REAL learning_rate, decay, epsilon;
} F(adagrad_constants);

INLINE F(update) F(adagrad_plain)(F(update) u, const void *constants) {
    const F(adagrad_constants) *c = constants;
    VREAL g = F(fma)(u.parameter, F(set)(c->decay), u.gradient);
    u.state[0] = F(fma)(g, g, u.state[0]);
    u.parameter -= g * c->learning_rate / (__builtin_elementwise_sqrt(u.state[0]) + c->epsilon);
    return u;
}
