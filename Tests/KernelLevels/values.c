#include "harness.h"

#define E(member) CALL(elementwise, member)
#define REDUCE(member) CALL(reduce, member)
#define ROWS(member) CALL(rows, member)

// Lengths around those of vectors and blocks.
static const ptrdiff_t lengths[] = {0,  1,  2,  3,  4,  5,  7,  8,  9,   15,  16,  17,  23,  31,
                                    32, 33, 47, 63, 64, 65, 70, 79, 255, 256, 257, 600, 1025};
static const ptrdiff_t strides[] = {1, 0, 2, -1, 3};
#define EACH_LENGTH for (const ptrdiff_t *n_ = lengths, n0 = 0; n_ < lengths + sizeof lengths / sizeof *lengths; n_++)
#define n (*n_ + n0)
#define EACH_STRIDE(name) for (const ptrdiff_t *name = strides; name < strides + 5; name++)

// Every value that an error may depend on: bit patterns over the whole range of the type, and where functions have
// ends, jumps and other branches.
enum { WIDE = 4096 };
static void *wide_range(TernType type) {
    static const double special[] = {0,     -0.0,  1,       -1,      0.5,     -0.5,     1.5,    2.5,   1e-45, -1e-45,
                                     1e-40, 88.72, 88.73,   -87.3,   -87.4,   -103.9,   -104,   9,     10,    -9,
                                     -10,   20,    -20,     3.4e38,  709.78,  -745.1,   -708.4, 0.707, 1.414, -14.4,
                                     -5.5,  1e10,  8388608, 1048577, 1 / 0.0, -1 / 0.0, 0 / 0.0};
    void *x = numbers(type, WIDE, 1, -40, 40);
    if (!is_float(type)) return x;
    for (ptrdiff_t i = 0; i < WIDE / 2; i++) {
        uint64_t bits = random_bits();
        memcpy((char *)x + i * size_of(type), &bits, (size_t)size_of(type));
    }
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) set_value(type, x, (ptrdiff_t)i, special[i]);
    return x;
}

// Twice the error, in units of the last place, that CTernKernelsTests allows against the true value.
static double unary_limit(TernUnary op) {
    switch (op) {
    case TERN_UNARY_NEGATE:
    case TERN_UNARY_ABS:
    case TERN_UNARY_SIGN:
    case TERN_UNARY_SQUARE:
    case TERN_UNARY_SQRT:
    case TERN_UNARY_RECIPROCAL:
    case TERN_UNARY_FLOOR:
    case TERN_UNARY_CEIL:
    case TERN_UNARY_ROUND:
    case TERN_UNARY_TRUNC:
    case TERN_UNARY_FRAC:
    case TERN_UNARY_SOFTSIGN:
    case TERN_UNARY_HARD_SIGMOID:
    case TERN_UNARY_HARD_SWISH:
    case TERN_UNARY_LGAMMA:
    case TERN_UNARY_DIGAMMA:
    case TERN_UNARY_I0:
    case TERN_UNARY_I0E:
    case TERN_UNARY_I1:
    case TERN_UNARY_I1E:
    case TERN_UNARY_BESSEL_J0:
    case TERN_UNARY_BESSEL_J1:
    case TERN_UNARY_RELU: return 0;
    case TERN_UNARY_EXP:
    case TERN_UNARY_LOG:
    case TERN_UNARY_SIN:
    case TERN_UNARY_COS: return 2;
    case TERN_UNARY_ACOS:
    case TERN_UNARY_EXP2: return 3;
    case TERN_UNARY_RSQRT:
    case TERN_UNARY_EXPM1:
    case TERN_UNARY_LOG1P: return 3;
    case TERN_UNARY_ATAN:
    case TERN_UNARY_SINH:
    case TERN_UNARY_COSH:
    case TERN_UNARY_LOG2:
    case TERN_UNARY_LOG10:
    case TERN_UNARY_SELU:
    case TERN_UNARY_ERF: return 4;
    case TERN_UNARY_TAN:
    case TERN_UNARY_ASIN:
    case TERN_UNARY_ASINH:
    case TERN_UNARY_ACOSH:
    case TERN_UNARY_ATANH: return 5;
    case TERN_UNARY_TANH:
    case TERN_UNARY_SIGMOID:
    case TERN_UNARY_SOFTPLUS:
    case TERN_UNARY_SILU: return 6;
    case TERN_UNARY_LOG_SIGMOID: return 7;
    case TERN_UNARY_MISH:
    case TERN_UNARY_GELU_TANH: return 8;
    case TERN_UNARY_ERFC:
    case TERN_UNARY_ERFCX:
    case TERN_UNARY_GELU: return 10;
    case TERN_UNARY_NDTRI:
    case TERN_UNARY_ERFINV: return 16;
    case TERN_UNARY_TANH_SHRINK: return 40;
    }
}

