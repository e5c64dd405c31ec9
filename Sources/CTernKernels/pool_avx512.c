#if defined(__x86_64__)
#define TERN_TARGET_AVX512
#include "simd.h"
#include "pool_impl.h"
#include "simd_end.h"
#endif
