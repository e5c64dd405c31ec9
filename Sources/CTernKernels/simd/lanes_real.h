// Small vector helpers that `simd.h` has no need of.
INLINE VREAL F(abs)(VREAL x) { return (VREAL)((VINT)x & (INT)(((UINT)1 << (FLOAT_BITS - 1)) - 1)); }
INLINE VREAL F(copysign)(VREAL magnitude, VREAL sign) {
    VINT bit = (VINT){} + (INT)((UINT)1 << (FLOAT_BITS - 1));
    return (VREAL)(((VINT)magnitude & ~bit) | ((VINT)sign & bit));
}
// Where x is negative, or a zero or NaN with a sign: a mask.
INLINE VINT F(signs)(VREAL x) { return (VINT)x >> (FLOAT_BITS - 1); }
// The bound is taken where x passes it: NaN passes none. The minimum of x86 is its second operand where it is in doubt.
#if defined(TERN_TARGET_AVX512) && FLOAT_BITS == 32
INLINE VREAL F(at_most)(VREAL x, VREAL bound) { return (VREAL)_mm512_min_ps((__m512)bound, (__m512)x); }
INLINE VREAL F(at_least)(VREAL x, VREAL bound) { return (VREAL)_mm512_max_ps((__m512)bound, (__m512)x); }
#elif defined(TERN_TARGET_AVX512)
INLINE VREAL F(at_most)(VREAL x, VREAL bound) { return (VREAL)_mm512_min_pd((__m512d)bound, (__m512d)x); }
INLINE VREAL F(at_least)(VREAL x, VREAL bound) { return (VREAL)_mm512_max_pd((__m512d)bound, (__m512d)x); }
#elif defined(TERN_TARGET_AVX2) && FLOAT_BITS == 32
INLINE VREAL F(at_most)(VREAL x, VREAL bound) { return (VREAL)_mm256_min_ps((__m256)bound, (__m256)x); }
INLINE VREAL F(at_least)(VREAL x, VREAL bound) { return (VREAL)_mm256_max_ps((__m256)bound, (__m256)x); }
#elif defined(TERN_TARGET_AVX2)
INLINE VREAL F(at_most)(VREAL x, VREAL bound) { return (VREAL)_mm256_min_pd((__m256d)bound, (__m256d)x); }
INLINE VREAL F(at_least)(VREAL x, VREAL bound) { return (VREAL)_mm256_max_pd((__m256d)bound, (__m256d)x); }
#else
INLINE VREAL F(at_most)(VREAL x, VREAL bound) { return F(select)(x > bound, bound, x); }
INLINE VREAL F(at_least)(VREAL x, VREAL bound) { return F(select)(x < bound, bound, x); }
#endif
// NaN if either is.
INLINE VREAL F(maximum)(VREAL a, VREAL b) { return F(select)((a > b) | (a != a), a, b); }
INLINE VREAL F(minimum)(VREAL a, VREAL b) { return F(select)((a < b) | (a != a), a, b); }

INLINE VINT F(lane_index)(void) {
    INT lanes[LANES];
    for (int i = 0; i < LANES; i++) lanes[i] = i;
    VINT v;
    __builtin_memcpy(&v, lanes, sizeof v);
    return v;
}
// Combines all lanes by halves.
INLINE REAL F(fold)(VREAL (*combine)(VREAL, VREAL), VREAL v) {
#if VECTOR_BYTES * 8 / FLOAT_BITS == 16
    v = combine(v, __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
    v = combine(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
    v = combine(v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
    v = combine(v, __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
#elif VECTOR_BYTES * 8 / FLOAT_BITS == 8
    v = combine(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3));
    v = combine(v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5));
    v = combine(v, __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6));
#elif VECTOR_BYTES * 8 / FLOAT_BITS == 4
    v = combine(v, __builtin_shufflevector(v, v, 2, 3, 0, 1));
    v = combine(v, __builtin_shufflevector(v, v, 1, 0, 3, 2));
#else
    v = combine(v, __builtin_shufflevector(v, v, 1, 0));
#endif
    return v[0];
}

// Applies a scalar function lane by lane.
INLINE VREAL F(lanewise)(REAL (*f)(REAL), VREAL x) {
    for (int i = 0; i < LANES; i++) x[i] = f(x[i]);
    return x;
}
INLINE VREAL F(lanewise2)(REAL (*f)(REAL, REAL), VREAL x, VREAL y) {
    for (int i = 0; i < LANES; i++) x[i] = f(x[i], y[i]);
    return x;
}

// Horner's rule, the highest coefficient first.
INLINE VREAL F(polynomial)(VREAL x, int count, const REAL *coefficients) {
    VREAL y = F(set)(coefficients[0]);
#pragma clang loop unroll(full)
    for (int i = 1; i < count; i++) y = F(fma)(y, x, F(set)(coefficients[i]));
    return y;
}
#define POLYNOMIAL(x, ...) F(polynomial)(x, sizeof((REAL[]){__VA_ARGS__}) / sizeof(REAL), (const REAL[]){__VA_ARGS__})
