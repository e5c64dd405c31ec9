// Sums wrap.
INLINE STORED T(sum_of_scalars)(STORED a, STORED b) { return (STORED)((WRAPPING)a + (WRAPPING)b); }
INLINE STORED T(one)(void) { return 1; }
