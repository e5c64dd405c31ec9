// The one choice of a level: which this CPU can run, and where its tables are.
#include "CTernKernels.h"
#include "type_list.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

#pragma clang diagnostic error "-Wswitch-enum"

// What the kernels of each level may use; simd.h names the same in its attributes.
_Bool tern_level_is_available(TernLevel level) {
#if defined(__x86_64__)
    const _Bool avx2 =
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    const _Bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    const _Bool neon = 0;
#elif defined(__aarch64__)
    const _Bool avx2 = 0, avx512 = 0, neon = 1;
#else
    const _Bool avx2 = 0, avx512 = 0, neon = 0;
#endif
    switch (level) {
    case TERN_LEVEL_PORTABLE: return 1;
    case TERN_LEVEL_NEON: return neon;
    case TERN_LEVEL_AVX2: return avx2;
    case TERN_LEVEL_AVX512: return avx512;
    }
}

TernLevel tern_best_level(void) {
    TernLevel level = TERN_LEVEL_AVX512;
    while (!tern_level_is_available(level)) level--;
    return level;
}

// The tables of one level. `bool` has uint8's where the results are the same.
#define INTEGER_TABLES(tag, type, bytes, level) \
    extern const TernElementwiseKernels tern_elementwise_##type##_##level; \
    extern const TernReduceKernels tern_reduce_##type##_##level; \
    extern const TernIndexKernels tern_index_##type##_##level; \
    extern const TernRandomKernels tern_random_##type##_##level; \
    extern const TernPoolKernels tern_pool_##type##_##level;
#define FLOAT_TABLES(tag, type, real, bytes, level) \
    INTEGER_TABLES(tag, type, bytes, level) \
    extern const TernRowKernels tern_rows_##type##_##level; \
    extern const TernGemmKernels tern_gemm_##type##_##level; \
    extern const TernConvKernels tern_conv_##type##_##level; \
    extern const TernResampleKernels tern_resample_##type##_##level; \
    extern const TernNormalizeKernels tern_normalize_##type##_##level; \
    extern const TernOptimizerKernels tern_optimizer_##type##_##level;
// The types that are computed in have linear algebra besides.
#define LINALG_TABLES(level) \
    extern const TernLinalgKernels tern_linalg_f32_##level; \
    extern const TernLinalgKernels tern_linalg_f64_##level;
#define LINALG_OF_f16(level) 0
#define LINALG_OF_bf16(level) 0
#define LINALG_OF_f32(level) &tern_linalg_f32_##level
#define LINALG_OF_f64(level) &tern_linalg_f64_##level

#define SHARED_ENTRIES(real_, bytes, type_, level) \
    .real = real_, .size = bytes, .elementwise = &tern_elementwise_##type_##_##level, \
    .reduce = &tern_reduce_##type_##_##level, .index = &tern_index_##type_##_##level, \
    .random = &tern_random_##type_##_##level
