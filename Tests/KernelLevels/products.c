// The tables that work in pieces: matrix products, convolutions; and pooling.
#include "harness.h"

void check_gemm(void) {
#define K(member) CALL(gemm, member)
    static const ptrdiff_t sizes[][3] = {{1, 1, 1},     {1, 1, 0},     {5, 7, 0},      {1, 33, 40},    {33, 1, 40},
                                         {2, 3, 5},     {8, 12, 16},   {13, 17, 19},   {32, 12, 9},    {16, 64, 31},
                                         {65, 49, 70},  {4, 5, 700},   {97, 130, 50},  {200, 31, 33},  {130, 10, 300},
                                         {9, 40, 2500}, {70, 45, 300}, {256, 40, 130}, {256, 100, 128}};
    // Element strides of a row and a column of an r x c matrix: rows, columns, every second element, reversed.
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) EACH_FLOAT(type)
    for (int layouts = 0; layouts < 16; layouts++)
        for (TernGemmStart from = 0; from <= TERN_GEMM_ROW_BIAS; from++) {
            ptrdiff_t rows = sizes[s][0], columns = sizes[s][1], depth = sizes[s][2], size = size_of(type);
            if (from != TERN_GEMM_ZERO && layouts % 5) continue;
            start("product %td x %td over %td of type %s, layouts %d, start %d", rows, columns, depth, name_of(type),
                  layouts, from);
            TernGemm g = {.start = from,
                          .rows = rows,
                          .columns = columns,
                          .depth = depth,
                          .c_row = columns + layouts % 3,
                          .may_share = (layouts + layouts / 4 + (int)s) % 2 == 0};
            for (int side = 0; side < 2; side++) {
                ptrdiff_t r = side ? depth : rows, c = side ? columns : depth, row = c, column = 1, first = 0;
                int layout = side ? layouts / 4 : layouts % 4;
                if (layout == 1) row = 1, column = r;
                if (layout == 2) row = 2 * c, column = 2;
                if (layout == 3) row = -c, column = -1, first = r * c > 0 ? r * c - 1 : 0;
                char *values = (char *)numbers(type, (layout == 2 ? 2 : 1) * r * c, 1, -1, 1) + first * size;
                if (side) g.b = values, g.b_depth = row, g.b_column = column;
                else g.a = values, g.a_row = row, g.a_depth = column;
            }
            g.bias = numbers(type, rows > columns ? rows : columns, 1, -1, 1);
            ptrdiff_t count = (rows - 1) * g.c_row + columns;
            void *before = numbers(type, count, 1, -1, 1);
            BOTH(
                type, count, BY_SIZE, 40, memcpy(y, before, (size_t)(count * size)); g.c = y;
                TernGemmPlan plan = K(plan)(&g); void *scratch = memory((plan.scratch_bytes + 63) / 64 * 64);
                ptrdiff_t done = 0; do {
                    for (ptrdiff_t pack = plan.packs; pack-- > 0;) K(pack)(&g, &plan, pack, done, scratch);
                    for (ptrdiff_t piece = plan.pieces; piece-- > 0;) K(piece)(&g, &plan, piece, done, scratch);
                    done += plan.depth_chunk;
                } while (plan.shares && done < depth);
                release_last());
        }
    EACH_FLOAT(type)
    {
        start("multiplications and additions of type %s", name_of(type));
        BOTH(TERN_FLOAT64, 1, BY_SIZE, 4, K(multiply_adds)(5, (double *)y));
    }
#undef K
}

// One row of the kernel less than it has columns, where there is one to spare.
static TernConv conv(ptrdiff_t images, ptrdiff_t in, ptrdiff_t out, ptrdiff_t height, ptrdiff_t width, ptrdiff_t kernel,
                     ptrdiff_t stride, ptrdiff_t pad, ptrdiff_t dilation, ptrdiff_t groups) {
    return convolution(images, in, out, height, width, kernel > 1 ? kernel - 1 : 1, kernel, stride, pad, dilation,
                       groups);
}

