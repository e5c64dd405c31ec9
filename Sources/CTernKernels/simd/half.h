// The float types of two bytes, which are stored and not computed in: conversions to float32 and back, rounded to
// nearest even. What is too large becomes infinite, NaN stays NaN and is quiet; the bits are the same at every level.
// AVX2 and AVX-512 have F16C's conversions, NEON its own. bfloat16 is made by integer operations: the instruction of
// AVX512_BF16 takes denormal numbers for zero, so its bits would be others.

// Structures, so that nobody computes with the bits by mistake.
typedef struct {
    uint16_t bits;
} stored_f16;
typedef struct {
    uint16_t bits;
} stored_bf16;

// Bit patterns of a vector of halves.
typedef uint16_t v_half __attribute__((vector_size(VECTOR_BYTES / 2)));
typedef v_half v_half_unaligned __attribute__((aligned(2), may_alias));

INLINE v_half half_load(const void *p) { return *(const v_half_unaligned *)p; }
INLINE void half_store(void *p, v_half v) { *(v_half_unaligned *)p = v; }
#if defined(TERN_TARGET_AVX512)
INLINE v_half half_load_first(const void *p, ptrdiff_t n) {
    return (v_half)_mm256_maskz_loadu_epi16((__mmask16)((1u << n) - 1), p);
}
INLINE void half_store_first(void *p, v_half v, ptrdiff_t n) {
    _mm256_mask_storeu_epi16(p, (__mmask16)((1u << n) - 1), (__m256i)v);
}
#else
INLINE v_half half_load_first(const void *p, ptrdiff_t n) {
    uint16_t lanes[F32_LANES] = {};
    for (ptrdiff_t i = 0; i < n; i++) lanes[i] = ((const stored_f16 *)p)[i].bits;
    return half_load(lanes);
}
INLINE void half_store_first(void *p, v_half v, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) ((stored_f16 *)p)[i].bits = v[i];
}
#endif

INLINE uint32_t bits_of_float(float x) {
    uint32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}
INLINE float float_of_bits(uint32_t bits) {
    float x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}

#if defined(TERN_TARGET_PORTABLE)
// A half's exponent and mantissa in the places of a float's have 2^-112 of its value, denormal ones too.
INLINE float f16_get(stored_f16 x) {
    uint32_t magnitude = x.bits & 0x7fff, sign = (uint32_t)(x.bits & 0x8000) << 16;
    uint32_t finite = bits_of_float(float_of_bits(magnitude << 13) * 0x1p112f);
    uint32_t special = magnitude << 13 | 0x7f800000 | (magnitude > 0x7c00 ? 0x400000 : 0);
    return float_of_bits((magnitude >= 0x7c00 ? special : finite) | sign);
}
// Denormal halves are multiples of 2^-24, the unit of the last place of 0.5, so the addition rounds them.
INLINE stored_f16 f16_put(float x) {
    uint32_t bits = bits_of_float(x), magnitude = bits & 0x7fffffff;
    uint32_t rebiased = magnitude - (112u << 23), normal = (rebiased + 0xfff + (rebiased >> 13 & 1)) >> 13;
    uint32_t denormal = bits_of_float(float_of_bits(magnitude) + 0.5f) - bits_of_float(0.5f);
    uint32_t result = magnitude < 0x38800000 ? denormal : magnitude < 0x477ff000 ? normal : 0x7c00;
    result = magnitude > 0x7f800000 ? 0x7e00 | (magnitude >> 13 & 0x3ff) : result;
    return (stored_f16){(uint16_t)(result | (bits >> 16 & 0x8000))};
}
INLINE v_f32 f16_of_half(v_half v) {
    v_f32 x;
    for (int i = 0; i < F32_LANES; i++) x[i] = f16_get((stored_f16){v[i]});
    return x;
}
INLINE v_half half_of_f16(v_f32 x) {
    v_half v;
    for (int i = 0; i < F32_LANES; i++) v[i] = f16_put(x[i]).bits;
    return v;
}
#else
typedef _Float16 v_f16 __attribute__((vector_size(VECTOR_BYTES / 2)));

INLINE float f16_get(stored_f16 x) {
    _Float16 value;
    __builtin_memcpy(&value, &x, sizeof value);
    return value;
}
INLINE stored_f16 f16_put(float x) {
    _Float16 value = (_Float16)x;
    stored_f16 result;
    __builtin_memcpy(&result, &value, sizeof result);
    return result;
}
INLINE v_f32 f16_of_half(v_half v) { return __builtin_convertvector((v_f16)v, v_f32); }
INLINE v_half half_of_f16(v_f32 x) { return (v_half) __builtin_convertvector(x, v_f16); }
#endif

INLINE float bf16_get(stored_bf16 x) { return float_of_bits((uint32_t)x.bits << 16); }
INLINE stored_bf16 bf16_put(float x) {
    uint32_t bits = bits_of_float(x), rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    return (stored_bf16){(uint16_t)((bits & 0x7fffffff) > 0x7f800000 ? bits >> 16 | 0x40 : rounded)};
}
INLINE v_f32 bf16_of_half(v_half v) { return (v_f32)(__builtin_convertvector(v, v_u32) << 16); }
INLINE v_half half_of_bf16(v_f32 x) {
    v_u32 bits = (v_u32)x, rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16, nan = (v_u32)(x != x);
    return __builtin_convertvector((nan & (bits >> 16 | 0x40)) | (~nan & rounded), v_half);
}

#define STORED_FUNCTIONS(prefix) \
    INLINE v_f32 prefix##_load(const stored_##prefix *p) { return prefix##_of_half(half_load(p)); } \
    INLINE void prefix##_store(stored_##prefix *p, v_f32 v) { half_store(p, half_of_##prefix(v)); } \
    INLINE v_f32 prefix##_load_first(const stored_##prefix *p, ptrdiff_t n) { \
        return prefix##_of_half(half_load_first(p, n)); \
    } \
    INLINE void prefix##_store_first(stored_##prefix *p, v_f32 v, ptrdiff_t n) { \
        half_store_first(p, half_of_##prefix(v), n); \
    }
// f16_load, f16_store, f16_load_first, f16_store_first: as simd.h has them for float32
STORED_FUNCTIONS(f16)
// bf16_load, bf16_store, bf16_load_first, bf16_store_first
STORED_FUNCTIONS(bf16)
#undef STORED_FUNCTIONS

// A float between which and x no half lies: the nearest towards zero, its last bit set if others were cut off. So the
// rounding of x to a float does no harm to that to a half.
INLINE float odd_of_double(double x) {
    uint32_t bits = bits_of_float((float)x);
    const double rounded = float_of_bits(bits);
    if (rounded == x || x != x) return (float)x;
    if (__builtin_fabs(rounded) > __builtin_fabs(x)) bits--;
    return float_of_bits(bits | 1);
}

// What is stored as it is computed in.
INLINE float f32_get(float x) { return x; }
INLINE float f32_put(float x) { return x; }
INLINE double f64_get(double x) { return x; }
INLINE double f64_put(double x) { return x; }
