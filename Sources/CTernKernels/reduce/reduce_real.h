// What reductions of floats are made of.

// Values in one block of a reduction: the additions to one lane in the precision of the type are few at every level.
// Blocks are added in order, in double precision.
enum { F(REDUCE_BLOCK) = 64 * F32_LANES };

INLINE VREAL F(accumulate_sum)(VREAL acc, VREAL x) { return acc + x; }
INLINE VREAL F(accumulate_squares)(VREAL acc, VREAL x) { return F(fma)(x, x, acc); }
INLINE VREAL F(accumulate_abs)(VREAL acc, VREAL x) { return acc + F(abs)(x); }
INLINE VREAL F(accumulate_product)(VREAL acc, VREAL x) { return acc * x; }
INLINE VREAL F(accumulate_max)(VREAL acc, VREAL x) { return F(maximum)(x, acc); }
INLINE VREAL F(accumulate_min)(VREAL acc, VREAL x) { return F(minimum)(x, acc); }

INLINE double F(sum_of_doubles)(double a, double b) { return a + b; }
INLINE double F(product_of_doubles)(double a, double b) { return a * b; }
INLINE double F(larger_double)(double a, double b) { return b > a || b != b ? b : a; }
INLINE double F(smaller_double)(double a, double b) { return b < a || b != b ? b : a; }

// Columns whose rows are reduced together, and rows that are combined in the precision of the type. Blocks of rows are
// combined in double precision, in order.
enum { F(ROW_STRIP) = 256, F(ROW_BLOCK) = 16 };
