#define TERN_TARGET_PORTABLE
#include "../simd/simd.h"
#include "normalize.h"
#include "../simd/simd_end.h"
