#pragma once

#include "TernType.h"

// A convolution on tensors [images, channels, depth, height, width]; the depth of images is 1, the height of sequences,
// too. Channels are counted in one group. What the output's size leaves out at the end is implied, so asymmetric
// padding needs no field: only the padding before the first plane, row and column is given.
typedef struct {
    ptrdiff_t images, groups;
    ptrdiff_t in_channels, out_channels;
    ptrdiff_t in_depth, in_height, in_width, out_depth, out_height, out_width;
    ptrdiff_t kernel_depth, kernel_height, kernel_width, stride_depth, stride_height, stride_width;
    ptrdiff_t pad_front, pad_top, pad_left, dilation_depth, dilation_height, dilation_width;
} TernConv;

// The two passes that correlate a tensor with the weights: x with W gives y, and dy with W gives dx.
typedef enum __attribute__((enum_extensibility(closed))) {
    TERN_CONV_FORWARD,
    TERN_CONV_INPUT_GRADIENT,
} TernConvPass;

// How outputs of a correlation reach their sources along one axis: see geometry.h.
typedef struct {
    ptrdiff_t out_size, source_size;
    ptrdiff_t kernel, stride, pad, dilation;
    ptrdiff_t phases, out_step, source_step;
    _Bool backward;
} TernConvAxis;

// A rectangle of every source plane of one group, copied with zeros where it leaves the plane, so that inner loops need
// no bounds. Rows are `pitch` apart and planes `plane`.
typedef struct {
    ptrdiff_t low_row, low_column, rows, columns;
    ptrdiff_t pitch, plane;
} TernConvWindow;

// With outputs in the lanes, vectors run on from row to row. Rows of outputs and of sources are `pitch` apart, so that
// an element of the kernel finds its sources at one distance from all outputs, and masks blank what is outside the
// plane. A stride deals the sources out to row_deal * column_deal planes. Sources that need neither that nor a
// conversion are read where they are, others are copied.
typedef struct {
    _Bool in_place;
    ptrdiff_t pitch, row_deal, column_deal;
    ptrdiff_t size;         // outputs of a plane of a phase, with what is between rows
    ptrdiff_t band, bands;  // outputs that are computed at once, in whole vectors
    ptrdiff_t low, high;    // the first and last dealt row that an output reads, counted from its own
    ptrdiff_t margin;       // before and after the rows of a dealt plane
    ptrdiff_t part, plane;  // elements of a dealt plane, and of all those of a source plane
    // Masks are the same for every block of `period` vectors but the `top` first and the `bottom` last ones, and in a
    // block for all vectors but the `left` first and the `right` last ones.
    ptrdiff_t blocks, period, top, bottom, left, right;
} TernConvOutputs;

// Where the planes of one depth lie that outputs read: each tap of the depth makes a plane of every channel, as if it
// were a channel of its own. Output plane m reads source planes `from + m * source_step + t * tap_step`, t < taps, with
// the kernel's planes `kernel_from + t * kernel_step`.
typedef struct {
    ptrdiff_t count, first, out_step;  // output planes of this phase: first + m * out_step, m < count
    ptrdiff_t taps, from, source_step, tap_step, size;
    ptrdiff_t kernel_from, kernel_step;
} TernConvDepth;

// What vectors run along. Channels are best where they fill vectors; the outputs of a plane, row after row, serve few
// channels, and many images serve few channels with small planes.
typedef enum __attribute__((enum_extensibility(closed))) {
    TERN_ALONG_CHANNELS,
    TERN_ALONG_OUTPUTS,
    TERN_ALONG_IMAGES,
} TernConvDirection;

// What computes it: windows of sources with any kernel, or what is faster for some.
typedef enum __attribute__((enum_extensibility(closed))) {
    TERN_CONV_DIRECT,
    TERN_CONV_DEPTHWISE,
    TERN_CONV_POINTWISE,
    TERN_CONV_WINOGRAD,
} TernConvAlgorithm;

// How Winograd's algorithm sees one axis: as a sum over phases, each with a few taps of the kernel. A stride deals the
// sources, or those that an input gradient gives, out to phases, among which each kernel element has its own; without
// one, the taps of a phase follow those of the one before. Unit u of phase p reads sources source_step * u +
// phase_step * p - source_pad, and on by its taps, and gives output out_step * (u + 1) - 1 - out_pad; but where the
// outputs have the phases, it reads as phase 0 does, and gives the output p before.
typedef struct {
    ptrdiff_t phases, whole;  // the first `whole` phases have all of the taps, others one less
    ptrdiff_t source_phases;  // of the sources: 1 where the outputs have the phases
    ptrdiff_t taps;
    ptrdiff_t phase_step, tap_step;  // in the kernel, from phase to phase and from tap to tap
    ptrdiff_t units;
    ptrdiff_t tile, tiles, full;  // units of a tile; those after the first `full` tiles have one less
    ptrdiff_t source_step, source_pad, source_size, out_step, out_pad, out_size;
} TernConvTileAxis;

// The tiles of outputs that Winograd's algorithm computes at once, each from 4x4 sources. A segment is a row of `strip`
// tiles. Segments are counted down a strip, then from strip to strip, then from image to image. A block has those that
// follow one another; or, where sources of several images are in the lanes, the same few of each of these images.
typedef struct {
    TernConvTileAxis y, x;
    ptrdiff_t strip, strips;      // tiles of a segment; strips of a plane
    ptrdiff_t segments;           // of an image
    ptrdiff_t images, in_lanes;   // all, and those whose sources are in the lanes, or 0 where channels are
    ptrdiff_t segments_of_block;  // of one of these images, or of all that follow one another
    ptrdiff_t blocks;             // whose transforms are in the cache together
} TernConvTiles;

