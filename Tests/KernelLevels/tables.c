// The tables of one pass over contiguous values: indices, optimizers, batch normalization, random numbers.
#include "harness.h"

static const ptrdiff_t lengths[] = {1, 2, 3, 7, 8, 15, 16, 17, 33, 70, 257, 1030};
#define EACH_LENGTH for (const ptrdiff_t *n_ = lengths; n_ < lengths + sizeof lengths / sizeof *lengths; n_++)
#define n (*n_)

void check_index(void) {
#define K(member) CALL(index, member)
    EACH_TYPE(type)
    EACH_LENGTH for (int broken = 0; broken < 2; broken++) {
        start("indices of type %s, n = %td%s", name_of(type), n, broken ? ", one out of range" : "");
        ptrdiff_t size = size_of(type), columns = 1 + n % 19, limit = 6;
        void *rows = numbers(type, limit * columns, 1, -9, 9), *values = numbers(type, n * columns, 1, -9, 9);
        int64_t *indices = numbers(TERN_INT64, n, 1, 0, (double)limit);
        if (broken) indices[n - 1] = limit;
        // The answer is kept behind the results.
        BOTH(type, n, EXACTLY, 0, K(gather)(n, indices, 1, limit, rows, columns, 0, y));
        BOTH(type, n * columns, EXACTLY, 0, K(gather_rows)(n, columns, indices, limit, rows, columns, y));
        for (TernScatter function = TERN_SCATTER_SET; function <= TERN_SCATTER_MIN; function++)
            BOTH(type, limit * columns, EXACTLY, 0, memcpy(y, rows, (size_t)(limit * columns * size));
                 K(scatter)(function, n, indices, 1, limit, values, 1, y, columns, 0));
        BOTH(type, limit * columns, EXACTLY, 0, memcpy(y, rows, (size_t)(limit * columns * size));
             K(scatter_rows)(n, columns, indices, limit, values, y, columns));
        BOTH(TERN_INT64, 4, EXACTLY, 0, int64_t *answers = (int64_t *)y; void *scratch = memory(limit * columns * size);
             memcpy(scratch, rows, (size_t)(limit * columns * size)); void *gathered = memory(n * columns * size);
             answers[0] = K(gather)(n, indices, 1, limit, rows, columns, 0, gathered);
             answers[1] = K(gather_rows)(n, columns, indices, limit, rows, columns, gathered);
             answers[2] = K(scatter)(TERN_SCATTER_ADD, n, indices, 1, limit, values, 1, scratch, columns, 0);
             answers[3] = K(scatter_rows)(n, columns, indices, limit, values, scratch, columns));
        BOTH(type, n * 11, EXACTLY, 0, K(one_hot)(n, 11, indices, y));
        void *sparse = numbers(type, n, 1, -1, 2);
        BOTH(TERN_INT64, n + 1, EXACTLY, 0, int64_t *places = (int64_t *)y; places[0] = K(count_nonzero)(n, sparse);
             K(nonzero)(n, sparse, 5, places[0], places + 1));
    }
#undef K
}

void check_optimizer(void) {
#define K(member) CALL(optimizer, member)
    EACH_FLOAT(type)
    EACH_LENGTH for (int variant = 0; variant < 16; variant++) {
        start("optimizers of type %s, n = %td, variant %d", name_of(type), n, variant);
        TernType real = real_of(type);
        size_t bytes = (size_t)(n * size_of(type)), state = (size_t)(n * size_of(real));
        void *g = numbers(type, n, 1, -3, 3), *p = numbers(type, n, 1, -3, 3), *m = numbers(real, n, 1, -3, 3);
        void *v = numbers(real, n, 1, 0, 3), *most = numbers(real, n, 1, 0, 3);
        TernSGD sgd = {
            0.1, variant & 1 ? 0.9 : 0, variant & 2 ? 0.2 : 0, variant & 4 ? 0.1 : 0, (variant & 3) == 1, variant & 8};
        BOTH_PARTS(type, n, real, n, BY_SIZE, 4, memcpy(y, p, bytes); memcpy(z, m, state);
                   K(sgd)(&sgd, n, g, y, variant & 1 ? z : NULL));
        TernAdam adam = {0.02, 0.9, 0.99, 1e-8, variant & 1 ? 0.1 : 0, variant & 2, 1 + variant};
        BOTH_PARTS(type, n, real, 3 * n, BY_SIZE, 8, memcpy(y, p, bytes); memcpy(z, m, state);
                   memcpy(z + state, v, state); memcpy(z + 2 * state, most, state);
                   K(adam)(&adam, n, g, y, z, z + state, variant & 8 ? z + 2 * state : NULL));
        TernAdagrad adagrad = {0.02, variant & 1 ? 0.1 : 0, 1e-8};
        BOTH_PARTS(type, n, real, n, BY_SIZE, 8, memcpy(y, p, bytes); memcpy(z, v, state);
                   K(adagrad)(&adagrad, n, g, y, z));
    }
#undef K
}

