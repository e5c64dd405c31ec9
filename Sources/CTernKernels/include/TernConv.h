#pragma once

#include <stddef.h>
#include <stdint.h>

#include "TernLevel.h"
#include "TernVector.h"

// A 2-D convolution on NCHW tensors. Channels are counted in one group. What the output's size leaves out at the
// bottom and right is implied, so asymmetric padding needs no field: only the padding before the first row and column
// is given.
typedef struct {
    ptrdiff_t images, groups;
    ptrdiff_t in_channels, out_channels;
    ptrdiff_t in_height, in_width, out_height, out_width;
    ptrdiff_t kernel_height, kernel_width, stride_height, stride_width;
    ptrdiff_t pad_top, pad_left, dilation_height, dilation_width;
} TernConv2d;

// The two passes that correlate a tensor with the weights: x with W gives y, and dy with W gives dx.
typedef enum __attribute__((enum_extensibility(closed))) {
    TERN_CONV_FORWARD,
    TERN_CONV_INPUT_GRADIENT,
} TernConvPass;

typedef struct {
    ptrdiff_t packed_count;   // elements of the packed weights
    ptrdiff_t pack_pieces;    // the weights are packed in this many independent pieces
    ptrdiff_t pieces;         // and the result computed in this many
    ptrdiff_t scratch_bytes;  // what one call needs, aligned to 64 bytes
} TernConvPlan;

typedef struct {
    ptrdiff_t partials;       // sums over parts of the batch, which the caller adds in order
    ptrdiff_t pieces;         // independent pieces; each writes its part of one partial result
    ptrdiff_t scratch_bytes;  // what one call needs, aligned to 64 bytes
} TernConvWeightPlan;

// Convolution kernels of one level, for float32 and float64. `weights` is [groups * out_channels, in_channels,
// kernel_height, kernel_width]. No sum is split by pieces, so results do not depend on how pieces are shared among
// threads; plans depend on the level and the convolution alone.
typedef struct {
    void TERN_FN(plan)(TernType, TernConvPass, const TernConv2d *_Nonnull, TernConvPlan *_Nonnull);
    // Pieces first..<last of the packed weights.
    void TERN_FN(pack)(TernType, TernConvPass, const TernConv2d *_Nonnull, ptrdiff_t first, ptrdiff_t last,
                       const void *_Nonnull weights, void *_Nonnull packed);
    // Pieces first..<last of y from x (sums start from `bias`, [groups * out_channels], unless null) or of dx from dy.
    void TERN_FN(correlate)(TernType, TernConvPass, const TernConv2d *_Nonnull, ptrdiff_t first, ptrdiff_t last,
                            const void *_Nonnull source, const void *_Nonnull packed, const void *_Nullable bias,
                            void *_Nonnull result, void *_Nonnull scratch);

    void TERN_FN(plan_weight_gradient)(TernType, const TernConv2d *_Nonnull, TernConvWeightPlan *_Nonnull);
    // Pieces first..<last of the gradients by weights and (unless null) bias, into [partials] arrays of their sizes.
    void TERN_FN(weight_gradient)(TernType, const TernConv2d *_Nonnull, ptrdiff_t first, ptrdiff_t last,
                                  const void *_Nonnull x, const void *_Nonnull dy, void *_Nonnull dw,
                                  void *_Nullable dbias, void *_Nonnull scratch);
} TernConvKernels;

const TernConvKernels *_Nonnull tern_conv_kernels(TernLevel level);
