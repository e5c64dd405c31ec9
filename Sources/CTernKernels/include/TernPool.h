#pragma once

#include "TernType.h"

// Pooling of planes of height x width. Output o of an axis covers inputs o * stride - pad + k * dilation, k < kernel,
// or, if adaptive, inputs from floor(o * in / out) to ceil((o + 1) * in / out).
typedef struct {
    ptrdiff_t in_height, in_width, out_height, out_width;
    ptrdiff_t kernel_height, kernel_width, stride_height, stride_width;
    ptrdiff_t pad_top, pad_left, pad_bottom, pad_right, dilation_height, dilation_width;
    _Bool adaptive;
    _Bool counts_padding;  // averages divide by all positions within the padded plane, else by those within the plane
    ptrdiff_t divisor;     // averages divide by this if it is not 0
} TernPool2d;

// Pooling kernels of one type over `planes` contiguous planes. Integers have `max` alone, the lowest number where a
// window has no input.
typedef struct {
    // What max_scatter and average_spread need as `scratch`, aligned to 64 bytes: for halves, a plane of float32.
    ptrdiff_t TERN_FN(scratch_bytes)(const TernPool2d *_Nonnull);
    // Also writes each maximum's index in its input plane: the first of equal values, or the first NaN, which is the
    // maximum; -1 where a window has no input (the value is -infinity then).
    void TERN_FN(max)(const TernPool2d *_Nonnull, ptrdiff_t planes, const void *_Nonnull x, void *_Nonnull y,
                      int32_t *_Nonnull indices);
    // dx = 0, dx[indices[o]] += dy[o]: the derivative of max; and its transpose, g[o] = x[indices[o]] (0 for -1).
    void TERN_FN(max_scatter)(const TernPool2d *_Nonnull, ptrdiff_t planes, const int32_t *_Nonnull indices,
                              const void *_Nonnull dy, void *_Nonnull dx, void *_Nullable scratch);
    void TERN_FN(max_gather)(const TernPool2d *_Nonnull, ptrdiff_t planes, const int32_t *_Nonnull indices,
                             const void *_Nonnull x, void *_Nonnull g);
    void TERN_FN(average)(const TernPool2d *_Nonnull, ptrdiff_t planes, const void *_Nonnull x, void *_Nonnull y);
    // The derivative of average: each output's share to all inputs that it covers.
    void TERN_FN(average_spread)(const TernPool2d *_Nonnull, ptrdiff_t planes, const void *_Nonnull dy,
                                 void *_Nonnull dx, void *_Nullable scratch);
} TernPoolKernels;
