// The operations, and the functions of functions_real.h, math.h and lanes_real.h that compute them for floats. HEAVY
// ones are computed for halves by the kernel of float32, a block at a time, and cost no code of their own.
#pragma once

#define EACH_UNARY(LIGHT, HEAVY) \
    LIGHT(TERN_UNARY_NEGATE, negate) \
    LIGHT(TERN_UNARY_ABS, abs) \
    LIGHT(TERN_UNARY_SIGN, sign) \
    LIGHT(TERN_UNARY_SQUARE, square) \
    LIGHT(TERN_UNARY_SQRT, sqrt) \
    LIGHT(TERN_UNARY_RSQRT, rsqrt) \
    LIGHT(TERN_UNARY_RECIPROCAL, reciprocal) \
    HEAVY(TERN_UNARY_EXP, exp) \
    HEAVY(TERN_UNARY_EXPM1, expm1) \
    HEAVY(TERN_UNARY_LOG, log) \
    HEAVY(TERN_UNARY_LOG1P, log1p) \
    HEAVY(TERN_UNARY_SIN, sin) \
    HEAVY(TERN_UNARY_COS, cos) \
    HEAVY(TERN_UNARY_TANH, tanh) \
    HEAVY(TERN_UNARY_SIGMOID, sigmoid) \
    HEAVY(TERN_UNARY_ERF, erf) \
    LIGHT(TERN_UNARY_FLOOR, floor) \
    LIGHT(TERN_UNARY_CEIL, ceil) \
    LIGHT(TERN_UNARY_ROUND, round) \
    LIGHT(TERN_UNARY_RELU, relu) \
    HEAVY(TERN_UNARY_SOFTPLUS, softplus) \
    HEAVY(TERN_UNARY_SILU, silu) \
    HEAVY(TERN_UNARY_GELU, gelu) \
    HEAVY(TERN_UNARY_GELU_TANH, gelu_tanh)

#define EACH_UNARY_PARAMETER(LIGHT, HEAVY) \
    LIGHT(TERN_UNARY_LEAKY_RELU, leaky_relu) \
    HEAVY(TERN_UNARY_ELU, elu)

// But for power, which has a kernel of its own.
#define EACH_BINARY(LIGHT, HEAVY) \
    LIGHT(TERN_BINARY_ADD, add) \
    LIGHT(TERN_BINARY_SUBTRACT, subtract) \
    LIGHT(TERN_BINARY_MULTIPLY, multiply) \
    LIGHT(TERN_BINARY_DIVIDE, divide) \
    LIGHT(TERN_BINARY_MAXIMUM, maximum) \
    LIGHT(TERN_BINARY_MINIMUM, minimum) \
    HEAVY(TERN_BINARY_REMAINDER, remainder) \
    HEAVY(TERN_BINARY_FLOOR_DIVIDE, floor_divide) \
    LIGHT(TERN_BINARY_SIGMOID_BACKWARD, sigmoid_backward) \
    LIGHT(TERN_BINARY_TANH_BACKWARD, tanh_backward) \
    LIGHT(TERN_BINARY_RELU_BACKWARD, relu_backward) \
    LIGHT(TERN_BINARY_ABS_BACKWARD, abs_backward) \
    HEAVY(TERN_BINARY_SILU_BACKWARD, silu_backward) \
    HEAVY(TERN_BINARY_GELU_BACKWARD, gelu_backward) \
    HEAVY(TERN_BINARY_GELU_TANH_BACKWARD, gelu_tanh_backward) \
    HEAVY(TERN_BINARY_SOFTPLUS_BACKWARD, softplus_backward)

#define EACH_BINARY_PARAMETER(LIGHT, HEAVY) \
    LIGHT(TERN_BINARY_LEAKY_RELU_BACKWARD, leaky_relu_backward) \
    HEAVY(TERN_BINARY_ELU_BACKWARD, elu_backward)

// An operation without a kernel ends here.
#define COUNT(operation, function) +1
_Static_assert(0 EACH_UNARY(COUNT, COUNT) == TERN_UNARY_GELU_TANH + 1, "a unary operation has no kernel");
_Static_assert(0 EACH_UNARY_PARAMETER(COUNT, COUNT) == TERN_UNARY_ELU + 1, "a unary operation has no kernel");
_Static_assert(1 EACH_BINARY(COUNT, COUNT) == TERN_BINARY_SOFTPLUS_BACKWARD + 1, "a binary operation has no kernel");
_Static_assert(0 EACH_BINARY_PARAMETER(COUNT, COUNT) == TERN_BINARY_ELU_BACKWARD + 1,
               "a binary operation has no kernel");
#undef COUNT
