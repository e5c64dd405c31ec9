#if defined(__x86_64__)
#define TERN_TARGET_AVX2
#include "../simd/simd.h"
#include "vector.h"
#include "../normalize/normalize.h"
#include "../optimizer/optimizer.h"
#include "../random/random.h"
#include "../index/index.h"
#include "../simd/simd_end.h"
#endif
