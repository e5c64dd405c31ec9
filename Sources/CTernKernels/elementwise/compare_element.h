// Comparisons: plain loops, which the compiler turns into vector code.

#define COMPARE(name, operator) \
    OUTLINE void T(name)(ptrdiff_t n, const void *a, ptrdiff_t sa, const void *b, ptrdiff_t sb, uint8_t *y) { \
        STORED buffer_a[BLOCK], buffer_b[BLOCK]; \
        const ptrdiff_t step = sa == 1 && sb == 1 ? n : BLOCK; \
        for (ptrdiff_t i = 0; i < n; i += step) { \
            const ptrdiff_t m = least(n - i, step); \
            const STORED *from_a = T(block)(a, sa, i, m, buffer_a), *from_b = T(block)(b, sb, i, m, buffer_b); \
            SHORT_LOOP \
            for (ptrdiff_t j = 0; j < m; j++) y[i + j] = T(get)(from_a[j]) operator T(get)(from_b[j]); \
        } \
    }
COMPARE(equal, ==)
COMPARE(not_equal, !=)
COMPARE(less, <)
COMPARE(less_equal, <=)
#undef COMPARE
static void T(greater)(ptrdiff_t n, const void *a, ptrdiff_t sa, const void *b, ptrdiff_t sb, uint8_t *y) {
    T(less)(n, b, sb, a, sa, y);
}
static void T(greater_equal)(ptrdiff_t n, const void *a, ptrdiff_t sa, const void *b, ptrdiff_t sb, uint8_t *y) {
    T(less_equal)(n, b, sb, a, sa, y);
}

static TernCompareKernel *const T(compare)[TERN_COMPARE_GREATER_EQUAL + 1] = {
    [TERN_COMPARE_EQUAL] = T(equal),     [TERN_COMPARE_NOT_EQUAL] = T(not_equal),
    [TERN_COMPARE_LESS] = T(less),       [TERN_COMPARE_LESS_EQUAL] = T(less_equal),
    [TERN_COMPARE_GREATER] = T(greater), [TERN_COMPARE_GREATER_EQUAL] = T(greater_equal),
};

INLINE void T(fill_value)(STORED value, ptrdiff_t n, STORED *y) {
    for (ptrdiff_t i = 0; i < n; i++) y[i] = value;
}