static double binary_limit(TernBinary op) {
    switch (op) {
    case TERN_BINARY_ADD:
    case TERN_BINARY_SUBTRACT:
    case TERN_BINARY_MULTIPLY:
    case TERN_BINARY_DIVIDE:
    case TERN_BINARY_MAXIMUM:
    case TERN_BINARY_MINIMUM:
    case TERN_BINARY_REMAINDER:
    case TERN_BINARY_FLOOR_DIVIDE:
    case TERN_BINARY_COPYSIGN:
    case TERN_BINARY_TRUNCATED_REMAINDER:
    case TERN_BINARY_ZETA:
    case TERN_BINARY_IGAMMA:
    case TERN_BINARY_IGAMMAC:
    case TERN_BINARY_PRELU:
    case TERN_BINARY_HARD_SIGMOID_BACKWARD:
    case TERN_BINARY_SOFTSIGN_BACKWARD:
    case TERN_BINARY_RELU_BACKWARD:
    case TERN_BINARY_ABS_BACKWARD: return 0;
    case TERN_BINARY_POWER: return 2;
    case TERN_BINARY_XLOGY:
    case TERN_BINARY_XLOG1PY: return 4;
    case TERN_BINARY_ATAN2:
    case TERN_BINARY_HYPOT:
    case TERN_BINARY_LOG_ADD_EXP:
    case TERN_BINARY_LOG_ADD_EXP2: return 6;
    case TERN_BINARY_HARD_SWISH_BACKWARD:
    case TERN_BINARY_LOG_SIGMOID_BACKWARD:
    case TERN_BINARY_MISH_BACKWARD:
    case TERN_BINARY_SELU_BACKWARD:
    case TERN_BINARY_SIGMOID_BACKWARD:
    case TERN_BINARY_TANH_BACKWARD:
    case TERN_BINARY_SILU_BACKWARD:
    case TERN_BINARY_GELU_BACKWARD:
    case TERN_BINARY_GELU_TANH_BACKWARD:
    case TERN_BINARY_SOFTPLUS_BACKWARD: return 16;
    }
}

static void check_unary(void) {
    EACH_TYPE(type)
    {
        for (TernUnary op = 0; op < TERN_UNARIES; op++) {
            if (!E(unary)[op]) continue;
            start("unary %d of type %s over the whole range", op, name_of(type));
            void *x = wide_range(type);
            BOTH(type, WIDE, BY_VALUE, unary_limit(op), E(unary)[op](WIDE, x, 1, y));
        }
        EACH_LENGTH EACH_STRIDE(s) {
            start("unary square of type %s, n = %td, stride %td", name_of(type), n, *s);
            void *x = numbers(type, n, *s, -100, 100);
            BOTH(type, n, EXACTLY, 0, E(unary)[TERN_UNARY_SQUARE](n, x, *s, y));
            BOTH(type, n, EXACTLY, 0, E(clamp)(-7.5, 30, n, x, *s, y));
        }
    }
    EACH_TYPE(type)
    EACH_LENGTH EACH_STRIDE(s) {
        for (TernUnaryParameter op = 0; op < TERN_UNARIES_OF_PARAMETER; op++) {
            if (!E(unary_parameter)[op]) continue;
            start("unary %d with a parameter, type %s, n = %td, stride %td", op, name_of(type), n, *s);
            void *x = numbers(type, n, *s, -9, 9);
            BOTH(type, n, BY_VALUE, 4, E(unary_parameter)[op](0.3, n, x, *s, y));
        }
    }
}

