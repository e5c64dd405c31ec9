// The random number kernels of one level: see TernRandom.h. Floating-point results have the same bits at every
// level, so operations are never contracted to fused ones here.
#include "../simd/sizes.h"
#include "../simd/types.h"
#include "TernRandom.h"

typedef uint64_t v_u64 __attribute__((vector_size(VECTOR_BYTES)));
typedef v_u64 v_u64_unaligned __attribute__((aligned(4), may_alias));
typedef v_i32 v_i32_unaligned __attribute__((aligned(4), may_alias));

// Words that one call of philox_group makes, words that are made at a time, and room for both ends.
enum { GROUP_WORDS = 4 * F64_LANES, RANDOM_BLOCK = 512, RANDOM_BUFFER = RANDOM_BLOCK + 4 + GROUP_WORDS };

// The blocks `block`, `block` + 1, ..., one a lane; 32-bit words are the lower halves of 64-bit lanes.
INLINE void philox_group(uint64_t key, uint64_t block, uint32_t *words) {
    const uint64_t low = 0xffffffff;
    v_u64 counter = (v_u64){} + block;
    for (int i = 0; i < F64_LANES; i++) counter[i] += (uint64_t)i;
    v_u64 c0 = counter & low, c1 = counter >> 32, c2 = {}, c3 = {};
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
#pragma clang loop unroll(full)
    for (int round = 0; round < 10; round++, k0 += 0x9E3779B9, k1 += 0xBB67AE85) {
        v_u64 p0 = (c0 & low) * 0xD2511F53, p1 = (c2 & low) * 0xCD9E8D57;
        c0 = (p1 >> 32) ^ c1 ^ k0;
        c1 = p1 & low;
        c2 = (p0 >> 32) ^ c3 ^ k1;
        c3 = p0 & low;
    }
    v_u64 first = c0 | c1 << 32, second = c2 | c3 << 32;
#if VECTOR_BYTES == 64
    *(v_u64_unaligned *)words = __builtin_shufflevector(first, second, 0, 8, 1, 9, 2, 10, 3, 11);
    *(v_u64_unaligned *)(words + 16) = __builtin_shufflevector(first, second, 4, 12, 5, 13, 6, 14, 7, 15);
#elif VECTOR_BYTES == 32
    *(v_u64_unaligned *)words = __builtin_shufflevector(first, second, 0, 4, 1, 5);
    *(v_u64_unaligned *)(words + 8) = __builtin_shufflevector(first, second, 2, 6, 3, 7);
#else
    *(v_u64_unaligned *)words = __builtin_shufflevector(first, second, 0, 2);
    *(v_u64_unaligned *)(words + 4) = __builtin_shufflevector(first, second, 1, 3);
#endif
}

// The `n` <= RANDOM_BLOCK words of the stream from word `first` on.
static const uint32_t *random_words(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, uint32_t *buffer) {
    uint64_t block = counter + (uint64_t)first / 4;
    ptrdiff_t offset = first % 4;
    for (ptrdiff_t i = 0; i < offset + n; i += GROUP_WORDS, block += F64_LANES) philox_group(key, block, buffer + i);
    return buffer + offset;
}

static void random_bits(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, uint32_t *y) {
    uint32_t buffer[RANDOM_BUFFER];
    for (ptrdiff_t m; n > 0; n -= m, first += m, y += m) {
        m = least(n, RANDOM_BLOCK);
        __builtin_memcpy(y, random_words(key, counter, first, m, buffer), (size_t)m * 4);
    }
}

// A probability in units of 2^-32. A word is below it with that probability.
INLINE uint64_t random_threshold(double probability) {
    return probability >= 1 ? 1ull << 32 : probability > 0 ? (uint64_t)(probability * 0x1p32 + 0.5) : 0;
}

static void random_bernoulli(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, double probability,
                             uint8_t *y) {
    uint32_t buffer[RANDOM_BUFFER];
    uint64_t threshold = random_threshold(probability);
    for (ptrdiff_t m; n > 0; n -= m, first += m, y += m) {
        m = least(n, RANDOM_BLOCK);
        const uint32_t *words = random_words(key, counter, first, m, buffer);
        for (ptrdiff_t i = 0; i < m; i++) y[i] = words[i] < threshold;
    }
}

INLINE uint64_t random_pair(const uint32_t *words) { return words[0] | (uint64_t)words[1] << 32; }

// The upper half of 64 random bits times the range.
INLINE uint64_t random_below(uint64_t bits, uint64_t range) {
    return (uint64_t)(((unsigned __int128)bits * range) >> 64);
}

#define EACH "../random/integers_integer.h"
#include "../simd/each_integer.h"
#define EACH "../random/uniform_real.h"
#include "../simd/each_real.h"
#include "normal.h"
#define EACH "../random/random_stored.h"
#include "../simd/each_stored.h"
#define TYPE bool
const TernRandomKernels TABLE(random) = {.bernoulli = random_bernoulli};
#undef TYPE
