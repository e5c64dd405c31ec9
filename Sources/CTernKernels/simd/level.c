// The one choice of a level: which this CPU can run, and where its tables are.
#include "CTernKernels.h"

// What the kernels of each level may use; simd.h names the same in its attributes.
_Bool tern_level_is_available(TernLevel level) {
#if defined(__x86_64__)
    const _Bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
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

// The table of a level, which is compiled for the architectures that have it only.
#if defined(__x86_64__)
#define TABLES(Table, name) \
    extern const Table name##_portable, name##_avx2, name##_avx512; \
    static const Table *const name##_tables[TERN_LEVEL_AVX512 + 1] = {[TERN_LEVEL_PORTABLE] = &name##_portable, \
                                                                      [TERN_LEVEL_AVX2] = &name##_avx2, \
                                                                      [TERN_LEVEL_AVX512] = &name##_avx512}
#elif defined(__aarch64__)
#define TABLES(Table, name) \
    extern const Table name##_portable, name##_neon; \
    static const Table *const name##_tables[TERN_LEVEL_AVX512 + 1] = { \
        [TERN_LEVEL_PORTABLE] = &name##_portable, [TERN_LEVEL_NEON] = &name##_neon}
#else
#define TABLES(Table, name) \
    extern const Table name##_portable; \
    static const Table *const name##_tables[TERN_LEVEL_AVX512 + 1] = {[TERN_LEVEL_PORTABLE] = &name##_portable}
#endif

// tern_vector_kernels, tern_index_kernels, tern_optimizer_kernels, tern_random_kernels, tern_normalize_kernels,
// tern_gemm_kernels, tern_conv_kernels, tern_pool_kernels.
#define CHOOSE(Table, name) \
    TABLES(Table, name); \
    const Table *name##_kernels(TernLevel level) { return name##_tables[level]; }

CHOOSE(TernVectorKernels, tern_vector)
CHOOSE(TernIndexKernels, tern_index)
CHOOSE(TernOptimizerKernels, tern_optimizer)
CHOOSE(TernRandomKernels, tern_random)
CHOOSE(TernNormalizeKernels, tern_normalize)
CHOOSE(TernGemmKernels, tern_gemm)
CHOOSE(TernConvKernels, tern_conv)
CHOOSE(TernPoolKernels, tern_pool)
