#pragma once

#include "TernType.h"

// What the accumulators hold before the first product.
typedef enum __attribute__((enum_extensibility(closed))) {
    TERN_GEMM_ZERO,
    TERN_GEMM_ACCUMULATE,   // c's own values
    TERN_GEMM_COLUMN_BIAS,  // bias[n], one value for each column of c
    TERN_GEMM_ROW_BIAS,     // bias[m], one value for each row of c
} TernGemmStart;

// c[m, n] = start + sum over k of a[m, k] * b[k, n], all of one float type. Halves are converted while they are packed,
// summed in float32 and rounded once. Strides are in elements and may be anything,
// 0 and negative included; rows of c are contiguous and c overlaps nothing else. The sums run over k in one order
// that depends on the sizes, the strides and the level alone.
typedef struct {
    TernGemmStart start;
    ptrdiff_t rows, columns, depth;
    const void *_Nullable a;
    ptrdiff_t a_row, a_depth;
    const void *_Nullable b;
    ptrdiff_t b_depth, b_column;
    void *_Nullable c;
    ptrdiff_t c_row;
    const void *_Nullable bias;  // contiguous; read with the two bias starts only
    _Bool may_share;             // whether the caller heeds the plan's `shares`
} TernGemm;

// How a product is cut: independent pieces of c, whose number depends on the product alone and never on the threads
// that compute them, and the memory, aligned to 64 bytes, that each piece needs while it is computed.
typedef struct {
    ptrdiff_t pieces, scratch_bytes;
    // For `piece` alone: the grid of pieces over c, or over the transpose of c where that is computed.
    ptrdiff_t piece_rows, piece_columns, row_pieces, tile_rows, depth_chunk;
    _Bool transposed, packs_a, packs_b, dots;
    // Whether what is packed is packed once for all pieces, `depth_chunk` steps of the depth at a time: for the part
    // that begins at step `done`, all of the `packs` are computed, and then all pieces, into and from the same scratch
    // memory.
    _Bool shares;
    ptrdiff_t packs;
} TernGemmPlan;

typedef struct {
    TernGemmPlan (*_Nonnull plan)(const TernGemm *_Nonnull);
    // Computes piece 0, 1, ... of `plan(g)`; `g` may differ in its pointers from the one that was planned, and be less
    // deep. `done` is 0 unless the plan shares.
    void (*_Nonnull piece)(const TernGemm *_Nonnull g, const TernGemmPlan *_Nonnull, ptrdiff_t piece, ptrdiff_t done,
                           void *_Nullable scratch);
    // NULL for halves, which share nothing.
    void (*_Nullable pack)(const TernGemm *_Nonnull g, const TernGemmPlan *_Nonnull, ptrdiff_t pack, ptrdiff_t done,
                           void *_Nonnull scratch);
    // Multiplies and adds whole registers, `rounds` times and nothing else: the bound on what a product can reach.
    // Gives the number of floating-point operations, and something that depends on them.
    double (*_Nonnull multiply_adds)(ptrdiff_t rounds, double *_Nonnull result);
} TernGemmKernels;
