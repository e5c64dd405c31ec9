// Conversions between element types: included once a source type with SOURCE, its E(name) and IS_FLOAT defined.

INLINE uint8_t E(to_bool)(SOURCE x) { return x != 0; }
#if IS_FLOAT
// Saturating. Bounds are the first values outside the range that the source type represents; NaN gives 0.
INLINE uint8_t E(to_u8)(SOURCE x) { return x >= 255 ? 255 : x > 0 ? (uint8_t)x : 0; }
INLINE int32_t E(to_i32)(SOURCE x) {
    return x >= (SOURCE)2147483648.0 ? INT32_MAX : x >= (SOURCE)-2147483648.0 ? (int32_t)x : x < 0 ? INT32_MIN : 0;
}
INLINE int64_t E(to_i64)(SOURCE x) {
    return x >= (SOURCE)9223372036854775808.0 ? INT64_MAX
        : x >= (SOURCE)-9223372036854775808.0 ? (int64_t)x
        : x < 0                               ? INT64_MIN
                                              : 0;
}
#else
INLINE uint8_t E(to_u8)(SOURCE x) { return (uint8_t)x; }
INLINE int32_t E(to_i32)(SOURCE x) { return (int32_t)x; }
INLINE int64_t E(to_i64)(SOURCE x) { return (int64_t)x; }
#endif
INLINE float E(to_f32)(SOURCE x) { return (float)x; }
INLINE double E(to_f64)(SOURCE x) { return (double)x; }

#define LOOP(type, function) \
    { \
        type *out = (type *)y; \
        for (ptrdiff_t i = 0; i < n; i++) out[i] = function(x[i]); \
        return; \
    }
static void E(convert_contiguous)(TernType to, ptrdiff_t n, const SOURCE *x, void *y) {
    switch (to) {
    case TERN_BOOL: LOOP(uint8_t, E(to_bool))
    case TERN_UINT8: LOOP(uint8_t, E(to_u8))
    case TERN_INT32: LOOP(int32_t, E(to_i32))
    case TERN_INT64: LOOP(int64_t, E(to_i64))
    case TERN_FLOAT32: LOOP(float, E(to_f32))
    case TERN_FLOAT64: LOOP(double, E(to_f64))
    }
}
#undef LOOP
static void E(convert)(TernType to, ptrdiff_t n, const SOURCE *x, ptrdiff_t sx, void *y) {
    SOURCE buffer[BLOCK];
    ptrdiff_t step = sx == 1 ? n : BLOCK;
    for (ptrdiff_t i = 0; i < n; i += step)
        E(convert_contiguous)(to, least(n - i, step), E(block)(x, sx, i, least(n - i, step), buffer),
                              (char *)y + i * element_size(to));
}

#undef SOURCE
#undef IS_FLOAT
#undef E
