#pragma once

#include "TernType.h"

typedef enum __attribute__((enum_extensibility(closed), swift_name("UnaryFunction"))) {
    TERN_NAME(TERN_UNARY_NEGATE, negate),
    TERN_NAME(TERN_UNARY_ABS, abs),
    TERN_NAME(TERN_UNARY_SIGN, sign),
    TERN_NAME(TERN_UNARY_SQUARE, square),
    TERN_NAME(TERN_UNARY_SQRT, sqrt),
    TERN_NAME(TERN_UNARY_RSQRT, rsqrt),
    TERN_NAME(TERN_UNARY_RECIPROCAL, reciprocal),
    TERN_NAME(TERN_UNARY_EXP, exp),
    TERN_NAME(TERN_UNARY_EXPM1, expm1),
    TERN_NAME(TERN_UNARY_LOG, log),
    TERN_NAME(TERN_UNARY_LOG1P, log1p),
    TERN_NAME(TERN_UNARY_SIN, sin),
    TERN_NAME(TERN_UNARY_COS, cos),
    TERN_NAME(TERN_UNARY_TANH, tanh),
    TERN_NAME(TERN_UNARY_SIGMOID, sigmoid),
    TERN_NAME(TERN_UNARY_ERF, erf),
    TERN_NAME(TERN_UNARY_FLOOR, floor),
    TERN_NAME(TERN_UNARY_CEIL, ceil),
    TERN_NAME(TERN_UNARY_ROUND, round),
    TERN_NAME(TERN_UNARY_RELU, relu),
    TERN_NAME(TERN_UNARY_SOFTPLUS, softplus),
    TERN_NAME(TERN_UNARY_SILU, silu),
    TERN_NAME(TERN_UNARY_GELU, gelu),
    TERN_NAME(TERN_UNARY_GELU_TANH, geluTanh),
    TERN_NAME(TERN_UNARY_TAN, tan),
    TERN_NAME(TERN_UNARY_ASIN, asin),
    TERN_NAME(TERN_UNARY_ACOS, acos),
    TERN_NAME(TERN_UNARY_ATAN, atan),
    TERN_NAME(TERN_UNARY_SINH, sinh),
    TERN_NAME(TERN_UNARY_COSH, cosh),
    TERN_NAME(TERN_UNARY_ASINH, asinh),
    TERN_NAME(TERN_UNARY_ACOSH, acosh),
    TERN_NAME(TERN_UNARY_ATANH, atanh),
    TERN_NAME(TERN_UNARY_LOG2, log2),
    TERN_NAME(TERN_UNARY_LOG10, log10),
    TERN_NAME(TERN_UNARY_EXP2, exp2),
    TERN_NAME(TERN_UNARY_ERFC, erfc),
    TERN_NAME(TERN_UNARY_ERFINV, erfinv),
    TERN_NAME(TERN_UNARY_LGAMMA, lgamma),
    TERN_NAME(TERN_UNARY_DIGAMMA, digamma),
    TERN_NAME(TERN_UNARY_I0, i0),
    TERN_NAME(TERN_UNARY_I0E, i0e),
    TERN_NAME(TERN_UNARY_I1, i1),
    TERN_NAME(TERN_UNARY_I1E, i1e),
    TERN_NAME(TERN_UNARY_BESSEL_J0, besselJ0),
    TERN_NAME(TERN_UNARY_BESSEL_J1, besselJ1),
    TERN_NAME(TERN_UNARY_ERFCX, erfcx),
    TERN_NAME(TERN_UNARY_NDTRI, ndtri),
    TERN_NAME(TERN_UNARY_TRUNC, trunc),
    TERN_NAME(TERN_UNARY_FRAC, frac),
    TERN_NAME(TERN_UNARY_LOG_SIGMOID, logSigmoid),
    TERN_NAME(TERN_UNARY_SOFTSIGN, softsign),
    TERN_NAME(TERN_UNARY_MISH, mish),
    TERN_NAME(TERN_UNARY_HARD_SIGMOID, hardSigmoid),
    TERN_NAME(TERN_UNARY_HARD_SWISH, hardSwish),
    TERN_NAME(TERN_UNARY_SELU, selu),
    TERN_NAME(TERN_UNARY_TANH_SHRINK, tanhShrink),
} TernUnary;

