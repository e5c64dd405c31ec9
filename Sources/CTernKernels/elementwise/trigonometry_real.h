// Inverse trigonometric functions. Arguments are brought near 0, where a series in x^2 does; the constants that are
// added have a second part for the digits that the first has no room for. Coefficients are Chebyshev interpolations.

#if FLOAT_BITS == 32
#define HALF_PI 1.5707964f
#define HALF_PI_LOW -4.371139e-08f
#else
#define HALF_PI 1.5707963267948966
#define HALF_PI_LOW 6.123233995736766e-17
#endif

// atan(t) - t for |t| <= tan(pi / 8).
INLINE VREAL F(atan_bend)(VREAL t) {
    VREAL z = t * t;
#if FLOAT_BITS == 32
    return t * z * POLYNOMIAL(z, -0.064518414f, 0.10743705f, -0.14263953f, 0.1999954f, -0.3333333f);
#else
    return t * z *
        POLYNOMIAL(z, -0.01917627151752634, 0.0392311556198723, -0.050854323376990765, 0.05858145587628202,
                   -0.06664511064599371, 0.07692183163650894, -0.09090904576954117, 0.11111111015227572,
                   -0.14285714284666184, 0.19999999999995519, -0.3333333333333333);
#endif
}

// pi / 2 - atan(1 / x) beyond tan(3 pi / 8), pi / 4 + atan((x - 1) / (x + 1)) beyond tan(pi / 8).
INLINE VREAL F(atan)(VREAL x) {
    const VREAL zero = {};
    VREAL a = F(abs)(x);
    VINT far = a > R(2.41421356237309504880), middle = a > R(0.41421356237309504880);
    VREAL above = F(select)(far, F(set)(-1), F(select)(middle, a - 1, a));
    VREAL t = above / F(select)(far, a, F(select)(middle, a + 1, F(set)(1)));
    VREAL high = F(select)(far, F(set)(HALF_PI), F(select)(middle, F(set)(HALF_PI / 2), zero));
    VREAL low = F(select)(far, F(set)(HALF_PI_LOW), F(select)(middle, F(set)(HALF_PI_LOW / 2), zero));
    return F(copysign)(high + (t + (F(atan_bend)(t) + low)), x);
}

// The angle of the point (x, y), from that of its reflection with 0 <= y <= x.
INLINE VREAL F(atan2)(VREAL y, VREAL x) {
    const VREAL zero = {};
    VREAL a = F(abs)(y), b = F(abs)(x);
    VINT steep = a > b;
    VREAL smaller = F(select)(steep, b, a), larger = F(select)(steep, a, b), t = smaller / larger;
    t = F(select)(smaller == larger, F(set)(1), t);  // infinities too
    t = F(select)(larger == 0, zero, t);
    VINT middle = t > R(0.41421356237309504880);
    t = F(select)(middle, (t - 1) / (t + 1), t);
    VREAL high = F(select)(middle, F(set)(HALF_PI / 2), zero), low = F(select)(middle, F(set)(HALF_PI_LOW / 2), zero);
    VREAL angle = high + (t + (F(atan_bend)(t) + low));
    angle = F(select)(steep, HALF_PI - (angle - HALF_PI_LOW), angle);
    angle = F(select)((VINT)x < 0, 2 * HALF_PI - (angle - 2 * HALF_PI_LOW), angle);
    return F(select)((x != x) | (y != y), x + y, F(copysign)(angle, y));
}

// asin(s) of s = |x| up to 1/2, beyond that of s = sqrt((1 - |x|) / 2), which is half of acos(|x|).
INLINE VREAL F(asin_near)(VREAL a, VINT far) {
    VREAL z = F(select)(far, (1 - a) * R(0.5), a * a), s = F(select)(far, __builtin_elementwise_sqrt(z), a);
#if FLOAT_BITS == 32
    VREAL r = POLYNOMIAL(z, 0.033690847f, 0.017149238f, 0.031100662f, 0.044599403f, 0.07500094f, 0.16666666f);
#else
    VREAL r = POLYNOMIAL(z, 0.028757851367421566, -0.014851887071247204, 0.01740087944269402, 0.005457506718640358,
                         0.01032281435018578, 0.011479177415184906, 0.013971212973552933, 0.017352392720869973,
                         0.02237217294214989, 0.030381944138531247, 0.04464285714635543, 0.07499999999998433,
                         0.16666666666666669);
#endif
    return s + s * z * r;
}
INLINE VREAL F(asin)(VREAL x) {
    VREAL a = F(abs)(x);
    VINT far = a > R(0.5);
    VREAL angle = F(asin_near)(a, far);
    return F(copysign)(F(select)(far, HALF_PI - (2 * angle - HALF_PI_LOW), angle), x);
}
INLINE VREAL F(acos)(VREAL x) {
    VREAL a = F(abs)(x);
    VINT far = a > R(0.5);
    VREAL angle = F(asin_near)(a, far), twice = 2 * angle;
    VREAL beyond = F(select)(x < 0, 2 * HALF_PI - (twice - 2 * HALF_PI_LOW), twice);
    return F(select)(far, beyond, HALF_PI - (F(copysign)(angle, x) - HALF_PI_LOW));
}
#undef HALF_PI
#undef HALF_PI_LOW

// sqrt(x^2 + y^2) of numbers that are brought to where squares neither overflow nor vanish.
INLINE VREAL F(hypot)(VREAL x, VREAL y) {
    const REAL large = FLOAT_BITS == 32 ? R(0x1p60) : (REAL)0x1p500,
               down = FLOAT_BITS == 32 ? R(0x1p-100) : (REAL)0x1p-700;
    const REAL infinity = (REAL)__builtin_inff();
    VREAL a = F(abs)(x), b = F(abs)(y), larger = F(select)(a > b, a, b);
    VREAL factor = F(select)(larger > large, F(set)(down), F(select)(larger < 1 / large, F(set)(1 / down), F(set)(1)));
    a *= factor, b *= factor;
    VREAL length = __builtin_elementwise_sqrt(a * a + b * b) / factor;
    return F(select)((F(abs)(x) == infinity) | (F(abs)(y) == infinity), F(set)(infinity), length);
}
