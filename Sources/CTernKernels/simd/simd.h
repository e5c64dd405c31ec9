// One vector abstraction for all levels. A kernel is written once in an `*_impl.h` file on the types and functions
// below; `<kernel>_<level>.c` files define TERN_TARGET_<LEVEL>, include this header and then the implementation:
//
//     #define TERN_TARGET_AVX512
//     #include "../simd/simd.h"
//     #include "vector.h"
//     #include "../simd/simd_end.h"
//
// Everything between is compiled for that instruction set by an attribute, so no compiler flag is needed and the
// package stays usable as a dependency. LEVEL(name) gives the level's own name of a function or table. With
// TERN_BYTE_DOTS besides, kernels may use the level's dot products of bytes, which not every such CPU has.
#pragma once

#include <stddef.h>
#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(TERN_TARGET_AVX512)
#define VECTOR_BYTES 64
#if defined(TERN_BYTE_DOTS)
#define LEVEL(name) name##_avx512_dots
#else
#define LEVEL(name) name##_avx512
#endif
#elif defined(TERN_TARGET_AVX2)
#define VECTOR_BYTES 32
#define LEVEL(name) name##_avx2
#elif defined(TERN_TARGET_NEON)
#define VECTOR_BYTES 16
#if defined(TERN_BYTE_DOTS)
#define LEVEL(name) name##_neon_dots
#else
#define LEVEL(name) name##_neon
#endif
#elif defined(TERN_TARGET_PORTABLE)
#define VECTOR_BYTES 16
#define LEVEL(name) name##_portable
#else
#error "define TERN_TARGET_<LEVEL> before including simd.h"
#endif

#if defined(TERN_TARGET_AVX512) && defined(TERN_BYTE_DOTS)
#pragma clang attribute push(__attribute__((target("avx512vnni,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), \
                             apply_to = function)
#elif defined(TERN_TARGET_AVX512)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), \
                             apply_to = function)
#elif defined(TERN_TARGET_AVX2)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#elif defined(TERN_TARGET_NEON) && defined(TERN_BYTE_DOTS)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#endif

// A switch names every case: nothing is done by default to what is new.
#pragma clang diagnostic error "-Wswitch-enum"

enum { F32_LANES = VECTOR_BYTES / 4, F64_LANES = VECTOR_BYTES / 8 };

typedef float v_f32 __attribute__((vector_size(VECTOR_BYTES)));
typedef double v_f64 __attribute__((vector_size(VECTOR_BYTES)));
typedef int32_t v_i32 __attribute__((vector_size(VECTOR_BYTES)));
typedef int64_t v_i64 __attribute__((vector_size(VECTOR_BYTES)));
typedef uint32_t v_u32 __attribute__((vector_size(VECTOR_BYTES)));
typedef v_f32 v_f32_unaligned __attribute__((aligned(4), may_alias));
typedef v_f64 v_f64_unaligned __attribute__((aligned(8), may_alias));

// tern_<family>_<type>_<level>, where TYPE is the prefix of the type.
#define TABLE(family) TABLE_OF(family, TYPE)
#define TABLE_OF(family, type) TABLE_NAME(family, type)
#define TABLE_NAME(family, type) LEVEL_OF(tern_##family##_##type)
#define LEVEL_OF(name) LEVEL(name)
#define PASTE(a, b) PASTE_EXPANDED(a, b)
#define PASTE_EXPANDED(a, b) a##b

// Before a plain loop: vectors, but few at a time, for there are many such loops; or none, where no vector instruction
// computes it.
#define SHORT_LOOP _Pragma("clang loop interleave_count(2) unroll(disable)")
#define SCALAR_LOOP _Pragma("clang loop vectorize(disable) unroll(disable)")

// Elements that a strided operand is gathered into at a time.
enum { BLOCK = 256 };

#define INLINE static inline __attribute__((always_inline, unused))
// What many kernels call and none should have a copy of.
#define OUTLINE static __attribute__((noinline, unused))

INLINE v_f32 f32_load(const float *p) { return *(const v_f32_unaligned *)p; }
INLINE v_f64 f64_load(const double *p) { return *(const v_f64_unaligned *)p; }
INLINE void f32_store(float *p, v_f32 v) { *(v_f32_unaligned *)p = v; }
INLINE void f64_store(double *p, v_f64 v) { *(v_f64_unaligned *)p = v; }
INLINE v_f32 f32_set(float x) { return x - (v_f32){}; }
INLINE v_f64 f64_set(double x) { return x - (v_f64){}; }

