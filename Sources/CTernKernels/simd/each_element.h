// Includes the header EACH for each integer and float type that lies in memory: see simd.h.
#define EACH_AGAIN
#include "each_integer.h"
#undef EACH_AGAIN
#include "each_stored.h"
