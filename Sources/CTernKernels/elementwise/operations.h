// The operations, and the functions of *_real.h, math.h and lanes_real.h that compute them for floats. HEAVY ones are
// computed for halves by the kernel of float32, a block at a time, and cost no code of their own. So are CALLED ones,
// which one loop for all of them calls a vector at a time.
#pragma once

#define EACH_UNARY(LIGHT, HEAVY, CALLED) \
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
    HEAVY(TERN_UNARY_GELU_TANH, gelu_tanh) \
    CALLED(TERN_UNARY_TAN, tan) \
    CALLED(TERN_UNARY_ASIN, asin) \
    CALLED(TERN_UNARY_ACOS, acos) \
    CALLED(TERN_UNARY_ATAN, atan) \
    CALLED(TERN_UNARY_SINH, sinh) \
    CALLED(TERN_UNARY_COSH, cosh) \
    CALLED(TERN_UNARY_ASINH, asinh) \
    CALLED(TERN_UNARY_ACOSH, acosh) \
    CALLED(TERN_UNARY_ATANH, atanh) \
    CALLED(TERN_UNARY_LOG2, log2) \
    CALLED(TERN_UNARY_LOG10, log10) \
    CALLED(TERN_UNARY_EXP2, exp2) \
    CALLED(TERN_UNARY_ERFC, erfc) \
    CALLED(TERN_UNARY_ERFINV, erfinv) \
    CALLED(TERN_UNARY_LGAMMA, lgamma) \
    CALLED(TERN_UNARY_DIGAMMA, digamma) \
    CALLED(TERN_UNARY_I0, i0) \
    CALLED(TERN_UNARY_I0E, i0e) \
    CALLED(TERN_UNARY_I1, i1) \
    CALLED(TERN_UNARY_I1E, i1e) \
    CALLED(TERN_UNARY_BESSEL_J0, bessel_j0) \
    CALLED(TERN_UNARY_BESSEL_J1, bessel_j1) \
    CALLED(TERN_UNARY_ERFCX, erfcx) \
    CALLED(TERN_UNARY_NDTRI, ndtri) \
    LIGHT(TERN_UNARY_TRUNC, trunc) \
    LIGHT(TERN_UNARY_FRAC, frac) \
    CALLED(TERN_UNARY_LOG_SIGMOID, log_sigmoid) \
    LIGHT(TERN_UNARY_SOFTSIGN, softsign) \
    CALLED(TERN_UNARY_MISH, mish) \
    LIGHT(TERN_UNARY_HARD_SIGMOID, hard_sigmoid) \
    LIGHT(TERN_UNARY_HARD_SWISH, hard_swish) \
    CALLED(TERN_UNARY_SELU, selu) \
    CALLED(TERN_UNARY_TANH_SHRINK, tanh_shrink)

#define EACH_UNARY_PARAMETER(LIGHT, HEAVY, CALLED) \
    LIGHT(TERN_UNARY_LEAKY_RELU, leaky_relu) \
    HEAVY(TERN_UNARY_ELU, elu) \
    CALLED(TERN_UNARY_CELU, celu) \
    LIGHT(TERN_UNARY_HARD_SHRINK, hard_shrink) \
    LIGHT(TERN_UNARY_SOFT_SHRINK, soft_shrink)

