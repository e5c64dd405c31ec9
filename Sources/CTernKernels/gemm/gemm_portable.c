#define TERN_TARGET_PORTABLE
#include "../simd/simd.h"
#include "gemm.h"
#include "../simd/simd_end.h"
