// Whether `v` takes the place of `best` as the largest: of equal values the first stays, and the first NaN.
INLINE bool F(takes)(REAL v, REAL best) { return !(v <= best) & (best == best); }
INLINE VINT F(takes_lanes)(VREAL v, VREAL best) { return ~(v <= best) & (best == best); }

// The transpose of add_tap.
INLINE void F(spread_tap)(ptrdiff_t stride, ptrdiff_t first, ptrdiff_t last, const REAL *y, REAL *x) {
    for (ptrdiff_t o = first; o < last; o++) x[o * stride] += y[o];
}

// Sums of large windows are added up in double precision after so many additions to one value.
enum { F(POOL_STRIP) = 256, F(POOL_ADDITIONS) = 32 };
