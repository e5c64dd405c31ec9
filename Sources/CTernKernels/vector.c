#include "include/TernVector.h"

extern const TernVectorKernels tern_vector_portable;
#if defined(__x86_64__)
extern const TernVectorKernels tern_vector_avx2, tern_vector_avx512;
#elif defined(__aarch64__)
extern const TernVectorKernels tern_vector_neon;
#endif

const TernVectorKernels *tern_vector_kernels(TernLevel level) {
#if defined(__x86_64__)
    if (level == TERN_LEVEL_AVX512) return &tern_vector_avx512;
    if (level == TERN_LEVEL_AVX2) return &tern_vector_avx2;
#elif defined(__aarch64__)
    if (level == TERN_LEVEL_NEON) return &tern_vector_neon;
#endif
    (void)level;
    return &tern_vector_portable;
}
