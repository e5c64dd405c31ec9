#include "CTernRecurrent.h"

#define TABLES(level) \
    extern const TernRecurrentKernels tern_recurrent_f32_kernels_##level, tern_recurrent_f64_kernels_##level;
TABLES(portable)
#if defined(__x86_64__)
TABLES(avx2)
TABLES(avx512)
#endif

#pragma clang diagnostic error "-Wswitch-enum"
const TernRecurrentKernels *tern_recurrent_kernels(TernRecurrentLevel level, int bytes) {
    switch (level) {
    case TERN_RECURRENT_PORTABLE:
        return bytes == 4 ? &tern_recurrent_f32_kernels_portable : &tern_recurrent_f64_kernels_portable;
#if defined(__x86_64__)
    case TERN_RECURRENT_AVX2: return bytes == 4 ? &tern_recurrent_f32_kernels_avx2 : &tern_recurrent_f64_kernels_avx2;
    case TERN_RECURRENT_AVX512:
        return bytes == 4 ? &tern_recurrent_f32_kernels_avx512 : &tern_recurrent_f64_kernels_avx512;
#else
    case TERN_RECURRENT_AVX2:
    case TERN_RECURRENT_AVX512: return 0;
#endif
    }
}
