#pragma once

#include <stddef.h>
#include <stdint.h>

#include "TernType.h"

// Sorting, selecting and searching. These are no vector code, so they stand outside of the tables and are the same at
// every level. Elements are compared as unsigned integers of their size: integers by value, floats so that -0 equals 0
// and NaN, of which all are equal, is the largest. Rows are contiguous and have less than 2^32 elements; `scratch` is
// aligned to 16 bytes.

// Writes the indices that sort the row: equal elements keep their order, also where `falling`.
void tern_sort(TernType type, _Bool falling, ptrdiff_t n, const void *_Nonnull x, int64_t *_Nonnull order,
               void *_Nonnull scratch);
ptrdiff_t tern_sort_scratch(TernType type, ptrdiff_t n);

// The first `k` <= n of these indices.
void tern_sort_first(TernType type, _Bool falling, ptrdiff_t n, ptrdiff_t k, const void *_Nonnull x,
                     int64_t *_Nonnull order, void *_Nonnull scratch);
ptrdiff_t tern_sort_first_scratch(TernType type, ptrdiff_t n, ptrdiff_t k);

// The indices at some places in 0 ..< n of the rising order.
void tern_sort_some(TernType type, ptrdiff_t n, const void *_Nonnull x, ptrdiff_t count, const int64_t *_Nonnull places,
                    int64_t *_Nonnull order, void *_Nonnull scratch);
ptrdiff_t tern_sort_some_scratch(TernType type, ptrdiff_t n, ptrdiff_t count);

// The largest or smallest element up to each one, and its index: the last one of equal ones. A NaN wins.
void tern_running_extreme(TernType type, _Bool largest, ptrdiff_t n, const void *_Nonnull x, void *_Nonnull values,
                          int64_t *_Nonnull indices);

// For each of `count` values, how many elements of the rising row are less than it, or, to the `right`, not larger.
void tern_search(TernType type, _Bool right, ptrdiff_t n, const void *_Nonnull row, ptrdiff_t count,
                 const void *_Nonnull values, int64_t *_Nonnull y, void *_Nonnull scratch);
ptrdiff_t tern_search_scratch(TernType type, ptrdiff_t n);

// Adds 1 to the count of the bin that each of `count` values lies in: between two of bins + 1 rising edges, of which
// the upper one belongs to the bin above, and the last one to the last bin. What lies outside is not counted. Scratch
// is that of a search in the edges.
void tern_histogram(TernType type, ptrdiff_t bins, const void *_Nonnull edges, ptrdiff_t count,
                    const void *_Nonnull values, int64_t *_Nonnull counts, void *_Nonnull scratch);

// y = a y' + b along rows, where y' is the result of the row before (0 at first), of `n` columns that lie together.
// Without b it starts with 1: running products. Sums of floats are kept in float64, integers wrap; halves are converted
// before.
void tern_recurrence(TernType type, ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t n, const void *_Nonnull a,
                     const void *_Nullable b, void *_Nonnull y);
