#pragma once

#include "TernType.h"

// How the outputs along an axis are made of its inputs: output o is the sum over k < counts[o] of
// weights[o * taps + k] * x[firsts[o] + k]. Each has one input at least, and neither firsts nor firsts + counts fall
// from one output to the next.
typedef struct {
    ptrdiff_t in, out, taps;
    const int32_t *_Nonnull firsts;
    const int32_t *_Nonnull counts;
    const void *_Nonnull weights;  // of the type that is computed in
} TernTaps;

// The pixels that points of a plane are made of: for each of `taps` of each point a place in the plane, or a negative
// number for one outside, which counts as 0. Places and weights are [taps, points].
typedef struct {
    ptrdiff_t pixels, points, taps;
    const int32_t *_Nonnull places;
} TernPoints;

// Resampling of planes of rows of one float type.
typedef struct {
    ptrdiff_t TERN_FN(scratch_bytes)(const TernTaps *_Nullable columns);
    // Rows first ..< last of y, counted over all planes: sums of rows of `width` inputs, unless `rows` is null, whose
    // elements are then summed to `columns`, unless that is null. `scratch` is aligned to 64 bytes.
    void TERN_FN(rows)(const TernTaps *_Nullable rows, const TernTaps *_Nullable columns, ptrdiff_t width,
                       ptrdiff_t first, ptrdiff_t last, const void *_Nonnull x, void *_Nonnull y,
                       void *_Nullable scratch);

    // Of the types that are computed in, for `channels` planes with the same points. A point is the sum of its pixels
    // with weights: y[c, p] = sum over k of weights[k, p] * x[c, places[k, p]].
    void TERN_OPTIONAL_FN(gather_points)(const TernPoints *_Nonnull, ptrdiff_t channels, const void *_Nonnull x,
                                         const void *_Nonnull weights, void *_Nonnull y);
    // The derivative with respect to x: x = 0, x[c, places[k, p]] += weights[k, p] * y[c, p], in the order of k and p.
    void TERN_OPTIONAL_FN(scatter_points)(const TernPoints *_Nonnull, ptrdiff_t channels, const void *_Nonnull y,
                                          const void *_Nonnull weights, void *_Nonnull x);
    // That with respect to the weights, of points first ..< last:
    // weights[k, p] = sum over c of y[c, p] * x[c, places[k, p]].
    void TERN_OPTIONAL_FN(point_products)(const TernPoints *_Nonnull, ptrdiff_t channels, ptrdiff_t first,
                                          ptrdiff_t last, const void *_Nonnull x, const void *_Nonnull y,
                                          void *_Nonnull weights);
} TernResampleKernels;
