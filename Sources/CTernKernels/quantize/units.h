// Vectors of units and of sums.

typedef uint8_t v_bytes __attribute__((vector_size(F32_LANES)));
typedef v_bytes v_bytes_unaligned __attribute__((aligned(1), may_alias));
typedef v_i32 v_i32_unaligned __attribute__((aligned(4), may_alias));

INLINE v_i32 units_load(const int32_t *p) { return *(const v_i32_unaligned *)p; }
INLINE void units_store(int32_t *p, v_i32 v) { *(v_i32_unaligned *)p = v; }
INLINE v_i32 i32_set(int32_t x) { return (v_i32){} + x; }

// The first `n` lanes, 0 <= n <= lanes; memory past them is not touched.
INLINE void units_store_first(int32_t *p, v_i32 v, ptrdiff_t n) { f32_store_first((float *)p, (v_f32)v, n); }
INLINE v_bytes bytes_load_first(const uint8_t *p, ptrdiff_t n) {
#if defined(TERN_TARGET_AVX512)
    return (v_bytes)_mm_maskz_loadu_epi8((__mmask16)((1u << n) - 1), p);
#else
    // At most eight, in pieces of powers of two.
    uint64_t word = 0;
    ptrdiff_t at = 0;
    for (ptrdiff_t size = F32_LANES; size > 0; size /= 2) {
        if (!(n & size)) continue;
        uint64_t part = 0;
        __builtin_memcpy(&part, p + at, (size_t)size);
        word |= part << (8 * at);
        at += size;
    }
    v_bytes v;
    __builtin_memcpy(&v, &word, sizeof v);
    return v;
#endif
}
// The lanes first..<first + n go to their places behind `p`; memory elsewhere is not touched.
INLINE void bytes_store_lanes(uint8_t *p, v_bytes v, ptrdiff_t first, ptrdiff_t n) {
#if defined(TERN_TARGET_AVX512)
    _mm_mask_storeu_epi8(p, (__mmask16)(((1u << n) - 1) << first), (__m128i)v);
#else
    uint64_t word = 0;
    __builtin_memcpy(&word, &v, sizeof v);
    word >>= 8 * first;
    p += first;
    for (ptrdiff_t size = F32_LANES; size > 0; size /= 2) {
        if (!(n & size)) continue;
        __builtin_memcpy(p, &word, (size_t)size);
        word = size == 8 ? 0 : word >> (8 * size);
        p += size;
    }
#endif
}
INLINE void floats_store_lanes(float *p, v_f32 v, ptrdiff_t first, ptrdiff_t n) {
#if defined(TERN_TARGET_AVX512)
    _mm512_mask_storeu_ps(p, (__mmask16)(((1u << n) - 1) << first), (__m512)v);
#elif defined(TERN_TARGET_AVX2)
    const v_i32 mask = i32_first(first + n) & ~i32_first(first);
    _mm256_maskstore_ps(p, (__m256i)mask, (__m256)v);
#else
    for (ptrdiff_t i = first; i < first + n; i++) p[i] = v[i];
#endif
}

#if VECTOR_BYTES == 64
#define EVEN_LANES 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#elif VECTOR_BYTES == 32
#define EVEN_LANES 0, 2, 4, 6, 8, 10, 12, 14
#else
#define EVEN_LANES 0, 2, 4, 6
#endif
// A vector of elements `step` = 1 or 2 apart, and with it what lies between and behind them.
INLINE v_f32 floats_load(const float *p, const int step) {
    return step == 1 ? f32_load(p) : __builtin_shufflevector(f32_load(p), f32_load(p + F32_LANES), EVEN_LANES);
}
INLINE v_bytes bytes_load(const uint8_t *p, const int step) {
    const v_bytes low = *(const v_bytes_unaligned *)p;
    if (step == 1) return low;
    return __builtin_shufflevector(low, *(const v_bytes_unaligned *)(p + F32_LANES), EVEN_LANES);
}
// The first `n` of them, with nothing behind the last.
INLINE v_f32 floats_load_some(const float *p, ptrdiff_t n, const int step) {
    const ptrdiff_t count = step * (n - 1) + 1;
    const v_f32 low = f32_load_first(p, count < F32_LANES ? count : F32_LANES);
    if (step == 1) return low;
    const v_f32 high = count > F32_LANES ? f32_load_first(p + F32_LANES, count - F32_LANES) : (v_f32){};
    return __builtin_shufflevector(low, high, EVEN_LANES);
}
INLINE v_bytes bytes_load_some(const uint8_t *p, ptrdiff_t n, const int step) {
    const ptrdiff_t count = step * (n - 1) + 1;
    const v_bytes low = bytes_load_first(p, count < F32_LANES ? count : F32_LANES);
    if (step == 1) return low;
    const v_bytes high = count > F32_LANES ? bytes_load_first(p + F32_LANES, count - F32_LANES) : (v_bytes){};
    return __builtin_shufflevector(low, high, EVEN_LANES);
}
#undef EVEN_LANES

