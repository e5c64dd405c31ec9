// Loops that are the same for every element type: included once a type with ELEMENT and E(name) defined.
// Plain loops, which the compiler turns into vector code.

// The `m` elements from index `i` of a strided operand as contiguous memory; a broadcast one is copied only once.
INLINE const ELEMENT *E(block)(const ELEMENT *x, ptrdiff_t stride, ptrdiff_t i, ptrdiff_t m, ELEMENT *buffer) {
    if (stride == 1) return x + i;
    if (stride != 0 || i == 0)
        for (ptrdiff_t j = 0; j < m; j++) buffer[j] = x[(i + j) * stride];
    return buffer;
}

#define COMPARE_LOOP(operator) \
    for (ptrdiff_t j = 0; j < m; j++) y[i + j] = pa[j] operator pb[j]; \
    break
static void E(compare)(TernCompare op, ptrdiff_t n, const ELEMENT *a, ptrdiff_t sa, const ELEMENT *b, ptrdiff_t sb,
                       uint8_t *y) {
    ELEMENT buffer_a[BLOCK], buffer_b[BLOCK];
    ptrdiff_t step = sa == 1 && sb == 1 ? n : BLOCK;
    for (ptrdiff_t i = 0; i < n; i += step) {
        ptrdiff_t m = least(n - i, step);
        const ELEMENT *pa = E(block)(a, sa, i, m, buffer_a), *pb = E(block)(b, sb, i, m, buffer_b);
        switch (op) {
        case TERN_COMPARE_EQUAL: COMPARE_LOOP(==);
        case TERN_COMPARE_NOT_EQUAL: COMPARE_LOOP(!=);
        case TERN_COMPARE_LESS: COMPARE_LOOP(<);
        case TERN_COMPARE_LESS_EQUAL: COMPARE_LOOP(<=);
        case TERN_COMPARE_GREATER: COMPARE_LOOP(>);
        case TERN_COMPARE_GREATER_EQUAL: COMPARE_LOOP(>=);
        }
    }
}
#undef COMPARE_LOOP

static void E(fill)(ELEMENT value, ptrdiff_t n, ELEMENT *y) {
    for (ptrdiff_t i = 0; i < n; i++) y[i] = value;
}

#undef ELEMENT
#undef E
