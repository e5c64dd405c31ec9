// Elementwise operations on floats, for both float types (see float_type.h).
#include "../simd/real.h"

// The square root as C's pow gives it: +0 of -0, infinity of -infinity.
INLINE VREAL F(power_of_half)(VREAL x, VREAL half) {
    (void)half;
    return F(select)(x == -(REAL)__builtin_inff(), -x, __builtin_elementwise_sqrt(x) + 0);
}
INLINE VREAL F(cube)(VREAL x, VREAL y) { return x * x * y; }
INLINE VREAL F(negate)(VREAL x) { return -x; }
INLINE VREAL F(sign)(VREAL x) {
    return F(select)(x != x, x, F(select)(x > 0, F(set)(1), F(select)(x < 0, F(set)(-1), (VREAL){})));
}
INLINE VREAL F(square)(VREAL x) { return x * x; }
INLINE VREAL F(sqrt)(VREAL x) { return __builtin_elementwise_sqrt(x); }
INLINE VREAL F(rsqrt)(VREAL x) { return 1 / __builtin_elementwise_sqrt(x); }
INLINE VREAL F(reciprocal)(VREAL x) { return 1 / x; }
INLINE VREAL F(floor)(VREAL x) { return __builtin_elementwise_floor(x); }
INLINE VREAL F(ceil)(VREAL x) { return __builtin_elementwise_ceil(x); }
INLINE VREAL F(round)(VREAL x) { return __builtin_elementwise_roundeven(x); }
INLINE VREAL F(relu)(VREAL x) { return F(select)(x <= 0, (VREAL){}, x); }

INLINE VREAL F(leaky_relu)(VREAL x, VREAL p) { return F(select)(x <= 0, x * p, x); }
INLINE VREAL F(elu)(VREAL x, VREAL p) { return F(select)(x <= 0, F(expm1)(x) * p, x); }

INLINE VREAL F(add)(VREAL a, VREAL b) { return a + b; }
INLINE VREAL F(subtract)(VREAL a, VREAL b) { return a - b; }
INLINE VREAL F(multiply)(VREAL a, VREAL b) { return a * b; }
INLINE VREAL F(divide)(VREAL a, VREAL b) { return a / b; }
INLINE REAL F(remainder_of_scalars)(REAL a, REAL b) {
    REAL r = LIBM(fmod)(a, b);
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}
INLINE REAL F(floor_divide_of_scalars)(REAL a, REAL b) {
    if (b == 0) return a / b;
    REAL r = LIBM(fmod)(a, b), quotient = (a - r) / b;
    if (r != 0 && (r < 0) != (b < 0)) quotient -= 1;
    if (quotient == 0) return LIBM(copysign)(0, a / b);
    REAL floor = LIBM(floor)(quotient);
    return quotient - floor > R(0.5) ? floor + 1 : floor;
}
INLINE VREAL F(remainder)(VREAL a, VREAL b) { return F(lanewise2)(F(remainder_of_scalars), a, b); }
INLINE VREAL F(floor_divide)(VREAL a, VREAL b) { return F(lanewise2)(F(floor_divide_of_scalars), a, b); }

INLINE VREAL F(sigmoid_backward)(VREAL g, VREAL y) { return g * y * (1 - y); }
INLINE VREAL F(tanh_backward)(VREAL g, VREAL y) { return g * (1 - y * y); }
INLINE VREAL F(relu_backward)(VREAL g, VREAL x) { return F(select)(x <= 0, (VREAL){}, g); }
INLINE VREAL F(abs_backward)(VREAL g, VREAL x) {
    return F(select)(x != x, x, F(select)(x > 0, g, F(select)(x < 0, -g, (VREAL){})));
}
INLINE VREAL F(silu_backward)(VREAL g, VREAL x) {
    x = F(at_least)(F(at_most)(x, F(set)(1000)), F(set)(-1000));
    F(sigmoid_pair) s = F(sigmoid_both)(x);
    return g * s.value * (1 + x * s.complement);
}
INLINE VREAL F(softplus_backward)(VREAL g, VREAL x) { return g * F(sigmoid)(x); }
INLINE VREAL F(leaky_relu_backward)(VREAL g, VREAL x, VREAL p) { return F(select)(x <= 0, g * p, g); }
INLINE VREAL F(elu_backward)(VREAL g, VREAL x, VREAL p) { return F(select)(x <= 0, g * p * F(exp)(x), g); }

INLINE void F(map)(VREAL (*f)(VREAL), ptrdiff_t n, const REAL *x, REAL *y) {
    for (; n >= LANES; n -= LANES, x += LANES, y += LANES) F(store)(y, f(F(load)(x)));
    if (n > 0) F(store_first)(y, f(F(load_first)(x, n)), n);
}
INLINE void F(map_parameter)(VREAL (*f)(VREAL, VREAL), REAL p, ptrdiff_t n, const REAL *x, REAL *y) {
    VREAL v = F(set)(p);
    for (; n >= LANES; n -= LANES, x += LANES, y += LANES) F(store)(y, f(F(load)(x), v));
    if (n > 0) F(store_first)(y, f(F(load_first)(x, n), v), n);
}

