#include "TernLevel.h"

_Bool tern_level_is_available(TernLevel level) {
    switch (level) {
    case TERN_LEVEL_PORTABLE:
        return 1;
    case TERN_LEVEL_NEON:
#if defined(__aarch64__)
        return 1;
#else
        return 0;
#endif
    case TERN_LEVEL_AVX2:
#if defined(__x86_64__)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
        return 0;
#endif
    case TERN_LEVEL_AVX512:
#if defined(__x86_64__)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("fma");
#else
        return 0;
#endif
    }
    return 0;
}

TernLevel tern_best_level(void) {
    for (int level = TERN_LEVEL_AVX512; level > TERN_LEVEL_PORTABLE; level--)
        if (tern_level_is_available((TernLevel)level)) return (TernLevel)level;
    return TERN_LEVEL_PORTABLE;
}
