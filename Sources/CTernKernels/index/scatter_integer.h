// Sums and products wrap.
INLINE STORED T(sum_of_scalars)(STORED a, STORED b) { return (STORED)((WRAPPING)a + (WRAPPING)b); }
INLINE STORED T(product_of_scalars)(STORED a, STORED b) { return (STORED)((WRAPPING)a * (WRAPPING)b); }
INLINE STORED T(larger)(STORED a, STORED b) { return a > b ? a : b; }
INLINE STORED T(smaller)(STORED a, STORED b) { return a < b ? a : b; }
INLINE STORED T(one)(void) { return 1; }
INLINE int T(is_nonzero)(STORED a) { return a != 0; }
