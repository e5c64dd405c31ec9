#pragma once

#include "TernType.h"

// Plain stochastic gradient descent with momentum; the first step sets the momentum buffer to the gradient.
typedef struct {
    double learning_rate, momentum, dampening, weight_decay;
    _Bool nesterov, first_step;
} TernSGD;

// Adam and AdamW; `step` counts from 1.
typedef struct {
    double learning_rate, beta1, beta2, epsilon, weight_decay;
    _Bool decoupled_decay;
    double step;
} TernAdam;

// Adagrad; the learning rate is that of the step.
typedef struct {
    double learning_rate, weight_decay, epsilon;
} TernAdagrad;

// Optimizer updates: one pass over one contiguous range of a parameter, its gradient and its state, with the order of
// operations of PyTorch's single-tensor updates (but Adam's multiply by the inverse of a correction). State is of the
// type that is computed in (REAL).
typedef struct {
    // g += weight_decay p; buffer = momentum buffer + (1 - dampening) g; p -= learning_rate * (buffer, or g + momentum
    // buffer if nesterov). Without a momentum buffer: p -= learning_rate g.
    void TERN_FN(sgd)(const TernSGD *_Nonnull, ptrdiff_t n, const void *_Nonnull gradient, void *_Nonnull parameter,
                      void *_Nullable momentum_buffer);
    // m += (g - m) (1 - beta1); v = beta2 v + (1 - beta2) g^2; p -= learning_rate / (1 - beta1^step) *
    // m / (sqrt(v / (1 - beta2^step)) + epsilon). With `max_second_moment` (AMSGrad), the largest v so far takes v's
    // place in the denominator.
    void TERN_FN(adam)(const TernAdam *_Nonnull, ptrdiff_t n, const void *_Nonnull gradient, void *_Nonnull parameter,
                       void *_Nonnull first_moment, void *_Nonnull second_moment, void *_Nullable max_second_moment);
    // g += weight_decay p; s += g^2; p -= learning_rate g / (sqrt(s) + epsilon).
    void TERN_FN(adagrad)(const TernAdagrad *_Nonnull, ptrdiff_t n, const void *_Nonnull gradient,
                          void *_Nonnull parameter, void *_Nonnull sum);
} TernOptimizerKernels;
