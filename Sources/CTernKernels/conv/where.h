// Which lanes are loaded, others being zero: their memory is not touched where READS_WHERE says so.
#if defined(TERN_TARGET_AVX512)
#define READS_WHERE 1
typedef uint16_t f32_where, f64_where;
INLINE f32_where f32_where_of(v_i32 mask) { return (f32_where)_mm512_movepi32_mask((__m512i)mask); }
INLINE f64_where f64_where_of(v_i64 mask) { return (f64_where)_mm512_movepi64_mask((__m512i)mask); }
INLINE v_f32 f32_load_where(const float *p, f32_where w) { return (v_f32)_mm512_maskz_loadu_ps((__mmask16)w, p); }
INLINE v_f64 f64_load_where(const double *p, f64_where w) { return (v_f64)_mm512_maskz_loadu_pd((__mmask8)w, p); }
#else
typedef v_i32 f32_where;
typedef v_i64 f64_where;
INLINE f32_where f32_where_of(v_i32 mask) { return mask; }
INLINE f64_where f64_where_of(v_i64 mask) { return mask; }
#if defined(TERN_TARGET_AVX2)
#define READS_WHERE 1
INLINE v_f32 f32_load_where(const float *p, f32_where w) { return (v_f32)_mm256_maskload_ps(p, (__m256i)w); }
INLINE v_f64 f64_load_where(const double *p, f64_where w) { return (v_f64)_mm256_maskload_pd(p, (__m256i)w); }
#else
#define READS_WHERE 0
INLINE v_f32 f32_load_where(const float *p, f32_where w) { return (v_f32)((v_i32)f32_load(p) & w); }
INLINE v_f64 f64_load_where(const double *p, f64_where w) { return (v_f64)((v_i64)f64_load(p) & w); }
#endif
#endif