#define INTEGER_ENTRY(tag, type_, bytes, level) \
    [tag] = {.type = tag, SHARED_ENTRIES(tag, bytes, type_, level), .pool = &tern_pool_##type_##_##level},
#define FLOAT_ENTRY(tag, type_, real_, bytes, level) \
    [tag] = { \
        .type = tag, \
        SHARED_ENTRIES(real_, bytes, type_, level), \
        .rows = &tern_rows_##type_##_##level, \
        .gemm = &tern_gemm_##type_##_##level, \
        .conv = &tern_conv_##type_##_##level, \
        .pool = &tern_pool_##type_##_##level, \
        .resample = &tern_resample_##type_##_##level, \
        .normalize = &tern_normalize_##type_##_##level, \
        .optimizer = &tern_optimizer_##type_##_##level, \
        .linalg = LINALG_OF_##type_(level), \
    },
#define BOOL_ENTRY(level) \
    [TERN_BOOL] = { \
        .type = TERN_BOOL, \
        .real = TERN_BOOL, \
        .size = 1, \
        .elementwise = &tern_elementwise_bool_##level, \
        .reduce = &tern_reduce_u8_##level, \
        .index = &tern_index_u8_##level, \
        .random = &tern_random_bool_##level, \
    },

// A type is one line here.
#define EACH_INTEGER(X, level) \
    X(TERN_UINT8, u8, 1, level) \
    X(TERN_INT8, i8, 1, level) \
    X(TERN_UINT16, u16, 2, level) \
    X(TERN_INT16, i16, 2, level) \
    X(TERN_UINT32, u32, 4, level) \
    X(TERN_INT32, i32, 4, level) \
    X(TERN_UINT64, u64, 8, level) \
    X(TERN_INT64, i64, 8, level)
#define EACH_FLOAT(X, level) \
    X(TERN_FLOAT16, f16, TERN_FLOAT32, 2, level) \
    X(TERN_BFLOAT16, bf16, TERN_FLOAT32, 2, level) \
    X(TERN_FLOAT32, f32, TERN_FLOAT32, 4, level) \
    X(TERN_FLOAT64, f64, TERN_FLOAT64, 8, level)
#define COUNT(...) +1
_Static_assert(1 EACH_INTEGER(COUNT, ) EACH_FLOAT(COUNT, ) == TERN_TYPES, "an element type has no tables");
#undef COUNT

#define LEVEL_TABLES(level) \
    extern const TernElementwiseKernels tern_elementwise_bool_##level; \
    extern const TernRandomKernels tern_random_bool_##level; \
    EACH_INTEGER(INTEGER_TABLES, level) \
    EACH_FLOAT(FLOAT_TABLES, level) \
    LINALG_TABLES(level) \
    static const TernKernels level##_tables[TERN_TYPES] = {BOOL_ENTRY(level) EACH_INTEGER(INTEGER_ENTRY, level) \
                                                               EACH_FLOAT(FLOAT_ENTRY, level)};

// portable_tables, and those of the levels that this architecture has.
LEVEL_TABLES(portable)
#if defined(__x86_64__)
LEVEL_TABLES(avx2)
LEVEL_TABLES(avx512)
#elif defined(__aarch64__)
LEVEL_TABLES(neon)
#endif

const TernKernels *tern_kernels(TernLevel level, TernType type) {
    switch (level) {
#if defined(__x86_64__)
    case TERN_LEVEL_AVX512: return &avx512_tables[type];
    case TERN_LEVEL_AVX2: return &avx2_tables[type];
    case TERN_LEVEL_NEON:
#elif defined(__aarch64__)
    case TERN_LEVEL_NEON: return &neon_tables[type];
    case TERN_LEVEL_AVX2:
    case TERN_LEVEL_AVX512:
#else
    case TERN_LEVEL_NEON:
    case TERN_LEVEL_AVX2:
    case TERN_LEVEL_AVX512:
#endif
    case TERN_LEVEL_PORTABLE: return &portable_tables[type];
    }
}

_Bool tern_has_byte_dots(TernLevel level) {
#if defined(__x86_64__)
    return level == TERN_LEVEL_AVX512 && __builtin_cpu_supports("avx512vnni");
#elif defined(__aarch64__) && defined(__linux__)
    return level == TERN_LEVEL_NEON && getauxval(AT_HWCAP) >> 20 & 1;  // HWCAP_ASIMDDP
#else
    // Apple's processors all have them.
    return level == TERN_LEVEL_NEON;
#endif
}

extern const TernQuantizedKernels tern_quantized_portable;
#if defined(__x86_64__)
extern const TernQuantizedKernels tern_quantized_avx2, tern_quantized_avx512, tern_quantized_avx512_dots;
#elif defined(__aarch64__)
extern const TernQuantizedKernels tern_quantized_neon, tern_quantized_neon_dots;
#endif

// Without and with dot products of bytes; null where this architecture has no such level.
static const TernQuantizedKernels *const quantized_tables[TERN_LEVEL_AVX512 + 1][2] = {
#if defined(__x86_64__)
    [TERN_LEVEL_AVX2] = {&tern_quantized_avx2, &tern_quantized_avx2},
    [TERN_LEVEL_AVX512] = {&tern_quantized_avx512, &tern_quantized_avx512_dots},
#elif defined(__aarch64__)
    [TERN_LEVEL_NEON] = {&tern_quantized_neon, &tern_quantized_neon_dots},
#endif
};

const TernQuantizedKernels *tern_quantized_kernels(TernLevel level, _Bool byte_dots) {
    const TernQuantizedKernels *kernels = quantized_tables[level][byte_dots];
    return kernels ? kernels : &tern_quantized_portable;
}
