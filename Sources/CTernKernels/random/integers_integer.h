// Uniform integers, and the table of their types.
static void T(integers)(uint64_t key, uint64_t counter, ptrdiff_t first, ptrdiff_t n, int64_t low, uint64_t range,
                        void *y) {
    uint32_t buffer[RANDOM_BUFFER];
    STORED *out = y;
    for (ptrdiff_t m; n > 0; n -= m, first += m, out += m) {
        m = least(n, RANDOM_BLOCK / 2);
        const uint32_t *words = random_words(key, counter, 2 * first, 2 * m, buffer);
        for (ptrdiff_t i = 0; i < m; i++)
            out[i] = (STORED)((uint64_t)low + random_below(random_pair(words + 2 * i), range));
    }
}

const TernRandomKernels TABLE(random) = {
    .integers = T(integers),
#if BITS == 32 && !IS_SIGNED
    .bits = random_bits,
#elif BITS == 8 && !IS_SIGNED
    .bernoulli = random_bernoulli,
#endif
};
