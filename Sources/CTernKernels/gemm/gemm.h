// Matrix products. For each element type: copies into and out of scratch, register tiles, dot products for products of
// few rows, the plan and the loops over a piece of it.
#include "../simd/sizes.h"
#include "TernGemm.h"

// Rows of a register tile, which is two vectors wide: they leave registers for two vectors of b and one value of a.
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
    DOT_ROWS = 3,        // Products with no more rows or columns are computed as dot products, if memory lies so.
    DOT_BLOCK = 64,      // Steps of a dot product that are added to one lane, before it is added to those of others.
    LOCAL_BYTES = 8192,  // Scratch memory that is taken from the stack.
};

// A panel of b is as wide as a register tile.
#define PANEL (2 * LANES)

#define FLOAT_BITS 32
#include "gemm_typed.h"
#define FLOAT_BITS 64
#include "gemm_typed.h"

static TernGemmPlan LEVEL(plan)(const TernGemm *g) { return g->type == TERN_FLOAT64 ? f64_plan(g) : f32_plan(g); }

static void LEVEL(piece)(const TernGemm *g, const TernGemmPlan *plan, ptrdiff_t piece, void *scratch) {
    if (g->type == TERN_FLOAT64) f64_piece(g, plan, piece, scratch);
    else f32_piece(g, plan, piece, scratch);
}

const TernGemmKernels LEVEL(tern_gemm) = {LEVEL(plan), LEVEL(piece)};
