// Matrix products. For each element type: copies into and out of scratch, register tiles, dot products for products of
// few rows, the plan and the loops over a piece of it.
#include "../simd/sizes.h"
#include "../simd/types.h"
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
    PACK = 128,          // Rows of a, or columns of b, that are packed at a time for all pieces: whole panels.
};

// A panel of b is as wide as a register tile.
#define PANEL (2 * LANES)

#define EACH "../simd/shuffle_real.h"
#include "../simd/each_real.h"
#define EACH "../gemm/tile_real.h"
#include "../simd/each_real.h"
#define EACH "../gemm/plan_real.h"
#include "../simd/each_real.h"
#define EACH "../gemm/copy_stored.h"
#include "../simd/each_stored.h"
#define EACH "../gemm/dots_stored.h"
#include "../simd/each_stored.h"
#define EACH "../gemm/plan_stored.h"
#include "../simd/each_stored.h"
#define EACH "../gemm/piece_stored.h"
#include "../simd/each_stored.h"
