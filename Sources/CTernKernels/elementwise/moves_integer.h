// What only moves bits, written once for the unsigned integer of each size; other types use it as U(name).
#if !IS_SIGNED
static void T(copy)(ptrdiff_t n, const void *x, ptrdiff_t sx, void *y, ptrdiff_t sy) {
    const STORED *from = x;
    STORED *to = y;
    if (sx == 1 && sy == 1) {
        __builtin_memmove(to, from, (size_t)n * sizeof(STORED));
    } else if (sx == 0 && sy == 1) {
        STORED value = *from;
        for (ptrdiff_t i = 0; i < n; i++) to[i] = value;
    } else if (sy == 1) {
        for (ptrdiff_t i = 0; i < n; i++) to[i] = from[i * sx];
    } else {
        for (ptrdiff_t i = 0; i < n; i++) to[i * sy] = from[i * sx];
    }
}

static void T(select)(ptrdiff_t n, const uint8_t *c, ptrdiff_t sc, const void *a, ptrdiff_t sa, const void *b,
                      ptrdiff_t sb, void *y) {
    const STORED *pa = a, *pb = b;
    STORED *to = y;
    if (sc == 1 && sa == 1 && sb == 1)
        for (ptrdiff_t i = 0; i < n; i++) to[i] = c[i] ? pa[i] : pb[i];
    else
        for (ptrdiff_t i = 0; i < n; i++) to[i] = c[i * sc] ? pa[i * sa] : pb[i * sb];
}
#endif
