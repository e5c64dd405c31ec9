// The names of code for float32 and float64, FLOAT_BITS 32 and 64: see simd.h. real_end.h takes them away again.
#if FLOAT_BITS == 32
#define REAL float
#define VREAL v_f32
#define INT int32_t
#define UINT uint32_t
#define VINT v_i32
#define LANES F32_LANES
#define MANTISSA_BITS 23
#define EXPONENT_BIAS 127
#define F(name) f32_##name
#define R(literal) literal##f
#define LIBM(name) __builtin_##name##f
#elif FLOAT_BITS == 64
#define REAL double
#define VREAL v_f64
#define INT int64_t
#define UINT uint64_t
#define VINT v_i64
#define LANES F64_LANES
#define MANTISSA_BITS 52
#define EXPONENT_BIAS 1023
#define F(name) f64_##name
#define R(literal) literal
#define LIBM(name) __builtin_##name
#else
#error "define FLOAT_BITS as 32 or 64"
#endif
