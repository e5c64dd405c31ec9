#include "../simd/real.h"
#include "../simd/shuffle_real.h"
#include "pool_real.h"
#include "../simd/real_end.h"
