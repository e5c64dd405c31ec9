// The matrix product of one element type, FLOAT_BITS wide.
#include "../simd/real.h"

// Lanes that the lower and the upper halves of two vectors interleave to.
#if VECTOR_BYTES * 8 / FLOAT_BITS == 16
#define LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif VECTOR_BYTES * 8 / FLOAT_BITS == 8
#define LOW 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH 4, 12, 5, 13, 6, 14, 7, 15
#elif VECTOR_BYTES * 8 / FLOAT_BITS == 4
#define LOW 0, 4, 1, 5
#define HIGH 2, 6, 3, 7
#else
#define LOW 0, 2
#define HIGH 1, 3
#endif

#include "copy_real.h"
#include "tile_real.h"
#include "dots_real.h"
#include "plan_real.h"
#include "piece_real.h"

#undef LOW
#undef HIGH
#include "../simd/real_end.h"
