// exp, log and what is built on them alone. NaN stays NaN; denormal arguments
// and results are right. Coefficients not from a named source are Chebyshev interpolations. Largest errors over all
// float32 values, in units of the last place: exp 1.0, log 0.9, tanh 2.5, sigmoid 2.5.

// exp taken apart: exp(x) = 2^n (1 + p); `k` is n as a float.
typedef struct {
    VINT n;
    VREAL k, p;
} F(exponential);

// Arguments are bounded by the caller. The integer is read from the low bits of x / ln 2 + 1.5 * 2^mantissa: no
// conversion that is undefined for NaN. `tail` belongs to x: exp(x + tail) without rounding the sum.
INLINE F(exponential) F(exp_apart)(VREAL x, VREAL tail) {
    const VREAL magic = F(set)((REAL)(3LL << (MANTISSA_BITS - 1)));
    VREAL t = F(fma)(x, F(set)(R(1.44269504088896340736)), magic);
    VREAL k = t - magic;
#if FLOAT_BITS == 32
    VREAL r = F(fma)(k, F(set)(-0.693359375f), x);
    r = F(fma)(k, F(set)(2.12194440e-4f), r) + tail;
    VREAL q = POLYNOMIAL(r, 0.00019890997f, 0.0013933656f, 0.0083333105f, 0.041666463f, 0.16666667f, 0.5f);
#else
    VREAL r = F(fma)(k, F(set)(-6.93147180369123816490e-01), x);
    r = F(fma)(k, F(set)(-1.90821492927058770002e-10), r) + tail;
    VREAL q = POLYNOMIAL(r, 2.091469173321043e-09, 2.510522367756341e-08, 2.7557273631660376e-07,
                         2.7557255384172563e-06, 2.480158732555677e-05, 0.00019841269874833266, 0.0013888888888883746,
                         0.00833333333332613, 0.04166666666666667, 0.1666666666666667, 0.5);
#endif
    return (F(exponential)){(VINT)t - (VINT)magic, k, F(fma)(r * r, q, r)};
}

// x * 2^n, rounded once: the result may be denormal or infinite.
INLINE VREAL F(scale)(VREAL x, F(exponential) e) {
#if defined(TERN_TARGET_AVX512) && FLOAT_BITS == 32
    return (VREAL)_mm512_scalef_ps((__m512)x, (__m512)e.k);
#elif defined(TERN_TARGET_AVX512)
    return (VREAL)_mm512_scalef_pd((__m512d)x, (__m512d)e.k);
#else
    VINT half = e.n >> 1;  // in two steps, because 2^n may be no normal number
    VREAL first = (VREAL)((half + EXPONENT_BIAS) << MANTISSA_BITS);
    VREAL second = (VREAL)((e.n - half + EXPONENT_BIAS) << MANTISSA_BITS);
    return x * first * second;
#endif
}
// The same of an n that is not large, in fewer steps: 2^n with a known excess is a normal number.
INLINE VREAL F(scale_down)(VREAL x, F(exponential) e) {
#if defined(TERN_TARGET_AVX512)
    return F(scale)(x, e);
#else
    enum { EXCESS = FLOAT_BITS == 32 ? 64 : 512 };
    return x * (VREAL)((e.n + (EXCESS + EXPONENT_BIAS)) << MANTISSA_BITS) *
        ((REAL)(FLOAT_BITS == 32 ? 0x1p-64 : 0x1p-512));
#endif
}
// x * 2^n where `mask`, x elsewhere.
INLINE VREAL F(scale_where)(VINT mask, VREAL x, F(exponential) e) {
    e.n &= mask;
    e.k = (VREAL)((VINT)e.k & mask);
    return F(scale)(x, e);
}

// Beyond the bounds exp is infinite or zero.
INLINE VREAL F(exp)(VREAL x) {
    x = F(at_least)(F(at_most)(x, F(set)(FLOAT_BITS == 32 ? 89 : 710)), F(set)(FLOAT_BITS == 32 ? -104 : -746));
    F(exponential) e = F(exp_apart)(x, F(set)(-0.0));
    return F(scale)(e.p + 1, e);
}
// exp of what is at most about zero.
INLINE VREAL F(exp_down)(VREAL x) {
    F(exponential) e = F(exp_apart)(F(at_least)(x, F(set)(FLOAT_BITS == 32 ? -104 : -746)), F(set)(-0.0));
    return F(scale_down)(e.p + 1, e);
}

// 2^n p + (2^n - 1), with half of 2^n so that the largest results do not overflow early.
INLINE VREAL F(expm1)(VREAL x) {
    VREAL bounded = F(at_most)(x, F(set)(FLOAT_BITS == 32 ? 89 : 710));
    bounded = F(at_least)(bounded, F(set)(FLOAT_BITS == 32 ? -30 : -50));
    F(exponential) e = F(exp_apart)(bounded, F(set)(-0.0));
    VREAL half = (VREAL)((e.n + (EXPONENT_BIAS - 1)) << MANTISSA_BITS);
    VREAL result = F(fma)(half, e.p, half - R(0.5)) * 2;
    return F(select)(F(abs)(x) < (FLOAT_BITS == 32 ? R(0x1p-26) : R(0x1p-55)), x, result);
}