// But for power, which has a kernel of its own.
#define EACH_BINARY(LIGHT, HEAVY, CALLED) \
    LIGHT(TERN_BINARY_ADD, add) \
    LIGHT(TERN_BINARY_SUBTRACT, subtract) \
    LIGHT(TERN_BINARY_MULTIPLY, multiply) \
    LIGHT(TERN_BINARY_DIVIDE, divide) \
    LIGHT(TERN_BINARY_MAXIMUM, maximum) \
    LIGHT(TERN_BINARY_MINIMUM, minimum) \
    HEAVY(TERN_BINARY_REMAINDER, remainder) \
    HEAVY(TERN_BINARY_FLOOR_DIVIDE, floor_divide) \
    CALLED(TERN_BINARY_ATAN2, atan2) \
    CALLED(TERN_BINARY_HYPOT, hypot) \
    LIGHT(TERN_BINARY_COPYSIGN, copysign) \
    CALLED(TERN_BINARY_TRUNCATED_REMAINDER, truncated_remainder) \
    CALLED(TERN_BINARY_XLOGY, xlogy) \
    CALLED(TERN_BINARY_XLOG1PY, xlog1py) \
    CALLED(TERN_BINARY_LOG_ADD_EXP, log_add_exp) \
    CALLED(TERN_BINARY_LOG_ADD_EXP2, log_add_exp2) \
    CALLED(TERN_BINARY_ZETA, zeta) \
    CALLED(TERN_BINARY_IGAMMA, igamma) \
    CALLED(TERN_BINARY_IGAMMAC, igammac) \
    LIGHT(TERN_BINARY_PRELU, prelu) \
    LIGHT(TERN_BINARY_SIGMOID_BACKWARD, sigmoid_backward) \
    LIGHT(TERN_BINARY_TANH_BACKWARD, tanh_backward) \
    LIGHT(TERN_BINARY_RELU_BACKWARD, relu_backward) \
    LIGHT(TERN_BINARY_ABS_BACKWARD, abs_backward) \
    HEAVY(TERN_BINARY_SILU_BACKWARD, silu_backward) \
    HEAVY(TERN_BINARY_GELU_BACKWARD, gelu_backward) \
    HEAVY(TERN_BINARY_GELU_TANH_BACKWARD, gelu_tanh_backward) \
    HEAVY(TERN_BINARY_SOFTPLUS_BACKWARD, softplus_backward) \
    CALLED(TERN_BINARY_LOG_SIGMOID_BACKWARD, log_sigmoid_backward) \
    LIGHT(TERN_BINARY_SOFTSIGN_BACKWARD, softsign_backward) \
    CALLED(TERN_BINARY_MISH_BACKWARD, mish_backward) \
    LIGHT(TERN_BINARY_HARD_SIGMOID_BACKWARD, hard_sigmoid_backward) \
    LIGHT(TERN_BINARY_HARD_SWISH_BACKWARD, hard_swish_backward) \
    CALLED(TERN_BINARY_SELU_BACKWARD, selu_backward)

#define EACH_BINARY_PARAMETER(LIGHT, HEAVY, CALLED) \
    LIGHT(TERN_BINARY_LEAKY_RELU_BACKWARD, leaky_relu_backward) \
    HEAVY(TERN_BINARY_ELU_BACKWARD, elu_backward) \
    CALLED(TERN_BINARY_CELU_BACKWARD, celu_backward) \
    LIGHT(TERN_BINARY_SHRINK_BACKWARD, shrink_backward)

#define EACH_INTEGER_FUNCTION(X) \
    X(TERN_INTEGER_AND, and) \
    X(TERN_INTEGER_OR, or) \
    X(TERN_INTEGER_XOR, xor) \
    X(TERN_INTEGER_SHIFT_LEFT, shift_left) \
    X(TERN_INTEGER_SHIFT_RIGHT, shift_right) \
    X(TERN_INTEGER_GCD, gcd)

// An operation without a kernel ends here.
#define COUNT(operation, function) +1
_Static_assert(0 EACH_UNARY(COUNT, COUNT, COUNT) == TERN_UNARIES, "a unary operation has no kernel");
_Static_assert(0 EACH_UNARY_PARAMETER(COUNT, COUNT, COUNT) == TERN_UNARIES_OF_PARAMETER,
               "a unary operation has no kernel");
_Static_assert(1 EACH_BINARY(COUNT, COUNT, COUNT) == TERN_BINARIES, "a binary operation has no kernel");
_Static_assert(0 EACH_BINARY_PARAMETER(COUNT, COUNT, COUNT) == TERN_BINARIES_OF_PARAMETER,
               "a binary operation has no kernel");
_Static_assert(0 EACH_INTEGER_FUNCTION(COUNT) == TERN_INTEGERS, "an operation of integers has no kernel");
#undef COUNT
