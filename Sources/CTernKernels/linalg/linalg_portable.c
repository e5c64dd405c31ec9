#define TERN_TARGET_PORTABLE
#include "../simd/simd.h"
#include "linalg.h"
#include "../simd/simd_end.h"
