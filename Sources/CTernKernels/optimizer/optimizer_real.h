// Optimizer updates for both float types (see float_type.h). A rule updates one vector of each array; the walk over the
// arrays, with a partial vector at the end, is the same for all rules.
#include "../simd/real.h"

// One vector of a parameter and its state. Absent arrays have vectors of zeros, which are not stored.
typedef struct {
    VREAL gradient, parameter, state[3];
} F(update);

INLINE void F(walk)(F(update) (*rule)(F(update), const void *), const void *constants, int states, ptrdiff_t n,
                    const REAL *gradient, REAL *parameter, REAL *const *state) {
    for (ptrdiff_t i = 0; i < n; i += LANES) {
        ptrdiff_t rest = n - i;
        F(update) u = {};
        if (rest >= LANES) {
            u.gradient = F(load)(gradient + i);
            u.parameter = F(load)(parameter + i);
            for (int s = 0; s < states; s++) u.state[s] = F(load)(state[s] + i);
            u = rule(u, constants);
            F(store)(parameter + i, u.parameter);
            for (int s = 0; s < states; s++) F(store)(state[s] + i, u.state[s]);
        } else {
            u.gradient = F(load_first)(gradient + i, rest);
            u.parameter = F(load_first)(parameter + i, rest);
            for (int s = 0; s < states; s++) u.state[s] = F(load_first)(state[s] + i, rest);
            u = rule(u, constants);
            F(store_first)(parameter + i, u.parameter, rest);
            for (int s = 0; s < states; s++) F(store_first)(state[s] + i, u.state[s], rest);
        }
    }
}

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

static void F(sgd)(const TernSGD *rule, ptrdiff_t n, const REAL *gradient, REAL *parameter, REAL *momentum_buffer) {
    F(sgd_constants) c = {
        .learning_rate = (REAL)rule->learning_rate,
        .momentum = (REAL)rule->momentum,
        .undamped = (REAL)(1 - rule->dampening),
        .decay = (REAL)rule->weight_decay,
        .nesterov = rule->nesterov,
    };
    if (!momentum_buffer) {
        F(walk)(F(sgd_plain), &c, 0, n, gradient, parameter, 0);
        return;
    }
    if (rule->first_step) {  // an empty buffer, and no dampening
        __builtin_memset(momentum_buffer, 0, (size_t)n * sizeof(REAL));
        c.undamped = 1;
    }
    REAL *state[] = {momentum_buffer};
    F(walk)(F(sgd_momentum), &c, 1, n, gradient, parameter, state);
}

typedef struct {
    REAL l2_decay, shrink, first_weight, beta2, second_weight, correction, epsilon, step_size;
} F(adam_constants);

// Ends an update whose moments are there: `second` is what the denominator takes.
INLINE F(update) F(adam_step)(F(update) u, VREAL second, const F(adam_constants) *c) {
    VREAL denominator = __builtin_elementwise_sqrt(second) / c->correction + c->epsilon;
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

static void F(adam)(const TernAdam *rule, ptrdiff_t n, const REAL *gradient, REAL *parameter, REAL *first_moment,
                    REAL *second_moment, REAL *max_second_moment) {
    double step_size = rule->learning_rate / (1 - __builtin_pow(rule->beta1, rule->step));
    F(adam_constants) c = {
        .l2_decay = rule->decoupled_decay ? 0 : (REAL)rule->weight_decay,
        .shrink = rule->decoupled_decay ? (REAL)(1 - rule->learning_rate * rule->weight_decay) : 1,
        .first_weight = (REAL)(1 - rule->beta1),
        .beta2 = (REAL)rule->beta2,
        .second_weight = (REAL)(1 - rule->beta2),
        .correction = (REAL)__builtin_sqrt(1 - __builtin_pow(rule->beta2, rule->step)),
        .epsilon = (REAL)rule->epsilon,
        .step_size = (REAL)step_size,
    };
    REAL *state[] = {first_moment, second_moment, max_second_moment};
    if (max_second_moment) F(walk)(F(adam_amsgrad), &c, 3, n, gradient, parameter, state);
    else F(walk)(F(adam_plain), &c, 2, n, gradient, parameter, state);
}

#include "../simd/real_end.h"
