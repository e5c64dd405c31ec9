// The table of one level: each entry chooses the loop of the element type.

// Calls `function` with blocks of contiguous elements: (m, x, y) of `type`.
#define BY_BLOCKS(prefix, type, call) \
    { \
        if (sx == 1 || n <= 1) { \
            const type *from = x; \
            type *to = y; \
            ptrdiff_t m = n; \
            prefix##_##call; \
            return; \
        } \
        type buffer[BLOCK], *to = y; \
        for (ptrdiff_t i = 0; i < n; i += BLOCK, to += BLOCK) { \
            ptrdiff_t m = least(n - i, BLOCK); \
            const type *from = prefix##_block(x, sx, i, m, buffer); \
            prefix##_##call; \
        } \
        return; \
    }

// Bools are bytes of 0 and 1, and arithmetic of them is that of bytes, made 0 and 1 again.
INLINE void normalize_bools(ptrdiff_t n, uint8_t *y) {
    for (ptrdiff_t i = 0; i < n; i++) y[i] = y[i] != 0;
}

static void LEVEL(unary)(TernType type, TernUnary op, ptrdiff_t n, const void *x, ptrdiff_t sx, void *y) {
    switch (type) {
    case TERN_FLOAT32: BY_BLOCKS(f32, float, unary(op, m, from, to))
    case TERN_FLOAT64: BY_BLOCKS(f64, double, unary(op, m, from, to))
    case TERN_BOOL:
    case TERN_UINT8: BY_BLOCKS(u8, uint8_t, unary(op, m, from, to))
    case TERN_INT32: BY_BLOCKS(i32, int32_t, unary(op, m, from, to))
    case TERN_INT64: BY_BLOCKS(i64, int64_t, unary(op, m, from, to))
    }
}

static void LEVEL(unary_parameter)(TernType type, TernUnaryParameter op, double p, ptrdiff_t n, const void *x,
                                   ptrdiff_t sx, void *y) {
    if (type == TERN_FLOAT32) BY_BLOCKS(f32, float, unary_parameter(op, (float)p, m, from, to))
    if (type == TERN_FLOAT64) BY_BLOCKS(f64, double, unary_parameter(op, p, m, from, to))
}

static void LEVEL(clamp)(TernType type, double low, double high, ptrdiff_t n, const void *x, ptrdiff_t sx, void *y) {
    switch (type) {
    case TERN_FLOAT32: BY_BLOCKS(f32, float, clamp((float)low, (float)high, m, from, to))
    case TERN_FLOAT64: BY_BLOCKS(f64, double, clamp(low, high, m, from, to))
    case TERN_BOOL:
    case TERN_UINT8: BY_BLOCKS(u8, uint8_t, clamp(f64_to_u8(low), f64_to_u8(high), m, from, to))
    case TERN_INT32: BY_BLOCKS(i32, int32_t, clamp(f64_to_i32(low), f64_to_i32(high), m, from, to))
    case TERN_INT64: BY_BLOCKS(i64, int64_t, clamp(f64_to_i64(low), f64_to_i64(high), m, from, to))
    }
}

// Strides 0 and 1 are the loop's own; others are gathered.
#define BINARY_BY_BLOCKS(prefix, type, ...) \
    { \
        if (n <= 1) sa = sb = 1; \
        if ((sa == 0 || sa == 1) && (sb == 0 || sb == 1)) { \
            ptrdiff_t m = n, ta = sa, tb = sb; \
            const type *pa = a, *pb = b; \
            type *to = y; \
            __VA_ARGS__; \
            return; \
        } \
        type buffer_a[BLOCK], buffer_b[BLOCK], *to = y; \
        for (ptrdiff_t i = 0; i < n; i += BLOCK, to += BLOCK) { \
            ptrdiff_t m = least(n - i, BLOCK), ta = 1, tb = 1; \
            const type *pa = prefix##_block(a, sa, i, m, buffer_a), *pb = prefix##_block(b, sb, i, m, buffer_b); \
            __VA_ARGS__; \
        } \
        return; \
    }

