#define TERN_TARGET_PORTABLE
#include "simd.h"
#include "pool_impl.h"
#include "simd_end.h"