// What follows from a convolution's sizes, the level and the type, computed once.
typedef struct {
    ptrdiff_t packed_bytes;   // of the packed weights
    ptrdiff_t pack_pieces;    // the weights are packed in this many independent pieces
    ptrdiff_t pieces;         // and the result computed in this many: a unit is a band of one group of one plane, or of
                              // a vector of images
    ptrdiff_t scratch_bytes;  // what one call needs, aligned to 64 bytes
    // For the kernels alone; `source` and `lane` channels are those of one group that sums run over (with every tap of
    // the depth) and that results have.
    TernConv conv;
    TernConvPass pass;
    TernConvDepth z;
    TernConvAxis y, x;
    TernConvDirection along;
    TernConvWindow window;    // where channels or images are in the lanes
    TernConvOutputs outputs;  // where outputs are
    ptrdiff_t images, groups, source_channels, lane_channels;
    ptrdiff_t source_depth, source_height, source_width, out_depth, out_height, out_width;
    ptrdiff_t images_of_unit;    // images in lanes, or 1
    ptrdiff_t block;             // channels of one packed block
    ptrdiff_t band_rows, bands;  // output rows are computed in bands
    ptrdiff_t strip;             // outputs of a row in one band: all, but of a sequence, whose bands are such strips
    ptrdiff_t unit_chunk;        // units whose windows are in the cache together
    ptrdiff_t taps;              // kernel elements times source channels: the length of the longest sums
    TernConvAlgorithm algorithm;
    // Winograd's, which uses no windows, bands and units: with results' channels in the lanes, or, for an input
    // gradient, images, with the tiles of the forward pass.
    TernConvTiles tiles;
    ptrdiff_t share, shares;  // lane channels of one piece, several blocks
} TernConvPlan;

typedef struct {
    ptrdiff_t partials;       // sums over parts of the batch, which the caller adds in order
    ptrdiff_t pieces;         // independent pieces; each writes its part of one partial result
    ptrdiff_t scratch_bytes;  // what one call needs, aligned to 64 bytes
    // For the kernels alone.
    TernConv conv;
    TernConvDepth z;
    TernConvAxis y, x;
    _Bool along_outputs;  // vectors along the outputs of a plane, else along the output channels
    _Bool in_place;       // sources are read where they are
    TernConvWindow window;
    TernConvOutputs outputs;
    ptrdiff_t kernel;             // elements of one kernel plane
    ptrdiff_t block;              // output channels that one pass over a window serves
    ptrdiff_t share, shares;      // output channels of one piece, several blocks, so that a window is copied once
    ptrdiff_t in_channels;        // of a group, with every tap of the depth
    ptrdiff_t range, ranges;      // input channels of one piece
    ptrdiff_t band_rows, bands;   // output rows are taken in bands
    ptrdiff_t strip;              // outputs of a row in one band, as above
    ptrdiff_t images_of_unit;     // whose planes are taken together, where they are small
    ptrdiff_t units;              // bands of all planes of all images, which the partial sums share
    TernConvAlgorithm algorithm;  // units are blocks of tiles with Winograd's
    TernConvTiles tiles;
} TernConvWeightPlan;

// Convolution kernels of one float type; halves are converted while they are copied. `weights` is [groups *
// out_channels, in_channels, kernel_depth, kernel_height, kernel_width]. No sum is split by pieces, so results do not
// depend on how pieces are shared among threads; plans depend on the level, the type and the convolution alone.
typedef struct {
    // Input gradients have a plan for each phase of the depth, phase < stride_depth; other passes have phase 0 alone.
    // The planes of a phase that the kernel never reaches have no taps, and are what sums start from.
    void TERN_FN(plan)(TernConvPass, ptrdiff_t phase, const TernConv *_Nonnull, TernConvPlan *_Nonnull);
    // Pieces first..<last of the packed weights.
    void TERN_FN(pack)(const TernConvPlan *_Nonnull, ptrdiff_t first, ptrdiff_t last, const void *_Nonnull weights,
                       void *_Nonnull packed);
    // Pieces first..<last of y from x (sums start from `bias`, [groups * out_channels], unless null) or of dx from dy.
    void TERN_FN(correlate)(const TernConvPlan *_Nonnull, ptrdiff_t first, ptrdiff_t last, const void *_Nonnull source,
                            const void *_Nonnull packed, const void *_Nullable bias, void *_Nonnull result,
                            void *_Nonnull scratch);

    void TERN_FN(plan_weight_gradient)(const TernConv *_Nonnull, TernConvWeightPlan *_Nonnull);
    // Pieces first..<last of the gradients by weights and (unless null) bias, into [partials] arrays of their sizes, of
    // the type that is computed in (REAL).
    void TERN_FN(weight_gradient)(const TernConvWeightPlan *_Nonnull, ptrdiff_t first, ptrdiff_t last,
                                  const void *_Nonnull x, const void *_Nonnull dy, void *_Nonnull dw,
                                  void *_Nullable dbias, void *_Nonnull scratch);
} TernConvKernels;
