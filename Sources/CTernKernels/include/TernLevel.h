#pragma once

// A member of a table of functions that are all present.
#define TERN_FN(name) (*_Nonnull name)

// The instruction sets that the kernels are compiled for, in order of preference on one architecture.
typedef enum __attribute__((enum_extensibility(closed))) {
    TERN_LEVEL_PORTABLE = 0,
    TERN_LEVEL_NEON = 1,
    TERN_LEVEL_AVX2 = 2,
    TERN_LEVEL_AVX512 = 3,
} TernLevel;

// The best level that this CPU and operating system support.
TernLevel tern_best_level(void);

// Whether this CPU can run `level`.
_Bool tern_level_is_available(TernLevel level);

// Tells the CPU that this is a spin-wait loop.
static inline void tern_cpu_relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}
