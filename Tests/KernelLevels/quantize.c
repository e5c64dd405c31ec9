// Products of bytes: the same bits at every level, with the instructions for dot products of bytes and without.
#include "harness.h"

#include <math.h>

// Those that run now.
static const TernQuantizedKernels *kernels(_Bool dots) {
    return tern_quantized_kernels(at, at != TERN_LEVEL_PORTABLE && dots);
}

// Settings of the source and the results that a test takes in turn.
static TernQuantizedSource source_of(const void *floats, const void *bytes, int turn) {
    return (TernQuantizedSource){turn % 2 ? floats : bytes, turn % 2, 100, turn % 3 == 0 ? 0 : turn % 3 == 1 ? 7 : 255};
}
static TernQuantizedEnd end_of(const int32_t *bias, const float *factors, int32_t source_zero, int turn) {
    return (TernQuantizedEnd){.bias = turn % 5 ? bias : NULL,
                              .factors = factors,
                              .source_zero = source_zero,
                              .slope = turn % 3 == 2 ? 0.3f : 1,
                              .low = turn / 2 % 2 ? 0 : -INFINITY,
                              .high = turn % 4 == 3 ? 6 : INFINITY,
                              .to_bytes = turn / 4 % 2,
                              .zero = turn % 3 * 50};
}

// Weights in -127...127 and bytes with their extremes, floats with what is not finite.
static int8_t *weights_of(ptrdiff_t n) {
    int8_t *w = numbers(TERN_INT8, n, 1, -127.99, 127.99);
    for (ptrdiff_t i = 0; i < n; i += 3) w[i] = i % 2 ? 127 : -127;
    return w;
}
static void *source_values(TernType type, ptrdiff_t n) {
    if (type == TERN_FLOAT32) {
        float *x = numbers(type, n, 1, -1.5, 2.5);
        static const float special[] = {NAN, INFINITY, -INFINITY, 0.005f, 0.015f, -0.0f, 1e30f};
        for (ptrdiff_t i = 0; i < n; i += 11) x[i] = special[i / 11 % 7];
        return x;
    }
    uint8_t *x = numbers(type, n, 1, 0, 255.99);
    for (ptrdiff_t i = 0; i < n; i += 4) x[i] = 255;
    return x;
}

static void check_quantize(_Bool dots) {
    for (ptrdiff_t n = 0; n < 70; n++) {
        start("%td numbers quantized", n);
        const float *x = source_values(TERN_FLOAT32, n);
        BOTH(TERN_UINT8, n, EXACTLY, 0, kernels(dots)->quantize(n, x, 100, 3, (uint8_t *)y));
    }
}

static void check_linear(_Bool dots) {
    static const ptrdiff_t sizes[][3] = {{1, 1, 1},   {1, 10, 84},  {1, 120, 400}, {3, 33, 7},
                                         {5, 70, 65}, {4, 17, 260}, {9, 130, 31},  {2, 64, 1027}};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int turn = 0; turn < 12; turn++) {
            const ptrdiff_t rows = sizes[s][0], outputs = sizes[s][1], depth = sizes[s][2];
            start("linear layer of bytes %zu, turn %d", s, turn);
            const TernQuantizedSource source =
                source_of(source_values(TERN_FLOAT32, rows * depth), source_values(TERN_UINT8, rows * depth), turn);
            const int8_t *w = weights_of(outputs * depth);
            const TernQuantizedEnd end = end_of(numbers(TERN_INT32, outputs, 1, -90000, 90000),
                                                numbers(TERN_FLOAT32, outputs, 1, 0, 1e-3), source.zero, turn);
            BOTH(end.to_bytes ? TERN_UINT8 : TERN_FLOAT32, rows * outputs, EXACTLY, 0,
                 const TernQuantizedKernels *k = kernels(dots);
                 void *packed = memory((k->linear_bytes(outputs, depth) + 63) / 64 * 64);
                 k->pack_linear(outputs, depth, w, packed);
                 int32_t *units = memory((4 * rows * k->row_units(depth) + 63) / 64 * 64);
                 k->copy_rows(rows, depth, &source, units);
                 for (ptrdiff_t panel = k->linear_panels(outputs); panel-- > 0;)
                     k->linear(rows, outputs, depth, panel, units, packed, &end, y));
        }
}