static void LEVEL(binary)(TernType type, TernBinary op, ptrdiff_t n, const void *a, ptrdiff_t sa, const void *b,
                          ptrdiff_t sb, void *y) {
    switch (type) {
    case TERN_FLOAT32: BINARY_BY_BLOCKS(f32, float, f32_binary(op, m, pa, ta, pb, tb, to))
    case TERN_FLOAT64: BINARY_BY_BLOCKS(f64, double, f64_binary(op, m, pa, ta, pb, tb, to))
    case TERN_BOOL:
        u8_binary(op, n, a, sa, b, sb, y);
        normalize_bools(n, y);
        return;
    case TERN_UINT8: u8_binary(op, n, a, sa, b, sb, y); return;
    case TERN_INT32: i32_binary(op, n, a, sa, b, sb, y); return;
    case TERN_INT64: i64_binary(op, n, a, sa, b, sb, y); return;
    }
}

static void LEVEL(binary_parameter)(TernType type, TernBinaryParameter op, double p, ptrdiff_t n, const void *a,
                                    ptrdiff_t sa, const void *b, ptrdiff_t sb, void *y) {
    if (type == TERN_FLOAT32) BINARY_BY_BLOCKS(f32, float, f32_binary_parameter(op, (float)p, m, pa, ta, pb, tb, to))
    if (type == TERN_FLOAT64) BINARY_BY_BLOCKS(f64, double, f64_binary_parameter(op, p, m, pa, ta, pb, tb, to))
}

// Calls the loop of the element type: prefix_function(arguments).
#define BY_TYPE(function, ...) \
    switch (type) { \
    case TERN_BOOL: \
    case TERN_UINT8: u8_##function(__VA_ARGS__); return; \
    case TERN_INT32: i32_##function(__VA_ARGS__); return; \
    case TERN_INT64: i64_##function(__VA_ARGS__); return; \
    case TERN_FLOAT32: f32_##function(__VA_ARGS__); return; \
    case TERN_FLOAT64: f64_##function(__VA_ARGS__); return; \
    }

static void LEVEL(compare)(TernType type, TernCompare op, ptrdiff_t n, const void *a, ptrdiff_t sa, const void *b,
                           ptrdiff_t sb, uint8_t *y){BY_TYPE(compare, op, n, a, sa, b, sb, y)}

#define SELECT_LOOP(type) \
    { \
        const type *pa = a, *pb = b; \
        type *to = y; \
        if (sc == 1 && sa == 1 && sb == 1) \
            for (ptrdiff_t i = 0; i < n; i++) to[i] = c[i] ? pa[i] : pb[i]; \
        else \
            for (ptrdiff_t i = 0; i < n; i++) to[i] = c[i * sc] ? pa[i * sa] : pb[i * sb]; \
        return; \
    }
static void LEVEL(select)(ptrdiff_t size, ptrdiff_t n, const uint8_t *c, ptrdiff_t sc, const void *a, ptrdiff_t sa,
                          const void *b, ptrdiff_t sb, void *y) {
    switch (size) {
    case 1: SELECT_LOOP(uint8_t)
    case 4: SELECT_LOOP(int32_t)
    case 8: SELECT_LOOP(int64_t)
    }
}

static void LEVEL(copy)(ptrdiff_t size, ptrdiff_t n, const void *x, ptrdiff_t sx, void *y, ptrdiff_t sy) {
    switch (size) {
    case 1: u8_copy(n, x, sx, y, sy); return;
    case 4: i32_copy(n, x, sx, y, sy); return;
    case 8: i64_copy(n, x, sx, y, sy); return;
    }
}

static void LEVEL(convert)(TernType from, TernType to, ptrdiff_t n, const void *x, ptrdiff_t sx, void *y) {
    TernType type = from;
    BY_TYPE(convert, to, n, x, sx, y)
}