static void check_binary(void) {
    EACH_TYPE(type)
    {
        for (TernBinary op = 0; op < TERN_BINARIES; op++) {
            if (!E(binary)[op]) continue;
            EACH_LENGTH EACH_STRIDE(sa) EACH_STRIDE(sb) {
                if (op != TERN_BINARY_ADD && n != 5 && n != 70 && n != 600) continue;
                start("binary %d of type %s, n = %td, strides %td and %td", op, name_of(type), n, *sa, *sb);
                void *a = numbers(type, n, *sa, op == TERN_BINARY_POWER ? 0 : -3, 5);
                void *b = numbers(type, n, *sb, -3, 5);
                // Derivatives cancel where they are small beside their cotangent.
                _Bool derivative = op >= TERN_BINARY_SIGMOID_BACKWARD || op == TERN_BINARY_LOG_ADD_EXP ||
                    op == TERN_BINARY_LOG_ADD_EXP2;
                BOTH(type, n, derivative ? BY_SIZE : BY_VALUE, binary_limit(op), E(binary)[op](n, a, *sa, b, *sb, y));
            }
            if (op > TERN_BINARY_XLOG1PY) continue;
            if (op == TERN_BINARY_POWER && is_float(type)) {
                // One exponent for all has ways of its own.
                static const double exponents[] = {2, 3, 1, 0.5, -1, 2.5};
                for (int i = 0; i < 6; i++) {
                    start("powers of type %s with the exponent %g", name_of(type), exponents[i]);
                    void *a = wide_range(type), *b = numbers(type, 1, 1, 0, 1);
                    set_value(type, b, 0, exponents[i]);
                    BOTH(type, WIDE, BY_VALUE, binary_limit(op), E(binary)[op](WIDE, a, 1, b, 0, y));
                }
            }
            start("binary %d of type %s over the whole range", op, name_of(type));
            void *a = wide_range(type), *b = wide_range(type);
            BOTH(type, WIDE, BY_VALUE, binary_limit(op), E(binary)[op](WIDE, a, 1, b, 1, y));
            BOTH(type, WIDE - 40, BY_VALUE, binary_limit(op),
                 E(binary)[op](WIDE - 40, (char *)a + 40 * size_of(type), 1, b, 1, y));
        }
        for (TernInteger op = 0; op < TERN_INTEGERS; op++) {
            if (!E(integer)[op]) continue;
            EACH_LENGTH EACH_STRIDE(sa) {
                start("integer function %d of type %s, n = %td, stride %td", op, name_of(type), n, *sa);
                void *a = numbers(type, n, *sa, -100, 100), *b = numbers(type, n, 1, -3, 9);
                BOTH(type, n, EXACTLY, 0, E(integer)[op](n, a, *sa, b, 1, y));
            }
            start("integer function %d of type %s over the whole range", op, name_of(type));
            void *a = wide_range(type), *b = wide_range(type);
            BOTH(type, WIDE, EXACTLY, 0, E(integer)[op](WIDE, a, 1, b, 1, y));
        }
        for (TernCompare op = 0; op <= TERN_COMPARE_GREATER_EQUAL; op++) {
            EACH_LENGTH EACH_STRIDE(sa) EACH_STRIDE(sb) {
                start("compare %d of type %s, n = %td, strides %td and %td", op, name_of(type), n, *sa, *sb);
                void *a = numbers(type, n, *sa, 0, 3), *b = numbers(type, n, *sb, 0, 3);
                BOTH(TERN_UINT8, n, EXACTLY, 0, E(compare)[op](n, a, *sa, b, *sb, (uint8_t *)y));
            }
            start("compare %d of type %s over the whole range", op, name_of(type));
            void *a = wide_range(type), *b = wide_range(type);
            BOTH(TERN_UINT8, WIDE, EXACTLY, 0, E(compare)[op](WIDE, a, 1, b, 1, (uint8_t *)y));
        }
    }
    EACH_TYPE(type)
    EACH_LENGTH EACH_STRIDE(sa) EACH_STRIDE(sb) {
        for (TernBinaryParameter op = 0; op < TERN_BINARIES_OF_PARAMETER; op++) {
            if (!E(binary_parameter)[op]) continue;
            start("binary %d with a parameter, type %s, n = %td, strides %td and %td", op, name_of(type), n, *sa, *sb);
            void *a = numbers(type, n, *sa, -3, 5), *b = numbers(type, n, *sb, -9, 9);
            BOTH(type, n, BY_VALUE, 6, E(binary_parameter)[op](0.3, n, a, *sa, b, *sb, y));
        }
        if (!is_float(type)) continue;
        start("what passes between bounds of type %s, n = %td, strides %td and %td", name_of(type), n, *sa, *sb);
        void *a = numbers(type, n, *sa, -3, 5), *b = numbers(type, n, *sb, -9, 9);
        BOTH(type, n, EXACTLY, 0, E(clamp_backward)(-1.5, 4, n, a, *sa, b, *sb, y));
    }
}

