#define TERN_TARGET_PORTABLE
#include "../simd/simd.h"
#include "random.h"
#include "../simd/simd_end.h"
