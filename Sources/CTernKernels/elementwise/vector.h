// The elementwise kernels of one level: see include/TernVector.h. Operands with strides other than 0 and 1 go through
// blocks of contiguous copies, so that every operation has one contiguous loop.
#include "../simd/sizes.h"
#include "TernVector.h"

// Elements that a strided operand is gathered into at a time.
enum { BLOCK = 256 };

INLINE ptrdiff_t element_size(TernType type) {
    switch (type) {
    case TERN_BOOL:
    case TERN_UINT8: return 1;
    case TERN_INT32:
    case TERN_FLOAT32: return 4;
    case TERN_INT64:
    case TERN_FLOAT64: return 8;
    }
    return 0;
}

#define ELEMENT uint8_t
#define E(name) u8_##name
#include "compare_element.h"
#define ELEMENT int32_t
#define E(name) i32_##name
#include "compare_element.h"
#define ELEMENT int64_t
#define E(name) i64_##name
#include "compare_element.h"
#define ELEMENT float
#define E(name) f32_##name
#include "compare_element.h"
#define ELEMENT double
#define E(name) f64_##name
#include "compare_element.h"

#define ELEMENT uint8_t
#define WRAPPING unsigned
#define IS_SIGNED 0
#define SMALLEST 0
#define LARGEST UINT8_MAX
#define E(name) u8_##name
#include "integer_element.h"
#define ELEMENT int32_t
#define WRAPPING uint32_t
#define IS_SIGNED 1
#define SMALLEST INT32_MIN
#define LARGEST INT32_MAX
#define E(name) i32_##name
#include "integer_element.h"
#define ELEMENT int64_t
#define WRAPPING uint64_t
#define IS_SIGNED 1
#define SMALLEST INT64_MIN
#define LARGEST INT64_MAX
#define E(name) i64_##name
#include "integer_element.h"

#define SOURCE uint8_t
#define IS_FLOAT 0
#define E(name) u8_##name
#include "convert_element.h"
#define SOURCE int32_t
#define IS_FLOAT 0
#define E(name) i32_##name
#include "convert_element.h"
#define SOURCE int64_t
#define IS_FLOAT 0
#define E(name) i64_##name
#include "convert_element.h"
#define SOURCE float
#define IS_FLOAT 1
#define E(name) f32_##name
#include "convert_element.h"
#define SOURCE double
#define IS_FLOAT 1
#define E(name) f64_##name
#include "convert_element.h"

#define FLOAT_BITS 32
#include "../simd/lanes_real.h"
#define FLOAT_BITS 64
#include "../simd/lanes_real.h"
#define FLOAT_BITS 32
#include "../simd/math_exp_real.h"
#define FLOAT_BITS 64
#include "../simd/math_exp_real.h"
#define FLOAT_BITS 32
#include "../simd/math_erf_real.h"
#define FLOAT_BITS 64
#include "../simd/math_erf_real.h"
#include "../simd/math_wide.h"
#define FLOAT_BITS 32
#include "elementwise_real.h"
#define FLOAT_BITS 64
#include "elementwise_real.h"
#define FLOAT_BITS 32
#include "../reduce/reduce_real.h"
#define FLOAT_BITS 64
#include "../reduce/reduce_real.h"
#define FLOAT_BITS 32
#include "../rows/rows_real.h"
#define FLOAT_BITS 64
#include "../rows/rows_real.h"

#include "vector_table.h"
