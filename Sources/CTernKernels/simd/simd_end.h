// Ends what simd.h began: see there.
#if defined(TERN_TARGET_AVX512) || defined(TERN_TARGET_AVX2)
#pragma clang attribute pop
#endif
