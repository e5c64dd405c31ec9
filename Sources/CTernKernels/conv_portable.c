#define TERN_TARGET_PORTABLE
#include "simd.h"
#include "conv_impl.h"
#include "simd_end.h"
