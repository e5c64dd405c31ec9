#undef STORED
#undef VALUE
#undef STORED_IS_REAL
#undef TYPE
#undef T
#undef U
#undef BITS_OF_STORED
