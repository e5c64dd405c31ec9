INLINE STORED T(sum_of_scalars)(STORED a, STORED b) { return T(put)(T(get)(a) + T(get)(b)); }
INLINE STORED T(product_of_scalars)(STORED a, STORED b) { return T(put)(T(get)(a) * T(get)(b)); }
INLINE STORED T(larger)(STORED a, STORED b) { return T(get)(a) > T(get)(b) || T(get)(a) != T(get)(a) ? a : b; }
INLINE STORED T(smaller)(STORED a, STORED b) { return T(get)(a) < T(get)(b) || T(get)(a) != T(get)(a) ? a : b; }
INLINE STORED T(one)(void) { return T(put)(1); }
INLINE int T(is_nonzero)(STORED a) { return T(get)(a) != 0; }
