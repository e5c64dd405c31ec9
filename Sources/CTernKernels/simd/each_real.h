// Includes the header EACH for each type that is computed in: see simd.h.
#define FLOAT_BITS 32
#include "real.h"
#include EACH
#include "real_end.h"
#define FLOAT_BITS 64
#include "real.h"
#include EACH
#include "real_end.h"
#undef EACH
