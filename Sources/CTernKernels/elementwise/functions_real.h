// The functions of elementwise operations on floats, a vector at a time.

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
INLINE VREAL F(trunc)(VREAL x) { return __builtin_elementwise_trunc(x); }
INLINE VREAL F(frac)(VREAL x) { return x - __builtin_elementwise_trunc(x); }
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
