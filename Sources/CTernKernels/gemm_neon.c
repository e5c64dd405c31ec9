#if defined(__aarch64__)
#define TERN_TARGET_NEON
#include "simd.h"
#include "gemm_impl.h"
#include "simd_end.h"
#endif