// A kernel of one element: a product, or with few channels outputs that read where they are.
static TernConv pointwise(ptrdiff_t images, ptrdiff_t in, ptrdiff_t out, ptrdiff_t height, ptrdiff_t width,
                          ptrdiff_t stride, ptrdiff_t groups) {
    TernConv c = conv(images, in, out, height, width, 1, stride, 0, 1, groups);
    c.pad_left = 0, c.out_height = (height - 1) / stride + 1, c.out_width = (width - 1) / stride + 1;
    return c;
}

// A sequence that is cut into strips.
static TernConv sequence(ptrdiff_t in, ptrdiff_t out, ptrdiff_t length, ptrdiff_t stride) {
    TernConv c = conv(2, in, out, 1, length, 3, stride, 0, 1, 1);
    c.out_height = c.kernel_height = 1;
    return c;
}

// A kernel of 3x3 on enough channels for Winograd's algorithm.
static TernConv square(ptrdiff_t images, ptrdiff_t in, ptrdiff_t out, ptrdiff_t height, ptrdiff_t width,
                       ptrdiff_t pad) {
    TernConv c = conv(images, in, out, height, width, 3, 1, pad, 1, 1);
    c.kernel_height = 3, c.out_height--;
    return c;
}

// Channels by themselves, with padding that keeps the size but for the stride.
static TernConv depthwise(ptrdiff_t images, ptrdiff_t groups, ptrdiff_t height, ptrdiff_t width, ptrdiff_t stride) {
    TernConv c = conv(images, 1, 1, height, width, 3, stride, 1, 1, groups);
    c.kernel_height = 3;
    c.out_height = (height - 1) / stride + 1;
    c.out_width = (width - 1) / stride + 1;
    return c;
}

