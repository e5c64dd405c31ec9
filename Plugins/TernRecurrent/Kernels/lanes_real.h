// Vectors of REAL.
typedef REAL VREAL __attribute__((vector_size(VECTOR_BYTES)));
typedef INT VINT __attribute__((vector_size(VECTOR_BYTES)));
typedef VREAL F(unaligned) __attribute__((aligned(sizeof(REAL)), may_alias));

INLINE VREAL F(load)(const REAL *p) { return *(const F(unaligned) *)p; }
INLINE void F(store)(REAL *p, VREAL x) { *(F(unaligned) *)p = x; }
INLINE VREAL F(set)(REAL x) { return x - (VREAL){}; }
// mask ? a : b
INLINE VREAL F(select)(VINT mask, VREAL a, VREAL b) { return (VREAL)((mask & (VINT)a) | (~mask & (VINT)b)); }
INLINE VREAL F(fma)(VREAL a, VREAL b, VREAL c) {
#if HAS_FMA
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}

// The first `n` lanes; those that are not read are zero, and memory behind them is not touched. All if `n` is more.
INLINE VREAL F(read)(const REAL *p, ptrdiff_t n) {
    if (n >= LANES) return F(load)(p);
#if defined(LEVEL_AVX512) && IS_DOUBLE
    return (VREAL)_mm512_maskz_loadu_pd((__mmask8)((1u << n) - 1), p);
#elif defined(LEVEL_AVX512)
    return (VREAL)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
#else
    VREAL x = {};
    for (ptrdiff_t lane = 0; lane < n; lane++) x[lane] = p[lane];
    return x;
#endif
}
INLINE void F(write)(REAL *p, VREAL x, ptrdiff_t n) {
    if (n >= LANES) return F(store)(p, x);
#if defined(LEVEL_AVX512) && IS_DOUBLE
    _mm512_mask_storeu_pd(p, (__mmask8)((1u << n) - 1), (__m512d)x);
#elif defined(LEVEL_AVX512)
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)x);
#else
    for (ptrdiff_t lane = 0; lane < n; lane++) p[lane] = x[lane];
#endif
}

// The first and the second half of a[0], b[0], a[1], b[1] ...
#if VECTOR_BYTES == 64 && !IS_DOUBLE
#define LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif VECTOR_BYTES == (IS_DOUBLE ? 64 : 32)
#define LOW 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH 4, 12, 5, 13, 6, 14, 7, 15
#elif VECTOR_BYTES == (IS_DOUBLE ? 32 : 16)
#define LOW 0, 4, 1, 5
#define HIGH 2, 6, 3, 7
#else
#define LOW 0, 2
#define HIGH 1, 3
#endif

// Transposes LANES vectors of LANES. Each round of interleaving turns the bits of (row, column) by one place.
INLINE void F(transpose)(VREAL *t) {
#pragma clang loop unroll(full)
    for (int width = 1; width < LANES; width *= 2) {
        VREAL u[LANES];
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES / 2; i++) {
            u[2 * i] = __builtin_shufflevector(t[i], t[i + LANES / 2], LOW);
            u[2 * i + 1] = __builtin_shufflevector(t[i], t[i + LANES / 2], HIGH);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++) t[i] = u[i];
    }
}
#undef LOW
#undef HIGH
