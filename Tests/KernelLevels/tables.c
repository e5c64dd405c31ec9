// The tables of one pass over contiguous values: indices, optimizers, batch normalization, random numbers.
#include "harness.h"

static const ptrdiff_t lengths[] = {1, 2, 3, 7, 8, 15, 16, 17, 33, 70, 257, 1030};
#define EACH_LENGTH for (const ptrdiff_t *n_ = lengths; n_ < lengths + sizeof lengths / sizeof *lengths; n_++)
#define n (*n_)

void check_index(void) {
    static unsigned char called[sizeof(TernIndexKernels) / sizeof(void (*)(void))];
#define K(member) CALL(TernIndexKernels, tern_index_kernels, member)
    EACH_TYPE(type) EACH_LENGTH for (int broken = 0; broken < 2; broken++) {
        start("indices of type %d, n = %td%s", type, n, broken ? ", one out of range" : "");
        ptrdiff_t size = size_of(type), columns = 1 + n % 19, limit = 6;
        void *rows = numbers(type, limit * columns, 1, -9, 9), *values = numbers(type, n * columns, 1, -9, 9);
        int64_t *indices = numbers(TERN_INT64, n, 1, 0, (double)limit);
        if (broken) indices[n - 1] = limit;
        // The answer is kept behind the results.
        BOTH(type, n, EXACTLY, 0, K(gather)(size, n, indices, 1, limit, rows, columns, 0, y));
        BOTH(type, n * columns, EXACTLY, 0, K(gather_rows)(size, n, columns, indices, limit, rows, columns, y));
        BOTH(type, limit * columns, EXACTLY, 0, memcpy(y, rows, (size_t)(limit * columns * size));
             K(scatter_add)(type, n, indices, 1, limit, values, 1, y, columns, 0));
        BOTH(TERN_INT64, 3, EXACTLY, 0, int64_t *answers = (int64_t *)y; void *scratch = memory(limit * columns * size);
             memcpy(scratch, rows, (size_t)(limit * columns * size)); void *gathered = memory(n * columns * size);
             answers[0] = K(gather)(size, n, indices, 1, limit, rows, columns, 0, gathered);
             answers[1] = K(gather_rows)(size, n, columns, indices, limit, rows, columns, gathered);
             answers[2] = K(scatter_add)(type, n, indices, 1, limit, values, 1, scratch, columns, 0));
        BOTH(type, n * 11, EXACTLY, 0, K(one_hot)(type, n, 11, indices, y));
    }
#undef K
    check_called("index", called, sizeof called);
}

void check_optimizer(void) {
    static unsigned char called[sizeof(TernOptimizerKernels) / sizeof(void (*)(void))];
#define K(member) CALL(TernOptimizerKernels, tern_optimizer_kernels, member)
    EACH_FLOAT(type) EACH_LENGTH for (int variant = 0; variant < 32; variant++) {
        start("optimizers of type %d, n = %td, variant %d", type, n, variant);
        ptrdiff_t bytes = n * size_of(type);
        void *g = numbers(type, n, 1, -3, 3), *p = numbers(type, n, 1, -3, 3), *m = numbers(type, n, 1, -3, 3);
        void *v = numbers(type, n, 1, 0, 3), *most = numbers(type, n, 1, 0, 3);
        TernSGD sgd = {
            0.1,         variant & 1 ? 0.9 : 0, variant & 2 ? 0.2 : 0, variant & 4 ? 0.1 : 0, (variant & 3) == 1,
            variant & 8, variant & 16};
        BOTH(type, 2 * n, BY_SIZE, 4, memcpy(y, p, (size_t)bytes); memcpy(y + bytes, m, (size_t)bytes);
             K(sgd)(type, &sgd, n, g, y, variant & 1 ? y + bytes : NULL));
        TernAdam adam = {0.02, 0.9, 0.99, 1e-8, variant & 1 ? 0.1 : 0, variant & 2, variant & 4, 1 + variant};
        BOTH(type, 4 * n, BY_SIZE, 8, memcpy(y, p, (size_t)bytes); memcpy(y + bytes, m, (size_t)bytes);
             memcpy(y + 2 * bytes, v, (size_t)bytes); memcpy(y + 3 * bytes, most, (size_t)bytes);
             K(adam)(type, &adam, n, g, y, y + bytes, y + 2 * bytes, variant & 8 ? y + 3 * bytes : NULL));
    }
#undef K
    check_called("optimizer", called, sizeof called);
}

