#define TERN_TARGET_PORTABLE
#include "../simd/simd.h"
#include "optimizer.h"
#include "../simd/simd_end.h"
