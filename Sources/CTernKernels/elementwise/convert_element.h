// Conversions of arrays, and constants of a type: plain loops, which the compiler turns into vector code.

INLINE STORED T(of_double)(double x) { return PASTE(f64_to_, TYPE)(x); }
INLINE STORED T(of_int64)(int64_t x) { return PASTE(i64_to_, TYPE)(x); }

// Halves have kernels of their own to floats; to other types they go by way of these, a block at a time.
#if defined(BITS) || STORED_IS_REAL
#define BY_REAL(prefix, type, tag)
#else
static void T(convert_to_f32)(ptrdiff_t n, const void *x, ptrdiff_t sx, void *y);
OUTLINE void T(convert_by_real)(TernUnaryKernel *kernel, ptrdiff_t size, ptrdiff_t n, const STORED *x, ptrdiff_t sx,
                                char *y) {
    float buffer[BLOCK];
    for (ptrdiff_t i = 0; i < n; i += BLOCK) {
        const ptrdiff_t m = least(n - i, BLOCK);
        T(convert_to_f32)(m, x + i * sx, sx, buffer);
        kernel(m, buffer, 1, y + i * size);
    }
}
#define BY_REAL(prefix, type, tag) \
    if (tag != TERN_FLOAT16 && tag != TERN_BFLOAT16 && tag != TERN_FLOAT32) \
        return T(convert_by_real)(f32_convert_to_##prefix, sizeof(type), n, x, sx, y);
#endif

#define CONVERT(prefix, type, tag) \
    static void T(convert_to_##prefix)(ptrdiff_t n, const void *x, ptrdiff_t sx, void *y) { \
        BY_REAL(prefix, type, tag) \
        STORED buffer[BLOCK]; \
        const ptrdiff_t step = sx == 1 ? n : BLOCK; \
        for (ptrdiff_t i = 0; i < n; i += step) { \
            const ptrdiff_t m = least(n - i, step); \
            const STORED *from = T(block)(x, sx, i, m, buffer); \
            type *to = (type *)y + i; \
            SHORT_LOOP \
            for (ptrdiff_t j = 0; j < m; j++) to[j] = T(to_##prefix)(T(get)(from[j])); \
        } \
    }
// convert_to_bool ... convert_to_f64
EACH_TYPE(CONVERT)
#undef CONVERT
#undef BY_REAL

#define CONVERT(prefix, type, tag) [tag] = T(convert_to_##prefix),
static TernUnaryKernel *const T(convert)[TERN_TYPES] = {EACH_TYPE(CONVERT)};
#undef CONVERT
