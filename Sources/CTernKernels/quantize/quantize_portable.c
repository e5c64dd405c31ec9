#define TERN_TARGET_PORTABLE
#include "../simd/simd.h"
#include "quantize.h"
#include "../simd/simd_end.h"
