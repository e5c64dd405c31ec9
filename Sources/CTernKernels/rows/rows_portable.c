#define TERN_TARGET_PORTABLE
#include "../simd/simd.h"
#include "rows.h"
#include "../simd/simd_end.h"
