#define TERN_TARGET_PORTABLE
#include "../simd/simd.h"
#include "elementwise.h"
#include "../simd/simd_end.h"