// log(x + tail) + exponent ln 2 of a positive normal x, by x + tail = 2^k (1 + f) and
// log(1 + f) = f - f^2 / 2 + s (f^2 / 2 + R(s^2)), s = f / (2 + f): method and coefficients of fdlibm.
INLINE VREAL F(log_of_sum)(VREAL x, VREAL tail, VINT exponent) {
    const INT root_half = FLOAT_BITS == 32 ? 0x3f3504f3 : (INT)0x3fe6a09e667f3bcd;
    VINT k = ((VINT)x - root_half) >> MANTISSA_BITS;
    VREAL m = (VREAL)((VINT)x - (k << MANTISSA_BITS));
    // 2^(1 - k) / 2: a factor of zero, not of a wrapped exponent, for the largest k.
    VREAL f = (m - 1) + tail * R(0.5) * (VREAL)((EXPONENT_BIAS + 1 - k) << MANTISSA_BITS);
    VREAL s = f / (f + 2), z = s * s, half_square = f * f * R(0.5);
#if FLOAT_BITS == 32
    VREAL r = z * POLYNOMIAL(z, 0.24279078841f, 0.28498786688f, 0.40000972152f, 0.66666662693f);
    const REAL ln2_high = 6.9313812256e-01f, ln2_low = 9.0580006145e-06f;
#else
    VREAL r = z *
        POLYNOMIAL(z, 1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01,
                   2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01,
                   6.666666666666735130e-01);
    const REAL ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
#endif
    VREAL dk = __builtin_convertvector(k + exponent, VREAL);
    return dk * ln2_high - ((half_square - F(fma)(s, half_square + r, dk * ln2_low)) - f);
}

// log at the ends of its domain, elsewhere `result`.
INLINE VREAL F(log_special)(VREAL x, VREAL result) {
    const REAL infinity = (REAL)__builtin_inff(), nan = (REAL)__builtin_nanf("");
    result = F(select)(x == infinity, x, result);
    result = F(select)(x == 0, F(set)(-infinity), result);
    return F(select)(x >= 0, result, F(set)(nan));
}

INLINE VREAL F(log)(VREAL x) {
    const INT shift = MANTISSA_BITS + 2;
    VINT denormal = (VINT)x < (INT)1 << MANTISSA_BITS;
    VREAL scaled = F(select)(denormal, x * (REAL)(1LL << shift), x);
    return F(log_special)(x, F(log_of_sum)(scaled, (VREAL){}, denormal & -shift));
}

// The rounding error of 1 + x goes into the series as a tail.
INLINE VREAL F(log1p)(VREAL x) {
    VREAL u = x + 1;
    VREAL tail = F(select)(x > 1, 1 - (u - x), x - (u - 1));
    VREAL result = F(log_special)(u, F(log_of_sum)(u, tail, (VINT){}));
    return F(select)(F(abs)(x) < (FLOAT_BITS == 32 ? R(0x1p-26) : R(0x1p-55)), x, result);
}

// From e = exp(2 |x|) - 1: tanh |x| = e / (e + 2).
INLINE VREAL F(tanh)(VREAL x) {
    VREAL e = F(expm1)(F(at_most)(F(abs)(x), F(set)(FLOAT_BITS == 32 ? 10 : 22)) * 2);
    return F(copysign)(e / (e + 2), x);
}

// sigmoid(x) and sigmoid(-x), both without cancellation, from z = exp(-|x|), which does not overflow.
typedef struct {
    VREAL value, complement;
} F(sigmoid_pair);
INLINE F(sigmoid_pair) F(sigmoid_both)(VREAL x) {
    VREAL z = F(exp_down)(-F(abs)(x)), larger = 1 / (z + 1), smaller = z * larger;
    return (F(sigmoid_pair)){F(select)(x < 0, smaller, larger), F(select)(x < 0, larger, smaller)};
}
INLINE VREAL F(sigmoid)(VREAL x) {
    VREAL z = F(exp_down)(-F(abs)(x));
    return F(select)(F(signs)(x), z, F(set)(1)) / (z + 1);
}

// x sigmoid(v + tail) of an x that is bounded below. exp(-|v|) is multiplied by x before it may become denormal.
INLINE VREAL F(times_sigmoid)(VREAL x, VREAL v, VREAL tail) {
    tail = F(copysign)(F(set)(1), v) * tail;
    F(exponential) e = F(exp_apart)(F(at_least)(-F(abs)(v), F(set)(FLOAT_BITS == 32 ? -111 : -755)), -tail);
    VREAL z = e.p + 1, quotient = F(select)(v < 0, x * z, x) / (F(scale_down)(z, e) + 1);
    return F(scale_where)(v < 0, quotient, e);
}
// Below the bound x sigmoid(x) is zero.
INLINE VREAL F(silu)(VREAL x) {
    x = F(at_least)(x, F(set)(FLOAT_BITS == 32 ? -200 : -1000));
    return F(times_sigmoid)(x, x, F(set)(0));
}

// max(x, 0) + log(1 + z) with z = exp(-|x|) in 0...1, and log(1 + z) = 2 atanh(s), s = z / (2 + z) <= 1/3.
INLINE VREAL F(softplus)(VREAL x) {
    VREAL z = F(exp_down)(-F(abs)(x)), d = 1 / (z + 2), s = z * d, w = s * s;
#if FLOAT_BITS == 32
    VREAL q = POLYNOMIAL(w, 0.11612165f, 0.108532876f, 0.14296179f, 0.19999853f, 0.33333334f);
#else
    VREAL q = POLYNOMIAL(w, 0.08082022805971766, 0.04400369243072337, 0.06000536404795356, 0.06657072104827468,
                         0.07692785032479312, 0.09090894718066429, 0.11111111358713932, 0.1428571428355438,
                         0.20000000000007292, 0.3333333333333333);
#endif
    return F(select)(x < 0, (VREAL){}, x) + z * (2 * F(fma)(d * w, q, d));
}
