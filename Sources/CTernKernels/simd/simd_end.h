// Ends what simd.h began: see there.
#if defined(TERN_TARGET_AVX512) || defined(TERN_TARGET_AVX2) || (defined(TERN_TARGET_NEON) && defined(TERN_BYTE_DOTS))
#pragma clang attribute pop
#endif
