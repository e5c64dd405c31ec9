// Products of bytes, see TernQuantize.h: units, copies of activations, linear layers and convolutions.
#include "../simd/sizes.h"
#include "TernQuantize.h"

#if defined(TERN_TARGET_NEON)
#include <arm_neon.h>
#endif

enum { LANES = F32_LANES };

// A unit is four bytes where they are multiplied as such, and two numbers of 16 bits elsewhere: products of bytes that
// are added in pairs to 16 bits would saturate. Arm multiplies signed bytes: activations less 128.
#if defined(TERN_TARGET_NEON)
enum { UNIT = 4, OFFSET = 128 };
#elif defined(TERN_BYTE_DOTS)
enum { UNIT = 4, OFFSET = 0 };
#else
enum { UNIT = 2, OFFSET = 0 };
#endif
enum { UNIT_BITS = 32 / UNIT };
#define UNIT_MASK ((uint32_t)(UNIT == 4 ? 0xFF : 0xFFFF))

// Register tiles: channels by vectors of pixels of a convolution, rows by vectors of outputs of a linear layer.
#if defined(TERN_TARGET_AVX512)
enum { TILE_CHANNELS = 8, TILE_VECTORS = 3, TILE_ROWS = 4, PANEL_VECTORS = 4 };
#elif defined(TERN_TARGET_NEON)
enum { TILE_CHANNELS = 8, TILE_VECTORS = 2, TILE_ROWS = 4, PANEL_VECTORS = 4 };
#else
enum { TILE_CHANNELS = 4, TILE_VECTORS = 2, TILE_ROWS = 4, PANEL_VECTORS = 2 };
#endif

#include "units.h"
#include "copies.h"
#include "linear.h"
#include "geometry.h"
#include "correlate.h"

const TernQuantizedKernels LEVEL_OF(tern_quantized) = {
    .quantize = quantize,
    .linear_bytes = linear_bytes,
    .linear_panels = linear_panels,
    .pack_linear = pack_linear,
    .row_units = row_units,
    .copy_rows = copy_rows,
    .linear = linear,
    .plan_conv = plan_conv,
    .pack_conv = pack_conv,
    .copy_image = copy_image,
    .correlate = correlate,
};
