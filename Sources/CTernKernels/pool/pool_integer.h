// Integers: of equal ones the first stays.
INLINE bool T(exceeds)(STORED v, STORED best) { return v > best; }
INLINE STORED T(lowest)(void) { return SMALLEST; }
