#pragma once

#include <stddef.h>
#include <stdint.h>

#include "TernLevel.h"
#include "TernVector.h"

// Random numbers of Philox4x32-10 (Salmon et al., 2011). A block of four 32-bit words depends on the key and the
// block's number (`counter` + i, the upper half of Philox's own counter is 0) alone. Every function writes the elements
// first ..< first + n of a stream that starts at block `counter`: the same bits for any way to cut a range in pieces
// and at every level. Words an element: 1, but 2 for float64 (uniform, normal) and for integers. So a stream of n
// elements takes (words n + 3) / 4 blocks.
typedef struct {
    void TERN_FN(bits)(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, uint32_t *_Nonnull y);
    // low <= y < high, by multiples of (high - low) 2^-24 in float32 and 2^-53 in float64.
    void TERN_FN(uniform)(TernType, uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, double low,
                          double high, void *_Nonnull y);
    // Normal distribution (Box and Muller), computed in float64 without fused operations. Elements 2i and 2i + 1 make a
    // pair.
    void TERN_FN(normal)(TernType, uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, double mean,
                         double deviation, void *_Nonnull y);
    // low <= y < low + range, range in 1...2^63; uint8, int32 and int64.
    void TERN_FN(integers)(TernType, uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, int64_t low,
                           uint64_t range, void *_Nonnull y);
    // 1 with the given probability (in units of 2^-32), else 0.
    void TERN_FN(bernoulli)(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, double probability,
                            uint8_t *_Nonnull y);
    // y = x * scale where bernoulli(keep) of the same stream is 1, else 0. Forward and backward of dropout; x may be y.
    void TERN_FN(dropout)(TernType, uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, double keep,
                          double scale, const void *_Nonnull x, void *_Nonnull y);
} TernRandomKernels;

const TernRandomKernels *_Nonnull tern_random_kernels(TernLevel level);
