#if defined(__x86_64__)
#define TERN_TARGET_AVX2
#include "simd.h"
#include "gemm_impl.h"
#include "simd_end.h"
#endif
