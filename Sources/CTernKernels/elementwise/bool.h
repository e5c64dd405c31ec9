// Bools are bytes of 0 and 1. What keeps to these is done as for uint8; sums are made 0 and 1 again.
#define TYPE bool

static void bool_binary_add(ptrdiff_t n, const void *a, ptrdiff_t sa, const void *b, ptrdiff_t sb, void *y) {
    u8_binary_add(n, a, sa, b, sb, y);
    u8_convert_to_bool(n, y, 1, y);
}
static void bool_binary_power(ptrdiff_t n, const void *a, ptrdiff_t sa, const void *b, ptrdiff_t sb, void *y) {
    u8_binary_power(n, a, sa, b, sb, y);
    u8_convert_to_bool(n, y, 1, y);
}
static void bool_clamp(double low, double high, ptrdiff_t n, const void *x, ptrdiff_t sx, void *y) {
    u8_clamp(low, high, n, x, sx, y);
    u8_convert_to_bool(n, y, 1, y);
}
static void bool_axpy(double alpha, ptrdiff_t n, const void *x, void *y) {
    u8_axpy(alpha, n, x, y);
    u8_convert_to_bool(n, y, 1, y);
}
static void bool_fill(double value, ptrdiff_t n, void *y) { u8_fill_value(value != 0, n, y); }
static void bool_fill_int64(int64_t value, ptrdiff_t n, void *y) { u8_fill_value(value != 0, n, y); }

static TernUnaryKernel *const bool_unary[TERN_UNARIES] = {
    [TERN_UNARY_ABS] = u8_unary_abs,
    [TERN_UNARY_SIGN] = u8_unary_sign,
    [TERN_UNARY_SQUARE] = u8_unary_square,
    [TERN_UNARY_RELU] = u8_unary_relu,
};
static TernBinaryKernel *const bool_binary[TERN_BINARIES] = {
    [TERN_BINARY_ADD] = bool_binary_add,
    [TERN_BINARY_MULTIPLY] = u8_binary_multiply,
    [TERN_BINARY_DIVIDE] = u8_binary_divide,
    [TERN_BINARY_POWER] = bool_binary_power,
    [TERN_BINARY_MAXIMUM] = u8_binary_maximum,
    [TERN_BINARY_MINIMUM] = u8_binary_minimum,
    [TERN_BINARY_REMAINDER] = u8_binary_remainder,
    [TERN_BINARY_FLOOR_DIVIDE] = u8_binary_floor_divide,
    [TERN_BINARY_RELU_BACKWARD] = u8_binary_relu_backward,
};
static TernBinaryKernel *const bool_integer[TERN_INTEGERS] = {
    [TERN_INTEGER_AND] = u8_integer_and, [TERN_INTEGER_OR] = u8_integer_or, [TERN_INTEGER_XOR] = u8_integer_xor};

const TernElementwiseKernels TABLE(elementwise) = {
    .unary = bool_unary,
    .unary_parameter = u8_unary_parameter,
    .binary = bool_binary,
    .binary_parameter = u8_binary_parameter,
    .integer = bool_integer,
    .compare = u8_compare,
    .convert = u8_convert,
    .select = u8_select,
    .clamp = bool_clamp,
    .copy = u8_copy,
    .fill = bool_fill,
    .fill_int64 = bool_fill_int64,
    .axpy = bool_axpy,
};
#undef TYPE
