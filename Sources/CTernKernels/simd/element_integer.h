// What half.h has for floats.
INLINE STORED T(get)(STORED x) { return x; }
INLINE STORED T(put)(STORED x) { return x; }