// Unary operations with one parameter `p`.
typedef enum __attribute__((enum_extensibility(closed), swift_name("ParameterUnaryFunction"))) {
    TERN_NAME(TERN_UNARY_LEAKY_RELU, leakyRelu),    // x > 0 ? x : p * x  (NaN stays)
    TERN_NAME(TERN_UNARY_ELU, elu),                 // x > 0 ? x : p * expm1(x)
    TERN_NAME(TERN_UNARY_CELU, celu),               // x > 0 ? x : p * expm1(x / p)
    TERN_NAME(TERN_UNARY_HARD_SHRINK, hardShrink),  // |x| > p ? x : 0
    TERN_NAME(TERN_UNARY_SOFT_SHRINK, softShrink),  // |x| > p ? x - copysign(p, x) : 0
} TernUnaryParameter;

typedef enum __attribute__((enum_extensibility(closed), swift_name("BinaryFunction"))) {
    TERN_NAME(TERN_BINARY_ADD, add),
    TERN_NAME(TERN_BINARY_SUBTRACT, subtract),
    TERN_NAME(TERN_BINARY_MULTIPLY, multiply),
    TERN_NAME(TERN_BINARY_DIVIDE, divide),
    TERN_NAME(TERN_BINARY_POWER, power),
    TERN_NAME(TERN_BINARY_MAXIMUM, maximum),
    TERN_NAME(TERN_BINARY_MINIMUM, minimum),      // NaN if either is NaN
    TERN_NAME(TERN_BINARY_REMAINDER, remainder),  // sign of the divisor (Python's %)
    TERN_NAME(TERN_BINARY_FLOOR_DIVIDE, floorDivide),
    TERN_NAME(TERN_BINARY_ATAN2, atan2),
    TERN_NAME(TERN_BINARY_HYPOT, hypot),
    TERN_NAME(TERN_BINARY_COPYSIGN, copySign),
    TERN_NAME(TERN_BINARY_TRUNCATED_REMAINDER, truncatedRemainder),  // sign of the dividend (C's %)
    TERN_NAME(TERN_BINARY_XLOGY, xlogy),
    TERN_NAME(TERN_BINARY_XLOG1PY, xlog1py),
    TERN_NAME(TERN_BINARY_LOG_ADD_EXP, logAddExp),
    TERN_NAME(TERN_BINARY_LOG_ADD_EXP2, logAddExp2),
    TERN_NAME(TERN_BINARY_ZETA, zeta),
    TERN_NAME(TERN_BINARY_IGAMMA, igamma),
    TERN_NAME(TERN_BINARY_IGAMMAC, igammac),
    TERN_NAME(TERN_BINARY_PRELU, prelu),  // a > 0 ? a : a * b
    // Derivatives from the output or input, a = cotangent, b = saved value:
    TERN_NAME(TERN_BINARY_SIGMOID_BACKWARD, sigmoidBackward),  // a * b * (1 - b)       b = output
    TERN_NAME(TERN_BINARY_TANH_BACKWARD, tanhBackward),        // a * (1 - b * b)       b = output
    TERN_NAME(TERN_BINARY_RELU_BACKWARD, reluBackward),  // b > 0 ? a : 0         b = input or output; NaN b gives a
    TERN_NAME(TERN_BINARY_ABS_BACKWARD, absBackward),    // a, -a or 0            b = input; NaN b gives NaN
    TERN_NAME(TERN_BINARY_SILU_BACKWARD, siluBackward),
    TERN_NAME(TERN_BINARY_GELU_BACKWARD, geluBackward),
    TERN_NAME(TERN_BINARY_GELU_TANH_BACKWARD, geluTanhBackward),
    TERN_NAME(TERN_BINARY_SOFTPLUS_BACKWARD, softplusBackward),       // b = input
    TERN_NAME(TERN_BINARY_LOG_SIGMOID_BACKWARD, logSigmoidBackward),  // b = input
    TERN_NAME(TERN_BINARY_SOFTSIGN_BACKWARD, softsignBackward),
    TERN_NAME(TERN_BINARY_MISH_BACKWARD, mishBackward),
    TERN_NAME(TERN_BINARY_HARD_SIGMOID_BACKWARD, hardSigmoidBackward),
    TERN_NAME(TERN_BINARY_HARD_SWISH_BACKWARD, hardSwishBackward),
    TERN_NAME(TERN_BINARY_SELU_BACKWARD, seluBackward),
} TernBinary;

