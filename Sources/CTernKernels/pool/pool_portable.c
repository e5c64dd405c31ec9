#define TERN_TARGET_PORTABLE
#include "../simd/simd.h"
#include "pool.h"
#include "../simd/simd_end.h"
