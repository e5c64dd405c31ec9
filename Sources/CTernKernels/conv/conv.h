// Convolutions without an im2col buffer. Sources are copied, an image (or a band of its rows) at a time, into windows
// with their zero padding, small enough to stay in the cache; register tiles then read them in place by tables of
// offsets. One tile does nearly all: `gather` broadcasts values of the window and keeps channels in the lanes.
//
//                     rows of the tile    summed over          lanes
//     forward         outputs             ic, ky, kx           output channels
//     input gradient  inputs of a phase   oc, ky, kx           input channels
//     weight gradient ic, ky, kx          outputs, images      output channels
//
// Where the channels would leave many lanes empty, `width` has the output width or a vector of images in the lanes
// instead, and `dot` the output width for weight gradients.
#include "geometry.h"

#define FLOAT_BITS 32
#include "conv_typed.h"
#define FLOAT_BITS 64
#include "conv_typed.h"

static void plan(TernType type, TernConvPass pass, const TernConv2d *c, TernConvPlan *result) {
    if (type == TERN_FLOAT32) f32_plan(pass, c, result);
    else f64_plan(pass, c, result);
}

static void pack(TernType type, TernConvPass pass, const TernConv2d *c, ptrdiff_t first, ptrdiff_t last,
                 const void *weights, void *packed) {
    if (type == TERN_FLOAT32) f32_pack(pass, c, first, last, weights, packed);
    else f64_pack(pass, c, first, last, weights, packed);
}

static void correlate(TernType type, TernConvPass pass, const TernConv2d *c, ptrdiff_t first, ptrdiff_t last,
                      const void *source, const void *packed, const void *bias, void *result, void *scratch) {
    if (type == TERN_FLOAT32) f32_correlate(pass, c, first, last, source, packed, bias, result, scratch);
    else f64_correlate(pass, c, first, last, source, packed, bias, result, scratch);
}

static void plan_weight_gradient(TernType type, const TernConv2d *c, TernConvWeightPlan *result) {
    if (type == TERN_FLOAT32) f32_plan_weight_gradient(c, result);
    else f64_plan_weight_gradient(c, result);
}

static void weight_gradient(TernType type, const TernConv2d *c, ptrdiff_t first, ptrdiff_t last, const void *x,
                            const void *dy, void *dw, void *dbias, void *scratch) {
    if (type == TERN_FLOAT32) f32_weight_gradient(c, first, last, x, dy, dw, dbias, scratch);
    else f64_weight_gradient(c, first, last, x, dy, dw, dbias, scratch);
}

const TernConvKernels LEVEL(tern_conv) = {
    .plan = plan,
    .pack = pack,
    .correlate = correlate,
    .plan_weight_gradient = plan_weight_gradient,
    .weight_gradient = weight_gradient,
};
