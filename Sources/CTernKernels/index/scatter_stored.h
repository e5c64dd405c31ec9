INLINE STORED T(sum_of_scalars)(STORED a, STORED b) { return T(put)(T(get)(a) + T(get)(b)); }
INLINE STORED T(one)(void) { return T(put)(1); }
