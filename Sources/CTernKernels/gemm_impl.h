// Matrix products. For each element type, under the names T, V, ...: copies into and out of scratch, register tiles, dot
// products for products with few rows, the plan and the loops over a piece of it.
#include "TernGemm.h"


// Rows of a register tile, which is two vectors wide: as many as leave registers for two vectors of b and one value of a.
#if defined(TERN_TARGET_AVX512) || defined(TERN_TARGET_NEON)
enum { TILE_ROWS = 14 };
#else
enum { TILE_ROWS = 6 };
#endif

// Whether loading and storing the first lanes alone is as fast as whole vectors.
#if defined(TERN_TARGET_AVX512)
enum { HAS_MASKS = 1 };
#else
enum { HAS_MASKS = 0 };
#endif

enum {
    DOT_ROWS = 3,         // Products with no more rows or columns are computed as dot products, if memory lies so.
    LOCAL_BYTES = 8192,  // Scratch memory that is taken from the stack.
};

INLINE ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
INLINE ptrdiff_t larger(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }
INLINE ptrdiff_t quotient_up(ptrdiff_t a, ptrdiff_t b) { return (a + b - 1) / b; }
INLINE ptrdiff_t round_up(ptrdiff_t a, ptrdiff_t unit) { return quotient_up(a, unit) * unit; }

#define T float
#define V v_f32
#define LANES F32_LANES
#define OP(name) f32_##name
#define TYPED(name) LEVEL(name##_f32)
#if VECTOR_BYTES == 64
#define LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif VECTOR_BYTES == 32
#define LOW 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH 4, 12, 5, 13, 6, 14, 7, 15
#else
#define LOW 0, 4, 1, 5
#define HIGH 2, 6, 3, 7
#endif
#include "gemm_copy.h"
#include "gemm_tile.h"
#include "gemm_dots.h"
#include "gemm_plan.h"
#include "gemm_piece.h"
#undef T
#undef V
#undef LANES
#undef OP
#undef TYPED
#undef LOW
#undef HIGH

#define T double
#define V v_f64
#define LANES F64_LANES
#define OP(name) f64_##name
#define TYPED(name) LEVEL(name##_f64)
#if VECTOR_BYTES == 64
#define LOW 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH 4, 12, 5, 13, 6, 14, 7, 15
#elif VECTOR_BYTES == 32
#define LOW 0, 4, 1, 5
#define HIGH 2, 6, 3, 7
#else
#define LOW 0, 2
#define HIGH 1, 3
#endif
#include "gemm_copy.h"
#include "gemm_tile.h"
#include "gemm_dots.h"
#include "gemm_plan.h"
#include "gemm_piece.h"

static TernGemmPlan LEVEL(plan)(const TernGemm *g) {
    return g->type == TERN_FLOAT64 ? LEVEL(plan_f64)(g) : LEVEL(plan_f32)(g);
}

static void LEVEL(piece)(const TernGemm *g, const TernGemmPlan *plan, ptrdiff_t piece, void *scratch) {
    if (g->type == TERN_FLOAT64) LEVEL(piece_f64)(g, plan, piece, scratch);
    else LEVEL(piece_f32)(g, plan, piece, scratch);
}

const TernGemmKernels LEVEL(tern_gemm) = {LEVEL(plan), LEVEL(piece)};
