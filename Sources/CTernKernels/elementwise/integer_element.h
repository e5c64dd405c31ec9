// Arithmetic of one integer type: included once a type with ELEMENT, its unsigned form WRAPPING, IS_SIGNED, the limits
// SMALLEST and LARGEST, and E(name) defined. Arithmetic wraps, division and remainder by zero give 0.

static void E(copy)(ptrdiff_t n, const ELEMENT *x, ptrdiff_t sx, ELEMENT *y, ptrdiff_t sy) {
    if (sx == 1 && sy == 1) {
        __builtin_memmove(y, x, (size_t)n * sizeof(ELEMENT));
    } else if (sx == 0 && sy == 1) {
        ELEMENT value = *x;
        for (ptrdiff_t i = 0; i < n; i++) y[i] = value;
    } else if (sy == 1) {
        for (ptrdiff_t i = 0; i < n; i++) y[i] = x[i * sx];
    } else {
        for (ptrdiff_t i = 0; i < n; i++) y[i * sy] = x[i * sx];
    }
}

INLINE ELEMENT E(absolute)(ELEMENT x) { return x < 0 ? (ELEMENT)(0 - (WRAPPING)x) : x; }

#define LOOP(expression) \
    for (ptrdiff_t i = 0; i < n; i++) { \
        ELEMENT v = x[i]; \
        y[i] = (ELEMENT)(expression); \
    } \
    return
static void E(unary)(TernUnary op, ptrdiff_t n, const ELEMENT *x, ELEMENT *y) {
    switch (op) {
    case TERN_UNARY_NEGATE: LOOP(0 - (WRAPPING)v);
    case TERN_UNARY_ABS: LOOP(E(absolute)(v));
    case TERN_UNARY_SIGN: LOOP((v > 0) - (v < 0));
    case TERN_UNARY_SQUARE: LOOP((WRAPPING)v * (WRAPPING)v);
    case TERN_UNARY_RELU: LOOP(v > 0 ? v : 0);
    default: E(copy)(n, x, 1, y, 1);
    }
}
#undef LOOP

INLINE ELEMENT E(quotient)(ELEMENT a, ELEMENT b) {  // rounded down
    if (b == 0) return 0;
    if (IS_SIGNED && b == (ELEMENT)-1) return (ELEMENT)(0 - (WRAPPING)a);
    ELEMENT q = (ELEMENT)(a / b);
    return (ELEMENT)(q - (a % b != 0 && (a < 0) != (b < 0)));
}
INLINE ELEMENT E(modulo)(ELEMENT a, ELEMENT b) {  // sign of the divisor
    if (b == 0 || (IS_SIGNED && b == (ELEMENT)-1)) return 0;
    ELEMENT r = (ELEMENT)(a % b);
    return r != 0 && (r < 0) != (b < 0) ? (ELEMENT)(r + b) : r;
}
INLINE ELEMENT E(truncated_quotient)(ELEMENT a, ELEMENT b) {
    if (b == 0) return 0;
    if (IS_SIGNED && b == (ELEMENT)-1) return (ELEMENT)(0 - (WRAPPING)a);
    return (ELEMENT)(a / b);
}
// Negative exponents: 1 / a^|b|, rounded towards zero.
INLINE ELEMENT E(power)(ELEMENT a, ELEMENT b) {
    if (b < 0) return a == 1 ? 1 : a == (ELEMENT)-1 ? (ELEMENT)(b % 2 == 0 ? 1 : -1) : 0;
    WRAPPING result = 1, base = (WRAPPING)a;
    for (WRAPPING e = (WRAPPING)b; e != 0; e >>= 1, base = (WRAPPING)(base * base))
        if (e & 1) result = (WRAPPING)(result * base);
    return (ELEMENT)result;
}

#define LOOP(expression) \
    for (ptrdiff_t i = 0; i < n; i++) { \
        ELEMENT u = a[i], v = b[i]; \
        y[i] = (ELEMENT)(expression); \
    } \
    return
static void E(binary_contiguous)(TernBinary op, ptrdiff_t n, const ELEMENT *a, const ELEMENT *b, ELEMENT *y) {
    switch (op) {
    case TERN_BINARY_ADD: LOOP((WRAPPING)u + (WRAPPING)v);
    case TERN_BINARY_SUBTRACT: LOOP((WRAPPING)u - (WRAPPING)v);
    case TERN_BINARY_MULTIPLY: LOOP((WRAPPING)u * (WRAPPING)v);
    case TERN_BINARY_DIVIDE: LOOP(E(truncated_quotient)(u, v));
    case TERN_BINARY_POWER: LOOP(E(power)(u, v));
    case TERN_BINARY_MAXIMUM: LOOP(u > v ? u : v);
    case TERN_BINARY_MINIMUM: LOOP(u < v ? u : v);
    case TERN_BINARY_REMAINDER: LOOP(E(modulo)(u, v));
    case TERN_BINARY_FLOOR_DIVIDE: LOOP(E(quotient)(u, v));
    case TERN_BINARY_RELU_BACKWARD: LOOP(v > 0 ? u : 0);
    default: E(copy)(n, a, 1, y, 1);
    }
}
#undef LOOP
static void E(binary)(TernBinary op, ptrdiff_t n, const ELEMENT *a, ptrdiff_t sa, const ELEMENT *b, ptrdiff_t sb,
                      ELEMENT *y) {
    ELEMENT buffer_a[BLOCK], buffer_b[BLOCK];
    ptrdiff_t step = sa == 1 && sb == 1 ? n : BLOCK;
    for (ptrdiff_t i = 0; i < n; i += step) {
        ptrdiff_t m = least(n - i, step);
        E(binary_contiguous)(op, m, E(block)(a, sa, i, m, buffer_a), E(block)(b, sb, i, m, buffer_b), y + i);
    }
}

