#pragma once

#include "TernConv.h"

// Products of bytes. A byte q stands for scale * (q - zero), with one scale and zero for all activations of a tensor.
// Weights are signed bytes in -127...127 with a scale for each output, whose zero is 0. Sums are of 32 bits and wrap
// around; all results have the same bits at every level.

// Activations: bytes, or float32 that is quantized as it is copied: q = clamp(round(x / scale) + zero, 0, 255), halves
// to even, NaN to 0. Kernels read copies in units of 32 bits, which hold as many neighbours along the depth as one lane
// multiplies at once.
typedef struct {
    const void *_Nonnull values;
    _Bool is_float;
    float inverse_scale;
    int32_t zero;
} TernQuantizedSource;

// What becomes of the sum of an output: sum + bias in 32 bits, times the factor of the output, times `slope` where that
// is negative, cut off at `low` and `high`: a float32, or rounded and added to `zero` a byte.
typedef struct {
    const int32_t *_Nullable bias;
    const float *_Nonnull factors;
    int32_t source_zero;
    float slope, low, high;
    _Bool to_bytes;
    int32_t zero;
} TernQuantizedEnd;

// How a convolution reads its source: the planes of every unit of channels, with zeros around and dealt out by the
// strides, so that an element of the kernel finds its sources at one distance from all outputs, whose rows run on
// `pitch` apart. Where channels are few, the columns of the kernel count as channels.
typedef struct {
    ptrdiff_t packed_bytes;   // of the packed weights
    ptrdiff_t source_units;   // of the copied source of one image
    ptrdiff_t unit_channels;  // the source is copied in this many independent pieces
    ptrdiff_t pieces;         // and the result of one image computed in this many
    // For the kernels alone.
    TernConv conv;
    ptrdiff_t shifts;       // columns of the kernel that count as channels: all or 1
    ptrdiff_t units;        // of the channels of one group
    ptrdiff_t taps, steps;  // kernel elements, and times units: the length of sums
    ptrdiff_t depth, rows, pitch, part,
        plane;                    // of the copy: planes, rows and their distance, units of a part and plane
    ptrdiff_t size, band, bands;  // outputs of a plane with what is between rows, and those of a piece
} TernQuantizedConvPlan;

typedef struct {
    // y = clamp(round(x * inverse_scale) + zero, 0, 255).
    void TERN_FN(quantize)(ptrdiff_t n, const float *_Nonnull x, float inverse_scale, int32_t zero,
                           uint8_t *_Nonnull y);

    // y[row, o] from the sums over k of x[row, k] * weights[o, k]. Weights are packed in panels of outputs.
    ptrdiff_t TERN_FN(linear_bytes)(ptrdiff_t outputs, ptrdiff_t depth);
    ptrdiff_t TERN_FN(linear_panels)(ptrdiff_t outputs);
    void TERN_FN(pack_linear)(ptrdiff_t outputs, ptrdiff_t depth, const int8_t *_Nonnull weights,
                              void *_Nonnull packed);
    // Units that a row takes, and the copy of some rows.
    ptrdiff_t TERN_FN(row_units)(ptrdiff_t depth);
    void TERN_FN(copy_rows)(ptrdiff_t rows, ptrdiff_t depth, const TernQuantizedSource *_Nonnull source,
                            int32_t *_Nonnull units);
    // Panel `panel` of some rows; `y` is the first row's place.
    void TERN_FN(linear)(ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t depth, ptrdiff_t panel,
                         const int32_t *_Nonnull units, const void *_Nonnull packed,
                         const TernQuantizedEnd *_Nonnull end, void *_Nonnull y);

    void TERN_FN(plan_conv)(const TernConv *_Nonnull, TernQuantizedConvPlan *_Nonnull);
    void TERN_FN(pack_conv)(const TernQuantizedConvPlan *_Nonnull, const int8_t *_Nonnull weights,
                            void *_Nonnull packed);
    // Units of channels first..<last of one image.
    void TERN_FN(copy_image)(const TernQuantizedConvPlan *_Nonnull, ptrdiff_t first, ptrdiff_t last,
                             const TernQuantizedSource *_Nonnull source, int32_t *_Nonnull units);
    // Pieces first..<last of one image.
    void TERN_FN(correlate)(const TernQuantizedConvPlan *_Nonnull, ptrdiff_t first, ptrdiff_t last,
                            const int32_t *_Nonnull units, const void *_Nonnull packed,
                            const TernQuantizedEnd *_Nonnull end, void *_Nonnull y);
} TernQuantizedKernels;

// Whether this CPU has, besides what the level is, instructions for dot products of bytes (AVX-512 VNNI, Arm's
// dotprod).
_Bool tern_has_byte_dots(TernLevel level);

// The kernels of a level that is available, with such instructions or without.
const TernQuantizedKernels *_Nonnull tern_quantized_kernels(TernLevel level, _Bool byte_dots);
