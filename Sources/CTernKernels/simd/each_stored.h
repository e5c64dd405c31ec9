// Includes the header EACH for each float type that lies in memory: see simd.h. STORED_IS_REAL: no conversion is
// needed.

#define FLOAT_BITS 32
#define STORED float
#define VALUE REAL
#define STORED_IS_REAL 1
#define TYPE f32
#define T(name) f32_##name
#define U(name) u32_##name
#define BITS_OF_STORED uint32_t
#include "real.h"
#include EACH
#include "real_end.h"
#include "stored_end.h"

#define FLOAT_BITS 64
#define STORED double
#define VALUE REAL
#define STORED_IS_REAL 1
#define TYPE f64
#define T(name) f64_##name
#define U(name) u64_##name
#define BITS_OF_STORED uint64_t
#include "real.h"
#include EACH
#include "real_end.h"
#include "stored_end.h"

#define FLOAT_BITS 32
#define STORED stored_f16
#define VALUE REAL
#define STORED_IS_REAL 0
#define TYPE f16
#define T(name) f16_##name
#define U(name) u16_##name
#define BITS_OF_STORED uint16_t
#include "real.h"
#include EACH
#include "real_end.h"
#include "stored_end.h"

#define FLOAT_BITS 32
#define STORED stored_bf16
#define VALUE REAL
#define STORED_IS_REAL 0
#define TYPE bf16
#define T(name) bf16_##name
#define U(name) u16_##name
#define BITS_OF_STORED uint16_t
#include "real.h"
#include EACH
#include "real_end.h"
#include "stored_end.h"

#ifndef EACH_AGAIN
#undef EACH
#endif
