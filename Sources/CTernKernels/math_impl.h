// Elementary functions of vectors, for both float types (see float_type.h): exp, expm1, log, log1p, tanh, sigmoid and
// what is built on them. NaN stays NaN, denormal arguments and results are right.
#include "float_type.h"

INLINE VREAL F(abs)(VREAL x) { return (VREAL)((VINT)x & (INT)(((UINT)1 << (FLOAT_BITS - 1)) - 1)); }
INLINE VREAL F(copysign)(VREAL magnitude, VREAL sign) {
    VINT bit = (VINT){} + (INT)((UINT)1 << (FLOAT_BITS - 1));
    return (VREAL)(((VINT)magnitude & ~bit) | ((VINT)sign & bit));
}
// The bound is taken where x passes it: NaN passes none.
INLINE VREAL F(at_most)(VREAL x, VREAL bound) { return F(select)(x > bound, bound, x); }
INLINE VREAL F(at_least)(VREAL x, VREAL bound) { return F(select)(x < bound, bound, x); }
// NaN if either is.
INLINE VREAL F(maximum)(VREAL a, VREAL b) { return F(select)((a > b) | (a != a), a, b); }
INLINE VREAL F(minimum)(VREAL a, VREAL b) { return F(select)((a < b) | (a != a), a, b); }

// Applies a scalar function lane by lane.
INLINE VREAL F(lanewise)(REAL (*f)(REAL), VREAL x) {
    for (int i = 0; i < LANES; i++) x[i] = f(x[i]);
    return x;
}
INLINE VREAL F(lanewise2)(REAL (*f)(REAL, REAL), VREAL x, VREAL y) {
    for (int i = 0; i < LANES; i++) x[i] = f(x[i], y[i]);
    return x;
}

// The argument of an exponential taken apart: x = n ln 2 + r, |r| <= ln 2 / 2, and p = exp(r) - 1.
typedef struct {
    VINT n;
    VREAL p;
} F(exponent);

// The integer is read from the low bits of x / ln 2 + 1.5 * 2^mantissa: no conversion that is undefined for NaN.
// `tail` is added to r: exp(x + tail) without rounding the sum.
INLINE F(exponent) F(reduce_exponent)(VREAL x, VREAL tail) {
    const VREAL magic = F(set)((REAL)(3LL << (MANTISSA_BITS - 1)));
    VREAL t = F(fma)(x, F(set)(R(1.44269504088896340736)), magic);
    VREAL k = t - magic;
#if FLOAT_BITS == 32
    VREAL r = F(fma)(k, F(set)(-0.693359375f), x);
    r = F(fma)(k, F(set)(2.12194440e-4f), r) + tail;
    VREAL q = F(set)(1.9875691500e-4f);
    q = F(fma)(q, r, F(set)(1.3981999507e-3f));
    q = F(fma)(q, r, F(set)(8.3334519073e-3f));
    q = F(fma)(q, r, F(set)(4.1665795894e-2f));
    q = F(fma)(q, r, F(set)(1.6666665459e-1f));
    q = F(fma)(q, r, F(set)(5.0000001201e-1f));
#else
    VREAL r = F(fma)(k, F(set)(-6.93147180369123816490e-01), x);
    r = F(fma)(k, F(set)(-1.90821492927058770002e-10), r) + tail;
    VREAL q = F(set)(1.0 / 6227020800);
    q = F(fma)(q, r, F(set)(1.0 / 479001600));
    q = F(fma)(q, r, F(set)(1.0 / 39916800));
    q = F(fma)(q, r, F(set)(1.0 / 3628800));
    q = F(fma)(q, r, F(set)(1.0 / 362880));
    q = F(fma)(q, r, F(set)(1.0 / 40320));
    q = F(fma)(q, r, F(set)(1.0 / 5040));
    q = F(fma)(q, r, F(set)(1.0 / 720));
    q = F(fma)(q, r, F(set)(1.0 / 120));
    q = F(fma)(q, r, F(set)(1.0 / 24));
    q = F(fma)(q, r, F(set)(1.0 / 6));
    q = F(fma)(q, r, F(set)(0.5));
#endif
    return (F(exponent)){(VINT)t - (VINT)magic, F(fma)(r * r, q, r)};
}

// x * 2^n in two steps, so that the result may be denormal or infinite and is rounded once.
INLINE VREAL F(scale)(VREAL x, VINT n) {
    VINT half = n >> 1;
    VREAL first = (VREAL)((half + EXPONENT_BIAS) << MANTISSA_BITS);
    VREAL second = (VREAL)((n - half + EXPONENT_BIAS) << MANTISSA_BITS);
    return x * first * second;
}