// Binary operations with one parameter `p`; a = cotangent, b = input.
typedef enum __attribute__((enum_extensibility(closed), swift_name("ParameterBinaryFunction"))) {
    TERN_NAME(TERN_BINARY_LEAKY_RELU_BACKWARD, leakyReluBackward),  // b > 0 ? a : p * a
    TERN_NAME(TERN_BINARY_ELU_BACKWARD, eluBackward),               // b > 0 ? a : a * p * exp(b)
    TERN_NAME(TERN_BINARY_CELU_BACKWARD, celuBackward),             // b > 0 ? a : a * exp(b / p)
    TERN_NAME(TERN_BINARY_SHRINK_BACKWARD, shrinkBackward),         // |b| > p ? a : 0
} TernBinaryParameter;

enum {
    TERN_UNARIES = TERN_UNARY_TANH_SHRINK + 1,
    TERN_UNARIES_OF_PARAMETER = TERN_UNARY_SOFT_SHRINK + 1,
    TERN_BINARIES = TERN_BINARY_SELU_BACKWARD + 1,
    TERN_BINARIES_OF_PARAMETER = TERN_BINARY_SHRINK_BACKWARD + 1,
};

// Of integers alone.
typedef enum __attribute__((enum_extensibility(closed), swift_name("IntegerFunction"))) {
    TERN_NAME(TERN_INTEGER_AND, and),
    TERN_NAME(TERN_INTEGER_OR, or),
    TERN_NAME(TERN_INTEGER_XOR, xor),
    TERN_NAME(TERN_INTEGER_SHIFT_LEFT, shiftLeft),    // 0 if b is not in 0 ..< bits
    TERN_NAME(TERN_INTEGER_SHIFT_RIGHT, shiftRight),  // with the sign; all of it if b is not in 0 ..< bits
    TERN_NAME(TERN_INTEGER_GCD, greatestCommonDivisor),
} TernInteger;
enum { TERN_INTEGERS = TERN_INTEGER_GCD + 1 };

typedef enum __attribute__((enum_extensibility(closed), swift_name("Comparison"))) {
    TERN_NAME(TERN_COMPARE_EQUAL, equal),
    TERN_NAME(TERN_COMPARE_NOT_EQUAL, notEqual),
    TERN_NAME(TERN_COMPARE_LESS, less),
    TERN_NAME(TERN_COMPARE_LESS_EQUAL, lessEqual),
    TERN_NAME(TERN_COMPARE_GREATER, greater),
    TERN_NAME(TERN_COMPARE_GREATER_EQUAL, greaterEqual),
} TernCompare;

// Counts and strides are in elements; a stride may be 0 (broadcast), 1 or anything else, negative included. Outputs are
// contiguous unless they have a stride of their own. Outputs may be an input of the same type, element for element.
// Pointers need only the alignment of their element type.
typedef void TernUnaryKernel(ptrdiff_t n, const void *_Nonnull x, ptrdiff_t sx, void *_Nonnull y);
typedef void TernUnaryParameterKernel(double p, ptrdiff_t n, const void *_Nonnull x, ptrdiff_t sx, void *_Nonnull y);
typedef void TernBinaryKernel(ptrdiff_t n, const void *_Nonnull a, ptrdiff_t sa, const void *_Nonnull b, ptrdiff_t sb,
                              void *_Nonnull y);
