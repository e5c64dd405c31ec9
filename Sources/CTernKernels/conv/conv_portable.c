#define TERN_TARGET_PORTABLE
#include "../simd/simd.h"
#include "conv.h"
#include "../simd/simd_end.h"