// A broadcast operand is read again and again from a vector of copies: one loop serves all combinations.
typedef struct {
    REAL copies[LANES];
    const REAL *next;
    ptrdiff_t step;
} F(operand);
INLINE void F(operand_begin)(F(operand) *operand, const REAL *x, ptrdiff_t stride) {
    operand->next = x;
    operand->step = stride * LANES;
    if (stride == 0) {
        F(store)(operand->copies, F(set)(*x));
        operand->next = operand->copies;
    }
}
// Strides are 0 or 1.
INLINE void F(map2)(VREAL (*f)(VREAL, VREAL), ptrdiff_t n, const REAL *a, ptrdiff_t sa, const REAL *b, ptrdiff_t sb,
                    REAL *y) {
    F(operand) left, right;
    F(operand_begin)(&left, a, sa);
    F(operand_begin)(&right, b, sb);
    const REAL *pa = left.next, *pb = right.next;
    for (; n >= LANES; n -= LANES, pa += left.step, pb += right.step, y += LANES)
        F(store)(y, f(F(load)(pa), F(load)(pb)));
    if (n > 0) F(store_first)(y, f(F(load_first)(pa, n), F(load_first)(pb, n)), n);
}
INLINE void F(map2_parameter)(VREAL (*f)(VREAL, VREAL, VREAL), REAL p, ptrdiff_t n, const REAL *a, ptrdiff_t sa,
                              const REAL *b, ptrdiff_t sb, REAL *y) {
    F(operand) left, right;
    F(operand_begin)(&left, a, sa);
    F(operand_begin)(&right, b, sb);
    const REAL *pa = left.next, *pb = right.next;
    VREAL v = F(set)(p);
    for (; n >= LANES; n -= LANES, pa += left.step, pb += right.step, y += LANES)
        F(store)(y, f(F(load)(pa), F(load)(pb), v));
    if (n > 0) F(store_first)(y, f(F(load_first)(pa, n), F(load_first)(pb, n), v), n);
}

static void F(unary)(TernUnary op, ptrdiff_t n, const REAL *x, REAL *y) {
    switch (op) {
    case TERN_UNARY_NEGATE: F(map)(F(negate), n, x, y); return;
    case TERN_UNARY_ABS: F(map)(F(abs), n, x, y); return;
    case TERN_UNARY_SIGN: F(map)(F(sign), n, x, y); return;
    case TERN_UNARY_SQUARE: F(map)(F(square), n, x, y); return;
    case TERN_UNARY_SQRT: F(map)(F(sqrt), n, x, y); return;
    case TERN_UNARY_RSQRT: F(map)(F(rsqrt), n, x, y); return;
    case TERN_UNARY_RECIPROCAL: F(map)(F(reciprocal), n, x, y); return;
    case TERN_UNARY_EXP: F(map)(F(exp), n, x, y); return;
    case TERN_UNARY_EXPM1: F(map)(F(expm1), n, x, y); return;
    case TERN_UNARY_LOG: F(map)(F(log), n, x, y); return;
    case TERN_UNARY_LOG1P: F(map)(F(log1p), n, x, y); return;
    case TERN_UNARY_SIN: F(map)(F(sin), n, x, y); return;
    case TERN_UNARY_COS: F(map)(F(cos), n, x, y); return;
    case TERN_UNARY_TANH: F(map)(F(tanh), n, x, y); return;
    case TERN_UNARY_SIGMOID: F(map)(F(sigmoid), n, x, y); return;
    case TERN_UNARY_ERF: F(map)(F(erf), n, x, y); return;
    case TERN_UNARY_FLOOR: F(map)(F(floor), n, x, y); return;
    case TERN_UNARY_CEIL: F(map)(F(ceil), n, x, y); return;
    case TERN_UNARY_ROUND: F(map)(F(round), n, x, y); return;
    case TERN_UNARY_RELU: F(map)(F(relu), n, x, y); return;
    case TERN_UNARY_SOFTPLUS: F(map)(F(softplus), n, x, y); return;
    case TERN_UNARY_SILU: F(map)(F(silu), n, x, y); return;
    case TERN_UNARY_GELU: F(map)(F(gelu), n, x, y); return;
    case TERN_UNARY_GELU_TANH: F(map)(F(gelu_tanh), n, x, y); return;
    }
}

static void F(unary_parameter)(TernUnaryParameter op, REAL p, ptrdiff_t n, const REAL *x, REAL *y) {
    switch (op) {
    case TERN_UNARY_LEAKY_RELU: F(map_parameter)(F(leaky_relu), p, n, x, y); return;
    case TERN_UNARY_ELU: F(map_parameter)(F(elu), p, n, x, y); return;
    }
}

