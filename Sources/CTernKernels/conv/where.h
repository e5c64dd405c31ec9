// How vectors of sources are read: whole ones, and those of which some lanes lie outside of the plane, and are zero.
typedef enum { READ_WHOLE, READ_BLANKED, READ_WHERE } Reading;

// `load_where` touches no memory of the lanes that do not count where READS_WHERE says so. `load_blanked` may, and is
// faster where WHERE_IS_SLOW: there, memory from `begin` to `end` may be read.
#if defined(TERN_TARGET_AVX512)
#define READS_WHERE 1
#define WHERE_IS_SLOW 0
typedef uint16_t f32_where, f64_where;
INLINE f32_where f32_where_of(v_i32 mask) { return (f32_where)_mm512_movepi32_mask((__m512i)mask); }
INLINE f64_where f64_where_of(v_i64 mask) { return (f64_where)_mm512_movepi64_mask((__m512i)mask); }
INLINE v_f32 f32_load_blanked(const float *p, f32_where w) { return (v_f32)_mm512_maskz_loadu_ps((__mmask16)w, p); }
INLINE v_f64 f64_load_blanked(const double *p, f64_where w) { return (v_f64)_mm512_maskz_loadu_pd((__mmask8)w, p); }
#else
typedef v_i32 f32_where;
typedef v_i64 f64_where;
INLINE f32_where f32_where_of(v_i32 mask) { return mask; }
INLINE f64_where f64_where_of(v_i64 mask) { return mask; }
INLINE v_f32 f32_load_blanked(const float *p, f32_where w) { return (v_f32)((v_i32)f32_load(p) & w); }
INLINE v_f64 f64_load_blanked(const double *p, f64_where w) { return (v_f64)((v_i64)f64_load(p) & w); }
#if defined(TERN_TARGET_AVX2)
#define READS_WHERE 1
#define WHERE_IS_SLOW 1
// Loads with masks that reach over the end of a page take hundreds of cycles on AMD's processors: few are left.
#define LOAD_WHERE(type, masked) \
    INLINE v_##type type##_load_where(const void *p, type##_where w, const void *begin, const void *end) { \
        const char *first = p, *last = first + sizeof w; \
        if (first >= (const char *)begin && last <= (const char *)end) return type##_load_blanked(p, w); \
        if (last <= (const char *)begin || first >= (const char *)end) return (v_##type){}; \
        return (v_##type)masked(p, (__m256i)w); \
    }
LOAD_WHERE(f32, _mm256_maskload_ps)
LOAD_WHERE(f64, _mm256_maskload_pd)
#undef LOAD_WHERE
#else
#define READS_WHERE 0
#define WHERE_IS_SLOW 0
#endif
#endif
#if !WHERE_IS_SLOW
#define f32_load_where(p, w, begin, end) f32_load_blanked(p, w)
#define f64_load_where(p, w, begin, end) f64_load_blanked(p, w)
#endif

// How a tile is read of which lanes are blanked if it is `masked`, all of whose memory may be read if it is `inside`.
INLINE Reading reading_of(bool masked, bool inside) {
    return !masked ? READ_WHOLE : WHERE_IS_SLOW && inside ? READ_BLANKED : READ_WHERE;
}
