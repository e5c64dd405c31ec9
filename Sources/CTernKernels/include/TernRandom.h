#pragma once

#include "TernType.h"

// Random numbers of Philox4x32-10 (Salmon et al., 2011). A block of four 32-bit words depends on the key and the
// block's number (`counter` + i, the upper half of Philox's own counter is 0) alone. Every function writes the elements
// first ..< first + n of a stream that starts at block `counter`: the same bits for any way to cut a range in pieces
// and at every level. Words an element: 1, but 2 for float64 (uniform, normal) and for integers. So a stream of n
// elements takes (words n + 3) / 4 blocks. A type has what its values allow, and NULL elsewhere.
typedef struct {
    // uint32.
    void TERN_OPTIONAL_FN(bits)(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, uint32_t *_Nonnull y);
    // low <= y < high, by multiples of (high - low) 2^-24 in float32 and 2^-53 in float64. Halves are rounded from
    // float32, with bounds that are halves.
    void TERN_OPTIONAL_FN(uniform)(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, double low,
                                   double high, void *_Nonnull y);
    // Normal distribution (Box and Muller), computed in float64 without fused operations. Elements 2i and 2i + 1 make a
    // pair.
    void TERN_OPTIONAL_FN(normal)(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, double mean,
                                  double deviation, void *_Nonnull y);
    // low <= y < low + range, range in 1...2^63; integers.
    void TERN_OPTIONAL_FN(integers)(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, int64_t low,
                                    uint64_t range, void *_Nonnull y);
    // 1 with the given probability (in units of 2^-32), else 0; bool and uint8.
    void TERN_OPTIONAL_FN(bernoulli)(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, double probability,
                                     uint8_t *_Nonnull y);
    // y = x * scale where bernoulli(keep) of the same stream is 1, else 0. Forward and backward of dropout; x may be y.
    void TERN_OPTIONAL_FN(dropout)(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, double keep,
                                   double scale, const void *_Nonnull x, void *_Nonnull y);
} TernRandomKernels;
