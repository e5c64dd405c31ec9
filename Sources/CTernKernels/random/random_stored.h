// Random floats and dropout, and the table tern_random_<type>_<level>.

// The largest number of the type below `high`: low + u (high - low) may be rounded up to `high`. Halves are made from
// bounds that are halves, so that rounding does not lead out of them.
static REAL T(below)(REAL low, REAL high) {
    STORED bound = T(put)(high);
    BITS_OF_STORED bits;
    __builtin_memcpy(&bits, &bound, sizeof bits);
    const BITS_OF_STORED sign = (BITS_OF_STORED)1 << (8 * sizeof bits - 1);
    bits = (BITS_OF_STORED)(high > 0 ? bits - 1 : high < 0 ? bits + 1 : sign + 1);
    __builtin_memcpy(&bound, &bits, sizeof bits);
    REAL result = T(get)(bound);
    return result < low ? low : result;
}

static void T(uniform)(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, double from, double to,
                       void *result) {
#pragma clang fp contract(off)
    uint32_t buffer[RANDOM_BUFFER];
    const REAL low = T(get)(T(put)((REAL)from)), high = T(get)(T(put)((REAL)to)), range = high - low;
    const REAL largest = T(below)(low, high);
    STORED *y = result;
    for (ptrdiff_t m; n > 0; n -= m, first += m, y += m) {
        m = least(n, RANDOM_BLOCK / F(WORDS));
        const uint32_t *words = random_words(key, counter, first * F(WORDS), m * F(WORDS), buffer);
        for (ptrdiff_t i = 0; i < m; i++) {
            REAL value = F(unit)(words + i * F(WORDS)) * range + low;
            y[i] = T(put)(value > largest ? largest : value);
        }
    }
}

// Pairs are made whole: a range that begins or ends inside one leaves the other half out.
static void T(normal)(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, double mean, double deviation,
                      void *result) {
#pragma clang fp contract(off)
    enum { ELEMENTS = RANDOM_BLOCK / F(WORDS) };
    uint32_t buffer[RANDOM_BUFFER + 4 * F64_LANES];
    STORED made[ELEMENTS + 2 * F64_LANES], *y = result;
    while (n > 0) {
        ptrdiff_t skip = first % 2, m = least(n, ELEMENTS - skip);
        const uint32_t *words = random_words(key, counter, (first - skip) * F(WORDS), (m + skip) * F(WORDS), buffer);
        for (ptrdiff_t i = 0; i < m + skip; i += 2 * F64_LANES) {
            v_f64_pair z = F(normal_vector)(words + i * F(WORDS));
            z.even = z.even * deviation + mean;
            z.odd = z.odd * deviation + mean;
            for (int lane = 0; lane < F64_LANES; lane++) {
                made[i + 2 * lane] = T(put)((REAL)z.even[lane]);
                made[i + 2 * lane + 1] = T(put)((REAL)z.odd[lane]);
            }
        }
        __builtin_memcpy(y, made + skip, (size_t)m * sizeof(STORED));
        n -= m;
        first += m;
        y += m;
    }
}

// The buffer is longer than the words, so a last partial vector may read past them.
static void T(dropout)(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, double keep, double scale,
                       const void *values, void *result) {
    const STORED *x = values;
    STORED *y = result;
    uint32_t buffer[RANDOM_BUFFER + F32_LANES];
    uint64_t threshold = random_threshold(keep);
    VINT limit = (VINT){} + (INT)((int64_t)threshold + INT32_MIN), all = (VINT){} - (INT)(threshold >> 32);
    VREAL factor = F(set)((REAL)scale);
    for (ptrdiff_t m; n > 0; n -= m, first += m) {
        m = least(n, RANDOM_BLOCK);
        const uint32_t *words = random_words(key, counter, first, m, buffer);
        ptrdiff_t rest = m;
        for (; rest >= LANES; rest -= LANES, words += LANES, x += LANES, y += LANES)
            T(store)(y, F(select)((F(ordered_words)(words) < limit) | all, T(load)(x) * factor, (VREAL){}));
        if (rest > 0) {
            VREAL kept = F(select)((F(ordered_words)(words) < limit) | all, T(load_first)(x, rest) * factor, (VREAL){});
            T(store_first)(y, kept, rest);
            x += rest;
            y += rest;
        }
    }
}

const TernRandomKernels TABLE(random) = {.uniform = T(uniform), .normal = T(normal), .dropout = T(dropout)};
