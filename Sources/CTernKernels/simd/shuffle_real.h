// Interleaving of two vectors and its reverse.
#if VECTOR_BYTES * 8 / FLOAT_BITS == 16
#define LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODD 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#define UP 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
#define DOWN 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
#elif VECTOR_BYTES * 8 / FLOAT_BITS == 8
#define LOW 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH 4, 12, 5, 13, 6, 14, 7, 15
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14
#define ODD 1, 3, 5, 7, 9, 11, 13, 15
#define UP 7, 8, 9, 10, 11, 12, 13, 14
#define DOWN 1, 2, 3, 4, 5, 6, 7, 8
#elif VECTOR_BYTES * 8 / FLOAT_BITS == 4
#define LOW 0, 4, 1, 5
#define HIGH 2, 6, 3, 7
#define EVEN 0, 2, 4, 6
#define ODD 1, 3, 5, 7
#define UP 3, 4, 5, 6
#define DOWN 1, 2, 3, 4
#else
#define LOW 0, 2
#define HIGH 1, 3
#define EVEN 0, 2
#define ODD 1, 3
#define UP 1, 2
#define DOWN 1, 2
#endif

// The first and the second half of a[0], b[0], a[1], b[1] ...
INLINE VREAL F(low_half)(VREAL a, VREAL b) { return __builtin_shufflevector(a, b, LOW); }
INLINE VREAL F(high_half)(VREAL a, VREAL b) { return __builtin_shufflevector(a, b, HIGH); }
// Every second element of a followed by b, from the first or from the second on.
INLINE VREAL F(even)(VREAL a, VREAL b) { return __builtin_shufflevector(a, b, EVEN); }
INLINE VREAL F(odd)(VREAL a, VREAL b) { return __builtin_shufflevector(a, b, ODD); }
// b moved up by one lane, behind the last one of a; and a moved down, before the first one of b.
INLINE VREAL F(shifted_up)(VREAL a, VREAL b) { return __builtin_shufflevector(a, b, UP); }
INLINE VREAL F(shifted_down)(VREAL a, VREAL b) { return __builtin_shufflevector(a, b, DOWN); }

// Vectors as blocks of 16 bytes: interleaving inside of each block, and every second block of a followed by b's, are
// one instruction where the same of whole vectors takes several.
#if FLOAT_BITS == 32
#define BLOCK(i) i, i + 1, i + 2, i + 3
#define BLOCK_LOW(i) i, i + LANES, i + 1, i + 1 + LANES
#define BLOCK_HIGH(i) i + 2, i + 2 + LANES, i + 3, i + 3 + LANES
#define BLOCK_LANES 4
#else
#define BLOCK(i) i, i + 1
#define BLOCK_LOW(i) i, i + LANES
#define BLOCK_HIGH(i) i + 1, i + 1 + LANES
#define BLOCK_LANES 2
#endif
#if VECTOR_BYTES == 64
#define EACH_BLOCK(m) m(0), m(BLOCK_LANES), m(2 * BLOCK_LANES), m(3 * BLOCK_LANES)
#define SECOND_BLOCKS(i) BLOCK(i), BLOCK(i + 2 * BLOCK_LANES), BLOCK(i + LANES), BLOCK(i + LANES + 2 * BLOCK_LANES)
#elif VECTOR_BYTES == 32
#define EACH_BLOCK(m) m(0), m(BLOCK_LANES)
#define SECOND_BLOCKS(i) BLOCK(i), BLOCK(i + LANES)
#else
#define EACH_BLOCK(m) m(0)
#endif

// Transposes LANES vectors of LANES: first whole blocks, then what is in them. Each round of either turns the bits of
// (row, column) by one place.
INLINE void F(transpose)(VREAL *t) {
    VREAL u[LANES];
#if VECTOR_BYTES > 16
    enum { BLOCKS = LANES / BLOCK_LANES };
#pragma clang loop unroll(full)
    for (int width = 1; width < BLOCKS; width *= 2) {
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES / 2; i++) {
            const int row = i % BLOCK_LANES, pair = i / BLOCK_LANES;
            const VREAL a = t[2 * pair * BLOCK_LANES + row], b = t[(2 * pair + 1) * BLOCK_LANES + row];
            u[pair * BLOCK_LANES + row] = __builtin_shufflevector(a, b, SECOND_BLOCKS(0));
            u[(pair + BLOCKS / 2) * BLOCK_LANES + row] = __builtin_shufflevector(a, b, SECOND_BLOCKS(BLOCK_LANES));
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++) t[i] = u[i];
    }
#endif
#pragma clang loop unroll(full)
    for (int width = 1; width < BLOCK_LANES; width *= 2) {
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES / 2; i++) {
            const int first = i / (BLOCK_LANES / 2) * BLOCK_LANES, pair = i % (BLOCK_LANES / 2);
            const VREAL a = t[first + pair], b = t[first + pair + BLOCK_LANES / 2];
            u[first + 2 * pair] = __builtin_shufflevector(a, b, EACH_BLOCK(BLOCK_LOW));
            u[first + 2 * pair + 1] = __builtin_shufflevector(a, b, EACH_BLOCK(BLOCK_HIGH));
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++) t[i] = u[i];
    }
}

#undef BLOCK
#undef BLOCK_LANES
#undef BLOCK_LOW
#undef BLOCK_HIGH
#undef EACH_BLOCK
#undef SECOND_BLOCKS
#undef LOW
#undef HIGH
#undef EVEN
#undef ODD
#undef UP
#undef DOWN
