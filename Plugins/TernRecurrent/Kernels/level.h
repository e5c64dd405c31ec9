// All kernels of a level, for float and for double.
#include "vector.h"

#define REAL float
#define INT int32_t
#define F(name) f32_##name
#define R(value) value##f
#define IS_DOUBLE 0
#include "real.h"

#define REAL double
#define INT int64_t
#define F(name) f64_##name
#define R(value) value
#define IS_DOUBLE 1
#include "real.h"

#if defined(LEVEL_AVX512) || defined(LEVEL_AVX2)
#pragma clang attribute pop
#endif
