// The error function, the normal distribution and what is built on them.
// The distribution's tail is exp(-t^2 / 2) times a smooth function, so that small values keep their relative accuracy.
// Largest error of erf over all float32 values, in units of the last place: 1.3; GELU stays below 5 in its tail.

// The rounding error of product = a * b.
INLINE VREAL F(product_error)(VREAL a, VREAL b, VREAL product) {
#if defined(TERN_TARGET_PORTABLE)
    const INT mask = -((INT)1 << (MANTISSA_BITS / 2 + 1));
    VREAL a_high = (VREAL)((VINT)a & mask), a_low = a - a_high, b_high = (VREAL)((VINT)b & mask), b_low = b - b_high;
    return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
#else
    return F(fma)(a, b, -product);
#endif
}

// The normal distribution's tail at t >= 0, cdf(-t) = 2^n (1 + p) y with exp(-t^2 / 2) = 2^n (1 + p).
typedef struct {
    VREAL y;
    F(exponential) e;
} F(normal_tail);

// `half_square` + `error` is t^2 / 2. The smooth factor y is a polynomial of s = (t - c) / (t + c), divided by t + c.
// For small t, where it is sensitive to s, 2 t / (t + c) - 1 has the smaller error. The rounding errors of t + c and of
// its reciprocal are put right in p.
INLINE F(normal_tail) F(normal_tail_of)(VREAL t, VREAL half_square, VREAL error) {
    const REAL c = FLOAT_BITS == 32 ? 4.25 : 5.25;
    VREAL divisor = t + c, d = 1 / divisor, s = F(fma)(t * d, F(set)(2), F(set)(-1));
    VREAL correction = F(fma)(d, (divisor - c) - t, F(fma)(divisor, -d, F(set)(1)));
#if FLOAT_BITS == 32
    VREAL y = d *
        POLYNOMIAL(s, -0.0002322235f, -0.00035925102f, 0.0021875945f, -0.0007533506f, -0.019369248f, 0.08527234f,
                   -0.2205148f, 0.41822755f, -0.6251298f, 0.7595542f);
#else
    VREAL y = d *
        POLYNOMIAL(s, -1.871008289944907e-10, 5.539159136252997e-09, 1.7436888672796715e-08, -4.097754963092895e-08,
                   -1.524716724123431e-07, 3.035105128405373e-07, 9.453679074559278e-07, -2.7743653459688503e-06,
                   -4.333115581210206e-06, 2.6719370709508822e-05, -6.989422136971197e-06, -0.00021609596636704321,
                   0.0005940684745107192, 0.0003349226455071619, -0.007662188233201594, 0.032094106115931886,
                   -0.08894663843517939, 0.19169593125025783, -0.34115021928795386, 0.5164116391700057,
                   -0.675853369880384, 0.7716264239532752);
#endif
    F(exponential) e = F(exp_apart)(-half_square, -error);
    e.p += F(fma)(correction, e.p, correction);
    return (F(normal_tail)){y, e};
}

// A series in x^2 up to 1, then 1 - erfc with erfc(t) = 2 cdf(-sqrt(2) t).
INLINE VREAL F(erf)(VREAL x) {
    VREAL t = F(at_most)(F(abs)(x), F(set)(FLOAT_BITS == 32 ? 4 : 6)), square = t * t;
#if FLOAT_BITS == 32
    VREAL q = POLYNOMIAL(square, 7.875875e-05f, -0.00080168643f, 0.0051890872f, -0.026854211f, 0.11283594f,
                         -0.37612626f, 0.12837917f);
#else
    VREAL q = POLYNOMIAL(square, -4.230945824295338e-12, 8.709045129053106e-11, -1.216456005728345e-09,
                         1.4792401209404813e-08, -1.6364642158167616e-07, 1.6462045441468418e-06,
                         -1.4925647567519332e-05, 0.00012055332902888736, -0.000854832702193483, 0.0052239776254232985,
                         -0.02686617064512984, 0.1128379167095512, -0.37612638903183754, 0.1283791670955126);
#endif
    F(normal_tail) tail = F(normal_tail_of)(t * R(1.41421356237309504880), square, F(product_error)(t, t, square));
    VREAL far = 1 - 2 * F(scale)(F(fma)(tail.y, tail.e.p, tail.y), tail.e);
    return F(select)(F(abs)(x) < 1, F(fma)(x, q, x), F(copysign)(far, x));
}

