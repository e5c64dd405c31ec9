#if defined(__aarch64__)
#define TERN_TARGET_NEON
#define TERN_BYTE_DOTS
#include "../simd/simd.h"
#include "quantize.h"
#include "../simd/simd_end.h"
#endif
