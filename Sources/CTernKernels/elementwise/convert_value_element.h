// One value of a type as one of every other: T(to_u8) ... T(to_f64) of a VALUE.

INLINE uint8_t T(to_bool)(VALUE x) { return x != 0; }
#ifdef BITS
// Integers wrap.
#define TO_INTEGER(prefix, type, smallest, largest, end) \
    INLINE type T(to_##prefix)(VALUE x) { return (type)x; }
#else
// Floats are cut off and saturate; `end` is the first value past the largest. NaN gives 0.
#define TO_INTEGER(prefix, type, smallest, largest, end) \
    INLINE type T(to_##prefix)(VALUE x) { \
        return x >= (VALUE)end ? largest : x >= (VALUE)smallest ? (type)x : x < 0 ? smallest : 0; \
    }
#endif
TO_INTEGER(u8, uint8_t, 0, UINT8_MAX, 0x1p8)
TO_INTEGER(i8, int8_t, INT8_MIN, INT8_MAX, 0x1p7)
TO_INTEGER(u16, uint16_t, 0, UINT16_MAX, 0x1p16)
TO_INTEGER(i16, int16_t, INT16_MIN, INT16_MAX, 0x1p15)
TO_INTEGER(u32, uint32_t, 0, UINT32_MAX, 0x1p32)
TO_INTEGER(i32, int32_t, INT32_MIN, INT32_MAX, 0x1p31)
TO_INTEGER(u64, uint64_t, 0, UINT64_MAX, 0x1p64)
TO_INTEGER(i64, int64_t, INT64_MIN, INT64_MAX, 0x1p63)
#undef TO_INTEGER
INLINE float T(to_f32)(VALUE x) { return (float)x; }
INLINE double T(to_f64)(VALUE x) { return (double)x; }

// To halves, rounded once: what is wider than a float is rounded to odd before.
#if defined(BITS) && BITS == 64
INLINE float T(to_odd)(VALUE x) {
    const VALUE kept = x & ~(VALUE)0x7ff;
    const _Bool is_wide = x >= (VALUE)1 << 53 || (IS_SIGNED && x <= -((VALUE)1 << 53));
    return odd_of_double((double)(is_wide ? kept | (VALUE)(kept != x) << 11 : x));
}
#elif defined(BITS) || FLOAT_BITS == 64
INLINE float T(to_odd)(VALUE x) { return odd_of_double((double)x); }
#else
INLINE float T(to_odd)(VALUE x) { return x; }
#endif
INLINE stored_f16 T(to_f16)(VALUE x) { return f16_put(T(to_odd)(x)); }
INLINE stored_bf16 T(to_bf16)(VALUE x) { return bf16_put(T(to_odd)(x)); }
