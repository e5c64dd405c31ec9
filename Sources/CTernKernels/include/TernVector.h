#pragma once

#include <stddef.h>
#include <stdint.h>

#include "TernLevel.h"

// An enumerator, and what Swift calls it.
#define TERN_NAME(enumerator, name) enumerator __attribute__((swift_name(#name)))

// Element types, in the order of Tern's promotion.
typedef enum __attribute__((enum_extensibility(closed))) {
    TERN_BOOL,
    TERN_UINT8,
    TERN_INT32,
    TERN_INT64,
    TERN_FLOAT32,
    TERN_FLOAT64,
} TernType;

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
} TernUnary;

// Unary operations with one parameter `p`.
typedef enum __attribute__((enum_extensibility(closed), swift_name("ParameterUnaryFunction"))) {
    TERN_NAME(TERN_UNARY_LEAKY_RELU, leakyRelu),  // x > 0 ? x : p * x  (NaN stays)
    TERN_NAME(TERN_UNARY_ELU, elu),               // x > 0 ? x : p * expm1(x)
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
    // Derivatives from the output or input, a = cotangent, b = saved value:
    TERN_NAME(TERN_BINARY_SIGMOID_BACKWARD, sigmoidBackward),  // a * b * (1 - b)       b = output
    TERN_NAME(TERN_BINARY_TANH_BACKWARD, tanhBackward),        // a * (1 - b * b)       b = output
    TERN_NAME(TERN_BINARY_RELU_BACKWARD, reluBackward),  // b > 0 ? a : 0         b = input or output; NaN b gives a
    TERN_NAME(TERN_BINARY_ABS_BACKWARD, absBackward),    // a, -a or 0            b = input; NaN b gives NaN
    TERN_NAME(TERN_BINARY_SILU_BACKWARD, siluBackward),
    TERN_NAME(TERN_BINARY_GELU_BACKWARD, geluBackward),
    TERN_NAME(TERN_BINARY_GELU_TANH_BACKWARD, geluTanhBackward),
    TERN_NAME(TERN_BINARY_SOFTPLUS_BACKWARD, softplusBackward),  // b = input
} TernBinary;

// Binary operations with one parameter `p`; a = cotangent, b = input.
typedef enum __attribute__((enum_extensibility(closed), swift_name("ParameterBinaryFunction"))) {
    TERN_NAME(TERN_BINARY_LEAKY_RELU_BACKWARD, leakyReluBackward),  // b > 0 ? a : p * a
    TERN_NAME(TERN_BINARY_ELU_BACKWARD, eluBackward),               // b > 0 ? a : a * p * exp(b)
} TernBinaryParameter;

typedef enum __attribute__((enum_extensibility(closed), swift_name("Comparison"))) {
    TERN_NAME(TERN_COMPARE_EQUAL, equal),
    TERN_NAME(TERN_COMPARE_NOT_EQUAL, notEqual),
    TERN_NAME(TERN_COMPARE_LESS, less),
    TERN_NAME(TERN_COMPARE_LESS_EQUAL, lessEqual),
    TERN_NAME(TERN_COMPARE_GREATER, greater),
    TERN_NAME(TERN_COMPARE_GREATER_EQUAL, greaterEqual),
} TernCompare;

typedef enum __attribute__((enum_extensibility(closed), swift_name("ReductionFunction"))) {
    TERN_NAME(TERN_REDUCE_SUM, sum),
    TERN_NAME(TERN_REDUCE_PRODUCT, product),
    TERN_NAME(TERN_REDUCE_MAX, max),
    TERN_NAME(TERN_REDUCE_MIN, min),  // max and min give NaN if any is NaN
    TERN_NAME(TERN_REDUCE_SUM_SQUARES, sumSquares),
    TERN_NAME(TERN_REDUCE_SUM_ABS, sumAbs),
} TernReduce;

