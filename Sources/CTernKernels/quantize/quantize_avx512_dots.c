#if defined(__x86_64__)
#define TERN_TARGET_AVX512
#define TERN_BYTE_DOTS
#include "../simd/simd.h"
#include "quantize.h"
#include "../simd/simd_end.h"
#endif
