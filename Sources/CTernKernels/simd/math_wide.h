// sin, cos and power: float32 is computed in float64 vectors, float64 lane by lane with the C library.

typedef float v_f32_half __attribute__((vector_size(VECTOR_BYTES / 2)));

// The lower or upper half of a vector in float64.
INLINE v_f64 f32_widen(v_f32 x, int upper) {
    v_f32_half half;
    __builtin_memcpy(&half, (const char *)&x + upper * (VECTOR_BYTES / 2), sizeof half);
    return __builtin_convertvector(half, v_f64);
}
INLINE v_f32 f32_narrow(v_f64 low, v_f64 high) {
    v_f32_half halves[2] = {__builtin_convertvector(low, v_f32_half), __builtin_convertvector(high, v_f32_half)};
    v_f32 x;
    __builtin_memcpy(&x, halves, sizeof x);
    return x;
}

// sin(x + quadrants pi / 2) to float32's accuracy, |x| <= 2^20: x less the nearest multiple of pi / 2, of which the
// first part has 33 bits, so that its product is exact, then a series.
INLINE v_f64 f64_sin_reduced(v_f64 x, int64_t quadrants) {
    const v_f64 magic = f64_set(0x1.8p52);
    v_f64 t = f64_fma(x, f64_set(0x1.45f306dc9c883p-1), magic), k = t - magic;
    v_f64 r = f64_fma(k, f64_set(-0x1.0b4611a626331p-34), f64_fma(k, f64_set(-0x1.921fb544p+0), x));
    v_i64 quadrant = (v_i64)t + quadrants;
    v_f64 z = r * r;
    const double sin_series[] = {2.7249314054698804e-06, -0.00019840082012765537, 0.008333331865959415,
                                 -0.16666666663832763, 1};
    const double cos_series[] = {-2.723650327085515e-07, 2.4799855304504668e-05, -0.0013888885068618752,
                                 0.041666666637161585,   -0.4999999999996353,    1};
    v_f64 result =
        f64_select((quadrant & 1) != 0, f64_polynomial(z, 6, cos_series), r * f64_polynomial(z, 5, sin_series));
    return (v_f64)((v_i64)result ^ ((quadrant & 2) << 62));
}
INLINE float f32_sin_of_scalar(float x) { return __builtin_sinf(x); }
INLINE float f32_cos_of_scalar(float x) { return __builtin_cosf(x); }
INLINE double f64_sin_of_scalar(double x) { return __builtin_sin(x); }
INLINE double f64_cos_of_scalar(double x) { return __builtin_cos(x); }
INLINE double f64_power_of_scalar(double x, double y) { return __builtin_pow(x, y); }

INLINE v_f32 f32_sin(v_f32 x) {
    if (__builtin_reduce_or(f32_abs(x) > 0x1p20f) != 0) return f32_lanewise(f32_sin_of_scalar, x);
    return f32_narrow(f64_sin_reduced(f32_widen(x, 0), 0), f64_sin_reduced(f32_widen(x, 1), 0));
}
INLINE v_f32 f32_cos(v_f32 x) {
    if (__builtin_reduce_or(f32_abs(x) > 0x1p20f) != 0) return f32_lanewise(f32_cos_of_scalar, x);
    return f32_narrow(f64_sin_reduced(f32_widen(x, 0), 1), f64_sin_reduced(f32_widen(x, 1), 1));
}
INLINE v_f64 f64_sin(v_f64 x) { return f64_lanewise(f64_sin_of_scalar, x); }
INLINE v_f64 f64_cos(v_f64 x) { return f64_lanewise(f64_cos_of_scalar, x); }

// x^y with the special cases of C's pow; squares are exact.
INLINE v_f32 f32_power(v_f32 x, v_f32 y) {
    const float infinity = __builtin_inff();
    v_f32 magnitude = f32_abs(x);
    v_f32 result = f32_narrow(f64_exp(f64_log(f32_widen(magnitude, 0)) * f32_widen(y, 0)),
                              f64_exp(f64_log(f32_widen(magnitude, 1)) * f32_widen(y, 1)));
    v_f32 half = y * 0.5f;
    v_i32 integral = __builtin_elementwise_floor(y) == y, odd = integral & (__builtin_elementwise_floor(half) != half);
    result = f32_select((magnitude == 1) & (y == y), f32_set(1), result);
    result = (v_f32)((v_i32)result ^ (odd & (v_i32)x & INT32_MIN));
    result = f32_select((x < 0) & (x != -infinity) & ~integral, f32_set(__builtin_nanf("")), result);
    result = f32_select(y == 2, x * x, result);
    return f32_select((y == 0) | (x == 1), f32_set(1), result);
}
INLINE v_f64 f64_power(v_f64 x, v_f64 y) { return f64_lanewise2(f64_power_of_scalar, x, y); }
