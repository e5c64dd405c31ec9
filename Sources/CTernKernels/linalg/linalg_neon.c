#if defined(__aarch64__)
#define TERN_TARGET_NEON
#include "../simd/simd.h"
#include "linalg.h"
#include "../simd/simd_end.h"
#endif