// exp(x + tail), |tail| much smaller than 1.
INLINE VREAL F(exp_of_sum)(VREAL x, VREAL tail) {
    x = F(at_least)(F(at_most)(x, F(set)(FLOAT_BITS == 32 ? 89 : 710)), F(set)(FLOAT_BITS == 32 ? -104 : -746));
    F(exponent) e = F(reduce_exponent)(x, tail);
    return F(scale)(e.p + 1, e.n);
}
INLINE VREAL F(exp)(VREAL x) { return F(exp_of_sum)(x, (VREAL){}); }

// 2^n p + (2^n - 1), with half of 2^n so that the largest results do not overflow early.
INLINE VREAL F(expm1)(VREAL x) {
    VREAL bounded = F(at_least)(F(at_most)(x, F(set)(FLOAT_BITS == 32 ? 89 : 710)), F(set)(FLOAT_BITS == 32 ? -30 : -50));
    F(exponent) e = F(reduce_exponent)(bounded, (VREAL){});
    VREAL half = (VREAL)((e.n + (EXPONENT_BIAS - 1)) << MANTISSA_BITS);
    VREAL result = F(fma)(half, e.p, half - R(0.5)) * 2;
    return F(select)(F(abs)(x) < (FLOAT_BITS == 32 ? R(0x1p-26) : R(0x1p-55)), x, result);
}

// log(x + tail) of a positive normal x, by x + tail = 2^k (1 + f) and log(1 + f) = f - f^2 / 2 + s (f^2 / 2 + R(s^2)),
// s = f / (2 + f) (the method of fdlibm). `exponent` is added to k.
INLINE VREAL F(log_of_sum)(VREAL x, VREAL tail, VINT exponent) {
    const INT root_half = FLOAT_BITS == 32 ? 0x3f3504f3 : (INT)0x3fe6a09e667f3bcd;
    VINT k = ((VINT)x - root_half) >> MANTISSA_BITS;
    VREAL m = (VREAL)((VINT)x - (k << MANTISSA_BITS));
    VREAL f = (m - 1) + tail * (VREAL)((EXPONENT_BIAS - k) << MANTISSA_BITS);
    VREAL dk = __builtin_convertvector(k + exponent, VREAL);
    VREAL s = f / (f + 2), z = s * s, half_square = f * f * R(0.5);
#if FLOAT_BITS == 32
    VREAL r = F(set)(0.24279078841f);
    r = F(fma)(r, z, F(set)(0.28498786688f));
    r = F(fma)(r, z, F(set)(0.40000972152f));
    r = F(fma)(r, z, F(set)(0.66666662693f)) * z;
    const REAL ln2_high = 6.9313812256e-01f, ln2_low = 9.0580006145e-06f;
#else
    VREAL r = F(set)(1.479819860511658591e-01);
    r = F(fma)(r, z, F(set)(1.531383769920937332e-01));
    r = F(fma)(r, z, F(set)(1.818357216161805012e-01));
    r = F(fma)(r, z, F(set)(2.222219843214978396e-01));
    r = F(fma)(r, z, F(set)(2.857142874366239149e-01));
    r = F(fma)(r, z, F(set)(3.999999999940941908e-01));
    r = F(fma)(r, z, F(set)(6.666666666666735130e-01)) * z;
    const REAL ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
#endif
    return dk * ln2_high - ((half_square - (s * (half_square + r) + dk * ln2_low)) - f);
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

// From z = exp(-|x|), which does not overflow: 1 / (1 + z), or z / (1 + z) for negative x.
INLINE VREAL F(sigmoid)(VREAL x) {
    VREAL z = F(exp)(-F(abs)(x));
    return F(select)(x < 0, z, F(set)(1)) / (z + 1);
}

INLINE VREAL F(softplus)(VREAL x) {
    return F(select)(x < 0, (VREAL){}, x) + F(log1p)(F(exp)(-F(abs)(x)));
}
INLINE VREAL F(silu)(VREAL x) { return x * F(sigmoid)(x); }

INLINE REAL F(erf_of_scalar)(REAL x) { return LIBM(erf)(x); }
INLINE REAL F(normal_cdf_of_scalar)(REAL x) { return R(0.5) * LIBM(erfc)(x * R(-0.70710678118654752440)); }
INLINE REAL F(sin_of_scalar)(REAL x) { return LIBM(sin)(x); }
INLINE REAL F(cos_of_scalar)(REAL x) { return LIBM(cos)(x); }
INLINE REAL F(power_of_scalar)(REAL x, REAL y) { return LIBM(pow)(x, y); }
INLINE VREAL F(erf)(VREAL x) { return F(lanewise)(F(erf_of_scalar), x); }
INLINE VREAL F(sin)(VREAL x) { return F(lanewise)(F(sin_of_scalar), x); }
INLINE VREAL F(cos)(VREAL x) { return F(lanewise)(F(cos_of_scalar), x); }
INLINE VREAL F(normal_cdf)(VREAL x) { return F(lanewise)(F(normal_cdf_of_scalar), x); }
INLINE VREAL F(power)(VREAL x, VREAL y) { return F(lanewise2)(F(power_of_scalar), x, y); }

#include "float_type_end.h"
