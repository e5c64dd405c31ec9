INLINE bool T(exceeds)(STORED v, STORED best) { return F(takes)(T(get)(v), T(get)(best)); }
INLINE STORED T(lowest)(void) { return T(put)(-(REAL)__builtin_inf()); }