static void LEVEL(fill)(TernType type, double value, ptrdiff_t n, void *y) {
    switch (type) {
    case TERN_BOOL: u8_fill(value != 0, n, y); return;
    case TERN_UINT8: u8_fill(f64_to_u8(value), n, y); return;
    case TERN_INT32: i32_fill(f64_to_i32(value), n, y); return;
    case TERN_INT64: i64_fill(f64_to_i64(value), n, y); return;
    case TERN_FLOAT32: f32_fill((float)value, n, y); return;
    case TERN_FLOAT64: f64_fill(value, n, y); return;
    }
}
static void LEVEL(fill_int64)(TernType type, int64_t value, ptrdiff_t n, void *y) {
    switch (type) {
    case TERN_BOOL: u8_fill(value != 0, n, y); return;
    case TERN_UINT8: u8_fill((uint8_t)value, n, y); return;
    case TERN_INT32: i32_fill((int32_t)value, n, y); return;
    case TERN_INT64: i64_fill(value, n, y); return;
    case TERN_FLOAT32: f32_fill((float)value, n, y); return;
    case TERN_FLOAT64: f64_fill((double)value, n, y); return;
    }
}

static void LEVEL(axpy)(TernType type, double alpha, ptrdiff_t n, const void *x, void *y) {
    switch (type) {
    case TERN_BOOL:
    case TERN_UINT8: u8_axpy((uint8_t)f64_to_i64(alpha), n, x, y); return;
    case TERN_INT32: i32_axpy((int32_t)f64_to_i64(alpha), n, x, y); return;
    case TERN_INT64: i64_axpy(f64_to_i64(alpha), n, x, y); return;
    case TERN_FLOAT32: f32_axpy((float)alpha, n, x, y); return;
    case TERN_FLOAT64: f64_axpy(alpha, n, x, y); return;
    }
}

static void LEVEL(reduce)(TernType type, TernReduce op, ptrdiff_t n, const void *x, ptrdiff_t sx, void *result) {
    switch (type) {
    case TERN_BOOL:
    case TERN_UINT8: *(uint8_t *)result = u8_reduce(op, n, x, sx); return;
    case TERN_INT32: *(int32_t *)result = i32_reduce(op, n, x, sx); return;
    case TERN_INT64: *(int64_t *)result = i64_reduce(op, n, x, sx); return;
    case TERN_FLOAT32: *(float *)result = f32_reduce(op, n, x, sx); return;
    case TERN_FLOAT64: *(double *)result = f64_reduce(op, n, x, sx); return;
    }
}
static void LEVEL(reduce_rows)(TernType type, TernReduce op, ptrdiff_t groups, const ptrdiff_t *offsets, ptrdiff_t rows,
                               ptrdiff_t stride, ptrdiff_t n, const void *x, void *y) {
    BY_TYPE(reduce_rows, op, groups, offsets, rows, stride, n, x, y)
}
static void LEVEL(cumulative_sum)(TernType type, ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t n, void *x) {
    BY_TYPE(cumulative_sum, rows, stride, n, x)
}
static int64_t LEVEL(index_of_extreme)(TernType type, TernReduce op, ptrdiff_t n, const void *x, ptrdiff_t sx) {
    switch (type) {
    case TERN_BOOL:
    case TERN_UINT8: return u8_index_of_extreme(op, n, x, sx);
    case TERN_INT32: return i32_index_of_extreme(op, n, x, sx);
    case TERN_INT64: return i64_index_of_extreme(op, n, x, sx);
    case TERN_FLOAT32: return f32_index_of_extreme(op, n, x, sx);
    case TERN_FLOAT64: return f64_index_of_extreme(op, n, x, sx);
    }
    return 0;
}
static int64_t LEVEL(argmax)(TernType type, ptrdiff_t n, const void *x, ptrdiff_t sx) {
    return LEVEL(index_of_extreme)(type, TERN_REDUCE_MAX, n, x, sx);
}
static int64_t LEVEL(argmin)(TernType type, ptrdiff_t n, const void *x, ptrdiff_t sx) {
    return LEVEL(index_of_extreme)(type, TERN_REDUCE_MIN, n, x, sx);
}

