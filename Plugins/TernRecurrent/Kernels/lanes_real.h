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
