#include "TernPool.h"

extern const TernPoolKernels tern_pool_portable, tern_pool_neon, tern_pool_avx2, tern_pool_avx512;

const TernPoolKernels *tern_pool_kernels(TernLevel level) {
#if defined(__x86_64__)
    if (level == TERN_LEVEL_AVX512) return &tern_pool_avx512;
    if (level == TERN_LEVEL_AVX2) return &tern_pool_avx2;
#elif defined(__aarch64__)
    if (level == TERN_LEVEL_NEON) return &tern_pool_neon;
#endif
    return &tern_pool_portable;
}
