#if defined(__x86_64__)
#define TERN_TARGET_AVX2
#include "simd.h"
#include "vector_impl.h"
#include "normalize_impl.h"
#include "optimizer_impl.h"
#include "random_impl.h"
#include "index_impl.h"
#include "simd_end.h"
#endif
