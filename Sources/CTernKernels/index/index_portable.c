#define TERN_TARGET_PORTABLE
#include "../simd/simd.h"
#include "index.h"
#include "../simd/simd_end.h"
