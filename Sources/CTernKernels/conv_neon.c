#if defined(__aarch64__)
#define TERN_TARGET_NEON
#include "simd.h"
#include "conv_impl.h"
#include "simd_end.h"
#endif
