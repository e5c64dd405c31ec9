#define TERN_TARGET_PORTABLE
#include "../simd/simd.h"
#include "resample.h"
#include "../simd/simd_end.h"
