// The choice of a level's tables.
#include "TernIndex.h"
#include "TernNormalize.h"
#include "TernOptimizer.h"
#include "TernRandom.h"
#include "TernVector.h"

#if defined(__x86_64__)
#define CHOOSE(Table, name) \
    extern const Table name##_portable, name##_avx2, name##_avx512; \
    const Table *name##_kernels(TernLevel level) { \
        return level == TERN_LEVEL_AVX512 ? &name##_avx512 : level == TERN_LEVEL_AVX2 ? &name##_avx2 : &name##_portable; \
    }
#elif defined(__aarch64__)
#define CHOOSE(Table, name) \
    extern const Table name##_portable, name##_neon; \
    const Table *name##_kernels(TernLevel level) { return level == TERN_LEVEL_NEON ? &name##_neon : &name##_portable; }
#else
#define CHOOSE(Table, name) \
    extern const Table name##_portable; \
    const Table *name##_kernels(TernLevel level) { \
        (void)level; \
        return &name##_portable; \
    }
#endif

CHOOSE(TernVectorKernels, tern_vector)
CHOOSE(TernNormalizeKernels, tern_normalize)
CHOOSE(TernOptimizerKernels, tern_optimizer)
CHOOSE(TernRandomKernels, tern_random)
CHOOSE(TernIndexKernels, tern_index)
