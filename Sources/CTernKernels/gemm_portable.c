#define TERN_TARGET_PORTABLE
#include "simd.h"
#include "gemm_impl.h"
#include "simd_end.h"
