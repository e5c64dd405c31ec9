// Conversions of arrays, and constants of a type: plain loops, which the compiler turns into vector code.

INLINE STORED T(of_double)(double x) { return PASTE(f64_to_, TYPE)(x); }
INLINE STORED T(of_int64)(int64_t x) { return PASTE(i64_to_, TYPE)(x); }

#define CONVERT(prefix, type, tag) \
    static void T(convert_to_##prefix)(ptrdiff_t n, const void *x, ptrdiff_t sx, void *y) { \
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

#define CONVERT(prefix, type, tag) [tag] = T(convert_to_##prefix),
static TernUnaryKernel *const T(convert)[TERN_TYPES] = {EACH_TYPE(CONVERT)};
#undef CONVERT
