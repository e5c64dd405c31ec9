// Includes the header EACH for each integer type: see simd.h. WRAPPING is an unsigned type that products of the type do
// not leave by promotion to int.

#define STORED uint8_t
#define VALUE STORED
#define WRAPPING unsigned
#define BITS 8
#define IS_SIGNED 0
#define SMALLEST 0
#define LARGEST UINT8_MAX
#define TYPE u8
#define T(name) u8_##name
#define U(name) u8_##name
#include EACH
#include "integer_end.h"

#define STORED int8_t
#define VALUE STORED
#define WRAPPING unsigned
#define BITS 8
#define IS_SIGNED 1
#define SMALLEST INT8_MIN
#define LARGEST INT8_MAX
#define TYPE i8
#define T(name) i8_##name
#define U(name) u8_##name
#include EACH
#include "integer_end.h"

#define STORED uint16_t
#define VALUE STORED
#define WRAPPING unsigned
#define BITS 16
#define IS_SIGNED 0
#define SMALLEST 0
#define LARGEST UINT16_MAX
#define TYPE u16
#define T(name) u16_##name
#define U(name) u16_##name
#include EACH
#include "integer_end.h"

#define STORED int16_t
#define VALUE STORED
#define WRAPPING unsigned
#define BITS 16
#define IS_SIGNED 1
#define SMALLEST INT16_MIN
#define LARGEST INT16_MAX
#define TYPE i16
#define T(name) i16_##name
#define U(name) u16_##name
#include EACH
#include "integer_end.h"

#define STORED uint32_t
#define VALUE STORED
#define WRAPPING uint32_t
#define BITS 32
#define IS_SIGNED 0
#define SMALLEST 0
#define LARGEST UINT32_MAX
#define TYPE u32
#define T(name) u32_##name
#define U(name) u32_##name
#include EACH
#include "integer_end.h"

#define STORED int32_t
#define VALUE STORED
#define WRAPPING uint32_t
#define BITS 32
#define IS_SIGNED 1
#define SMALLEST INT32_MIN
#define LARGEST INT32_MAX
#define TYPE i32
#define T(name) i32_##name
#define U(name) u32_##name
#include EACH
#include "integer_end.h"

#define STORED uint64_t
#define VALUE STORED
#define WRAPPING uint64_t
#define BITS 64
#define IS_SIGNED 0
#define SMALLEST 0
#define LARGEST UINT64_MAX
#define TYPE u64
#define T(name) u64_##name
#define U(name) u64_##name
#include EACH
#include "integer_end.h"

#define STORED int64_t
#define VALUE STORED
#define WRAPPING uint64_t
#define BITS 64
#define IS_SIGNED 1
#define SMALLEST INT64_MIN
#define LARGEST INT64_MAX
#define TYPE i64
#define T(name) i64_##name
#define U(name) u64_##name
#include EACH
#include "integer_end.h"

#ifndef EACH_AGAIN
#undef EACH
#endif