// Powers with one exponent for all that a few operations give; returns whether this is one.
static _Bool F(power_of_constant)(ptrdiff_t n, const REAL *a, ptrdiff_t sa, const REAL *exponent, REAL *y) {
    if (*exponent == 2) F(map2)(F(multiply), n, a, sa, a, sa, y);
    else if (*exponent == 3) F(map2)(F(cube), n, a, sa, a, sa, y);
    else if (*exponent == 1) F(map2)(F(multiply), n, a, sa, exponent, 0, y);
    else if (*exponent == R(0.5)) F(map2)(F(power_of_half), n, a, sa, exponent, 0, y);
    else if (*exponent == -1) F(map2)(F(divide), n, (const REAL[]){1}, 0, a, sa, y);
    else return 0;
    return 1;
}

static void F(binary)(TernBinary op, ptrdiff_t n, const REAL *a, ptrdiff_t sa, const REAL *b, ptrdiff_t sb, REAL *y) {
    switch (op) {
    case TERN_BINARY_ADD: F(map2)(F(add), n, a, sa, b, sb, y); return;
    case TERN_BINARY_SUBTRACT: F(map2)(F(subtract), n, a, sa, b, sb, y); return;
    case TERN_BINARY_MULTIPLY: F(map2)(F(multiply), n, a, sa, b, sb, y); return;
    case TERN_BINARY_DIVIDE: F(map2)(F(divide), n, a, sa, b, sb, y); return;
    case TERN_BINARY_POWER:
        if (sb == 0 && F(power_of_constant)(n, a, sa, b, y)) return;
        F(map2)(F(power), n, a, sa, b, sb, y);
        return;
    case TERN_BINARY_MAXIMUM: F(map2)(F(maximum), n, a, sa, b, sb, y); return;
    case TERN_BINARY_MINIMUM: F(map2)(F(minimum), n, a, sa, b, sb, y); return;
    case TERN_BINARY_REMAINDER: F(map2)(F(remainder), n, a, sa, b, sb, y); return;
    case TERN_BINARY_FLOOR_DIVIDE: F(map2)(F(floor_divide), n, a, sa, b, sb, y); return;
    case TERN_BINARY_SIGMOID_BACKWARD: F(map2)(F(sigmoid_backward), n, a, sa, b, sb, y); return;
    case TERN_BINARY_TANH_BACKWARD: F(map2)(F(tanh_backward), n, a, sa, b, sb, y); return;
    case TERN_BINARY_RELU_BACKWARD: F(map2)(F(relu_backward), n, a, sa, b, sb, y); return;
    case TERN_BINARY_ABS_BACKWARD: F(map2)(F(abs_backward), n, a, sa, b, sb, y); return;
    case TERN_BINARY_SILU_BACKWARD: F(map2)(F(silu_backward), n, a, sa, b, sb, y); return;
    case TERN_BINARY_GELU_BACKWARD: F(map2)(F(gelu_backward), n, a, sa, b, sb, y); return;
    case TERN_BINARY_GELU_TANH_BACKWARD: F(map2)(F(gelu_tanh_backward), n, a, sa, b, sb, y); return;
    case TERN_BINARY_SOFTPLUS_BACKWARD: F(map2)(F(softplus_backward), n, a, sa, b, sb, y); return;
    }
}

static void F(binary_parameter)(TernBinaryParameter op, REAL p, ptrdiff_t n, const REAL *a, ptrdiff_t sa, const REAL *b,
                                ptrdiff_t sb, REAL *y) {
    switch (op) {
    case TERN_BINARY_LEAKY_RELU_BACKWARD: F(map2_parameter)(F(leaky_relu_backward), p, n, a, sa, b, sb, y); return;
    case TERN_BINARY_ELU_BACKWARD: F(map2_parameter)(F(elu_backward), p, n, a, sa, b, sb, y); return;
    }
}

static void F(clamp)(REAL low, REAL high, ptrdiff_t n, const REAL *x, REAL *y) {
    VREAL vlow = F(set)(low), vhigh = F(set)(high);
    for (; n >= LANES; n -= LANES, x += LANES, y += LANES)
        F(store)(y, F(at_most)(F(at_least)(F(load)(x), vlow), vhigh));
    if (n > 0) F(store_first)(y, F(at_most)(F(at_least)(F(load_first)(x, n), vlow), vhigh), n);
}

static void F(axpy)(REAL alpha, ptrdiff_t n, const REAL *x, REAL *y) {
    VREAL v = F(set)(alpha);
    for (; n >= LANES; n -= LANES, x += LANES, y += LANES) F(store)(y, F(fma)(v, F(load)(x), F(load)(y)));
    if (n > 0) F(store_first)(y, F(fma)(v, F(load_first)(x, n), F(load_first)(y, n)), n);
}

#include "../simd/real_end.h"
