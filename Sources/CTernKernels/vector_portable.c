#define TERN_TARGET_PORTABLE
#include "simd.h"
#include "vector_impl.h"
#include "simd_end.h"
