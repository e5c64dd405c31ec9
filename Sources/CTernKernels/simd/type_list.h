// The element types: the prefix of their functions, how they are stored, and their tag. A new type is a line here, one
// in each_integer.h or each_stored.h, and one in kernels.c.
#pragma once

#include "TernType.h"

#define EACH_TYPE(X) \
    X(bool, uint8_t, TERN_BOOL) \
    X(u8, uint8_t, TERN_UINT8) \
    X(i8, int8_t, TERN_INT8) \
    X(u16, uint16_t, TERN_UINT16) \
    X(i16, int16_t, TERN_INT16) \
    X(u32, uint32_t, TERN_UINT32) \
    X(i32, int32_t, TERN_INT32) \
    X(u64, uint64_t, TERN_UINT64) \
    X(i64, int64_t, TERN_INT64) \
    X(f16, stored_f16, TERN_FLOAT16) \
    X(bf16, stored_bf16, TERN_BFLOAT16) \
    X(f32, float, TERN_FLOAT32) \
    X(f64, double, TERN_FLOAT64)

#define COUNT(prefix, type, tag) +1
_Static_assert(0 EACH_TYPE(COUNT) == TERN_TYPES, "an element type is missing");
#undef COUNT
