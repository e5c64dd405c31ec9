// The complement of the error function, and functions that are computed lane by lane.

// Twice the normal distribution's tail at sqrt(2) |x|; 2 less that for negative x.
INLINE VREAL F(erfc)(VREAL x) {
    VREAL t = F(at_most)(F(abs)(x), F(set)(FLOAT_BITS == 32 ? R(10.5) : 28)), square = t * t;
    F(normal_tail) tail = F(normal_tail_of)(t * R(1.41421356237309504880), square, F(product_error)(t, t, square));
    VREAL y = tail.y * 2, far = F(scale)(F(fma)(y, tail.e.p, y), tail.e);
    return F(select)(x == 0, F(set)(1), F(select)(x < 0, 2 - far, far));
}

INLINE REAL F(lgamma_of_scalar)(REAL x) { return (REAL)tern_lgamma(x); }
INLINE REAL F(digamma_of_scalar)(REAL x) { return (REAL)tern_digamma(x); }
INLINE REAL F(zeta_of_scalars)(REAL x, REAL q) { return (REAL)tern_zeta(x, q); }
INLINE REAL F(truncated_remainder_of_scalars)(REAL a, REAL b) { return LIBM(fmod)(a, b); }
INLINE VREAL F(lgamma)(VREAL x) { return F(lanewise)(F(lgamma_of_scalar), x); }
INLINE VREAL F(digamma)(VREAL x) { return F(lanewise)(F(digamma_of_scalar), x); }
INLINE VREAL F(zeta)(VREAL x, VREAL q) { return F(lanewise2)(F(zeta_of_scalars), x, q); }
INLINE VREAL F(truncated_remainder)(VREAL a, VREAL b) { return F(lanewise2)(F(truncated_remainder_of_scalars), a, b); }