static void E(clamp)(ELEMENT low, ELEMENT high, ptrdiff_t n, const ELEMENT *x, ELEMENT *y) {
    for (ptrdiff_t i = 0; i < n; i++) {
        ELEMENT v = x[i] < low ? low : x[i];
        y[i] = v > high ? high : v;
    }
}

static void E(axpy)(ELEMENT alpha, ptrdiff_t n, const ELEMENT *x, ELEMENT *y) {
    for (ptrdiff_t i = 0; i < n; i++) y[i] = (ELEMENT)((WRAPPING)y[i] + (WRAPPING)alpha * (WRAPPING)x[i]);
}

INLINE ELEMENT E(step)(TernReduce op, ELEMENT acc, ELEMENT x) {
    switch (op) {
    case TERN_REDUCE_SUM: return (ELEMENT)((WRAPPING)acc + (WRAPPING)x);
    case TERN_REDUCE_PRODUCT: return (ELEMENT)((WRAPPING)acc * (WRAPPING)x);
    case TERN_REDUCE_MAX: return x > acc ? x : acc;
    case TERN_REDUCE_MIN: return x < acc ? x : acc;
    case TERN_REDUCE_SUM_SQUARES: return (ELEMENT)((WRAPPING)acc + (WRAPPING)x * (WRAPPING)x);
    case TERN_REDUCE_SUM_ABS: return (ELEMENT)((WRAPPING)acc + (WRAPPING)E(absolute)(x));
    }
    return acc;
}
#define LOOP(op, start) \
    { \
        ELEMENT acc = start; \
        if (sx == 1) \
            for (ptrdiff_t i = 0; i < n; i++) acc = E(step)(op, acc, x[i]); \
        else \
            for (ptrdiff_t i = 0; i < n; i++) acc = E(step)(op, acc, x[i * sx]); \
        return acc; \
    }
static ELEMENT E(reduce)(TernReduce op, ptrdiff_t n, const ELEMENT *x, ptrdiff_t sx) {
    switch (op) {
    case TERN_REDUCE_SUM: LOOP(TERN_REDUCE_SUM, 0)
    case TERN_REDUCE_PRODUCT: LOOP(TERN_REDUCE_PRODUCT, 1)
    case TERN_REDUCE_MAX: LOOP(TERN_REDUCE_MAX, SMALLEST)
    case TERN_REDUCE_MIN: LOOP(TERN_REDUCE_MIN, LARGEST)
    case TERN_REDUCE_SUM_SQUARES: LOOP(TERN_REDUCE_SUM_SQUARES, 0)
    case TERN_REDUCE_SUM_ABS: LOOP(TERN_REDUCE_SUM_ABS, 0)
    }
    return 0;
}
#undef LOOP
#define LOOP(op) \
    for (ptrdiff_t i = 0; i < n; i++) acc[i] = E(step)(op, acc[i], x[i]); \
    return
static void E(reduce_row)(TernReduce op, ptrdiff_t n, const ELEMENT *x, ELEMENT *acc) {
    switch (op) {
    case TERN_REDUCE_SUM: LOOP(TERN_REDUCE_SUM);
    case TERN_REDUCE_PRODUCT: LOOP(TERN_REDUCE_PRODUCT);
    case TERN_REDUCE_MAX: LOOP(TERN_REDUCE_MAX);
    case TERN_REDUCE_MIN: LOOP(TERN_REDUCE_MIN);
    case TERN_REDUCE_SUM_SQUARES: LOOP(TERN_REDUCE_SUM_SQUARES);
    case TERN_REDUCE_SUM_ABS: LOOP(TERN_REDUCE_SUM_ABS);
    }
}
#undef LOOP
static void E(reduce_rows)(TernReduce op, ptrdiff_t groups, const ptrdiff_t *offsets, ptrdiff_t rows, ptrdiff_t stride,
                           ptrdiff_t n, const ELEMENT *x, ELEMENT *y) {
    for (ptrdiff_t i = 0; i < n; i++) y[i] = E(reduce)(op, 1, x + (offsets ? offsets[0] : 0) + i, 1);
    for (ptrdiff_t g = 0; g < groups; g++)
        for (ptrdiff_t row = g == 0; row < rows; row++)
            E(reduce_row)(op, n, x + (offsets ? offsets[g] : 0) + row * stride, y);
}

static void E(cumulative_sum)(ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t n, ELEMENT *x) {
    for (ptrdiff_t row = 1; row < rows; row++)
        for (ptrdiff_t i = 0; i < n; i++)
            x[row * stride + i] = (ELEMENT)((WRAPPING)x[row * stride + i] + (WRAPPING)x[(row - 1) * stride + i]);
}

static int64_t E(index_of_extreme)(TernReduce op, ptrdiff_t n, const ELEMENT *x, ptrdiff_t sx) {
    ELEMENT extreme = E(reduce)(op, n, x, sx);
    ptrdiff_t i = 0;
    while (x[i * sx] != extreme) i++;
    return i;
}

#undef ELEMENT
#undef WRAPPING
#undef IS_SIGNED
#undef SMALLEST
#undef LARGEST
#undef E
