// Linear algebra.
#include "harness.h"

// A symmetric matrix with a large diagonal, whose factors all exist.
static void *positive(TernType type, ptrdiff_t n) {
    void *a = numbers(type, n * n, 1, -1, 1);
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t j = 0; j <= i; j++)
            set_value(type, a, i * n + j, i == j ? 2.0 * (double)n : value_of(type, a, j * n + i));
    return a;
}

void check_linalg(void) {
#define K(member) CALL(linalg, member)
    static const ptrdiff_t lengths[] = {1, 2, 3, 7, 8, 15, 16, 17, 33, 70};
    for (TernType type = TERN_FLOAT32; type <= TERN_FLOAT64; type++)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            const ptrdiff_t n = lengths[l], m = 5 + n / 2, size = size_of(type), square = n * n;
            start("linear algebra of type %s, n = %td", name_of(type), n);
            void *a = positive(type, n), *x = numbers(type, n * m, 1, -1, 1), *y_ = numbers(type, n, 1, -1, 1);
            void *z_ = numbers(type, m, 1, -1, 1), *small = numbers(type, square, 1, -0.1, 0.1);
            BOTH(type, n * m, EXACTLY, 0, K(transposed)(n, m, x, m, y, n));
            BOTH(type, square, BY_SIZE, 40, memcpy(y, a, (size_t)(square * size)); K(cholesky)(n, y, n));
            for (int unit = 0; unit < 2; unit++)
                for (int flipped = 0; flipped < 2; flipped++)
                    BOTH(type, n * m, BY_SIZE, 60, memcpy(y, x, (size_t)(n * m * size));
                         K(solve)(n, m, unit ? small : a, flipped ? 1 : n, flipped ? n : 1, unit, y, m));
            int64_t pivots[80];
            BOTH(type, n * m, BY_SIZE, 400, memcpy(y, x, (size_t)(n * m * size)); K(lu)(n, m, y, m, pivots));
            double beta;
            BOTH(type, n, BY_SIZE, 20, memcpy(y, y_, (size_t)(n * size)); K(reflection)(n, y, &beta));
            BOTH(type, n * m, BY_SIZE, 200, memcpy(y, x, (size_t)(n * m * size)); K(qr)(m, n, y, n, memory(m * size)));
            BOTH(type, square, BY_SIZE, 60, K(block_reflection)(n, small, y_, y));
            BOTH(type, m, BY_SIZE, 40, K(combine)(n, m, x, m, y_, y));
            BOTH_PARTS(type, n * m, type, n, BY_SIZE, 40, memcpy(y, x, (size_t)(n * m * size));
                       K(update)(n, m, y, m, y_, z_, y_, x, z_, z));
            // Down and up, of all rows and of some, so that some go together and some do not.
            const TernSweep sweeps[] = {{0, n - 1, 1, 0},
                                        {0, n - 1, 1, 3},
                                        {n / 3, n - 1 - n / 3, 1, 1},
                                        {n - 2, n - 1, -1, 2},
                                        {n - 2, n > 2 ? n - 2 : n - 1, -1, 0},
                                        {0, n / 2, 1, 4},
                                        {0, n - 1, 1, 0},
                                        {n / 4, n / 2, 1, 0}};
            void *c = numbers(type, n + 5, 1, -1, 1), *s = numbers(type, n + 5, 1, -1, 1);
            BOTH(type, n * m, BY_SIZE, 40, memcpy(y, x, (size_t)(n * m * size));
                 K(rotate)(n > 1 ? sizeof sweeps / sizeof *sweeps : 0, sweeps, c, s, n, m, y, m, memory(256 * n)));
        }
#undef K
}
