#pragma once

#include "TernType.h"

// A run of plane rotations of neighbouring rows: rotation r of `count` turns rows p and p + 1 with p = first + r *
// step, step being 1 or -1, into c row(p) + s row(p + 1) and c row(p + 1) - s row(p), with c and s from `at + r` on.
typedef struct {
    ptrdiff_t first, count, step, at;
} TernSweep;

// Inner loops of linear algebra, for float32 and float64. Matrices are row-major with `row` elements from one row to
// the next, unless a second stride is given. A Householder reflection I - tau v v^T is kept as tau and v, whose first
// element is 1 and stands where it eliminated.
typedef struct {
    // to[j, i] = from[i, j]
    void TERN_FN(transposed)(ptrdiff_t rows, ptrdiff_t columns, const void *_Nonnull from, ptrdiff_t from_row,
                             void *_Nonnull to, ptrdiff_t to_row);
    // a = u^T u: the upper triangle of a small symmetric a, which alone is read, becomes u. The first row whose pivot
    // is not positive, where it stops, or n.
    ptrdiff_t TERN_FN(cholesky)(ptrdiff_t n, void *_Nonnull a, ptrdiff_t row);
    // x := t^-1 x for a small lower triangular t, read up to its diagonal (not with it if `unit`: it is 1 then).
    void TERN_FN(solve)(ptrdiff_t n, ptrdiff_t columns, const void *_Nonnull t, ptrdiff_t t_row, ptrdiff_t t_column,
                        _Bool unit, void *_Nonnull x, ptrdiff_t x_row);
    // Gauss's elimination of a panel that is given transposed, as `qr`'s: column j of n elements becomes u's on and
    // above the diagonal, and l's below it, where the ones on its diagonal are not stored. Rows j and pivots[j] >= j
    // are exchanged, in the order of j. A column without a pivot but 0 is left as it is.
    void TERN_FN(lu)(ptrdiff_t columns, ptrdiff_t n, void *_Nonnull a, ptrdiff_t row, int64_t *_Nonnull pivots);
    // Makes x a reflection's v (1 in front), which turns the old x into (beta, 0, 0 ...). The result is tau.
    double TERN_FN(reflection)(ptrdiff_t n, void *_Nonnull x, double *_Nonnull beta);
    // Householder's QR of a panel that is given transposed: row j of `a` is column j of n elements. Row j becomes what
    // r has above its diagonal, r's diagonal, and behind that v without its 1; tau[j] is a REAL.
    void TERN_FN(qr)(ptrdiff_t columns, ptrdiff_t n, void *_Nonnull a, ptrdiff_t row, void *_Nonnull tau);
    // The upper triangular t with H_0 H_1 ... = I - v t v^T, out of gram = v^T v; zeros below.
    void TERN_FN(block_reflection)(ptrdiff_t n, const void *_Nonnull gram, const void *_Nonnull tau, void *_Nonnull t);
    // y := sum over the rows of u[i] a[i, .].
    void TERN_FN(combine)(ptrdiff_t rows, ptrdiff_t columns, const void *_Nonnull a, ptrdiff_t row,
                          const void *_Nonnull u, void *_Nonnull y);
    // a[i, .] -= x[i] v + u[i] w, and then y[i] = the dot product of a[i, .] and z.
    void TERN_FN(update)(ptrdiff_t rows, ptrdiff_t columns, void *_Nonnull a, ptrdiff_t row, const void *_Nonnull x,
                         const void *_Nonnull v, const void *_Nonnull u, const void *_Nonnull w, const void *_Nonnull z,
                         void *_Nonnull y);
    // Applies sweeps, one after the other, to `columns` columns of `rows` rows. Scratch memory, aligned to 64 bytes,
    // holds 256 bytes a row.
    void TERN_FN(rotate)(ptrdiff_t sweeps, const TernSweep *_Nonnull, const void *_Nonnull c, const void *_Nonnull s,
                         ptrdiff_t rows, ptrdiff_t columns, void *_Nonnull a, ptrdiff_t row, void *_Nonnull scratch);
} TernLinalgKernels;
