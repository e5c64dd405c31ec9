// Elementwise operations on floats: loops over vectors, and for each function one kernel made of them.

INLINE void T(map)(VREAL (*f)(VREAL), ptrdiff_t n, const STORED *x, ptrdiff_t sx, STORED *y) {
    STORED buffer[BLOCK];
    const ptrdiff_t step = n <= 1 ? 1 : sx == 1 ? n : BLOCK;
    for (ptrdiff_t i = 0; i < n; i += step) {
        const STORED *from = n <= 1 ? x : T(block)(x, sx, i, least(n - i, step), buffer);
        STORED *to = y + i;
        ptrdiff_t m = least(n - i, step);
        for (; m >= LANES; m -= LANES, from += LANES, to += LANES) T(store)(to, f(T(load)(from)));
        if (m > 0) T(store_first)(to, f(T(load_first)(from, m)), m);
    }
}
INLINE void T(map_parameter)(VREAL (*f)(VREAL, VREAL), REAL p, ptrdiff_t n, const STORED *x, ptrdiff_t sx, STORED *y) {
    STORED buffer[BLOCK];
    const VREAL v = F(set)(p);
    const ptrdiff_t step = n <= 1 ? 1 : sx == 1 ? n : BLOCK;
    for (ptrdiff_t i = 0; i < n; i += step) {
        const STORED *from = n <= 1 ? x : T(block)(x, sx, i, least(n - i, step), buffer);
        STORED *to = y + i;
        ptrdiff_t m = least(n - i, step);
        for (; m >= LANES; m -= LANES, from += LANES, to += LANES) T(store)(to, f(T(load)(from), v));
        if (m > 0) T(store_first)(to, f(T(load_first)(from, m), v), m);
    }
}

// The two operands of a loop. Strides 0 and 1 are the loop's own: a broadcast operand is read again and again from a
// vector of copies. Others are gathered in blocks.
typedef struct {
    STORED copies[2][LANES], buffer[2][BLOCK];
    ptrdiff_t block, steps[2];
    _Bool direct;
} T(operands);
INLINE void T(begin)(T(operands) *o, ptrdiff_t n, const STORED **a, ptrdiff_t sa, const STORED **b, ptrdiff_t sb) {
    if (n <= 1) sa = sb = 1;
    o->direct = (sa == 0 || sa == 1) && (sb == 0 || sb == 1);
    o->block = o->direct ? n : BLOCK;
    o->steps[0] = o->direct ? sa : 1, o->steps[1] = o->direct ? sb : 1;
    if (!o->direct) return;
    if (sa == 0) {
        for (int i = 0; i < LANES; i++) o->copies[0][i] = **a;
        *a = o->copies[0];
    }
    if (sb == 0) {
        for (int i = 0; i < LANES; i++) o->copies[1][i] = **b;
        *b = o->copies[1];
    }
}

INLINE void T(map2)(VREAL (*f)(VREAL, VREAL, VREAL), REAL p, ptrdiff_t n, const STORED *a, ptrdiff_t sa,
                    const STORED *b, ptrdiff_t sb, STORED *y) {
    T(operands) o;
    T(begin)(&o, n, &a, sa, &b, sb);
    const VREAL v = F(set)(p);
    for (ptrdiff_t i = 0; i < n; i += o.block) {
        ptrdiff_t m = least(n - i, o.block);
        const STORED *pa = o.direct ? a : T(block)(a, sa, i, m, o.buffer[0]);
        const STORED *pb = o.direct ? b : T(block)(b, sb, i, m, o.buffer[1]);
        STORED *to = y + i;
        for (; m >= LANES; m -= LANES, pa += o.steps[0] * LANES, pb += o.steps[1] * LANES, to += LANES)
            T(store)(to, f(T(load)(pa), T(load)(pb), v));
        if (m > 0) T(store_first)(to, f(T(load_first)(pa, m), T(load_first)(pb, m), v), m);
    }
}

#define UNARY(operation, function) \
    static void T(unary_##function)(ptrdiff_t n, const void *x, ptrdiff_t sx, void *y) { \
        T(map)(F(function), n, x, sx, y); \
    }
#define UNARY_PARAMETER(operation, function) \
    static void T(unary_##function)(double p, ptrdiff_t n, const void *x, ptrdiff_t sx, void *y) { \
        T(map_parameter)(F(function), (REAL)p, n, x, sx, y); \
    }