static void check_normalize_rows(void);
void check_normalize(void) {
#define K(member) CALL(normalize, member)
    static const ptrdiff_t extents[][3] = {{2, 1, 1},  {5, 3, 1},    {300, 37, 1}, {3, 2, 4},
                                           {4, 3, 49}, {2, 2, 2500}, {9, 2, 1024}, {3, 40, 6}};
    EACH_FLOAT(type)
    for (size_t e = 0; e < sizeof extents / sizeof *extents; e++) {
        ptrdiff_t N = extents[e][0], C = extents[e][1], S = extents[e][2], count = N * C * S;
        TernType real = real_of(type);
        ptrdiff_t size = size_of(real);
        for (int variant = 0; variant < (S > 1 ? 16 : 4); variant++) {
            start("batch normalization of type %s, [%td, %td, %td], variant %d", name_of(type), N, C, S, variant);
            _Bool training = variant & 1;
            TernActivation then = {(TernActivationKind)(variant >> 2), -0.5, 2};
            void *x = numbers(type, count, 1, 9, 12), *g = numbers(type, count, 1, -3, 3);
            void *gamma = variant & 2 ? numbers(real, C, 1, -3, 3) : NULL,
                 *beta = variant & 2 ? numbers(real, C, 1, -3, 3) : NULL;
            void *mean = numbers(real, C, 1, 10, 11), *variance = numbers(real, C, 1, 0.5, 2);
            ptrdiff_t cut = C / 3;
            BOTH(type, count, BY_SIZE, 8, K(normalize)(N, C, S, 0, C, x, mean, variance, gamma, beta, 1e-3, then, y));
            BOTH_PARTS(real, 2 * C, type, count, BY_SIZE, 40,
                       K(forward)(N, C, S, 0, cut, x, gamma, beta, 1e-3, then, y, y + C * size, z);
                       K(forward)(N, C, S, cut, C, x, gamma, beta, 1e-3, then, y, y + C * size, z));
            BOTH_PARTS(real, 2 * C, type, count, BY_SIZE, 60,
                       K(backward)(N, C, S, 0, C, x, g, mean, variance, gamma, beta, 1e-3, then, training, z, y,
                                   y + C * size));
            BOTH(real, 2 * C, BY_SIZE, 60,
                 K(backward)(N, C, S, 0, C, x, g, mean, variance, gamma, beta, 1e-3, then, training, NULL, y,
                             y + C * size));
        }
    }
    check_normalize_rows();
#undef K
}

static void check_normalize_rows(void) {
#define K(member) CALL(normalize, member)
    // Rows, groups, segments, span.
    static const ptrdiff_t extents[][4] = {{2, 1, 1, 1}, {5, 1, 7, 1},  {70, 1, 37, 1}, {3, 1, 3000, 1},
                                           {6, 3, 2, 1}, {6, 3, 1, 21}, {8, 2, 3, 49},  {2, 1, 2, 2500}};
    EACH_FLOAT(type)
    for (size_t e = 0; e < sizeof extents / sizeof *extents; e++) {
        ptrdiff_t rows = extents[e][0], count = rows * extents[e][2] * extents[e][3];
        ptrdiff_t channels = extents[e][1] * extents[e][2], cut = rows / 3;
        TernType real = real_of(type);
        ptrdiff_t size = size_of(real);
        for (int variant = 0; variant < 4; variant++) {
            start("normalization of rows of type %s, extents %zu, variant %d", name_of(type), e, variant);
            TernNormalizeRows sizes = {extents[e][1], extents[e][2], extents[e][3], variant & 1, 1e-3};
            void *x = numbers(type, count, 1, 9, 12), *g = numbers(type, count, 1, -3, 3);
            void *gamma = variant & 2 ? numbers(real, channels, 1, -3, 3) : NULL,
                 *beta = variant & 2 ? numbers(real, channels, 1, -3, 3) : NULL;
            void *mean = numbers(real, rows, 1, 10, 11), *variance = numbers(real, rows, 1, 0.5, 2);
            BOTH_PARTS(real, rows, type, count, BY_SIZE, 40, void *means = memory(rows * size);
                       K(rows_forward)(&sizes, 0, cut, x, gamma, beta, means, y, z);
                       K(rows_forward)(&sizes, cut, rows, x, gamma, beta, means, y, z); release_last());
            BOTH_PARTS(real, 4 * channels, type, count, BY_SIZE, 60,
                       K(rows_backward)(&sizes, 0, rows, x, g, mean, variance, gamma, z, y));
            BOTH(type, count, BY_SIZE, 60, K(rows_backward)(&sizes, 0, rows, x, g, mean, variance, gamma, y, NULL));
        }
    }
#undef K
}