// Beyond this bound the tail times x is zero.
INLINE VREAL F(normal_bounded)(VREAL x) {
    const REAL bound = FLOAT_BITS == 32 ? 15 : 40;
    return F(at_least)(F(at_most)(x, F(set)(bound)), F(set)(-bound));
}
INLINE F(normal_tail) F(normal_tail_beyond)(VREAL t) {
    VREAL square = t * t;
    return F(normal_tail_of)(t, square * R(0.5), F(product_error)(t, t, square) * R(0.5));
}

// x cdf(x): x times the tail for negative x, x less that for positive.
INLINE VREAL F(gelu)(VREAL x) {
    VREAL bounded = F(normal_bounded)(x);
    F(normal_tail) tail = F(normal_tail_beyond)(F(abs)(bounded));
    VREAL product = bounded * tail.y;
    product = F(scale)(F(fma)(product, tail.e.p, product), tail.e);
    return F(select)(x > 0, x - product, F(copysign)(product, x));  // -0 stays -0
}
// g (cdf(x) + x density(x)); for positive x that is 1 less the same at -x.
INLINE VREAL F(gelu_backward)(VREAL g, VREAL x) {
    VREAL t = F(abs)(F(normal_bounded)(x));
    F(normal_tail) tail = F(normal_tail_beyond)(t);
    VREAL slope = tail.y - t * R(0.39894228040143267794);
    slope = F(scale)(F(fma)(slope, tail.e.p, slope), tail.e);
    return g * F(select)(x < 0, slope, 1 - slope);
}

// tanh-GELU is 0.5 x (1 + tanh u) = x sigmoid(2u) with 2u = c x (1 + k x^2), c = sqrt(8 / pi), k = 0.044715.
#if FLOAT_BITS == 32
#define C_HIGH 1.5957692f
#define C_LOW -4.534068e-08f
#define K_HIGH 0.044715f
#define K_LOW 1.5461444e-09f
#else
#define C_HIGH 1.5957691216057308
#define C_LOW -9.96930880911092e-17
#define K_HIGH 0.044715
#define K_LOW 2.1960211427085595e-18
#endif
// 2u in twice the precision, because the exponential turns its absolute error into a relative one.
INLINE VREAL F(gelu_tanh)(VREAL x) {
    x = F(at_least)(x, F(set)(-100));
    VREAL b = F(at_most)(x, F(set)(100));
    VREAL square = b * b, cubic = square * K_HIGH, linear = b * C_HIGH, factor = cubic + 1, v = linear * factor;
    VREAL cubic_error =
        F(product_error)(square, F(set)(K_HIGH), cubic) + square * K_LOW + F(product_error)(b, b, square) * K_HIGH;
    VREAL rounded = factor - 1;
    VREAL factor_error = (1 - (factor - rounded)) + (cubic - rounded) + cubic_error;
    VREAL linear_error = F(product_error)(b, F(set)(C_HIGH), linear) + b * C_LOW;
    return F(times_sigmoid)(x, v, F(product_error)(linear, factor, v) + linear * factor_error + linear_error * factor);
}
INLINE VREAL F(gelu_tanh_backward)(VREAL g, VREAL x) {
    x = F(at_least)(F(at_most)(x, F(set)(100)), F(set)(-100));
    VREAL cubic = x * x * (C_HIGH * K_HIGH);
    F(sigmoid_pair) s = F(sigmoid_both)(x * (cubic + C_HIGH));
    return g * s.value * (1 + x * s.complement * (cubic * 3 + C_HIGH));
}
#undef C_HIGH
#undef C_LOW
#undef K_HIGH
#undef K_LOW
