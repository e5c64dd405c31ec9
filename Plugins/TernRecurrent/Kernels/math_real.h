// The sigmoid function and the hyperbolic tangent, within 3 units of the last place; NaN stays NaN.

// The bound where x passes it: NaN passes none. The minimum of x86 is its second operand where it is in doubt.
#if defined(LEVEL_AVX512) && !IS_DOUBLE
INLINE VREAL F(at_most)(VREAL x, VREAL bound) { return (VREAL)_mm512_min_ps((__m512)bound, (__m512)x); }
INLINE VREAL F(at_least)(VREAL x, VREAL bound) { return (VREAL)_mm512_max_ps((__m512)bound, (__m512)x); }
#elif defined(LEVEL_AVX512)
INLINE VREAL F(at_most)(VREAL x, VREAL bound) { return (VREAL)_mm512_min_pd((__m512d)bound, (__m512d)x); }
INLINE VREAL F(at_least)(VREAL x, VREAL bound) { return (VREAL)_mm512_max_pd((__m512d)bound, (__m512d)x); }
#elif defined(LEVEL_AVX2) && !IS_DOUBLE
INLINE VREAL F(at_most)(VREAL x, VREAL bound) { return (VREAL)_mm256_min_ps((__m256)bound, (__m256)x); }
INLINE VREAL F(at_least)(VREAL x, VREAL bound) { return (VREAL)_mm256_max_ps((__m256)bound, (__m256)x); }
#elif defined(LEVEL_AVX2)
INLINE VREAL F(at_most)(VREAL x, VREAL bound) { return (VREAL)_mm256_min_pd((__m256d)bound, (__m256d)x); }
INLINE VREAL F(at_least)(VREAL x, VREAL bound) { return (VREAL)_mm256_max_pd((__m256d)bound, (__m256d)x); }
#else
INLINE VREAL F(at_most)(VREAL x, VREAL bound) { return F(select)(x > bound, bound, x); }
INLINE VREAL F(at_least)(VREAL x, VREAL bound) { return F(select)(x < bound, bound, x); }
#endif

// exp(x) = power (1 + p), for an x whose power of two is a normal number. The power is read from the low bits of x / ln
// 2 plus a large number and the bias of exponents. The polynomial is cut in two chains, which do not wait for each
// other.
typedef struct {
    VREAL power, p;
} F(exponential);
INLINE F(exponential) F(exp_apart)(VREAL x) {
    const VREAL magic = F(set)(IS_DOUBLE ? (REAL)(0x1.8p52 + 1023) : (REAL)(0x1.8p23 + 127));
    VREAL t = F(fma)(x, F(set)(R(1.44269504088896340736)), magic), k = t - magic;
#define PAIR(low, high) F(fma)(r, F(set)(R(high)), F(set)(R(low)))
#if IS_DOUBLE
    VREAL r = F(fma)(k, F(set)(-6.93147180369123816490e-01), x);
    r = F(fma)(k, F(set)(-1.90821492927058770002e-10), r);
    VREAL square = r * r,
          q = F(fma)(square, F(set)(2.091469173321043e-09), PAIR(2.7557273631660376e-07, 2.510522367756341e-08));
    q = F(fma)(square, q, PAIR(2.480158732555677e-05, 2.7557255384172563e-06));
    q = F(fma)(square, q, PAIR(0.0013888888888883746, 0.00019841269874833266));
    q = F(fma)(square, q, PAIR(0.04166666666666667, 0.00833333333332613));
    q = F(fma)(square, q, PAIR(0.5, 0.1666666666666667));
#else
    VREAL r = F(fma)(k, F(set)(-0.693359375f), x);
    r = F(fma)(k, F(set)(2.12194440e-4f), r);
    VREAL square = r * r, q = F(fma)(square, F(set)(0.0013814594f), PAIR(0.041668388, 0.008368717));
    q = F(fma)(square, q, PAIR(0.49999994, 0.1666652));
#endif
#undef PAIR
    return (F(exponential)){(VREAL)((VINT)t << (IS_DOUBLE ? 52 : 23)), F(fma)(square, q, r)};
}

// 1 / (1 + exp(-x)), bounded where the exponential is no normal number.
INLINE VREAL F(sigmoid)(VREAL x) {
    const VREAL bound = F(set)(IS_DOUBLE ? 708 : 87);
    F(exponential) e = F(exp_apart)(-F(at_least)(F(at_most)(x, bound), -bound));
    return 1 / (F(fma)(e.power, e.p, e.power) + 1);
}

// e / (e + 2) with e = exp(2 x) - 1.
INLINE VREAL F(tanh)(VREAL x) {
    const VREAL bound = F(set)(IS_DOUBLE ? 44 : 20);
    F(exponential) apart = F(exp_apart)(F(at_least)(F(at_most)(x + x, bound), -bound));
    VREAL e = F(fma)(apart.power, apart.p, apart.power - 1);
    return e / (e + 2);
}
