// The optimizer updates of one level: see TernOptimizer.h. They are bound by memory: one pass.
#include "../simd/types.h"
#include "TernOptimizer.h"

#define EACH "../optimizer/optimizer_real.h"
#include "../simd/each_real.h"
#define EACH "../optimizer/optimizer_stored.h"
#include "../simd/each_stored.h"
