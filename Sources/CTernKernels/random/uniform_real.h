// Uniform random floats and dropout, for both float types (see float_type.h).
#include "../simd/real.h"

#define WORDS (FLOAT_BITS / 32)

// The number in 0 ..< 1 of a float's own count of bits.
INLINE REAL F(unit)(const uint32_t *words) {
#if FLOAT_BITS == 32
    return (float)(words[0] >> 8) * 0x1p-24f;
#else
    return (double)(random_pair(words) >> 11) * 0x1p-53;
#endif
}

// The largest number below `high`: low + u (high - low) may be rounded up to `high`.
static REAL F(below)(REAL low, REAL high) {
    INT bits;
    __builtin_memcpy(&bits, &high, sizeof bits);
    bits += high > 0 ? -1 : high < 0 ? 1 : (INT)((UINT)1 << (FLOAT_BITS - 1)) + 1;
    REAL result;
    __builtin_memcpy(&result, &bits, sizeof bits);
    return result < low ? low : result;
}

static void F(uniform)(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, double from, double to, REAL *y) {
#pragma clang fp contract(off)
    uint32_t buffer[RANDOM_BUFFER];
    REAL low = (REAL)from, high = (REAL)to, range = high - low, largest = F(below)(low, high);
    for (ptrdiff_t m; n > 0; n -= m, first += m, y += m) {
        m = least(n, RANDOM_BLOCK / WORDS);
        const uint32_t *words = random_words(key, counter, WORDS * first, WORDS * m, buffer);
        for (ptrdiff_t i = 0; i < m; i++) {
            REAL value = F(unit)(words + WORDS * i) * range + low;
            y[i] = value > largest ? largest : value;
        }
    }
}

// Lanes from the 32-bit words, each made signed with its order kept.
INLINE VINT F(ordered_words)(const uint32_t *words) {
#if FLOAT_BITS == 32
    return *(const v_i32_unaligned *)words ^ INT32_MIN;
#else
    int32_t ordered __attribute__((vector_size(VECTOR_BYTES / 2)));
    __builtin_memcpy(&ordered, words, sizeof ordered);
    return __builtin_convertvector(ordered ^ INT32_MIN, v_i64);
#endif
}

// The buffer is longer than the words, so a last partial vector may read past them.
static void F(dropout)(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, double keep, double scale,
                       const REAL *x, REAL *y) {
    uint32_t buffer[RANDOM_BUFFER + F32_LANES];
    uint64_t threshold = random_threshold(keep);
    VINT limit = (VINT){} + (INT)((int64_t)threshold + INT32_MIN), all = (VINT){} - (INT)(threshold >> 32);
    VREAL factor = F(set)((REAL)scale);
    for (ptrdiff_t m; n > 0; n -= m, first += m) {
        m = least(n, RANDOM_BLOCK);
        const uint32_t *words = random_words(key, counter, first, m, buffer);
        ptrdiff_t rest = m;
        for (; rest >= LANES; rest -= LANES, words += LANES, x += LANES, y += LANES)
            F(store)(y, F(select)((F(ordered_words)(words) < limit) | all, F(load)(x) * factor, (VREAL){}));
        if (rest > 0) {
            VREAL kept = F(select)((F(ordered_words)(words) < limit) | all, F(load_first)(x, rest) * factor, (VREAL){});
            F(store_first)(y, kept, rest);
            x += rest;
            y += rest;
        }
    }
}

#undef WORDS
#include "../simd/real_end.h"