void check_conv(void) {
#define K(member) CALL(conv, member)
    const TernConv shapes[] = {
        conv(2, 1, 6, 28, 28, 5, 1, 2, 1, 1),
        conv(3, 6, 16, 14, 14, 5, 1, 0, 1, 1),
        conv(1, 3, 32, 32, 32, 3, 1, 1, 1, 1),
        conv(1, 16, 48, 16, 16, 3, 2, 1, 1, 1),
        conv(2, 40, 33, 7, 7, 1, 1, 0, 1, 1),
        conv(2, 24, 24, 14, 14, 1, 2, 0, 1, 1),
        conv(2, 1, 1, 12, 33, 3, 1, 1, 1, 12),
        conv(1, 1, 2, 15, 17, 3, 2, 1, 1, 8),
        conv(1, 40, 20, 9, 9, 3, 1, 2, 2, 1),
        conv(19, 3, 5, 6, 7, 3, 1, 1, 1, 1),
        conv(35, 2, 7, 5, 6, 3, 2, 2, 1, 2),
        conv(1, 1, 1, 70, 60, 3, 1, 1, 1, 1),
        conv(1, 3, 18, 37, 61, 3, 2, 1, 1, 1),
        conv(1, 300, 4, 13, 13, 2, 1, 0, 1, 1),
        conv(2, 2, 3, 1, 1, 3, 1, 1, 1, 1),
        conv(1, 2, 20, 2, 3, 2, 3, 4, 1, 1),
        conv(0, 2, 20, 5, 5, 3, 1, 0, 1, 1),
        conv(16, 4, 3, 9, 5, 3, 3, 3, 2, 1),
        conv(2, 1, 1, 8, 8, 4, 1, 1, 1, 7),
        conv(1, 1, 2, 14, 14, 4, 1, 1, 1, 3),
        conv(1, 2, 3, 6, 100, 4, 1, 1, 1, 1),
        conv(1, 1, 1, 40, 176, 4, 1, 1, 1, 2),
        conv(2, 1, 1, 17, 140, 4, 2, 1, 1, 3),
        depthwise(2, 5, 12, 33, 1),
        depthwise(3, 40, 3, 8, 1),
        depthwise(1, 4, 7, 37, 2),
        depthwise(2, 3, 6, 40, 2),
        depthwise(37, 1, 1, 2, 1),
        pointwise(3, 40, 33, 8, 8, 1, 1),
        pointwise(1, 20, 3, 7, 9, 1, 1),
        pointwise(2, 7, 33, 1, 1500, 1, 1),
        pointwise(2, 21, 70, 10, 15, 1, 1),
        pointwise(7, 23, 9, 5, 5, 1, 3),
        pointwise(1, 270, 260, 5, 7, 1, 1),
        pointwise(40, 8, 8, 7, 9, 1, 1),
        pointwise(2, 40, 33, 14, 14, 2, 1),
        pointwise(3, 33, 70, 9, 37, 2, 1),
        pointwise(1, 20, 12, 70, 67, 2, 2),
        pointwise(2, 24, 9, 13, 29, 3, 1),
        pointwise(5, 9, 10, 17, 18, 4, 1),
        deep(conv(2, 5, 20, 7, 8, 3, 1, 1, 1, 1), 6, 1, 1),
        deep(conv(1, 2, 3, 6, 40, 3, 1, 0, 1, 2), 5, 2, 0),
        deep(conv(18, 2, 3, 5, 4, 2, 2, 0, 1, 1), 4, 3, 2),
        sequence(20, 33, 700, 1),
        sequence(2, 3, 2100, 2),
        square(2, 33, 70, 9, 11, 1),
        square(9, 40, 32, 5, 4, 0),
        square(1, 32, 36, 3, 530, 3),
        // The same by phases, and with kernels of 2x2; rows of tiles end with full ones, or with one or two lower ones.
        convolution(18, 33, 40, 9, 7, 3, 4, 2, 1, 1, 1),
        convolution(6, 40, 70, 15, 21, 4, 4, 2, 1, 1, 1),
        convolution(32, 36, 33, 8, 9, 4, 3, 2, 0, 1, 1),
        convolution(1, 32, 34, 17, 270, 3, 3, 2, 2, 1, 1),
        convolution(8, 32, 35, 11, 13, 5, 6, 2, 2, 1, 1),
        convolution(5, 33, 70, 8, 9, 2, 2, 1, 0, 1, 1),
        // Kernels that are cut into two; few channels of inputs, so that images are in the lanes.
        convolution(5, 17, 24, 11, 12, 5, 5, 1, 2, 1, 1),
        convolution(16, 8, 16, 14, 13, 5, 4, 1, 0, 1, 1),
        convolution(16, 6, 16, 12, 13, 5, 5, 1, 0, 1, 1),
        convolution(30, 7, 20, 10, 11, 4, 4, 2, 1, 1, 1),
        convolution(15, 3, 17, 9, 8, 5, 6, 1, 2, 1, 1),
    };
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) EACH_FLOAT(type)
    {
        const TernConv *c = &shapes[s];
        ptrdiff_t channels = c->groups * c->out_channels;
        ptrdiff_t inputs = c->images * c->groups * c->in_channels * c->in_depth * c->in_height * c->in_width;
        ptrdiff_t outputs = c->images * channels * c->out_depth * c->out_height * c->out_width;
        ptrdiff_t weights = channels * c->in_channels * c->kernel_depth * c->kernel_height * c->kernel_width;
        start("convolution %zu of type %s", s, name_of(type));
        void *x = numbers(type, inputs, 1, -1, 1), *dy = numbers(type, outputs, 1, -1, 1);
        void *w = numbers(type, weights, 1, -1, 1), *bias = numbers(type, channels, 1, -1, 1);
        for (TernConvPass pass = 0; pass <= TERN_CONV_INPUT_GRADIENT; pass++) {
            _Bool forward = pass == TERN_CONV_FORWARD;
            BOTH(
                type, forward ? outputs : inputs, BY_SIZE, 60,
                for (ptrdiff_t phase = 0; phase < (forward ? 1 : c->stride_depth); phase++) {
                    TernConvPlan plan;
                    K(plan)(pass, phase, c, &plan);
                    void *packed = memory((plan.packed_bytes + 63) / 64 * 64);
                    K(pack)(&plan, 0, plan.pack_pieces, w, packed);
                    ptrdiff_t half = plan.pieces / 2;
                    void *scratch = memory((plan.scratch_bytes + 63) / 64 * 64);
                    K(correlate)(&plan, half, plan.pieces, forward ? x : dy, packed, forward ? bias : NULL, y, scratch);
                    K(correlate)(&plan, 0, half, forward ? x : dy, packed, forward ? bias : NULL, y, scratch);
                });
        }
        // The sums over the parts of the batch, weights first.
        TernType real = real_of(type);
        ptrdiff_t size = size_of(real);
        BOTH(
            real, weights + channels, BY_SIZE, 60, TernConvWeightPlan plan; K(plan_weight_gradient)(c, &plan);
            char *dw = memory(plan.partials * weights * size); char *db = memory(plan.partials * channels * size);
            K(weight_gradient)(&plan, 0, plan.pieces, x, dy, dw, db, memory((plan.scratch_bytes + 63) / 64 * 64));
            for (ptrdiff_t i = 0; i < weights + channels; i++) {
                double sum = 0;
                for (ptrdiff_t part = 0; part < plan.partials; part++)
                    sum += i < weights ? value_of(real, dw, part * weights + i)
                                       : value_of(real, db, part * channels + i - weights);
                set_value(real, y, i, sum);
            });
    }
