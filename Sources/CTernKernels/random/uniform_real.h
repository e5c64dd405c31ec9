// What random floats are made of.

// Words that one number takes.
enum { F(WORDS) = FLOAT_BITS / 32 };

// The number in 0 ..< 1 of a float's own count of bits.
INLINE REAL F(unit)(const uint32_t *words) {
#if FLOAT_BITS == 32
    return (float)(words[0] >> 8) * 0x1p-24f;
#else
    return (double)(random_pair(words) >> 11) * 0x1p-53;
#endif
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
