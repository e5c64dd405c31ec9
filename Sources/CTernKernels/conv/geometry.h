// How outputs of a correlation reach their sources, for both passes. Along one axis, outputs fall into phases whose
// members use the same taps: output first + m * out_step reads source base + m * source_step + tap. The forward pass
// has one phase, with steps 1 and stride. The input gradient has as many as the stride, each a dense problem of its own
// on the taps that hit it, so that no product with an inserted zero is computed.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "../simd/sizes.h"
#include "TernConv.h"

typedef TernConvAxis MakeAxis(ptrdiff_t in, ptrdiff_t out, ptrdiff_t kernel, ptrdiff_t stride, ptrdiff_t pad,
                              ptrdiff_t dilation);

static inline TernConvAxis axis_forward(ptrdiff_t in, ptrdiff_t out, ptrdiff_t kernel, ptrdiff_t stride, ptrdiff_t pad,
                                        ptrdiff_t dilation) {
    return (TernConvAxis){.out_size = out,
                          .source_size = in,
                          .kernel = kernel,
                          .stride = stride,
                          .pad = pad,
                          .dilation = dilation,
                          .phases = 1,
                          .out_step = 1,
                          .source_step = stride,
                          .backward = false};
}

static inline TernConvAxis axis_backward(ptrdiff_t in, ptrdiff_t out, ptrdiff_t kernel, ptrdiff_t stride, ptrdiff_t pad,
                                         ptrdiff_t dilation) {
    return (TernConvAxis){.out_size = in,
                          .source_size = out,
                          .kernel = kernel,
                          .stride = stride,
                          .pad = pad,
                          .dilation = dilation,
                          .phases = stride,
                          .out_step = stride,
                          .source_step = 1,
                          .backward = true};
}

// The first output of a phase.
static inline ptrdiff_t axis_first(const TernConvAxis *a, ptrdiff_t phase) {
    if (!a->backward) return 0;
    ptrdiff_t r = (phase - a->pad) % a->stride;
    return r < 0 ? r + a->stride : r;
}

// The source that the first output of a phase reads with a tap of 0; may lie outside.
static inline ptrdiff_t axis_base(const TernConvAxis *a, ptrdiff_t phase) {
    return a->backward ? (axis_first(a, phase) + a->pad) / a->stride : -a->pad;
}

// The phase that uses kernel element k, and its tap there.
static inline ptrdiff_t axis_tap_phase(const TernConvAxis *a, ptrdiff_t k) {
    return a->backward ? k * a->dilation % a->stride : 0;
}
static inline ptrdiff_t axis_tap(const TernConvAxis *a, ptrdiff_t k) {
    return a->backward ? -(k * a->dilation / a->stride) : k * a->dilation;
}

// For each tap of a phase, the source that the phase's first output reads; gives their number.
static inline ptrdiff_t axis_from(const TernConvAxis *a, ptrdiff_t phase, ptrdiff_t *from) {
    ptrdiff_t count = 0;
    for (ptrdiff_t k = 0; k < a->kernel; k++)
        if (axis_tap_phase(a, k) == phase) from[count++] = axis_base(a, phase) + axis_tap(a, k);
    return count;
}

// Outputs of a phase among the first `size`.
static inline ptrdiff_t axis_count(const TernConvAxis *a, ptrdiff_t phase, ptrdiff_t size) {
    ptrdiff_t first = axis_first(a, phase);
    return first < size ? ceil_divide(size - first, a->out_step) : 0;
}

// The planes of one phase of the depth. Taps of a phase follow one another at equal distances.
static inline TernConvDepth conv_depth(const TernConvAxis *a, ptrdiff_t phase) {
    ptrdiff_t first = axis_first(a, phase), base = axis_base(a, phase), last = -1;
    TernConvDepth z = {.count = axis_count(a, phase, a->out_size),
                       .first = first,
                       .out_step = a->out_step,
                       .source_step = a->source_step,
                       .size = a->source_size};
    for (ptrdiff_t k = 0; k < a->kernel; k++) {
        if (axis_tap_phase(a, k) != phase) continue;
        ptrdiff_t from = base + axis_tap(a, k);
        if (z.taps == 0) z.from = from, z.kernel_from = k;
        if (z.taps == 1) z.tap_step = from - z.from, z.kernel_step = k - last;
        last = k;
        z.taps++;
    }
    return z;
}

// The sources low..<high that the first `size` outputs read.
static inline void axis_window(const TernConvAxis *a, ptrdiff_t size, ptrdiff_t *low, ptrdiff_t *high) {
    bool any = false;
    *low = *high = 0;
    for (ptrdiff_t k = 0; k < a->kernel; k++) {
        ptrdiff_t phase = axis_tap_phase(a, k), count = axis_count(a, phase, size);
        if (count == 0) continue;
        ptrdiff_t from = axis_base(a, phase) + axis_tap(a, k), to = from + (count - 1) * a->source_step + 1;
        *low = any ? least(*low, from) : from;
        *high = any ? most(*high, to) : to;
        any = true;
    }
}

// The taps from..<to that touch the source, 0..<size, from any of the outputs first...last, counted in sources. `taps`
// are those of the phase, see axis_from.
static inline void tap_range(const ptrdiff_t *taps, ptrdiff_t count, ptrdiff_t first, ptrdiff_t last, ptrdiff_t size,
                             ptrdiff_t *from, ptrdiff_t *to) {
    *from = *to = 0;
    for (ptrdiff_t k = 0; k < count; k++) {
        if (taps[k] + last < 0 || taps[k] + first >= size) continue;
        if (*to == 0) *from = k;
        *to = k + 1;
    }
}

// Whether all is one row, which is cut into strips then.
static inline bool conv_is_sequence(const TernConv *c) {
    return c->in_height == 1 && c->out_height == 1 && c->kernel_height == 1;
}

// The length of equal strips of at most about `most_outputs`, a multiple of `step`, that an output of `size` is cut
// into.
static inline ptrdiff_t strip_of(ptrdiff_t size, ptrdiff_t most_outputs, ptrdiff_t step) {
    ptrdiff_t strips = ceil_divide(size, round_up(most(most_outputs, 1), step));
    return least(size, round_up(ceil_divide(size, most(strips, 1)), step));
}

// Planes a multiple of 1 KiB apart would share few cache sets.
static inline ptrdiff_t window_plane(ptrdiff_t size, ptrdiff_t element_size) {
    return size * element_size % 1024 == 0 ? size + 64 / element_size : size;
}

// The cheapest of three, by the work for each product that is wanted.
static inline TernConvDirection cheapest(double channels, double width, double images) {
    if (images < channels && images < width) return TERN_ALONG_IMAGES;
    return width < channels ? TERN_ALONG_WIDTH : TERN_ALONG_CHANNELS;
}
