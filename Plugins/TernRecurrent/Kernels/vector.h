// Vectors of one level, which LEVEL_<NAME> says; level.h ends what begins here.
#include <stddef.h>
#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif
#include "CTernRecurrent.h"

#if defined(LEVEL_AVX512)
#define VECTOR_BYTES 64
#define LEVEL(name) name##_avx512
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), \
                             apply_to = function)
#elif defined(LEVEL_AVX2)
#define VECTOR_BYTES 32
#define LEVEL(name) name##_avx2
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#else
#define VECTOR_BYTES 16
#define LEVEL(name) name##_portable
#endif

// Vectors that a tile keeps in registers: the others are for a panel's and one value of the rows.
#if defined(LEVEL_AVX512) || defined(__aarch64__)
enum { SUMS = 24 };
#else
enum { SUMS = 12 };
#endif

#if defined(LEVEL_AVX512) || defined(LEVEL_AVX2) || defined(__aarch64__)
#define HAS_FMA 1
#else
#define HAS_FMA 0
#endif

#define INLINE static inline __attribute__((always_inline, unused))
#define LEVEL_OF(name) LEVEL(name)
#define PASTE(a, b) PASTE_EXPANDED(a, b)
#define PASTE_EXPANDED(a, b) a##b
INLINE ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
INLINE ptrdiff_t most(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }
INLINE ptrdiff_t ceil_divide(ptrdiff_t a, ptrdiff_t b) { return (a + b - 1) / b; }
