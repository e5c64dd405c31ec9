// How 1x1 convolutions are cut: see pointwise_real.h.
#pragma once

#include <stdbool.h>

#include "../simd/sizes.h"
#include "TernConv.h"
#include "geometry.h"

static inline ptrdiff_t pixels_of_image(const TernConv *c) { return c->out_depth * c->out_height * c->out_width; }
static inline bool has_stride(const TernConv *c) { return c->stride_height * c->stride_width > 1; }

// Whether a convolution is a product of the weights with the pixels of each image, of a size that fills vectors. A
// stride leaves pixels out, but none after the last.
static inline bool suits_pointwise(const TernConv *c, ptrdiff_t lanes) {
    ptrdiff_t pixels = pixels_of_image(c);
    bool is_product = c->kernel_depth * c->kernel_height * c->kernel_width == 1 && c->stride_depth == 1 &&
        c->in_depth == c->out_depth && (c->in_depth == 1 || !has_stride(c)) && c->pad_front == 0 && c->pad_top == 0 &&
        c->pad_left == 0 && c->out_height == ceil_divide(c->in_height, c->stride_height) &&
        c->out_width == ceil_divide(c->in_width, c->stride_width);
    return is_product && c->in_channels >= 8 && c->out_channels >= 8 && pixels > lanes &&
        3 * round_up(pixels, lanes) <= 4 * pixels;
}

static inline TernConvAlgorithm conv_algorithm(const TernConv *c, ptrdiff_t lanes, bool by_winograd) {
    if (suits_depthwise(c)) return TERN_CONV_DEPTHWISE;
    if (suits_pointwise(c, lanes)) return TERN_CONV_POINTWISE;
    return by_winograd ? TERN_CONV_WINOGRAD : TERN_CONV_DIRECT;
}

// Where the pixels that are multiplied lie in a plane: all in one row, or those that a stride meets.
typedef struct {
    ptrdiff_t plane, columns;  // elements of a plane, and of one of its rows
    ptrdiff_t width;           // pixels of a row
    ptrdiff_t row_step, step;  // from row to row that has pixels, and from pixel to pixel
} PixelGrid;

static inline PixelGrid output_grid(const TernConv *c) {
    ptrdiff_t pixels = pixels_of_image(c);
    return (PixelGrid){pixels, pixels, pixels, pixels, 1};
}
static inline PixelGrid input_grid(const TernConv *c) {
    if (!has_stride(c)) return output_grid(c);
    return (PixelGrid){c->in_height * c->in_width, c->in_width, c->out_width, c->stride_height * c->in_width,
                       c->stride_width};
}
static inline bool is_dense(const PixelGrid *g) { return g->width == g->plane; }

// Pixels of a row that follow one another, and the elements that belong to them: width * height, to the next pixels.
typedef struct {
    ptrdiff_t count, place, width, height;
} PixelRun;

// The first run of the pixels from `pixel` to before `end`.
static inline PixelRun pixel_run(const PixelGrid *g, ptrdiff_t pixel, ptrdiff_t end) {
    if (is_dense(g)) return (PixelRun){end - pixel, pixel, end - pixel, 1};
    ptrdiff_t row = pixel / g->width, column = pixel - row * g->width, count = least(end - pixel, g->width - column);
    return (PixelRun){
        .count = count,
        .place = row * g->row_step + column * g->step,
        .width = least(count * g->step, g->columns - column * g->step),
        .height = least(g->row_step, g->plane - row * g->row_step) / g->columns,
    };
}

// Cache lines that a tile asks for while it computes, one with each step: `run` lines that are `line` bytes apart, then
// as many from `step` bytes after the first one on.
typedef struct {
    const char *at;
    ptrdiff_t run, line, step;
} LinesAhead;

// A gradient's operand whose channels are rows of the tile, read pixel after pixel, and the one whose channels are in
// the lanes, which must be transposed: the smaller one.
static inline bool has_inputs_in_lanes(const TernConv *c) { return c->in_channels <= c->out_channels; }

// Pixels of a gradient's panels, and what a unit reads: as many of one image or of several small ones.
enum { GRADIENT_PANEL = 128 };
typedef struct {
    ptrdiff_t image, images, pixel, pixels;
} PanelUnit;

static inline PanelUnit panel_unit(const TernConvWeightPlan *g, ptrdiff_t unit) {
    PanelUnit u = {.image = unit / g->bands * g->images_of_unit, .pixel = unit % g->bands * GRADIENT_PANEL};
    u.images = least(g->images_of_unit, g->conv.images - u.image);
    u.pixels = least(GRADIENT_PANEL, pixels_of_image(&g->conv) - u.pixel);
    return u;
}
