// How 1x1 convolutions are cut: see pointwise_real.h.
#pragma once

#include <stdbool.h>

#include "../simd/sizes.h"
#include "TernConv.h"

static inline ptrdiff_t pixels_of_image(const TernConv *c) { return c->in_depth * c->in_height * c->in_width; }

// Whether a convolution is a product of the weights with the pixels of each image, of a size that fills vectors.
static inline bool suits_pointwise(const TernConv *c, ptrdiff_t lanes) {
    ptrdiff_t pixels = pixels_of_image(c);
    bool is_product = c->kernel_depth * c->kernel_height * c->kernel_width == 1 &&
        c->stride_depth * c->stride_height * c->stride_width == 1 && c->in_depth == c->out_depth &&
        c->in_height == c->out_height && c->in_width == c->out_width && c->pad_front == 0 && c->pad_top == 0 &&
        c->pad_left == 0;
    return is_product && c->in_channels >= 8 && c->out_channels >= 8 && pixels > lanes &&
        3 * round_up(pixels, lanes) <= 4 * pixels;
}

// Cache lines that a tile asks for while it computes, one with each step: `run` lines that are `line` bytes apart, then
// as many from `step` bytes after the first one on.
typedef struct {
    const char *at;
    ptrdiff_t run, line, step;
} LinesAhead;
enum { LINE_BYTES = 64 };

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