// a * b + c: one rounding where the level has FMA, two on a portable build without it.
INLINE v_f32 f32_fma(v_f32 a, v_f32 b, v_f32 c) {
#if defined(TERN_TARGET_PORTABLE)
    return a * b + c;
#else
    return __builtin_elementwise_fma(a, b, c);
#endif
}
INLINE v_f64 f64_fma(v_f64 a, v_f64 b, v_f64 c) {
#if defined(TERN_TARGET_PORTABLE)
    return a * b + c;
#else
    return __builtin_elementwise_fma(a, b, c);
#endif
}

// Loads and stores of the first `n` lanes, 0 <= n <= lanes; lanes not loaded are zero. Memory past them is not touched.
#if defined(TERN_TARGET_AVX512)
INLINE v_f32 f32_load_first(const float *p, ptrdiff_t n) {
    return (v_f32)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}
INLINE void f32_store_first(float *p, v_f32 v, ptrdiff_t n) {
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)v);
}
INLINE v_f64 f64_load_first(const double *p, ptrdiff_t n) {
    return (v_f64)_mm512_maskz_loadu_pd((__mmask8)((1u << n) - 1), p);
}
INLINE void f64_store_first(double *p, v_f64 v, ptrdiff_t n) {
    _mm512_mask_storeu_pd(p, (__mmask8)((1u << n) - 1), (__m512d)v);
}
#elif defined(TERN_TARGET_AVX2)
INLINE v_i32 i32_first(ptrdiff_t n) { return ((v_i32){0, 1, 2, 3, 4, 5, 6, 7}) < (int32_t)n; }
INLINE v_i64 i64_first(ptrdiff_t n) { return ((v_i64){0, 1, 2, 3}) < (int64_t)n; }
INLINE v_f32 f32_load_first(const float *p, ptrdiff_t n) { return (v_f32)_mm256_maskload_ps(p, (__m256i)i32_first(n)); }
// A masked store takes 12 cycles on AMD's processors, and its parts at most 5.
INLINE void f32_store_first(float *p, v_f32 v, ptrdiff_t n) {
    if (n & 8) return f32_store(p, v);
    __m128 part = _mm256_castps256_ps128((__m256)v);
    if (n & 4) {
        _mm_storeu_ps(p, part);
        part = _mm256_extractf128_ps((__m256)v, 1);
        p += 4;
    }
    if (n & 2) {
        _mm_storel_pi((__m64 *)p, part);
        part = _mm_movehl_ps(part, part);
        p += 2;
    }
    if (n & 1) _mm_store_ss(p, part);
}
INLINE v_f64 f64_load_first(const double *p, ptrdiff_t n) {
    return (v_f64)_mm256_maskload_pd(p, (__m256i)i64_first(n));
}
INLINE void f64_store_first(double *p, v_f64 v, ptrdiff_t n) {
    if (n & 4) return f64_store(p, v);
    __m128d part = _mm256_castpd256_pd128((__m256d)v);
    if (n & 2) {
        _mm_storeu_pd(p, part);
        part = _mm256_extractf128_pd((__m256d)v, 1);
        p += 2;
    }
    if (n & 1) _mm_store_sd(p, part);
}
#else
INLINE v_f32 f32_load_first(const float *p, ptrdiff_t n) {
    v_f32 v = {};
    for (ptrdiff_t i = 0; i < n; i++) v[i] = p[i];
    return v;
}
INLINE void f32_store_first(float *p, v_f32 v, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) p[i] = v[i];
}
INLINE v_f64 f64_load_first(const double *p, ptrdiff_t n) {
    v_f64 v = {};
    for (ptrdiff_t i = 0; i < n; i++) v[i] = p[i];
    return v;
}
INLINE void f64_store_first(double *p, v_f64 v, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) p[i] = v[i];
}
#endif

// Sum of all lanes, halves added pairwise: the same order at every call.
INLINE float f32_sum(v_f32 v) {
    float lanes[F32_LANES];
    f32_store(lanes, v);
    for (int width = F32_LANES / 2; width > 0; width /= 2)
        for (int i = 0; i < width; i++) lanes[i] += lanes[i + width];
    return lanes[0];
}
INLINE double f64_sum(v_f64 v) {
    double lanes[F64_LANES];
    f64_store(lanes, v);
    for (int width = F64_LANES / 2; width > 0; width /= 2)
        for (int i = 0; i < width; i++) lanes[i] += lanes[i + width];
    return lanes[0];
}

// mask ? a : b, lane by lane, with the mask that a comparison of vectors gives.
INLINE v_f32 f32_select(v_i32 mask, v_f32 a, v_f32 b) { return (v_f32)((mask & (v_i32)a) | (~mask & (v_i32)b)); }
INLINE v_f64 f64_select(v_i64 mask, v_f64 a, v_f64 b) { return (v_f64)((mask & (v_i64)a) | (~mask & (v_i64)b)); }