// Elementwise kernels of one level. Counts and strides are in elements; a stride may be 0 (broadcast), 1 or anything
// else, negative included. Outputs are contiguous unless they have a stride of their own. Outputs may be an input of
// the same type, element for element. All function pointers are present at every level. Pointers need only the
// alignment of their element type.
typedef struct {
    // One kernel for all types a type argument names; integer division and remainder by zero give 0, and integer
    // arithmetic wraps. Unary operations on integer types: negate, abs, sign, square, relu.
    void TERN_FN(unary)(TernType, TernUnary, ptrdiff_t n, const void *_Nonnull x, ptrdiff_t sx, void *_Nonnull y);
    void TERN_FN(unary_parameter)(TernType, TernUnaryParameter, double p, ptrdiff_t n, const void *_Nonnull x,
                                  ptrdiff_t sx, void *_Nonnull y);
    void TERN_FN(binary)(TernType, TernBinary, ptrdiff_t n, const void *_Nonnull a, ptrdiff_t sa,
                         const void *_Nonnull b, ptrdiff_t sb, void *_Nonnull y);
    void TERN_FN(binary_parameter)(TernType, TernBinaryParameter, double p, ptrdiff_t n, const void *_Nonnull a,
                                   ptrdiff_t sa, const void *_Nonnull b, ptrdiff_t sb, void *_Nonnull y);
    void TERN_FN(compare)(TernType, TernCompare, ptrdiff_t n, const void *_Nonnull a, ptrdiff_t sa,
                          const void *_Nonnull b, ptrdiff_t sb, uint8_t *_Nonnull y);
    void TERN_FN(select)(ptrdiff_t element_size, ptrdiff_t n, const uint8_t *_Nonnull c, ptrdiff_t sc,
                         const void *_Nonnull a, ptrdiff_t sa, const void *_Nonnull b, ptrdiff_t sb, void *_Nonnull y);
    void TERN_FN(clamp)(TernType, double low, double high, ptrdiff_t n, const void *_Nonnull x, ptrdiff_t sx,
                        void *_Nonnull y);  // NaN stays
    void TERN_FN(copy)(ptrdiff_t element_size, ptrdiff_t n, const void *_Nonnull x, ptrdiff_t sx, void *_Nonnull y,
                       ptrdiff_t sy);
    // Float to integer truncates and saturates (NaN gives 0); anything to bool is x != 0.
    void TERN_FN(convert)(TernType from, TernType to, ptrdiff_t n, const void *_Nonnull x, ptrdiff_t sx,
                          void *_Nonnull y);
    void TERN_FN(fill)(TernType, double value, ptrdiff_t n, void *_Nonnull y);
    void TERN_FN(fill_int64)(TernType, int64_t value, ptrdiff_t n, void *_Nonnull y);
    // y[i] = x[i] + b[i], y += alpha * x: the accumulation of gradients and the like.
    void TERN_FN(axpy)(TernType, double alpha, ptrdiff_t n, const void *_Nonnull x, void *_Nonnull y);

    // One value out of n, in one fixed order of additions that depends on n alone (and the level): blocks of 64
    // vectors, several vector accumulators in a block, blocks combined in float64. n >= 1. Integer sums are exact in
    // the type (wrapping). Bool and uint8 sums are asked for after conversion to int64, so types here are int32, int64,
    // float32, float64.
    void TERN_FN(reduce)(TernType, TernReduce, ptrdiff_t n, const void *_Nonnull x, ptrdiff_t sx,
                         void *_Nonnull result);
    // y[i] out of the values x[offsets[g] + row * stride + i] of all groups g and their rows, i < n: reduces leading
    // axes. groups, rows >= 1; without `offsets` there is one group. Float sums are made of blocks of 16 rows, which
    // are added in float64.
    void TERN_FN(reduce_rows)(TernType, TernReduce, ptrdiff_t groups, const ptrdiff_t *_Nullable offsets,
                              ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t n, const void *_Nonnull x, void *_Nonnull y);
    // x[row * stride + i] becomes the sum of the rows up to it, i < n; of floats in float64.
    void TERN_FN(cumulative_sum)(TernType, ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t n, void *_Nonnull x);
    // Index of the first largest (or smallest) of n values; a NaN wins, the first one.
    int64_t TERN_FN(argmax)(TernType, ptrdiff_t n, const void *_Nonnull x, ptrdiff_t sx);
    int64_t TERN_FN(argmin)(TernType, ptrdiff_t n, const void *_Nonnull x, ptrdiff_t sx);

    // Rows of `columns` contiguous values, float32 and float64.
    void TERN_FN(softmax)(TernType, ptrdiff_t rows, ptrdiff_t columns, const void *_Nonnull x, void *_Nonnull y);
    void TERN_FN(log_softmax)(TernType, ptrdiff_t rows, ptrdiff_t columns, const void *_Nonnull x, void *_Nonnull y);
    // dx = y * (g - sum(g * y)) and dx = g - exp(y) * sum(g), row by row.
    void TERN_FN(softmax_backward)(TernType, ptrdiff_t rows, ptrdiff_t columns, const void *_Nonnull y,
                                   const void *_Nonnull g, void *_Nonnull dx);
    void TERN_FN(log_softmax_backward)(TernType, ptrdiff_t rows, ptrdiff_t columns, const void *_Nonnull y,
                                       const void *_Nonnull g, void *_Nonnull dx);
    // Cross-entropy of class indices: loss[r] = logSumExp(x[r]) - x[r, label[r]] (label smoothing s: (1-s) of that + s
    // times the mean over classes of logSumExp - x). A row whose label is ignore_index has loss 0. Writes softmax(x) to
    // `probabilities`. Returns the first row whose label is outside 0..<columns and not ignored, or -1.
    ptrdiff_t TERN_FN(cross_entropy)(TernType, ptrdiff_t rows, ptrdiff_t columns, const void *_Nonnull x,
                                     const int64_t *_Nonnull labels, int64_t ignore_index, double smoothing,
                                     void *_Nonnull loss, void *_Nonnull probabilities);
    // dx[r, c] = scale[r] * (p[r, c] - (1 - s) * (c == label[r]) - s / columns); 0 for ignored rows. `scale` has stride
    // ss (0: one for all rows).
    void TERN_FN(cross_entropy_backward)(TernType, ptrdiff_t rows, ptrdiff_t columns,
                                         const void *_Nonnull probabilities, const int64_t *_Nonnull labels,
                                         int64_t ignore_index, double smoothing, const void *_Nonnull scale,
                                         ptrdiff_t ss, void *_Nonnull dx);
} TernVectorKernels;

const TernVectorKernels *_Nonnull tern_vector_kernels(TernLevel level);
