// The sigmoid function and the hyperbolic tangent, within 3 units of the last place; NaN stays NaN.

// exp(x) = 2^n (1 + p) for bounded x. The integer is read from the low bits of x / ln 2 + 1.5 * 2^mantissa.
typedef struct {
    VINT n;
    VREAL p;
} F(exponential);
INLINE F(exponential) F(exp_apart)(VREAL x) {
    const VREAL magic = F(set)(IS_DOUBLE ? (REAL)0x1.8p52 : (REAL)0x1.8p23);
    VREAL t = F(fma)(x, F(set)(R(1.44269504088896340736)), magic), k = t - magic;
#define TERM(c) q = F(fma)(q, r, F(set)(R(c)));
#if IS_DOUBLE
    VREAL r = F(fma)(k, F(set)(-6.93147180369123816490e-01), x);
    r = F(fma)(k, F(set)(-1.90821492927058770002e-10), r);
    VREAL q = F(set)(2.091469173321043e-09);
    TERM(2.510522367756341e-08)
    TERM(2.7557273631660376e-07)
    TERM(2.7557255384172563e-06)
    TERM(2.480158732555677e-05)
    TERM(0.00019841269874833266)
    TERM(0.0013888888888883746)
    TERM(0.00833333333332613)
    TERM(0.04166666666666667)
    TERM(0.1666666666666667)
#else
    VREAL r = F(fma)(k, F(set)(-0.693359375f), x);
    r = F(fma)(k, F(set)(2.12194440e-4f), r);
    VREAL q = F(set)(0.00019890997f);
    TERM(0.0013933656)
    TERM(0.0083333105)
    TERM(0.041666463)
    TERM(0.16666667)
#endif
    TERM(0.5)
#undef TERM
    return (F(exponential)){(VINT)t - (VINT)magic, F(fma)(r * r, q, r)};
}
// 2^n for an n that makes it a normal number.
INLINE VREAL F(power_of_two)(VINT n) { return (VREAL)((n + (INT)(IS_DOUBLE ? 1023 : 127)) << (IS_DOUBLE ? 52 : 23)); }

// The sign of each lane alone.
#define SIGN ((VINT){} + (INT)((IS_DOUBLE ? 1ULL << 63 : 1ULL << 31)))
INLINE VREAL F(abs)(VREAL x) { return (VREAL)((VINT)x & ~SIGN); }

// 1 / (1 + exp(-x)), bounded where the exponential would overflow.
INLINE VREAL F(sigmoid)(VREAL x) {
    VREAL y = -x, bound = F(set)(IS_DOUBLE ? 708 : 87);
    y = F(select)(y > bound, bound, y);
    F(exponential) e = F(exp_apart)(F(select)(y < -bound, -bound, y));
    VREAL power = F(power_of_two)(e.n);
    return 1 / (F(fma)(power, e.p, power) + 1);
}

// tanh |x| = e / (e + 2) with e = exp(2 |x|) - 1 = 2 (2^(n - 1) p + 2^(n - 1) - 1 / 2).
INLINE VREAL F(tanh)(VREAL x) {
    VREAL y = F(abs)(x), bound = F(set)(IS_DOUBLE ? 22 : 10);
    F(exponential) e = F(exp_apart)(F(select)(y > bound, bound, y) * 2);
    VREAL half = F(power_of_two)(e.n - 1), m = F(fma)(half, e.p, half - R(0.5)) * 2, t = m / (m + 2);
    return (VREAL)(((VINT)x & SIGN) | ((VINT)t & ~SIGN));
}
#undef SIGN