// sum + the products of each lane's neighbours, wrapping around.
INLINE v_i32 add_dots(v_i32 sum, v_i32 x, v_i32 w) {
#if defined(TERN_TARGET_AVX512) && defined(TERN_BYTE_DOTS)
    return (v_i32)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)x, (__m512i)w);
#elif defined(TERN_TARGET_AVX512)
    return (v_i32)_mm512_add_epi32((__m512i)sum, _mm512_madd_epi16((__m512i)x, (__m512i)w));
#elif defined(TERN_TARGET_AVX2)
    return (v_i32)_mm256_add_epi32((__m256i)sum, _mm256_madd_epi16((__m256i)x, (__m256i)w));
#elif defined(TERN_TARGET_NEON) && defined(TERN_BYTE_DOTS)
    return (v_i32)vdotq_s32((int32x4_t)sum, (int8x16_t)x, (int8x16_t)w);
#elif defined(TERN_TARGET_NEON)
    // At most 2 * 128 * 127 in 16 bits.
    int16x8_t low = vmull_s8(vget_low_s8((int8x16_t)x), vget_low_s8((int8x16_t)w));
    int16x8_t high = vmull_high_s8((int8x16_t)x, (int8x16_t)w);
    return (v_i32)vpadalq_s16((int32x4_t)sum, vpaddq_s16(low, high));
#else
    v_i32 even = ((v_i32)((v_u32)x << 16) >> 16) * ((v_i32)((v_u32)w << 16) >> 16);
    return (v_i32)((v_u32)sum + (v_u32)even + (v_u32)((x >> 16) * (w >> 16)));
#endif
}

// The nearest integer, the even one of two, of x in low...high; low for NaN. Both are far below 2^22.
INLINE v_i32 rounded(v_f32 x, float low, float high) {
#if defined(TERN_TARGET_AVX512)
    x = (v_f32)_mm512_min_ps(_mm512_max_ps((__m512)x, (__m512)f32_set(low)), (__m512)f32_set(high));
#elif defined(TERN_TARGET_AVX2)
    x = (v_f32)_mm256_min_ps(_mm256_max_ps((__m256)x, (__m256)f32_set(low)), (__m256)f32_set(high));
#else
    x = f32_select(x > low, x, f32_set(low));
    x = f32_select(x < high, x, f32_set(high));
#endif
    // 1.5 * 2^23, where neighbouring numbers are 1 apart.
    return (v_i32)(x + f32_set(12582912)) - 0x4B400000;
}

// Bytes as a kernel reads activations.
INLINE v_i32 units_of_bytes(v_i32 q) { return (q - OFFSET) & (int32_t)UNIT_MASK; }
INLINE uint32_t unit_of_byte(int32_t q) { return (uint32_t)(q - OFFSET) & UNIT_MASK; }

typedef struct {
    float inverse_scale, low, high;
    int32_t zero;
} Quantizer;

INLINE Quantizer quantizer(float inverse_scale, int32_t zero) {
    return (Quantizer){inverse_scale, (float)-zero, (float)(255 - zero), zero};
}
INLINE v_i32 quantized(Quantizer q, v_f32 x) { return rounded(x * f32_set(q.inverse_scale), q.low, q.high) + q.zero; }
INLINE int32_t quantized_one(Quantizer q, float x) {
    v_f32 v = {x};
    return quantized(q, v)[0];
}

// What becomes of sums.
typedef struct {
    float slope, low, high;
    int32_t zero;
    _Bool bends, to_bytes;
} Ending;

INLINE Ending ending(const TernQuantizedEnd *end) {
    Ending e = {end->slope, end->low, end->high, end->zero, end->slope != 1, end->to_bytes};
    if (e.to_bytes) {
        // The largest and the least byte cut off, too.
        const float low = (float)-e.zero, high = (float)(255 - e.zero);
        if (!(e.low > low)) e.low = low;
        if (!(e.high < high)) e.high = high;
    }
    return e;
}
INLINE v_f32 ended(Ending e, v_i32 sum, v_f32 factor) {
    v_f32 y = __builtin_convertvector(sum, v_f32) * factor;
    return e.bends ? f32_select(y > 0, y, y * f32_set(e.slope)) : y;
}
INLINE v_f32 ended_float(Ending e, v_i32 sum, v_f32 factor) {
    v_f32 y = ended(e, sum, factor);
    y = f32_select(y > e.low, y, f32_set(e.low));
    return f32_select(y < e.high, y, f32_set(e.high));
}
INLINE v_bytes ended_bytes(Ending e, v_i32 sum, v_f32 factor) {
    return __builtin_convertvector(rounded(ended(e, sum, factor), e.low, e.high) + e.zero, v_bytes);
}

// What sums start from: the bias, less what the zero of the source adds to every sum.
INLINE int32_t first_sum(const TernQuantizedEnd *end, ptrdiff_t output, const int32_t *weight_sums) {
    uint32_t shift = (uint32_t)(OFFSET - end->source_zero) * (uint32_t)weight_sums[output];
    return (int32_t)((end->bias ? (uint32_t)end->bias[output] : 0) + shift);
}