typedef void TernBinaryParameterKernel(double p, ptrdiff_t n, const void *_Nonnull a, ptrdiff_t sa,
                                       const void *_Nonnull b, ptrdiff_t sb, void *_Nonnull y);
typedef void TernCompareKernel(ptrdiff_t n, const void *_Nonnull a, ptrdiff_t sa, const void *_Nonnull b, ptrdiff_t sb,
                               uint8_t *_Nonnull y);

// Elementwise kernels of one type. Half types are computed in float32 and rounded once an operation.
typedef struct {
    // Indexed by the operation; NULL where the type lacks it. Integers: negate, abs, sign, square, relu, floor, ceil,
    // round; add to floor divide, truncated remainder, relu_backward. Their arithmetic wraps; division and remainder by
    // zero give 0. Of bool only what stays in 0...1.
    TernUnaryKernel *_Nullable const *_Nonnull unary;                       // [TernUnary]
    TernUnaryParameterKernel *_Nullable const *_Nonnull unary_parameter;    // [TernUnaryParameter]
    TernBinaryKernel *_Nullable const *_Nonnull binary;                     // [TernBinary]
    TernBinaryParameterKernel *_Nullable const *_Nonnull binary_parameter;  // [TernBinaryParameter]
    // NULL but for integers; of bool and, or and xor.
    TernBinaryKernel *_Nullable const *_Nonnull integer;  // [TernInteger]
    TernCompareKernel *_Nonnull const *_Nonnull compare;  // [TernCompare]
    // To each type. Float to integer truncates and saturates, NaN gives 0; integer to integer wraps; to float rounds to
    // nearest even, once, and what is too large becomes infinite; anything to bool is x != 0.
    TernUnaryKernel *_Nonnull const *_Nonnull convert;  // [TernType]

    void TERN_FN(select)(ptrdiff_t n, const uint8_t *_Nonnull c, ptrdiff_t sc, const void *_Nonnull a, ptrdiff_t sa,
                         const void *_Nonnull b, ptrdiff_t sb, void *_Nonnull y);
    void TERN_FN(clamp)(double low, double high, ptrdiff_t n, const void *_Nonnull x, ptrdiff_t sx,
                        void *_Nonnull y);  // NaN stays
    // g where low < x < high or x is NaN, 0 elsewhere. Floats.
    void TERN_OPTIONAL_FN(clamp_backward)(double low, double high, ptrdiff_t n, const void *_Nonnull g, ptrdiff_t sg,
                                          const void *_Nonnull x, ptrdiff_t sx, void *_Nonnull y);
    void TERN_FN(copy)(ptrdiff_t n, const void *_Nonnull x, ptrdiff_t sx, void *_Nonnull y, ptrdiff_t sy);
    void TERN_FN(fill)(double value, ptrdiff_t n, void *_Nonnull y);
    void TERN_FN(fill_int64)(int64_t value, ptrdiff_t n, void *_Nonnull y);
    // y += alpha * x: the accumulation of gradients and the like.
    void TERN_FN(axpy)(double alpha, ptrdiff_t n, const void *_Nonnull x, void *_Nonnull y);
} TernElementwiseKernels;

// What messages call an operation.
const char *_Nonnull tern_unary_name(TernUnary operation);
const char *_Nonnull tern_unary_parameter_name(TernUnaryParameter operation);
const char *_Nonnull tern_binary_name(TernBinary operation);
const char *_Nonnull tern_integer_name(TernInteger operation);
const char *_Nonnull tern_binary_parameter_name(TernBinaryParameter operation);
