#include "TernGemm.h"

extern const TernGemmKernels tern_gemm_portable, tern_gemm_neon, tern_gemm_avx2, tern_gemm_avx512;

const TernGemmKernels *tern_gemm_kernels(TernLevel level) {
    switch (level) {
#if defined(__x86_64__)
    case TERN_LEVEL_AVX512: return &tern_gemm_avx512;
    case TERN_LEVEL_AVX2: return &tern_gemm_avx2;
#elif defined(__aarch64__)
    case TERN_LEVEL_NEON: return &tern_gemm_neon;
#endif
    default: return &tern_gemm_portable;
    }
}
