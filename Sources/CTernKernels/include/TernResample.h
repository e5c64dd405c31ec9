#pragma once

#include "TernType.h"

// How the outputs along an axis are made of its inputs: output o is the sum over k < counts[o] of
// weights[o * taps + k] * x[firsts[o] + k]. Each has one input at least, and neither firsts nor firsts + counts fall from
// one output to the next.
typedef struct {
    ptrdiff_t in, out, taps;
    const int32_t *_Nonnull firsts;
    const int32_t *_Nonnull counts;
    const void *_Nonnull weights;  // of the type that is computed in
} TernTaps;

// Resampling of planes of rows of one float type.
typedef struct {
    ptrdiff_t TERN_FN(scratch_bytes)(const TernTaps *_Nullable columns);
    // Rows first ..< last of y, counted over all planes: sums of rows of `width` inputs, unless `rows` is null, whose
    // elements are then summed to `columns`, unless that is null. `scratch` is aligned to 64 bytes.
    void TERN_FN(rows)(const TernTaps *_Nullable rows, const TernTaps *_Nullable columns, ptrdiff_t width,
                       ptrdiff_t first, ptrdiff_t last, const void *_Nonnull x, void *_Nonnull y,
                       void *_Nullable scratch);
} TernResampleKernels;
