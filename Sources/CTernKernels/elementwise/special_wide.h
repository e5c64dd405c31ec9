// tan and the inverses of the error function and of the normal distribution: float32 is computed by float64's.

// x less the nearest multiple of pi / 2, in two parts, by three parts of pi / 2 of which the first two have 33 bits, so
// that their products are exact; sine and cosine by fdlibm's series. Beyond 2^20 the C library's.
INLINE double f64_tan_of_scalar(double x) { return __builtin_tan(x); }
INLINE v_f64 f64_tan(v_f64 x) {
    if (__builtin_reduce_or(f64_abs(x) > 0x1p20) != 0) return f64_lanewise(f64_tan_of_scalar, x);
    const v_f64 magic = f64_set(0x1.8p52);
    v_f64 t = f64_fma(x, f64_set(0x1.45f306dc9c883p-1), magic), k = t - magic;
    v_f64 first = x - k * 1.57079632673412561417e+00, w = k * 6.07710050630396597660e-11, sum = first - w;
    v_f64 rest = ((first - sum) - w) - k * 2.02226624879595063154e-21;
    v_f64 r = sum + rest, tail = (sum - r) + rest, z = r * r, cube = z * r;
    const double sin_series[] = {1.58969099521155010221e-10, -2.50507602534068634195e-08, 2.75573137070700676789e-06,
                                 -1.98412698298579493134e-04, 8.33333333332248946124e-03};
    const double cos_series[] = {-1.13596475577881948265e-11, 2.08757232129817482790e-09,  -2.75573143513906633035e-07,
                                 2.48015872894767294178e-05,  -1.38888888888741095749e-03, 4.16666666666666019037e-02};
    v_f64 sine =
        r - ((z * (0.5 * tail - cube * f64_polynomial(z, 5, sin_series)) - tail) + cube * 1.66666666666666324348e-01);
    v_f64 half = 0.5 * z, whole = 1 - half;
    v_f64 cosine = whole + (((1 - whole) - half) + (z * (z * f64_polynomial(z, 6, cos_series)) - r * tail));
    v_i64 odd = ((v_i64)t & 1) != 0;
    v_f64 y = f64_select(odd, -cosine, sine) / f64_select(odd, sine, cosine);
    return f64_select(x == 0, x, y);
}

// By Wichura, "Algorithm AS 241: The percentage points of the normal distribution", 1988: the inverse of the
// distribution function at q + 1 / 2, of which `tail` is the distance to the nearer of 0 and 1.
INLINE v_f64 f64_normal_quantile(v_f64 q, v_f64 tail) {
    v_f64 r = 0.180625 - q * q;
    const double central_above[] = {2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
                                    4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
                                    1.3314166789178437745e2, 3.3871328727963666080e0};
    const double central_below[] = {
        5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
        5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1};
    v_f64 central = q * f64_polynomial(r, 8, central_above) / f64_polynomial(r, 8, central_below);
    v_f64 root = __builtin_elementwise_sqrt(-f64_log(tail));
    const double middle_above[] = {7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
                                   1.27045825245236838258e0,  3.64784832476320460504e0,  5.76949722146069140550e0,
                                   4.63033784615654529590e0,  1.42343711074968357734e0};
    const double middle_below[] = {
        1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
        6.89767334985100004550e-1, 1.67638483018380384940e0,  2.05319162663775882187e0,  1};
    const double far_above[] = {2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
                                2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
                                5.46378491116411436990e0,  6.65790464350110377720e0};
    const double far_below[] = {
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
        1.48753612908506148525e-2,  1.36929880922735805310e-1, 5.99832206555887937690e-1, 1};
    v_f64 near = root - 1.6, beyond = root - 5;
    v_f64 middle = f64_polynomial(near, 8, middle_above) / f64_polynomial(near, 8, middle_below);
    v_f64 far = f64_polynomial(beyond, 8, far_above) / f64_polynomial(beyond, 8, far_below);
    v_f64 outer = f64_select(tail == 0, f64_set(__builtin_inf()), f64_select(root <= 5, middle, far));
    return f64_select(f64_abs(q) <= 0.425, central, f64_copysign(outer, q));
}
INLINE v_f64 f64_ndtri(v_f64 p) { return f64_normal_quantile(p - 0.5, f64_select(p < 0.5, p, 1 - p)); }
INLINE v_f64 f64_erfinv(v_f64 x) {
    return f64_normal_quantile(x * 0.5, (1 - f64_abs(x)) * 0.5) * 0.70710678118654752440;
}

OUTLINE v_f64 f64_tan_called(v_f64 x) { return f64_tan(x); }
OUTLINE v_f64 f64_erfinv_called(v_f64 x) { return f64_erfinv(x); }
OUTLINE v_f64 f64_ndtri_called(v_f64 x) { return f64_ndtri(x); }
INLINE v_f32 f32_tan(v_f32 x) { return f32_narrow(f64_tan_called(f32_widen(x, 0)), f64_tan_called(f32_widen(x, 1))); }
INLINE v_f32 f32_erfinv(v_f32 x) {
    return f32_narrow(f64_erfinv_called(f32_widen(x, 0)), f64_erfinv_called(f32_widen(x, 1)));
}
INLINE v_f32 f32_ndtri(v_f32 x) {
    return f32_narrow(f64_ndtri_called(f32_widen(x, 0)), f64_ndtri_called(f32_widen(x, 1)));
}
