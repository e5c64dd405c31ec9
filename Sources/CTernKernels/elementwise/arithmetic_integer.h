// Elementwise operations on integers: plain loops, which the compiler turns into vector code. Arithmetic wraps,
// division and remainder by zero give 0.

INLINE STORED T(absolute)(STORED x) { return x < 0 ? (STORED)(0 - (WRAPPING)x) : x; }

INLINE STORED T(floor_divide_of)(STORED a, STORED b) {  // rounded down
    if (b == 0) return 0;
    if (IS_SIGNED && b == (STORED)-1) return (STORED)(0 - (WRAPPING)a);
    STORED q = (STORED)(a / b);
    return (STORED)(q - (a % b != 0 && (a < 0) != (b < 0)));
}
INLINE STORED T(remainder_of)(STORED a, STORED b) {  // sign of the divisor
    if (b == 0 || (IS_SIGNED && b == (STORED)-1)) return 0;
    STORED r = (STORED)(a % b);
    return r != 0 && (r < 0) != (b < 0) ? (STORED)(r + b) : r;
}
INLINE STORED T(divide_of)(STORED a, STORED b) {
    if (b == 0) return 0;
    if (IS_SIGNED && b == (STORED)-1) return (STORED)(0 - (WRAPPING)a);
    return (STORED)(a / b);
}
INLINE STORED T(truncated_remainder_of)(STORED a, STORED b) {  // sign of the dividend
    return b == 0 || (IS_SIGNED && b == (STORED)-1) ? 0 : (STORED)(a % b);
}
INLINE STORED T(shift_left_of)(STORED a, STORED b) { return b < 0 || b >= BITS ? 0 : (STORED)((WRAPPING)a << b); }
INLINE STORED T(shift_right_of)(STORED a, STORED b) {
    if (b < 0 || b >= BITS) return a < 0 ? (STORED)-1 : 0;
    return (STORED)(a >> b);
}
INLINE STORED T(gcd_of)(STORED a, STORED b) {
    WRAPPING x = a < 0 ? 0 - (WRAPPING)a : (WRAPPING)a, y = b < 0 ? 0 - (WRAPPING)b : (WRAPPING)b;
    while (y != 0) {
        WRAPPING rest = x % y;
        x = y, y = rest;
    }
    return (STORED)x;
}
// Negative exponents: 1 / a^|b|, rounded towards zero.
INLINE STORED T(power_of)(STORED a, STORED b) {
    if (b < 0) return a == 1 ? 1 : a == (STORED)-1 ? (STORED)(b % 2 == 0 ? 1 : -1) : 0;
    WRAPPING result = 1, base = (WRAPPING)a;
    for (WRAPPING e = (WRAPPING)b; e != 0; e >>= 1, base = (WRAPPING)(base * base))
        if (e & 1) result = (WRAPPING)(result * base);
    return (STORED)result;
}

#define UNARY(function, expression) \
    static void T(unary_##function)(ptrdiff_t n, const void *x, ptrdiff_t sx, void *y) { \
        STORED buffer[BLOCK]; \
        const ptrdiff_t step = sx == 1 ? n : BLOCK; \
        for (ptrdiff_t i = 0; i < n; i += step) { \
            const ptrdiff_t m = least(n - i, step); \
            const STORED *from = T(block)(x, sx, i, m, buffer); \
            STORED *to = (STORED *)y + i; \
            SHORT_LOOP \
            for (ptrdiff_t j = 0; j < m; j++) { \
                const STORED v = from[j]; \
                to[j] = (STORED)(expression); \
            } \
        } \
    }
UNARY(negate, 0 - (WRAPPING)v)
UNARY(abs, T(absolute)(v))
UNARY(sign, (v > 0) - (v < 0))
UNARY(square, (WRAPPING)v *(WRAPPING)v)
UNARY(relu, v > 0 ? v : 0)
UNARY(whole, v)  // floor, ceil and round
#undef UNARY

#define BINARY(function, loop, expression) KERNEL(binary_##function, loop, expression)
#define INTEGER(function, loop, expression) KERNEL(integer_##function, loop, expression)
#define KERNEL(name, loop, expression) \
    static void T(name)(ptrdiff_t n, const void *a, ptrdiff_t sa, const void *b, ptrdiff_t sb, void *y) { \
        STORED buffer_a[BLOCK], buffer_b[BLOCK]; \
        const ptrdiff_t step = sa == 1 && sb == 1 ? n : BLOCK; \
        for (ptrdiff_t i = 0; i < n; i += step) { \
            const ptrdiff_t m = least(n - i, step); \
            const STORED *from_a = T(block)(a, sa, i, m, buffer_a), *from_b = T(block)(b, sb, i, m, buffer_b); \
            STORED *to = (STORED *)y + i; \
            loop for (ptrdiff_t j = 0; j < m; j++) { \
                const STORED u = from_a[j], v = from_b[j]; \
                to[j] = (STORED)(expression); \
            } \
        } \
    }
