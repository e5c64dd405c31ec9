#if defined(__aarch64__)
#define TERN_TARGET_NEON
#include "../simd/simd.h"
#include "reduce.h"
#include "../simd/simd_end.h"
#endif
