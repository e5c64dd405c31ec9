// The complement of the error function, and functions that are computed lane by lane.

// Twice the normal distribution's tail at sqrt(2) |x|; 2 less that for negative x.
INLINE VREAL F(erfc)(VREAL x) {
    VREAL t = F(at_most)(F(abs)(x), F(set)(FLOAT_BITS == 32 ? R(10.5) : 28)), square = t * t;
    F(normal_tail) tail = F(normal_tail_of)(t * R(1.41421356237309504880), square, F(product_error)(t, t, square));
    VREAL y = tail.y * 2, far = F(scale)(F(fma)(y, tail.e.p, y), tail.e);
    return F(select)(x == 0, F(set)(1), F(select)(x < 0, 2 - far, far));
}

// exp(x^2) erfc(x): the tail without its exponential, by the asymptotic series where its polynomial ends; for negative
// x, 2 exp(x^2) less that of -x.
INLINE VREAL F(erfcx)(VREAL x) {
    const VREAL none = F(set)(0);
    VREAL size = F(abs)(x), t = F(at_most)(size, F(set)(FLOAT_BITS == 32 ? R(10.5) : 28));
    F(normal_tail) tail = F(normal_tail_of)(t * R(1.41421356237309504880), none, none);
    VREAL y = tail.y * 2, near = F(fma)(y, tail.e.p, y), inverse = 1 / size, z = inverse * inverse;
    VREAL far = inverse * R(0.56418958354775628695) *
        POLYNOMIAL(z, R(162.421875), R(-29.53125), R(6.5625), R(-1.875), R(0.75), R(-0.5), R(1.0));
    VREAL positive = F(select)(size > t, far, near);
    VREAL bounded = F(at_most)(size, F(set)(FLOAT_BITS == 32 ? 10 : 27)), square = bounded * bounded;
    F(exponential) e = F(exp_apart)(square, F(product_error)(bounded, bounded, square));
    VREAL grown = F(scale)(e.p * 2 + 2, e) - positive;
    return F(select)(x < 0, grown, positive);
}

INLINE REAL F(lgamma_of_scalar)(REAL x) { return (REAL)tern_lgamma(x); }
INLINE REAL F(digamma_of_scalar)(REAL x) { return (REAL)tern_digamma(x); }
INLINE REAL F(zeta_of_scalars)(REAL x, REAL q) { return (REAL)tern_zeta(x, q); }
INLINE REAL F(i0_of_scalar)(REAL x) { return (REAL)tern_i0(x); }
INLINE REAL F(i0e_of_scalar)(REAL x) { return (REAL)tern_i0e(x); }
INLINE REAL F(i1_of_scalar)(REAL x) { return (REAL)tern_i1(x); }
INLINE REAL F(i1e_of_scalar)(REAL x) { return (REAL)tern_i1e(x); }
INLINE REAL F(bessel_j0_of_scalar)(REAL x) { return (REAL)tern_bessel_j0(x); }
INLINE REAL F(bessel_j1_of_scalar)(REAL x) { return (REAL)tern_bessel_j1(x); }
INLINE REAL F(igamma_of_scalars)(REAL a, REAL x) { return (REAL)tern_igamma(a, x); }
INLINE REAL F(igammac_of_scalars)(REAL a, REAL x) { return (REAL)tern_igammac(a, x); }
INLINE REAL F(truncated_remainder_of_scalars)(REAL a, REAL b) { return LIBM(fmod)(a, b); }
INLINE VREAL F(lgamma)(VREAL x) { return F(lanewise)(F(lgamma_of_scalar), x); }
INLINE VREAL F(digamma)(VREAL x) { return F(lanewise)(F(digamma_of_scalar), x); }
INLINE VREAL F(zeta)(VREAL x, VREAL q) { return F(lanewise2)(F(zeta_of_scalars), x, q); }
INLINE VREAL F(i0)(VREAL x) { return F(lanewise)(F(i0_of_scalar), x); }
INLINE VREAL F(i0e)(VREAL x) { return F(lanewise)(F(i0e_of_scalar), x); }
INLINE VREAL F(i1)(VREAL x) { return F(lanewise)(F(i1_of_scalar), x); }
INLINE VREAL F(i1e)(VREAL x) { return F(lanewise)(F(i1e_of_scalar), x); }
INLINE VREAL F(bessel_j0)(VREAL x) { return F(lanewise)(F(bessel_j0_of_scalar), x); }
INLINE VREAL F(bessel_j1)(VREAL x) { return F(lanewise)(F(bessel_j1_of_scalar), x); }
INLINE VREAL F(igamma)(VREAL a, VREAL x) { return F(lanewise2)(F(igamma_of_scalars), a, x); }
INLINE VREAL F(igammac)(VREAL a, VREAL x) { return F(lanewise2)(F(igammac_of_scalars), a, x); }
INLINE VREAL F(truncated_remainder)(VREAL a, VREAL b) { return F(lanewise2)(F(truncated_remainder_of_scalars), a, b); }
