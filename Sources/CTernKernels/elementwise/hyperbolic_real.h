// Hyperbolic functions and their inverses, and exponentials and logarithms to other bases.

// Half of e^a, a >= 0, which does not overflow before sinh and cosh do.
INLINE VREAL F(half_exp)(VREAL a) {
    F(exponential) e = F(exp_apart)(F(at_most)(a, F(set)(FLOAT_BITS == 32 ? 91 : 712)), F(set)(-0.0));
    e.n -= 1, e.k -= 1;
    return F(scale)(e.p + 1, e);
}
INLINE VREAL F(sinh)(VREAL x) {
    VREAL a = F(abs)(x), z = a * a, u = F(half_exp)(a);
#if FLOAT_BITS == 32
    VREAL q = POLYNOMIAL(z, 2.8062802e-06f, 0.00019838102f, 0.008333339f, 0.16666667f);
#else
    VREAL q =
        POLYNOMIAL(z, 2.8445264169895285e-15, 7.646625361656657e-13, 1.6059048396350562e-10, 2.505210836405804e-08,
                   2.755731922404034e-06, 0.00019841269841269773, 0.008333333333333333, 0.16666666666666666);
#endif
    return F(copysign)(F(select)(a < 1, a + a * z * q, u - R(0.25) / u), x);
}
INLINE VREAL F(cosh)(VREAL x) {
    VREAL u = F(half_exp)(F(abs)(x));
    return u + R(0.25) / u;
}

// log(1 + d) of d >= 0, with the rounding error of the sum; where `twice`, log(2 a) of a large a.
INLINE VREAL F(log_beyond_one)(VREAL d, VINT twice, VREAL a) {
    VREAL u = d + 1, tail = F(select)(d > 1, 1 - (u - d), d - (u - 1));
    return F(log_of_sum)(F(select)(twice, a, u), F(select)(twice, (VREAL){}, tail), twice & 1);
}
#define LARGE F(set)(FLOAT_BITS == 32 ? R(0x1p13) : R(0x1p28))
#define SMALL F(set)(FLOAT_BITS == 32 ? R(0x1p-13) : R(0x1p-28))
INLINE VREAL F(asinh)(VREAL x) {
    VREAL a = F(abs)(x), square = a * a;
    VREAL y = F(log_beyond_one)(a + square / (__builtin_elementwise_sqrt(square + 1) + 1), a > LARGE, a);
    y = F(select)(a < SMALL, a, y);
    return F(copysign)(F(select)(a < (REAL)__builtin_inff(), y, a), x);
}
INLINE VREAL F(acosh)(VREAL x) {
    VREAL t = x - 1;
    VREAL y = F(log_beyond_one)(t + __builtin_elementwise_sqrt(t * (t + 2)), x > LARGE, x);
    y = F(select)(x < (REAL)__builtin_inff(), y, x);
    return F(select)(x >= 1, y, F(set)((REAL)__builtin_nanf("")));
}
INLINE VREAL F(atanh)(VREAL x) {
    VREAL a = F(abs)(x), y = R(0.5) * F(log_beyond_one)(2 * a / (1 - a), (VINT){}, a);
    y = F(select)(a < SMALL, a, y);
    y = F(select)(a < 1, y, F(select)(a == 1, F(set)((REAL)__builtin_inff()), F(set)((REAL)__builtin_nanf(""))));
    return F(copysign)(y, x);
}
#undef LARGE
#undef SMALL

// x = 2^k m, with k a float and sqrt(1/2) <= m < sqrt(2); of a positive x.
typedef struct {
    VREAL k, log_m;
} F(binary_logarithm);
INLINE F(binary_logarithm) F(log_apart)(VREAL x) {
    const INT root_half = FLOAT_BITS == 32 ? 0x3f3504f3 : (INT)0x3fe6a09e667f3bcd, shift = MANTISSA_BITS + 2;
    VINT denormal = (VINT)x < (INT)1 << MANTISSA_BITS;
    x = F(select)(denormal, x * (REAL)(1LL << shift), x);
    VINT k = ((VINT)x - root_half) >> MANTISSA_BITS;
    VREAL m = (VREAL)((VINT)x - (k << MANTISSA_BITS));
    return (F(binary_logarithm)){__builtin_convertvector(k + (denormal & -shift), VREAL),
                                 F(log_of_sum)(m, (VREAL){}, (VINT){})};
}
INLINE VREAL F(log2)(VREAL x) {
    F(binary_logarithm) l = F(log_apart)(x);
    return F(log_special)(x, F(fma)(l.log_m, F(set)(R(1.44269504088896340736)), l.k));
}
// log10(2) in two parts, of which the first has room for k.
INLINE VREAL F(log10)(VREAL x) {
#if FLOAT_BITS == 32
    const REAL high = 3.0102920532e-01f, low = 7.9034151668e-07f;
#else
    const REAL high = 3.01029995663611771306e-01, low = 3.69423907715893078616e-13;
#endif
    F(binary_logarithm) l = F(log_apart)(x);
    return F(log_special)(x, l.k * high + (l.k * low + l.log_m * R(4.34294481903251827651e-01)));
}

// 2^k e^(r ln 2) with x = k + r.
INLINE VREAL F(exp2)(VREAL x) {
    const VREAL magic = F(set)((REAL)(3LL << (MANTISSA_BITS - 1)));
    x = F(at_least)(F(at_most)(x, F(set)(FLOAT_BITS == 32 ? 129 : 1025)), F(set)(FLOAT_BITS == 32 ? -151 : -1076));
    VREAL t = x + magic, k = t - magic;
    F(exponential) e = F(exp_apart)((x - k) * R(0.69314718055994530942), F(set)(-0.0));
    e.n += (VINT)t - (VINT)magic, e.k += k;
    return F(scale)(e.p + 1, e);
}

// log(e^a + e^b) and log2(2^a + 2^b), from the larger one.
INLINE VREAL F(log_add_exp)(VREAL a, VREAL b) {
    VREAL distance = F(select)(a == b, (VREAL){}, F(abs)(a - b));  // of equal infinities too
    return F(maximum)(a, b) + F(log1p)(F(exp)(-distance));
}
INLINE VREAL F(log_add_exp2)(VREAL a, VREAL b) {
    VREAL distance = F(select)(a == b, (VREAL){}, F(abs)(a - b));
    return F(maximum)(a, b) + F(log1p)(F(exp2)(-distance)) * R(1.44269504088896340736);
}
// 0 where x is 0, unless y is NaN.
INLINE VREAL F(xlogy)(VREAL x, VREAL y) { return F(select)(y != y, y, F(select)(x == 0, (VREAL){}, x * F(log)(y))); }
INLINE VREAL F(xlog1py)(VREAL x, VREAL y) {
    return F(select)(y != y, y, F(select)(x == 0, (VREAL){}, x * F(log1p)(y)));
}
