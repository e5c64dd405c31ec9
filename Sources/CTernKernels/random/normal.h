// Normally distributed random numbers by Box and Muller: z0, z1 = sqrt(-2 ln u1) (cos, sin)(2 pi u2).

INLINE v_f64 f64_unfused_polynomial(v_f64 x, int count, const double *coefficients) {
#pragma clang fp contract(off)
    v_f64 y = f64_set(coefficients[0]);
#pragma clang loop unroll(full)
    for (int i = 1; i < count; i++) y = y * x + coefficients[i];
    return y;
}

// An integer of 52 bits at most as a float.
INLINE v_f64 f64_from_bits52(v_u64 x) { return (v_f64)(x | 0x4330000000000000) - 0x1p52; }

// sqrt(-2 log u), u in 0 ... 1, both excluded; the method of f64_log_of_sum.
INLINE v_f64 f64_normal_radius(v_f64 u) {
#pragma clang fp contract(off)
    v_i64 k = ((v_i64)u - 0x3fe6a09e667f3bcd) >> 52;
    v_f64 f = (v_f64)((v_i64)u - (k << 52)) - 1;
    v_f64 dk = (v_f64)(k + 0x4338000000000000) - 0x1.8p52;
    v_f64 s = f / (f + 2), z = s * s, half_square = f * f * 0.5;
    const double series[] = {1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01,
                             2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01,
                             6.666666666666735130e-01};
    v_f64 r = z * f64_unfused_polynomial(z, 7, series);
    v_f64 rest = s * (half_square + r) + dk * 1.90821492927058770002e-10;
    v_f64 log = dk * 6.93147180369123816490e-01 - ((half_square - rest) - f);
    return __builtin_elementwise_sqrt(log * -2);
}

typedef struct {
    v_f64 even, odd;
} v_f64_pair;

// u1 and u2 have 52 bits at most; `unit` is the value of their last bit.
INLINE v_f64_pair f64_normal_pair(v_u64 u1, v_u64 u2, double unit) {
#pragma clang fp contract(off)
    v_f64 radius = f64_normal_radius((f64_from_bits52(u1) + 0.5) * unit);
    v_f64 turns = f64_from_bits52(u2) * (4 * unit);
    v_f64 shifted = turns + 0x1.8p52, f = turns - (shifted - 0x1.8p52), w = f * f;
    v_i64 quadrant = (v_i64)shifted;
    const double sin_series[] = {5.633933781537854e-08, -3.59864335298231e-06, 0.0001604411507421909,
                                 -0.004681754132340976, 0.07969262624604301,   -0.6459640975062443,
                                 1.5707963267948966};
    const double cos_series[] = {
        -6.321256869628588e-09, 4.710609726757823e-07, -2.520203677046026e-05, 0.0009192602741831558,
        -0.02086348076331121,   0.2536695079010467,    -1.2337005501361697,    1};
    v_f64 sin = f * f64_unfused_polynomial(w, 7, sin_series), cos = f64_unfused_polynomial(w, 8, cos_series);
    v_i64 odd = (quadrant & 1) != 0;
    v_f64 even_value = radius * f64_select(odd, sin, cos), odd_value = radius * f64_select(odd, cos, sin);
    return (v_f64_pair){
        (v_f64)((v_i64)even_value ^ (((quadrant + 1) & 2) << 62)),
        (v_f64)((v_i64)odd_value ^ ((quadrant & 2) << 62)),
    };
}

// The pair of float32 numbers that two words make: 32 bits each.
INLINE v_f64_pair f32_normal_vector(const uint32_t *words) {
    v_u64 w = *(const v_u64_unaligned *)words;
    return f64_normal_pair(w & 0xffffffff, w >> 32, 0x1p-32);
}
// The pair of float64 numbers that four words make: 52 of 64 bits each.
INLINE v_f64_pair f64_normal_vector(const uint32_t *words) {
    v_u64 u1, u2;
    for (int i = 0; i < F64_LANES; i++) {
        u1[i] = random_pair(words + 4 * i) >> 12;
        u2[i] = random_pair(words + 4 * i + 2) >> 12;
    }
    return f64_normal_pair(u1, u2, 0x1p-52);
}