BINARY(add, SHORT_LOOP, (WRAPPING)u + (WRAPPING)v)
BINARY(subtract, SHORT_LOOP, (WRAPPING)u - (WRAPPING)v)
BINARY(multiply, SHORT_LOOP, (WRAPPING)u *(WRAPPING)v)
BINARY(divide, SCALAR_LOOP, T(divide_of)(u, v))
BINARY(power, SCALAR_LOOP, T(power_of)(u, v))
BINARY(maximum, SHORT_LOOP, u > v ? u : v)
BINARY(minimum, SHORT_LOOP, u < v ? u : v)
BINARY(remainder, SCALAR_LOOP, T(remainder_of)(u, v))
BINARY(floor_divide, SCALAR_LOOP, T(floor_divide_of)(u, v))
BINARY(relu_backward, SHORT_LOOP, v > 0 ? u : 0)
BINARY(truncated_remainder, SCALAR_LOOP, T(truncated_remainder_of)(u, v))
INTEGER(and, SHORT_LOOP, u &v)
INTEGER(or, SHORT_LOOP, u | v)
INTEGER(xor, SHORT_LOOP, u ^ v)
INTEGER(shift_left, SCALAR_LOOP, T(shift_left_of)(u, v))
INTEGER(shift_right, SCALAR_LOOP, T(shift_right_of)(u, v))
INTEGER(gcd, SCALAR_LOOP, T(gcd_of)(u, v))
#undef BINARY
#undef INTEGER
#undef KERNEL

static void T(clamp)(double low, double high, ptrdiff_t n, const void *x, ptrdiff_t sx, void *y) {
    const STORED smallest = T(of_double)(low), largest = T(of_double)(high);
    STORED buffer[BLOCK];
    const ptrdiff_t step = sx == 1 ? n : BLOCK;
    for (ptrdiff_t i = 0; i < n; i += step) {
        const ptrdiff_t m = least(n - i, step);
        const STORED *from = T(block)(x, sx, i, m, buffer);
        STORED *to = (STORED *)y + i;
        for (ptrdiff_t j = 0; j < m; j++) {
            STORED v = from[j] < smallest ? smallest : from[j];
            to[j] = v > largest ? largest : v;
        }
    }
}

static void T(axpy)(double alpha, ptrdiff_t n, const void *x, void *y) {
    const WRAPPING factor = (WRAPPING)f64_to_i64(alpha);
    const STORED *from = x;
    STORED *to = y;
    for (ptrdiff_t i = 0; i < n; i++) to[i] = (STORED)((WRAPPING)to[i] + factor * (WRAPPING)from[i]);
}

static void T(fill)(double value, ptrdiff_t n, void *y) { T(fill_value)(T(of_double)(value), n, y); }
static void T(fill_int64)(int64_t value, ptrdiff_t n, void *y) { T(fill_value)((STORED)value, n, y); }

static TernUnaryKernel *const T(unary)[TERN_UNARIES] = {
    [TERN_UNARY_NEGATE] = T(unary_negate), [TERN_UNARY_ABS] = T(unary_abs),     [TERN_UNARY_SIGN] = T(unary_sign),
    [TERN_UNARY_SQUARE] = T(unary_square), [TERN_UNARY_RELU] = T(unary_relu),   [TERN_UNARY_FLOOR] = T(unary_whole),
    [TERN_UNARY_CEIL] = T(unary_whole),    [TERN_UNARY_ROUND] = T(unary_whole),
};
static TernBinaryKernel *const T(binary)[TERN_BINARIES] = {
    [TERN_BINARY_ADD] = T(binary_add),
    [TERN_BINARY_SUBTRACT] = T(binary_subtract),
    [TERN_BINARY_MULTIPLY] = T(binary_multiply),
    [TERN_BINARY_DIVIDE] = T(binary_divide),
    [TERN_BINARY_POWER] = T(binary_power),
    [TERN_BINARY_MAXIMUM] = T(binary_maximum),
    [TERN_BINARY_MINIMUM] = T(binary_minimum),
    [TERN_BINARY_REMAINDER] = T(binary_remainder),
    [TERN_BINARY_FLOOR_DIVIDE] = T(binary_floor_divide),
    [TERN_BINARY_TRUNCATED_REMAINDER] = T(binary_truncated_remainder),
    [TERN_BINARY_RELU_BACKWARD] = T(binary_relu_backward),
};
static TernUnaryParameterKernel *const T(unary_parameter)[TERN_UNARIES_OF_PARAMETER] = {};
static TernBinaryParameterKernel *const T(binary_parameter)[TERN_BINARIES_OF_PARAMETER] = {};
#define KERNEL(operation, function) [operation] = T(integer_##function),
static TernBinaryKernel *const T(integer)[TERN_INTEGERS] = {EACH_INTEGER_FUNCTION(KERNEL)};
#undef KERNEL
