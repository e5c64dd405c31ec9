// The walk over the arrays, with a partial vector at the end, is the same for all rules.

INLINE VREAL T(load_some)(const STORED *p, ptrdiff_t rest) {
    return rest >= LANES ? T(load)(p) : T(load_first)(p, rest);
}
INLINE void T(store_some)(STORED *p, VREAL v, ptrdiff_t rest) {
    if (rest >= LANES) T(store)(p, v);
    else T(store_first)(p, v, rest);
}

INLINE void T(walk)(F(update) (*rule)(F(update), const void *), const void *constants, int states, ptrdiff_t n,
                    const STORED *gradient, STORED *parameter, REAL *const *state) {
    for (ptrdiff_t i = 0; i < n; i += LANES) {
        const ptrdiff_t rest = n - i;
        F(update) u = {};
        u.gradient = T(load_some)(gradient + i, rest);
        u.parameter = T(load_some)(parameter + i, rest);
        for (int s = 0; s < states; s++) u.state[s] = F(load_some)(state[s] + i, rest);
        u = rule(u, constants);
        T(store_some)(parameter + i, u.parameter, rest);
        for (int s = 0; s < states; s++) F(store_some)(state[s] + i, u.state[s], rest);
    }
}

static void T(sgd)(const TernSGD *rule, ptrdiff_t n, const void *gradient, void *parameter, void *momentum_buffer) {
    F(sgd_constants) c = {
        .learning_rate = (REAL)rule->learning_rate,
        .momentum = (REAL)rule->momentum,
        .undamped = (REAL)(1 - rule->dampening),
        .decay = (REAL)rule->weight_decay,
        .nesterov = rule->nesterov,
    };
    if (!momentum_buffer) {
        T(walk)(F(sgd_plain), &c, 0, n, gradient, parameter, 0);
        return;
    }
    if (rule->first_step) {  // an empty buffer, and no dampening
        __builtin_memset(momentum_buffer, 0, (size_t)n * sizeof(REAL));
        c.undamped = 1;
    }
    REAL *state[] = {momentum_buffer};
    T(walk)(F(sgd_momentum), &c, 1, n, gradient, parameter, state);
}

static void T(adam)(const TernAdam *rule, ptrdiff_t n, const void *gradient, void *parameter, void *first_moment,
                    void *second_moment, void *max_second_moment) {
    double step_size = rule->learning_rate / (1 - __builtin_pow(rule->beta1, rule->step));
    F(adam_constants) c = {
        .l2_decay = rule->decoupled_decay ? 0 : (REAL)rule->weight_decay,
        .shrink = rule->decoupled_decay ? (REAL)(1 - rule->learning_rate * rule->weight_decay) : 1,
        .first_weight = (REAL)(1 - rule->beta1),
        .beta2 = (REAL)rule->beta2,
        .second_weight = (REAL)(1 - rule->beta2),
        .inverse_correction = (REAL)(1 / __builtin_sqrt(1 - __builtin_pow(rule->beta2, rule->step))),
        .epsilon = (REAL)rule->epsilon,
        .step_size = (REAL)step_size,
    };
    REAL *state[] = {first_moment, second_moment, max_second_moment};
    if (max_second_moment) T(walk)(F(adam_amsgrad), &c, 3, n, gradient, parameter, state);
    else T(walk)(F(adam_plain), &c, 2, n, gradient, parameter, state);
}

static void T(adagrad)(const TernAdagrad *rule, ptrdiff_t n, const void *gradient, void *parameter, void *sum) {
    F(adagrad_constants) c = {
        .learning_rate = (REAL)rule->learning_rate,
        .decay = (REAL)rule->weight_decay,
        .epsilon = (REAL)rule->epsilon,
    };
    REAL *state[] = {sum};
    T(walk)(F(adagrad_plain), &c, 1, n, gradient, parameter, state);
}

// tern_optimizer_<type>_<level>
const TernOptimizerKernels TABLE(optimizer) = {.sgd = T(sgd), .adam = T(adam), .adagrad = T(adagrad)};