#undef K
}

void check_pool(void) {
#define K(member) CALL(pool, member)
    // Planes, height, width, kernel, stride, padding, output height and width where adaptive.
    static const ptrdiff_t shapes[][8] = {
        {3, 28, 28, 2, 2, 0},       {2, 10, 10, 2, 2, 0},      {2, 5, 67, 2, 2, 0},     {1, 6, 64, 2, 2, 0},
        {2, 14, 21, 3, 2, 1},       {2, 9, 150, 3, 1, 1},      {1, 8, 30, 5, 3, 2},     {1, 1, 1, 1, 1, 0},
        {2, 13, 33, 0, 0, 0, 4, 5}, {2, 6, 40, 0, 0, 0, 1, 1}, {2, 3, 3, 0, 0, 0, 5, 4}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) EACH_TYPE(type)
    for (int variant = 0; variant < (type == TERN_BOOL ? 0 : is_float(type) ? 3 : 1); variant++) {
        const ptrdiff_t *p = shapes[s], k = p[3], step = p[4], pad = p[5];
        _Bool adaptive = p[6] > 0;
        ptrdiff_t out_height = adaptive ? p[6] : (p[1] + 2 * pad - k) / step + 1,
                  out_width = adaptive ? p[7] : (p[2] + 2 * pad - k) / step + 1;
        TernPool2d pool = {p[1], p[2],     out_height,   out_width,           k, k, step, step, pad, pad, pad, pad, 1,
                           1,    adaptive, variant == 1, variant == 2 ? 3 : 0};
        ptrdiff_t planes = p[0], inputs = planes * p[1] * p[2], outputs = planes * out_height * out_width;
        start("pooling %zu of type %s, variant %d", s, name_of(type), variant);
        // Whole numbers, so that there are ties, and a NaN.
        void *x = numbers(type, inputs, 1, -4, 4), *dy = numbers(type, outputs, 1, -3, 3);
        for (ptrdiff_t i = 0; i < inputs; i++) set_value(type, x, i, (int)value_of(type, x, i));
        if (is_float(type)) {
            BOTH(type, outputs, BY_SIZE, 16, K(average)(&pool, planes, x, y));
            BOTH(type, inputs, BY_SIZE, 16, K(average_spread)(&pool, planes, dy, y, memory(K(scratch_bytes)(&pool))));
            set_value(type, x, inputs / 3, 0 / 0.0);
        }
        int32_t *indices = memory(outputs * 4);
        BOTH(type, outputs, EXACTLY, 0, K(max)(&pool, planes, x, y, indices));
        BOTH(TERN_INT32, outputs, EXACTLY, 0, void *largest = memory(outputs * size_of(type));
             K(max)(&pool, planes, x, largest, (int32_t *)y));
        if (!is_float(type)) continue;
        BOTH(type, inputs, BY_SIZE, 16, K(max_scatter)(&pool, planes, indices, dy, y, memory(K(scratch_bytes)(&pool))));
        BOTH(type, outputs, EXACTLY, 0, K(max_gather)(&pool, planes, indices, x, y));
    }
#undef K
}

