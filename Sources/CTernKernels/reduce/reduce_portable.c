#define TERN_TARGET_PORTABLE
#include "../simd/simd.h"
#include "reduce.h"
#include "../simd/simd_end.h"