static void check_moves(void) {
    EACH_TYPE(type)
    EACH_LENGTH EACH_STRIDE(s) {
        start("moves of type %s, n = %td, stride %td", name_of(type), n, *s);
        void *a = numbers(type, n, *s, -100, 100), *b = numbers(type, n, 1, -100, 100);
        uint8_t *c = numbers(TERN_BOOL, n, *s, 0, 1);
        BOTH(type, n, EXACTLY, 0, E(select)(n, c, *s, a, *s, b, 1, y));
        BOTH(type, n, EXACTLY, 0, E(select)(n, c, *s, b, 1, a, *s, y));
        BOTH(type, n, EXACTLY, 0, E(copy)(n, a, *s, y, 1));
        BOTH(type, 2 * n, EXACTLY, 0, E(copy)(n, a, *s, y, 2));
        BOTH(type, n, EXACTLY, 0, E(fill)(-2.6, n, y));
        BOTH(type, n, EXACTLY, 0, E(fill_int64)(77777, n, y));
        EACH_TYPE(to)
        BOTH(to, n, EXACTLY, 0, E(convert)[to](n, a, *s, y));
    }
    EACH_TYPE(type)
    EACH_TYPE(to)
    {
        start("convert type %s to type %s over the whole range", name_of(type), name_of(to));
        void *x = wide_range(type);
        BOTH(to, WIDE, EXACTLY, 0, E(convert)[to](WIDE, x, 1, y));
    }
    EACH_TYPE(type)
    EACH_LENGTH {
        start("axpy of type %s, n = %td", name_of(type), n);
        void *x = numbers(type, n, 1, -9, 9), *start_values = numbers(type, n, 1, -9, 9);
        BOTH(type, n, BY_SIZE, 2, memcpy(y, start_values, (size_t)(n * size_of(type))); E(axpy)(3, n, x, y));
    }
}

static void check_reductions(void) {
    EACH_TYPE(type)
    EACH_LENGTH {
        if (n == 0) continue;
        EACH_STRIDE(s) {
            void *x;
            for (TernReduce op = 0; op <= TERN_REDUCE_SUM_ABS; op++) {
                start("reduce %d of type %s, n = %td, stride %td", op, name_of(type), n, *s);
                x = numbers(type, n, *s, op == TERN_REDUCE_PRODUCT ? 0.98 : -3, op == TERN_REDUCE_PRODUCT ? 1.02 : 9);
                double limit = op == TERN_REDUCE_MAX || op == TERN_REDUCE_MIN ? 0
                    : op == TERN_REDUCE_PRODUCT                               ? 400
                                                                              : 40;
                BOTH(real_of(type), 1, BY_SIZE, limit, REDUCE(reduce)(op, n, x, *s, y));
            }
            start("extremes of type %s, n = %td, stride %td", name_of(type), n, *s);
            x = numbers(type, n, *s, 0, 9);
            if (is_float(type) && type != TERN_FLOAT64 && n == 70) set_value(type, x, 0, 0 / 0.0);
            BOTH(TERN_INT64, 1, EXACTLY, 0, *(int64_t *)y = REDUCE(argmax)(n, x, *s));
            BOTH(TERN_INT64, 1, EXACTLY, 0, *(int64_t *)y = REDUCE(argmin)(n, x, *s));
        }
        ptrdiff_t rows = 1 + n % 37, stride = n + 3, count = (rows - 1) * stride + n;
        for (TernReduce op = 0; op <= TERN_REDUCE_SUM_ABS; op++) {
            start("%td rows reduced by %d, type %s, n = %td", rows, op, name_of(type), n);
            const ptrdiff_t offsets[] = {stride, 0, 2 * stride};
            _Bool product = op == TERN_REDUCE_PRODUCT;
            void *x = numbers(type, count + 2 * stride, 1, product ? 0.98 : -3, product ? 1.02 : 9);
            double limit = op == TERN_REDUCE_MAX || op == TERN_REDUCE_MIN ? 0 : product ? 120 : 40;
            BOTH(real_of(type), n, BY_SIZE, limit, REDUCE(reduce_rows)(op, 1, NULL, rows, stride, n, x, y));
            BOTH(real_of(type), n, BY_SIZE, limit, REDUCE(reduce_rows)(op, 3, offsets, rows, stride, n, x, y));
        }
        start("sums up to each of %td rows, type %s, n = %td", rows, name_of(type), n);
        void *x = numbers(type, count, 1, -3, 9);
        BOTH(type, count, BY_SIZE, 4, memcpy(y, x, (size_t)(count * size_of(type)));
             REDUCE(cumulative_sum)(rows, stride, n, y));
    }
}
#undef n