void check_attention(void) {
#define K(member) CALL(rows, member)
    static const ptrdiff_t extents[][3] = {{1, 1, 1}, {3, 5, 4}, {4, 16, 17}, {7, 33, 8}, {2, 130, 64}};
    for (TernType type = TERN_FLOAT32; type <= TERN_FLOAT64; type++)
        for (size_t e = 0; e < sizeof extents / sizeof *extents; e++)
            for (int variant = 0; variant < 4; variant++) {
                ptrdiff_t rows = extents[e][0], columns = extents[e][1], width = extents[e][2];
                ptrdiff_t stride = columns + 3, count = (rows - 1) * stride + columns, size = size_of(type);
                start("attention of type %s, extents %zu, variant %d", name_of(type), e, variant);
                uint8_t *bytes = memory(rows * columns);
                for (ptrdiff_t i = 0; i < rows * columns; i++) bytes[i] = i % 5 != 1;
                TernAttentionBlock block = {.rows = rows,
                                            .columns = columns,
                                            .stride = stride,
                                            .scale = variant == 3 ? -0.5 : 0.5,
                                            .seen = variant == 0 ? 1 : columns,
                                            .mask = variant == 1 ? numbers(type, rows * columns, 1, -1, 1)
                                                : variant == 2   ? (void *)bytes
                                                                 : NULL,
                                            .mask_row = columns,
                                            .mask_is_bool = variant == 2};
                void *scores = numbers(type, count, 1, -9, 9), *gradients = numbers(type, count, 1, -2, 2);
                void *before = numbers(type, rows, 1, -3, 3), *sums = numbers(type, rows, 1, 1, 2);
                void *outputs = numbers(type, rows * width, 1, -2, 2), *slopes = numbers(type, rows * width, 1, -2, 2);
                BOTH_PARTS(
                    type, count, type, rows * (width + 2), BY_SIZE, 40, memcpy(y, scores, (size_t)(count * size));
                    memcpy(z, before, (size_t)(rows * size)); memcpy(z + rows * size, sums, (size_t)(rows * size));
                    memcpy(z + 2 * rows * size, outputs, (size_t)(rows * width * size));
                    K(attention_weights)(&block, y, z, z + rows * size, z + 2 * rows * size, width, width));
                BOTH_PARTS(type, rows, type, rows * width, BY_SIZE, 20, memcpy(y, before, (size_t)(rows * size));
                           memcpy(z, outputs, (size_t)(rows * width * size));
                           K(attention_finish)(&block, NULL, y, sums, z, width, width));
                BOTH_PARTS(type, count, type, rows * (width + 1), BY_SIZE, 20,
                           memcpy(y, scores, (size_t)(count * size));
                           memcpy(z, before, (size_t)(rows * size));
                           memcpy(z + rows * size, outputs, (size_t)(rows * width * size));
                           K(attention_finish)(&block, y, z, sums, z + rows * size, width, width));
                BOTH(type, count, BY_SIZE, 40, memcpy(y, scores, (size_t)(count * size));
                     K(attention_weights_again)(&block, y, before));
                BOTH(type, rows, BY_SIZE, 20, K(attention_dots)(rows, width, outputs, width, slopes, width, y));
                // Every second row, and the first one again and again.
                const ptrdiff_t half = (rows + 1) / 2;
                BOTH(type, half, BY_SIZE, 20, K(attention_dots)(half, width, outputs, 2 * width, outputs, 0, y));
                BOTH(type, count, BY_SIZE, 20, memcpy(y, gradients, (size_t)(count * size));
                     K(attention_slopes)(&block, scores, y, before));
            }
#undef K
}

void check_random(void) {
#define K(member) CALL(random, member)
    static const ptrdiff_t firsts[] = {0, 1, 2, 5, 70, 511};
    const uint64_t key = 0x0123456789ABCDEF, counter = 0xFFFFFFFE;
    EACH_LENGTH for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++) {
        ptrdiff_t first = firsts[f];
        start("random numbers, n = %td from %td", n, first);
        BOTH(TERN_INT32, n, EXACTLY, 0, TernType type = TERN_UINT32; K(bits)(key, counter, first, n, (uint32_t *)y));
        for (TernType type = TERN_BOOL; type <= TERN_UINT8; type++)
            BOTH(type, n, EXACTLY, 0, K(bernoulli)(key, counter, first, n, 0.3, (uint8_t *)y));
        EACH_FLOAT(type)
        {
            void *x = numbers(type, n, 1, -3, 3);
            BOTH(type, n, EXACTLY, 0, K(uniform)(key, counter, first, n, -2, 5, y));
            BOTH(type, n, EXACTLY, 0, K(normal)(key, counter, first, n, 1, 2, y));
            BOTH(type, n, EXACTLY, 0, K(dropout)(key, counter, first, n, 0.7, 1 / 0.7, x, y));
        }
        for (TernType type = TERN_UINT8; type <= TERN_INT64; type++)
            BOTH(type, n, EXACTLY, 0, K(integers)(key, counter, first, n, 2, 11, y));
        BOTH(TERN_INT64, n, EXACTLY, 0, TernType type = TERN_INT64;
             K(integers)(key, counter, first, n, INT64_MIN / 2, 1ull << 63, y));
    }
#undef K
}
