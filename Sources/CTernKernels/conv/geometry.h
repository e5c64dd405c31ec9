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

static inline TernConvAxis axis_of_rows(const TernConv *c, MakeAxis *axis) {
    return axis(c->in_height, c->out_height, c->kernel_height, c->stride_height, c->pad_top, c->dilation_height);
}
static inline TernConvAxis axis_of_columns(const TernConv *c, MakeAxis *axis) {
    return axis(c->in_width, c->out_width, c->kernel_width, c->stride_width, c->pad_left, c->dilation_width);
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

enum { LINE_BYTES = 64 };  // of a cache line

// Planes a multiple of 1 KiB apart would share few cache sets.
static inline ptrdiff_t window_plane(ptrdiff_t size, ptrdiff_t element_size) {
    return size * element_size % 1024 == 0 ? size + LINE_BYTES / element_size : size;
}

// The window of a band of `rows` rows and `strip` columns of outputs, laid out for channels or images in the lanes.
static inline TernConvWindow band_window(const TernConvAxis *y, const TernConvAxis *x, ptrdiff_t rows, ptrdiff_t strip,
                                         ptrdiff_t element_size) {
    TernConvWindow w = {0};
    ptrdiff_t high;
    axis_window(y, rows, &w.low_row, &high);
    w.rows = high - w.low_row;
    axis_window(x, strip, &w.low_column, &high);
    w.pitch = w.columns = high - w.low_column;
    w.plane = window_plane(w.rows * w.pitch, element_size);
    return w;
}

// A source, counted from an output's own by taps of its phase, in the plane that a stride deals it out to.
typedef struct {
    ptrdiff_t deal, shift;
} DealtPlace;

static inline DealtPlace dealt_place(ptrdiff_t from, ptrdiff_t step) {
    if (step == 1) return (DealtPlace){0, from};
    ptrdiff_t deal = from % step;
    if (deal < 0) deal += step;
    return (DealtPlace){deal, (from - deal) / step};
}
static inline ptrdiff_t dealt_size(ptrdiff_t size, ptrdiff_t step, ptrdiff_t deal) {
    return step == 1 ? size : deal < size ? ceil_divide(size - deal, step) : 0;
}

// The least and the greatest shift along an axis, and the outputs of a phase before `end` that reach no source past the
// last.
static inline void axis_reach(const TernConvAxis *a, ptrdiff_t *low, ptrdiff_t *high, ptrdiff_t *end) {
    *low = *high = 0, *end = ceil_divide(a->out_size, a->out_step);
    for (ptrdiff_t k = 0; k < a->kernel; k++) {
        DealtPlace p = dealt_place(axis_base(a, axis_tap_phase(a, k)) + axis_tap(a, k), a->source_step);
        *low = least(*low, p.shift), *high = most(*high, p.shift);
        *end = most(0, least(*end, dealt_size(a->source_size, a->source_step, p.deal) - p.shift));
    }
}

// The part of the products of outputs with taps that reads sources, and not padding.
static inline double axis_inside(const TernConvAxis *a) {
    ptrdiff_t inside = 0, all = 0;
    for (ptrdiff_t k = 0; k < a->kernel; k++) {
        ptrdiff_t phase = axis_tap_phase(a, k), count = axis_count(a, phase, a->out_size);
        ptrdiff_t first = axis_base(a, phase) + axis_tap(a, k), before = most(0, ceil_divide(-first, a->source_step));
        ptrdiff_t end = first < a->source_size ? ceil_divide(a->source_size - first, a->source_step) : 0;
        inside += most(0, least(count, end) - least(count, before)), all += count;
    }
    return all ? (double)inside / (double)all : 1;
}

// Outputs in the lanes, in bands of about `most_outputs`.
static inline TernConvOutputs outputs_of(const TernConvAxis *y, const TernConvAxis *x, ptrdiff_t most_outputs,
                                         ptrdiff_t lanes, bool reads_in_place) {
    TernConvOutputs o = {.row_deal = y->source_step, .column_deal = x->source_step};
    ptrdiff_t rows = ceil_divide(y->out_size, y->out_step), columns = ceil_divide(x->out_size, x->out_step);
    ptrdiff_t low, high, end_y, end_x;
    axis_reach(y, &o.low, &o.high, &end_y);
    axis_reach(x, &low, &high, &end_x);
    // Vectors of long rows keep to one, so that few have masks of their own.
    bool one_row = rows == 1 && y->source_size == 1;
    o.pitch = most(columns, dealt_size(x->source_size, x->source_step, 0));
    if (one_row || o.pitch > 4 * lanes) o.pitch = round_up(o.pitch, lanes);
    o.size = rows == 1 ? columns : rows * o.pitch;
    o.in_place = reads_in_place && o.row_deal == 1 && o.column_deal == 1 && (one_row || o.pitch == x->source_size);
    ptrdiff_t bands = ceil_divide(o.size, round_up(most(most_outputs, 1), lanes));
    o.band = round_up(ceil_divide(o.size, most(bands, 1)), lanes);
    o.bands = ceil_divide(o.size, most(o.band, 1));
    o.margin = round_up(most(-low, high), lanes);
    ptrdiff_t band_rows = least(rows, ceil_divide(o.band, most(o.pitch, 1)) + 1);
    o.part = 2 * o.margin + round_up((band_rows + o.high - o.low) * o.pitch, lanes) + lanes;
    o.plane = o.row_deal * o.column_deal * o.part;

    ptrdiff_t block_rows = 1;
    o.period = ceil_divide(o.pitch, lanes), o.left = ceil_divide(-low, lanes), o.right = o.period - end_x / lanes;
    if (o.pitch % lanes != 0 || o.left + o.right > o.period) {
        while (block_rows * o.pitch % lanes != 0) block_rows++;
        o.period = o.left = block_rows * o.pitch / lanes, o.right = 0;
    }
    o.blocks = ceil_divide(rows, block_rows);
    o.top = ceil_divide(-o.low, block_rows), o.bottom = o.blocks - end_y / block_rows;
    if (o.top + o.bottom > o.blocks) o.top = o.blocks, o.bottom = 0;
    return o;
}

// Masks are numbered by class: of the block, and of the vector in it.
static inline ptrdiff_t class_of(ptrdiff_t i, ptrdiff_t count, ptrdiff_t first, ptrdiff_t last) {
    return i < first ? i : i < count - last ? first : first + 1 + i - (count - last);
}
// A member of a class, or `count` if there is none.
static inline ptrdiff_t class_member(ptrdiff_t class, ptrdiff_t count, ptrdiff_t first, ptrdiff_t last) {
    if (class == first && first >= count - last) return count;
    return class <= first ? class : count - last + class - first - 1;
}
static inline ptrdiff_t mask_classes(const TernConvOutputs *o) {
    return (o->top + 1 + o->bottom) * (o->left + 1 + o->right);
}
// The classes of `count` vectors from `first` on.
static inline void vector_classes(const TernConvOutputs *o, ptrdiff_t first, ptrdiff_t count, ptrdiff_t *classes) {
    ptrdiff_t block = first / o->period, i = first % o->period;
    for (ptrdiff_t v = 0; v < count; v++) {
        classes[v] = class_of(block, o->blocks, o->top, o->bottom) * (o->left + 1 + o->right) +
            class_of(i, o->period, o->left, o->right);
        if (++i == o->period) i = 0, block++;
    }
}

// The offset from an output of what it reads from source row `y` and column `x`; the channel's plane comes on top.
static inline ptrdiff_t outputs_place(const TernConvOutputs *o, ptrdiff_t y, ptrdiff_t x) {
    if (o->in_place) return y * o->pitch + x;
    DealtPlace row = dealt_place(y, o->row_deal), column = dealt_place(x, o->column_deal);
    return (row.deal * o->column_deal + column.deal) * o->part + o->margin + (row.shift - o->low) * o->pitch +
        column.shift;
}

// Whether every channel is convolved by itself, with a 3x3 kernel that depthwise_stored.h has loops for.
static inline bool suits_depthwise(const TernConv *c) {
    const ptrdiff_t stride = c->stride_height;
    return c->in_channels == 1 && c->out_channels == 1 && c->kernel_height == 3 && c->kernel_width == 3 &&
        c->kernel_depth == 1 && c->in_depth == 1 && c->out_depth == 1 && (stride == 1 || stride == 2) &&
        c->stride_width == stride && c->dilation_height == 1 && c->dilation_width == 1 && c->pad_top == 1 &&
        c->pad_left == 1 && c->out_height == ceil_divide(c->in_height, stride) &&
        c->out_width == ceil_divide(c->in_width, stride) && c->in_height > 0 && c->in_width > 0;
}

// Groups whose gradients depthwise_stored.h sums together.
enum { DEPTHWISE_GROUPS = 32 };

// The cheapest of three, by the work for each product that is wanted.
static inline TernConvDirection cheapest(double channels, double outputs, double images) {
    if (images < channels && images < outputs) return TERN_ALONG_IMAGES;
    return outputs < channels ? TERN_ALONG_OUTPUTS : TERN_ALONG_CHANNELS;
}

// What a unit of a correlation computes: a band of one group of one plane, or of several images, of the output.
typedef struct {
    ptrdiff_t band, group, output;
} Unit;

static inline Unit unit_at(const TernConvPlan *g, ptrdiff_t unit) {
    return (Unit){unit % g->bands, unit / g->bands % g->groups, unit / g->bands / g->groups};
}
static inline void next_unit(const TernConvPlan *g, Unit *unit) {
    if (++unit->band < g->bands) return;
    unit->band = 0;
    if (++unit->group < g->groups) return;
    unit->group = 0;
    unit->output++;
}

// The order of a kernel row's taps: [source channel][kx], but [kx][source channel] with images in lanes, where a range
// of kx can be left out, too.
typedef struct {
    ptrdiff_t channel_step, x_step;
} TapOrder;

static inline TapOrder tap_order(const TernConvPlan *g, ptrdiff_t taps_x) {
    return g->along == TERN_ALONG_IMAGES ? (TapOrder){1, g->source_channels} : (TapOrder){taps_x, 1};
}