#define BINARY(operation, function) \
    INLINE VREAL T(function##_of_two)(VREAL a, VREAL b, VREAL p) { return F(function)(a, b); } \
    static void T(binary_##function)(ptrdiff_t n, const void *a, ptrdiff_t sa, const void *b, ptrdiff_t sb, void *y) { \
        T(map2)(T(function##_of_two), 0, n, a, sa, b, sb, y); \
    }
#define BINARY_PARAMETER(operation, function) \
    static void T(binary_##function)(double p, ptrdiff_t n, const void *a, ptrdiff_t sa, const void *b, ptrdiff_t sb, \
                                     void *y) { \
        T(map2)(F(function), (REAL)p, n, a, sa, b, sb, y); \
    }

// The same with a function that is called for each vector.
#define UNARY_CALLED(operation, function) \
    static void T(unary_##function)(ptrdiff_t n, const void *x, ptrdiff_t sx, void *y) { \
        T(map_called)(F(function), n, x, sx, y); \
    }
#define UNARY_PARAMETER_CALLED(operation, function) \
    static void T(unary_##function)(double p, ptrdiff_t n, const void *x, ptrdiff_t sx, void *y) { \
        T(map_parameter_called)(F(function), (REAL)p, n, x, sx, y); \
    }
#define BINARY_CALLED(operation, function) \
    static VREAL T(function##_of_two)(VREAL a, VREAL b, VREAL p) { return F(function)(a, b); } \
    static void T(binary_##function)(ptrdiff_t n, const void *a, ptrdiff_t sa, const void *b, ptrdiff_t sb, void *y) { \
        T(map2_called)(T(function##_of_two), 0, n, a, sa, b, sb, y); \
    }
#define BINARY_PARAMETER_CALLED(operation, function) \
    static void T(binary_##function)(double p, ptrdiff_t n, const void *a, ptrdiff_t sa, const void *b, ptrdiff_t sb, \
                                     void *y) { \
        T(map2_called)(F(function), (REAL)p, n, a, sa, b, sb, y); \
    }

// unary_exp, unary_leaky_relu, binary_add, binary_elu_backward ...: one kernel an operation of the lists.
#if STORED_IS_REAL
OUTLINE void T(map_called)(VREAL (*f)(VREAL), ptrdiff_t n, const STORED *x, ptrdiff_t sx, STORED *y) {
    T(map)(f, n, x, sx, y);
}
OUTLINE void T(map_parameter_called)(VREAL (*f)(VREAL, VREAL), REAL p, ptrdiff_t n, const STORED *x, ptrdiff_t sx,
                                     STORED *y) {
    T(map_parameter)(f, p, n, x, sx, y);
}
OUTLINE void T(map2_called)(VREAL (*f)(VREAL, VREAL, VREAL), REAL p, ptrdiff_t n, const STORED *a, ptrdiff_t sa,
                            const STORED *b, ptrdiff_t sb, STORED *y) {
    T(map2)(f, p, n, a, sa, b, sb, y);
}

EACH_UNARY(UNARY, UNARY, UNARY_CALLED)
EACH_UNARY_PARAMETER(UNARY_PARAMETER, UNARY_PARAMETER, UNARY_PARAMETER_CALLED)
EACH_BINARY(BINARY, BINARY, BINARY_CALLED)
EACH_BINARY_PARAMETER(BINARY_PARAMETER, BINARY_PARAMETER, BINARY_PARAMETER_CALLED)

INLINE VREAL T(power_of_two)(VREAL a, VREAL b, VREAL p) { return F(power)(a, b); }
INLINE VREAL T(cube_of_two)(VREAL a, VREAL b, VREAL p) { return F(cube)(a, b); }
INLINE VREAL T(power_of_half_of_two)(VREAL a, VREAL b, VREAL p) { return F(power_of_half)(a, b); }
INLINE VREAL T(reciprocal_of_two)(VREAL a, VREAL b, VREAL p) { return 1 / a; }
// Powers with one exponent for all that a few operations give.
static void T(binary_power)(ptrdiff_t n, const void *x, ptrdiff_t sx, const void *y, ptrdiff_t sy, void *result) {
    REAL exponent = n > 1 && sy == 0 && (sx == 0 || sx == 1) ? *(const REAL *)y : 0;
    if (exponent == 2) T(map2)(T(multiply_of_two), 0, n, x, sx, x, sx, result);
    else if (exponent == 3) T(map2)(T(cube_of_two), 0, n, x, sx, x, sx, result);
    else if (exponent == 1) T(map2)(T(multiply_of_two), 0, n, x, sx, y, sy, result);
    else if (exponent == R(0.5)) T(map2)(T(power_of_half_of_two), 0, n, x, sx, y, sy, result);
    else if (exponent == -1) T(map2)(T(reciprocal_of_two), 0, n, x, sx, y, sy, result);
    else T(map2)(T(power_of_two), 0, n, x, sx, y, sy, result);
}
#else
// By the kernels of float32, in blocks; a broadcast operand stays one.
OUTLINE void T(unary_by_real)(TernUnaryKernel *kernel, ptrdiff_t n, const STORED *x, ptrdiff_t sx, STORED *y) {
    REAL buffer[BLOCK];
    for (ptrdiff_t i = 0; i < n; i += BLOCK) {
        const ptrdiff_t m = least(n - i, BLOCK);
        T(convert_to_f32)(m, x + i * sx, sx, buffer);
        kernel(m, buffer, 1, buffer);
        PASTE(f32_convert_to_, TYPE)(m, buffer, 1, y + i);
    }
}
OUTLINE void T(unary_parameter_by_real)(TernUnaryParameterKernel *kernel, double p, ptrdiff_t n, const STORED *x,
                                        ptrdiff_t sx, STORED *y) {
    REAL buffer[BLOCK];
    for (ptrdiff_t i = 0; i < n; i += BLOCK) {
        const ptrdiff_t m = least(n - i, BLOCK);
        T(convert_to_f32)(m, x + i * sx, sx, buffer);
        kernel(p, m, buffer, 1, buffer);
        PASTE(f32_convert_to_, TYPE)(m, buffer, 1, y + i);
    }
}
// The kernel without a parameter or the one with it.
OUTLINE void T(binary_by_real)(TernBinaryKernel *kernel, TernBinaryParameterKernel *with, double p, ptrdiff_t n,
                               const STORED *a, ptrdiff_t sa, const STORED *b, ptrdiff_t sb, STORED *y) {
    REAL buffer_a[BLOCK], buffer_b[BLOCK], result[BLOCK];
    const ptrdiff_t ta = sa != 0, tb = sb != 0;
    for (ptrdiff_t i = 0; i < n; i += BLOCK) {
        const ptrdiff_t m = least(n - i, BLOCK);
        T(convert_to_f32)(ta ? m : 1, a + i * sa, sa, buffer_a);
        T(convert_to_f32)(tb ? m : 1, b + i * sb, sb, buffer_b);
        if (kernel) kernel(m, buffer_a, ta, buffer_b, tb, result);
        else with(p, m, buffer_a, ta, buffer_b, tb, result);
        PASTE(f32_convert_to_, TYPE)(m, result, 1, y + i);
    }
}

#define UNARY_BY_REAL(operation, function) \
    static void T(unary_##function)(ptrdiff_t n, const void *x, ptrdiff_t sx, void *y) { \
        T(unary_by_real)(F(unary_##function), n, x, sx, y); \
    }
#define UNARY_PARAMETER_BY_REAL(operation, function) \
    static void T(unary_##function)(double p, ptrdiff_t n, const void *x, ptrdiff_t sx, void *y) { \
        T(unary_parameter_by_real)(F(unary_##function), p, n, x, sx, y); \
    }
#define BINARY_BY_REAL(operation, function) \
    static void T(binary_##function)(ptrdiff_t n, const void *a, ptrdiff_t sa, const void *b, ptrdiff_t sb, void *y) { \
        T(binary_by_real)(F(binary_##function), 0, 0, n, a, sa, b, sb, y); \
    }
#define BINARY_PARAMETER_BY_REAL(operation, function) \
    static void T(binary_##function)(double p, ptrdiff_t n, const void *a, ptrdiff_t sa, const void *b, ptrdiff_t sb, \
                                     void *y) { \
        T(binary_by_real)(0, F(binary_##function), p, n, a, sa, b, sb, y); \
    }
EACH_UNARY(UNARY, UNARY_BY_REAL, UNARY_BY_REAL)
EACH_UNARY_PARAMETER(UNARY_PARAMETER, UNARY_PARAMETER_BY_REAL, UNARY_PARAMETER_BY_REAL)
EACH_BINARY(BINARY, BINARY_BY_REAL, BINARY_BY_REAL)
BINARY_BY_REAL(TERN_BINARY_POWER, power)
EACH_BINARY_PARAMETER(BINARY_PARAMETER, BINARY_PARAMETER_BY_REAL, BINARY_PARAMETER_BY_REAL)
#undef UNARY_BY_REAL
#undef UNARY_PARAMETER_BY_REAL
#undef BINARY_BY_REAL
#undef BINARY_PARAMETER_BY_REAL
#endif
#undef UNARY
#undef UNARY_PARAMETER
#undef BINARY
#undef BINARY_PARAMETER
#undef UNARY_CALLED
#undef UNARY_PARAMETER_CALLED
#undef BINARY_CALLED
#undef BINARY_PARAMETER_CALLED

static void T(clamp)(double low, double high, ptrdiff_t n, const void *x, ptrdiff_t sx, void *y) {
    const VREAL least_value = F(set)((REAL)low), largest_value = F(set)((REAL)high);
    STORED buffer[BLOCK];
    const ptrdiff_t step = n <= 1 ? 1 : sx == 1 ? n : BLOCK;
    for (ptrdiff_t i = 0; i < n; i += step) {
        const STORED *from = n <= 1 ? x : T(block)(x, sx, i, least(n - i, step), buffer);
        STORED *to = (STORED *)y + i;
        for (ptrdiff_t m = least(n - i, step); m > 0; m -= LANES, from += LANES, to += LANES) {
            VREAL v = m >= LANES ? T(load)(from) : T(load_first)(from, m);
            v = F(at_most)(F(at_least)(v, least_value), largest_value);
            if (m >= LANES) T(store)(to, v);
            else T(store_first)(to, v, m);
        }
    }
}

static void T(clamp_backward)(double low, double high, ptrdiff_t n, const void *g, ptrdiff_t sg, const void *x,
                              ptrdiff_t sx, void *y) {
    const VREAL least_value = F(set)((REAL)low), largest_value = F(set)((REAL)high);
    const STORED *upstream = g, *input = x;
    T(operands) o;
    T(begin)(&o, n, &upstream, sg, &input, sx);
    for (ptrdiff_t i = 0; i < n; i += o.block) {
        ptrdiff_t m = least(n - i, o.block);
        const STORED *pg = o.direct ? upstream : T(block)(upstream, sg, i, m, o.buffer[0]);
        const STORED *px = o.direct ? input : T(block)(input, sx, i, m, o.buffer[1]);
        STORED *to = (STORED *)y + i;
        for (; m > 0; m -= LANES, pg += o.steps[0] * LANES, px += o.steps[1] * LANES, to += LANES) {
            VREAL v = m >= LANES ? T(load)(px) : T(load_first)(px, m),
                  u = m >= LANES ? T(load)(pg) : T(load_first)(pg, m);
            u = F(select)((v <= least_value) | (v >= largest_value), (VREAL){}, u);
            if (m >= LANES) T(store)(to, u);
            else T(store_first)(to, u, m);
        }
    }
}

static void T(axpy)(double alpha, ptrdiff_t n, const void *x, void *y) {
    const VREAL v = F(set)((REAL)alpha);
    const STORED *from = x;
    STORED *to = y;
    for (; n >= LANES; n -= LANES, from += LANES, to += LANES) T(store)(to, F(fma)(v, T(load)(from), T(load)(to)));
    if (n > 0) T(store_first)(to, F(fma)(v, T(load_first)(from, n), T(load_first)(to, n)), n);
}

static void T(fill)(double value, ptrdiff_t n, void *y) { T(fill_value)(T(of_double)(value), n, y); }
static void T(fill_int64)(int64_t value, ptrdiff_t n, void *y) { T(fill_value)(T(of_int64)(value), n, y); }

#define UNARY(operation, function) [operation] = T(unary_##function),
static TernUnaryKernel *const T(unary)[TERN_UNARIES] = {EACH_UNARY(UNARY, UNARY, UNARY)};
static TernUnaryParameterKernel *const T(unary_parameter)[TERN_UNARIES_OF_PARAMETER] = {
    EACH_UNARY_PARAMETER(UNARY, UNARY, UNARY)};
#undef UNARY
#define BINARY(operation, function) [operation] = T(binary_##function),
static TernBinaryKernel *const T(binary)[TERN_BINARIES] = {
    EACH_BINARY(BINARY, BINARY, BINARY)[TERN_BINARY_POWER] = T(binary_power),
};
static TernBinaryParameterKernel *const T(binary_parameter)[TERN_BINARIES_OF_PARAMETER] = {
    EACH_BINARY_PARAMETER(BINARY, BINARY, BINARY)};
#undef BINARY
static TernBinaryKernel *const T(integer)[TERN_INTEGERS] = {};