#define BY_FLOAT(function, ...) \
    if (type == TERN_FLOAT32) f32_##function(__VA_ARGS__); \
    if (type == TERN_FLOAT64) f64_##function(__VA_ARGS__)

static void LEVEL(softmax)(TernType type, ptrdiff_t rows, ptrdiff_t columns, const void *x, void *y) {
    BY_FLOAT(softmax, rows, columns, x, y);
}
static void LEVEL(log_softmax)(TernType type, ptrdiff_t rows, ptrdiff_t columns, const void *x, void *y) {
    BY_FLOAT(log_softmax, rows, columns, x, y);
}
static void LEVEL(softmax_backward)(TernType type, ptrdiff_t rows, ptrdiff_t columns, const void *y, const void *g,
                                    void *dx) {
    BY_FLOAT(softmax_backward, rows, columns, y, g, dx);
}
static void LEVEL(log_softmax_backward)(TernType type, ptrdiff_t rows, ptrdiff_t columns, const void *y, const void *g,
                                        void *dx) {
    BY_FLOAT(log_softmax_backward, rows, columns, y, g, dx);
}
static ptrdiff_t LEVEL(cross_entropy)(TernType type, ptrdiff_t rows, ptrdiff_t columns, const void *x,
                                      const int64_t *labels, int64_t ignore_index, double smoothing, void *loss,
                                      void *probabilities) {
    return type == TERN_FLOAT32
        ? f32_cross_entropy(rows, columns, x, labels, ignore_index, (float)smoothing, loss, probabilities)
        : f64_cross_entropy(rows, columns, x, labels, ignore_index, smoothing, loss, probabilities);
}
static void LEVEL(cross_entropy_backward)(TernType type, ptrdiff_t rows, ptrdiff_t columns, const void *probabilities,
                                          const int64_t *labels, int64_t ignore_index, double smoothing,
                                          const void *scale, ptrdiff_t ss, void *dx) {
    if (type == TERN_FLOAT32)
        f32_cross_entropy_backward(rows, columns, probabilities, labels, ignore_index, (float)smoothing, scale, ss, dx);
    else f64_cross_entropy_backward(rows, columns, probabilities, labels, ignore_index, smoothing, scale, ss, dx);
}

#undef BY_BLOCKS
#undef BINARY_BY_BLOCKS
#undef BY_TYPE
#undef BY_FLOAT
#undef SELECT_LOOP

const TernVectorKernels LEVEL(tern_vector) = {
    .unary = LEVEL(unary),
    .unary_parameter = LEVEL(unary_parameter),
    .binary = LEVEL(binary),
    .binary_parameter = LEVEL(binary_parameter),
    .compare = LEVEL(compare),
    .select = LEVEL(select),
    .clamp = LEVEL(clamp),
    .copy = LEVEL(copy),
    .convert = LEVEL(convert),
    .fill = LEVEL(fill),
    .fill_int64 = LEVEL(fill_int64),
    .axpy = LEVEL(axpy),
    .reduce = LEVEL(reduce),
    .reduce_rows = LEVEL(reduce_rows),
    .cumulative_sum = LEVEL(cumulative_sum),
    .argmax = LEVEL(argmax),
    .argmin = LEVEL(argmin),
    .softmax = LEVEL(softmax),
    .log_softmax = LEVEL(log_softmax),
    .softmax_backward = LEVEL(softmax_backward),
    .log_softmax_backward = LEVEL(log_softmax_backward),
    .cross_entropy = LEVEL(cross_entropy),
    .cross_entropy_backward = LEVEL(cross_entropy_backward),
};
