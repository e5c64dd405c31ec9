#include "TernConv.h"

extern const TernConvKernels tern_conv_portable, tern_conv_neon, tern_conv_avx2, tern_conv_avx512;

const TernConvKernels *tern_conv_kernels(TernLevel level) {
#if defined(__x86_64__)
    if (level == TERN_LEVEL_AVX512) return &tern_conv_avx512;
    if (level == TERN_LEVEL_AVX2) return &tern_conv_avx2;
#elif defined(__aarch64__)
    if (level == TERN_LEVEL_NEON) return &tern_conv_neon;
#endif
    return &tern_conv_portable;
}