void check_normalize(void) {
    static unsigned char called[sizeof(TernNormalizeKernels) / sizeof(void (*)(void))];
#define K(member) CALL(TernNormalizeKernels, tern_normalize_kernels, member)
    static const ptrdiff_t extents[][3] = {{2, 1, 1},  {5, 3, 1},    {300, 37, 1}, {3, 2, 4},
                                           {4, 3, 49}, {2, 2, 2500}, {9, 2, 1024}, {3, 40, 6}};
    EACH_FLOAT(type) for (size_t e = 0; e < sizeof extents / sizeof *extents; e++) {
        ptrdiff_t N = extents[e][0], C = extents[e][1], S = extents[e][2], count = N * C * S, size = size_of(type);
        for (int variant = 0; variant < 4; variant++) {
            start("batch normalization of type %d, [%td, %td, %td], variant %d", type, N, C, S, variant);
            _Bool training = variant & 1;
            void *x = numbers(type, count, 1, 9, 12), *g = numbers(type, count, 1, -3, 3);
            void *gamma = variant & 2 ? numbers(type, C, 1, -3, 3) : NULL,
                 *beta = variant & 2 ? numbers(type, C, 1, -3, 3) : NULL;
            void *mean = numbers(type, C, 1, 10, 11), *variance = numbers(type, C, 1, 0.5, 2);
            ptrdiff_t cut = C / 3;
            BOTH(type, count, BY_SIZE, 8, K(normalize)(type, N, C, S, 0, C, x, mean, variance, gamma, beta, 1e-3, y));
            // Results lie one after the other: mean, variance, and what has the input's shape.
            BOTH(type, 2 * C + count, BY_SIZE, 40,
                 K(forward)(type, N, C, S, 0, cut, x, gamma, beta, 1e-3, y, y + C * size, y + 2 * C * size);
                 K(forward)(type, N, C, S, cut, C, x, gamma, beta, 1e-3, y, y + C * size, y + 2 * C * size));
            BOTH(type, 2 * C + count, BY_SIZE, 60,
                 K(backward)(type, N, C, S, 0, C, x, g, mean, variance, gamma, 1e-3, training, y + 2 * C * size, y,
                             y + C * size));
            BOTH(type, 2 * C, BY_SIZE, 60,
                 K(backward)(type, N, C, S, 0, C, x, g, mean, variance, gamma, 1e-3, training, NULL, y, y + C * size));
        }
    }
#undef K
    check_called("normalize", called, sizeof called);
}

void check_random(void) {
    static unsigned char called[sizeof(TernRandomKernels) / sizeof(void (*)(void))];
#define K(member) CALL(TernRandomKernels, tern_random_kernels, member)
    static const ptrdiff_t firsts[] = {0, 1, 2, 5, 70, 511};
    const uint64_t key = 0x0123456789ABCDEF, counter = 0xFFFFFFFE;
    EACH_LENGTH for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++) {
        ptrdiff_t first = firsts[f];
        start("random numbers, n = %td from %td", n, first);
        BOTH(TERN_INT32, n, EXACTLY, 0, K(bits)(key, counter, first, n, (uint32_t *)y));
        BOTH(TERN_BOOL, n, EXACTLY, 0, K(bernoulli)(key, counter, first, n, 0.3, (uint8_t *)y));
        EACH_FLOAT(type) {
            void *x = numbers(type, n, 1, -3, 3);
            BOTH(type, n, EXACTLY, 0, K(uniform)(type, key, counter, first, n, -2, 5, y));
            BOTH(type, n, EXACTLY, 0, K(normal)(type, key, counter, first, n, 1, 2, y));
            BOTH(type, n, EXACTLY, 0, K(dropout)(type, key, counter, first, n, 0.7, 1 / 0.7, x, y));
        }
        for (TernType type = TERN_UINT8; type <= TERN_INT64; type++)
            BOTH(type, n, EXACTLY, 0, K(integers)(type, key, counter, first, n, 2, 11, y));
        BOTH(TERN_INT64, n, EXACTLY, 0, K(integers)(TERN_INT64, key, counter, first, n, INT64_MIN / 2, 1ull << 63, y));
    }
#undef K
    check_called("random", called, sizeof called);
}