static void check_softmax(void) {
    EACH_FLOAT(type)
    for (ptrdiff_t columns = 1; columns < 120; columns += columns < 40 ? 1 : 13) {
        ptrdiff_t rows = 3, n = rows * columns;
        start("softmax of type %s, %td columns", name_of(type), columns);
        void *x = numbers(type, n, 1, -20, 20), *g = numbers(type, n, 1, -3, 3);
        void *p = memory(n * size_of(type)), *logs = memory(n * size_of(type));
        BOTH(type, n, BY_SIZE, 8, ROWS(softmax)(rows, columns, x, y));
        BOTH(type, n, BY_SIZE, 8, ROWS(log_softmax)(rows, columns, x, y));
        at = TERN_LEVEL_PORTABLE;
        ROWS(softmax)(rows, columns, x, p);
        ROWS(log_softmax)(rows, columns, x, logs);
        BOTH(type, n, BY_SIZE, 40, ROWS(softmax_backward)(rows, columns, p, g, y));
        BOTH(type, n, BY_SIZE, 40, ROWS(log_softmax_backward)(rows, columns, logs, g, y));
        start("softmax of infinities and NaN, type %s, %td columns", name_of(type), columns);
        x = numbers(type, n, 1, -20, 20);
        set_value(type, x, 0, -1 / 0.0), set_value(type, x, n - 1, 0 / 0.0);
        BOTH(type, n, BY_SIZE, 8, ROWS(softmax)(rows, columns, x, y));
        BOTH(type, n, BY_SIZE, 8, ROWS(log_softmax)(rows, columns, x, y));
    }
}

static void check_cross_entropy(void) {
    EACH_FLOAT(type)
    for (ptrdiff_t columns = 1; columns < 60; columns++)
        for (int smooth = 0; smooth < 2; smooth++) {
            ptrdiff_t rows = 5, n = rows * columns, size = size_of(type);
            double smoothing = 0.1 * smooth;
            start("cross-entropy of type %s, %td columns, smoothing %g", name_of(type), columns, smoothing);
            void *x = numbers(type, n, 1, -9, 9), *scale = numbers(real_of(type), rows, 1, -1, 1),
                 *p = memory(n * size);
            int64_t *labels = numbers(TERN_INT64, rows, 1, 0, (double)columns);
            labels[2] = -100;
            BOTH_PARTS(real_of(type), rows, type, n, BY_SIZE, 16,
                       if (ROWS(cross_entropy)(rows, columns, x, labels, -100, smoothing, y, z) != -1) *y ^= 1);
            at = TERN_LEVEL_PORTABLE;
            ROWS(softmax)(rows, columns, x, p);
            BOTH(type, n, BY_SIZE, 16,
                 ROWS(cross_entropy_backward)(rows, columns, p, labels, -100, smoothing, scale, 1, y));
            BOTH(type, n, BY_SIZE, 16,
                 ROWS(cross_entropy_backward)(rows, columns, p, labels, -100, smoothing, scale, 0, y));
            labels[3] = columns;
            BOTH(TERN_INT64, 1, EXACTLY, 0, void *loss = memory(rows * size_of(real_of(type))), *q = memory(n * size);
                 *(int64_t *)y = ROWS(cross_entropy)(rows, columns, x, labels, -100, smoothing, loss, q));
        }
}

void check_values(void) {
    check_unary();
    check_binary();
    check_moves();
    check_reductions();
    check_softmax();
    check_cross_entropy();
}