static TernConv conv(ptrdiff_t in, ptrdiff_t out, ptrdiff_t height, ptrdiff_t width, ptrdiff_t kernel, ptrdiff_t stride,
                     ptrdiff_t pad, ptrdiff_t dilation, ptrdiff_t groups) {
    return convolution(1, in, out, height, width, kernel, kernel, stride, pad, dilation, groups);
}

static void check_convolution(_Bool dots) {
    const TernConv shapes[] = {
        conv(1, 6, 28, 28, 5, 1, 2, 1, 1),
        conv(6, 16, 14, 14, 5, 1, 0, 1, 1),
        conv(3, 32, 32, 32, 3, 1, 1, 1, 1),
        conv(16, 48, 16, 16, 3, 2, 1, 1, 1),
        conv(40, 33, 7, 7, 1, 1, 0, 1, 1),
        conv(24, 24, 14, 14, 1, 2, 0, 1, 1),
        conv(1, 1, 12, 33, 3, 1, 1, 1, 12),
        conv(1, 2, 15, 17, 3, 2, 1, 1, 8),
        conv(40, 20, 9, 9, 3, 1, 2, 2, 1),
        conv(2, 7, 5, 6, 3, 2, 2, 1, 2),
        conv(300, 4, 13, 13, 2, 1, 0, 1, 1),
        conv(2, 3, 1, 1, 3, 1, 1, 1, 1),
        conv(2, 20, 2, 3, 2, 3, 4, 1, 1),
        conv(4, 3, 9, 5, 3, 3, 3, 2, 1),
        conv(64, 64, 8, 8, 3, 1, 1, 1, 1),
        conv(2, 3, 1, 900, 1, 1, 0, 1, 1),
        deep(conv(5, 20, 7, 8, 3, 1, 1, 1, 1), 6, 1, 1),
        deep(conv(2, 3, 6, 40, 3, 1, 0, 1, 2), 5, 2, 0),
    };
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int turn = 0; turn < 12; turn++) {
            const TernConv *c = &shapes[s];
            const ptrdiff_t channels = c->groups * c->out_channels;
            const ptrdiff_t inputs = c->groups * c->in_channels * c->in_depth * c->in_height * c->in_width;
            const ptrdiff_t outputs = channels * c->out_depth * c->out_height * c->out_width;
            start("convolution of bytes %zu, turn %d", s, turn);
            const TernQuantizedSource source =
                source_of(source_values(TERN_FLOAT32, inputs), source_values(TERN_UINT8, inputs), turn);
            const int8_t *w =
                weights_of(channels * c->in_channels * c->kernel_depth * c->kernel_height * c->kernel_width);
            const TernQuantizedEnd end = end_of(numbers(TERN_INT32, channels, 1, -90000, 90000),
                                                numbers(TERN_FLOAT32, channels, 1, 0, 1e-3), source.zero, turn);
            BOTH(end.to_bytes ? TERN_UINT8 : TERN_FLOAT32, outputs, EXACTLY, 0,
                 const TernQuantizedKernels *k = kernels(dots);
                 TernQuantizedConvPlan plan; k->plan_conv(c, &plan);
                 void *packed = memory((plan.packed_bytes + 63) / 64 * 64); k->pack_conv(&plan, w, packed);
                 int32_t *units = memory(4 * plan.source_units); memset(units, 0x55, (size_t)(4 * plan.source_units));
                 const ptrdiff_t half = plan.pieces / 2, some = plan.unit_channels / 2;
                 k->copy_image(&plan, some, plan.unit_channels, &source, units);
                 k->copy_image(&plan, 0, some, &source, units);
                 k->correlate(&plan, half, plan.pieces, units, packed, &end, y);
                 k->correlate(&plan, 0, half, units, packed, &end, y));
        }
}

void check_quantized(void) {
    for (int dots = 0; dots <= tern_has_byte_dots(level_under_test); dots++) {
        check_quantize(dots);
        check_linear(dots);
        check_convolution(dots);
    }
}
