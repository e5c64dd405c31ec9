// The optimizer updates of one level: see include/TernOptimizer.h. They are bound by memory: one pass.
#include "TernOptimizer.h"

#define FLOAT_BITS 32
#include "optimizer_real.h"
#define FLOAT_BITS 64
#include "optimizer_real.h"

static void LEVEL(sgd)(TernType type, const TernSGD *rule, ptrdiff_t n, const void *gradient, void *parameter,
                       void *momentum_buffer) {
    if (type == TERN_FLOAT32) f32_sgd(rule, n, gradient, parameter, momentum_buffer);
    if (type == TERN_FLOAT64) f64_sgd(rule, n, gradient, parameter, momentum_buffer);
}
static void LEVEL(adam)(TernType type, const TernAdam *rule, ptrdiff_t n, const void *gradient, void *parameter,
                        void *first_moment, void *second_moment, void *max_second_moment) {
    if (type == TERN_FLOAT32) f32_adam(rule, n, gradient, parameter, first_moment, second_moment, max_second_moment);
    if (type == TERN_FLOAT64) f64_adam(rule, n, gradient, parameter, first_moment, second_moment, max_second_moment);
}

const TernOptimizerKernels LEVEL(tern_optimizer) = {
    .sgd = LEVEL(sgd),
    .adam = LEVEL(adam),
};
