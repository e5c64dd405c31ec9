// Sums along a row are added up in double precision after every block of so many vectors.
enum { F(SUM_BLOCK) = 32 * LANES };

INLINE REAL F(log_of_scalar)(REAL x) { return F(log)(F(set)(x))[0]; }