void check_resample(void) {
#define K(member) CALL(resample, member)
    // Planes, height, width, output height and width, and the longest window.
    static const ptrdiff_t shapes[][6] = {{3, 5, 7, 9, 11, 2},    {2, 28, 28, 56, 56, 2}, {1, 33, 70, 17, 31, 4},
                                          {4, 1, 300, 1, 290, 3}, {1, 2, 90, 3, 5, 80},   {2, 70, 3, 4, 2, 68},
                                          {1, 1, 1, 4, 3, 1},     {40, 2, 3, 3, 2, 2}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) EACH_FLOAT(type)
    for (int variant = 1; variant < 4; variant++) {
        const ptrdiff_t *p = shapes[s];
        start("resampling %zu of type %s, variant %d", s, name_of(type), variant);
        TernTaps axes[2];
        for (int a = 0; a < 2; a++) {
            ptrdiff_t in = p[1 + a], out = p[3 + a], taps = p[5] < in ? p[5] : in;
            int32_t *firsts = memory(out * 4), *counts = memory(out * 4);
            for (ptrdiff_t o = 0; o < out; o++) {
                counts[o] = (int32_t)(o % 3 == 1 && taps > 1 ? taps - 1 : taps);
                firsts[o] = (int32_t)(out == 1 ? 0 : o * (in - taps) / (out - 1));
            }
            // Neither end falls.
            for (ptrdiff_t o = 1; o < out; o++)
                if (firsts[o] + counts[o] < firsts[o - 1] + counts[o - 1])
                    counts[o] = firsts[o - 1] + counts[o - 1] - firsts[o];
            axes[a] = (TernTaps){in, out, taps, firsts, counts, numbers(real_of(type), out * taps, 1, -1, 1)};
        }
        const TernTaps *rows = variant & 1 ? &axes[0] : NULL, *columns = variant & 2 ? &axes[1] : NULL;
        ptrdiff_t outputs = p[0] * (rows ? p[3] : p[1]), half = outputs / 2;
        void *x = numbers(type, p[0] * p[1] * p[2], 1, -4, 4);
        BOTH(type, outputs * (columns ? p[4] : p[2]), BY_SIZE, 200,
             void *scratch = memory(K(scratch_bytes)(columns) + 64);
             K(rows)(rows, columns, p[2], half, outputs, x, y, scratch);
             K(rows)(rows, columns, p[2], 0, half, x, y, scratch));
    }
    // Channels, pixels, points and taps.
    static const ptrdiff_t points[][4] = {{3, 30, 17, 4}, {1, 1, 1, 1}, {5, 400, 257, 16}, {2, 9, 33, 8}};
    for (size_t s = 0; s < sizeof points / sizeof *points; s++)
        for (TernType type = TERN_FLOAT32; type <= TERN_FLOAT64; type++) {
            const ptrdiff_t *p = points[s], channels = p[0], all = p[2] * p[3], half = p[2] / 2;
            start("points %zu of type %s", s, name_of(type));
            int64_t *drawn = numbers(TERN_INT64, all, 1, -2, (double)p[1]);
            int32_t *places = memory(all * 4);
            for (ptrdiff_t i = 0; i < all; i++) places[i] = (int32_t)drawn[i];
            const TernPoints table = {p[1], p[2], p[3], places};
            void *x = numbers(type, channels * p[1], 1, -4, 4), *dy = numbers(type, channels * p[2], 1, -4, 4);
            void *w = numbers(type, all, 1, -1, 1);
            BOTH(type, channels * p[2], BY_SIZE, 60, K(gather_points)(&table, channels, x, w, y));
            BOTH(type, channels * p[1], BY_SIZE, 60, K(scatter_points)(&table, channels, dy, w, y));
            BOTH(type, all, BY_SIZE, 60, K(point_products)(&table, channels, half, p[2], x, dy, y);
                 K(point_products)(&table, channels, 0, half, x, dy, y));
        }
#undef K
}
