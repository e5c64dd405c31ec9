// Sorting, selecting and searching by keys: see TernOrder.h.
#include "TernOrder.h"

#include <stdint.h>

#pragma clang diagnostic error "-Wswitch-enum"

#define INLINE static inline __attribute__((always_inline, unused))
#define LEAST(a, b) ((a) < (b) ? (a) : (b))

typedef enum { UNSIGNED_KEYS, SIGNED_KEYS, FLOAT_KEYS } KeyKind;
// Falling orders have the complement. For a running minimum NaN stays the largest.
typedef enum { RISING, FALLING, FALLING_BUT_NAN } KeyOrder;

INLINE KeyKind kind_of(TernType type) {
    switch (type) {
    case TERN_BOOL:
    case TERN_UINT8:
    case TERN_UINT16:
    case TERN_UINT32:
    case TERN_UINT64: return UNSIGNED_KEYS;
    case TERN_INT8:
    case TERN_INT16:
    case TERN_INT32:
    case TERN_INT64: return SIGNED_KEYS;
    case TERN_FLOAT16:
    case TERN_BFLOAT16:
    case TERN_FLOAT32:
    case TERN_FLOAT64: return FLOAT_KEYS;
    }
}

// The bits of infinity: NaN has larger ones.
INLINE uint64_t infinity_of(TernType type) {
    switch (type) {
    case TERN_FLOAT16: return 0x7c00;
    case TERN_BFLOAT16: return 0x7f80;
    case TERN_FLOAT32: return 0x7f800000;
    case TERN_FLOAT64: return 0x7ff0000000000000;
    case TERN_BOOL:
    case TERN_UINT8:
    case TERN_INT8:
    case TERN_UINT16:
    case TERN_INT16:
    case TERN_UINT32:
    case TERN_INT32:
    case TERN_UINT64:
    case TERN_INT64: return 0;
    }
}

// Rows up to this length are sorted by comparing all with all; up to the second, digits have 8 bits, in longer ones 11.
enum { SHORT_ROW = 48, MIDDLE_ROW = 4096, NARROW_DIGIT = 8, WIDE_DIGIT = 11 };
// Indices up to this many are selected one by one, more of them out of all.
enum { SELECTED = 2 };
// As many first ones of a row are kept in order while it is gone through.
enum { FEW = 16 };
// Parts of the range of a row that is searched for at least as many values.
enum { PARTS = 2048 };
// Keys that are made, or looked at, at a time.
enum { KEY_BLOCK = 256 };
// Of these, elements that are passed at once if none is the largest so far.
enum { RUN = 32 };

#define BITS 8
#define FLOAT float
#define KEY uint8_t
#define K(name) name##_8
#include "keys_width.h"
#include "select_width.h"
#include "sort_width.h"
#undef BITS
#undef FLOAT
#undef KEY
#undef K
#define BITS 16
#define FLOAT float
#define KEY uint16_t
#define K(name) name##_16
#include "keys_width.h"
#include "select_width.h"
#include "sort_width.h"
#undef BITS
#undef FLOAT
#undef KEY
#undef K
#define BITS 32
#define FLOAT float
#define KEY uint32_t
#define K(name) name##_32
#include "keys_width.h"
#include "select_width.h"
#include "sort_width.h"
#undef BITS
#undef FLOAT
#undef KEY
#undef K
#define BITS 64
#define FLOAT double
#define KEY uint64_t
#define K(name) name##_64
#include "keys_width.h"
#include "select_width.h"
#include "sort_width.h"
#undef BITS
#undef FLOAT
#undef KEY
#undef K

// Calls what is written for keys of the width of the type.
#define BY_WIDTH(type, call) \
    switch (type) { \
    case TERN_BOOL: \
    case TERN_UINT8: \
    case TERN_INT8: call(8); \
    case TERN_UINT16: \
    case TERN_INT16: \
    case TERN_FLOAT16: \
    case TERN_BFLOAT16: call(16); \
    case TERN_UINT32: \
    case TERN_INT32: \
    case TERN_FLOAT32: call(32); \
    case TERN_UINT64: \
    case TERN_INT64: \
    case TERN_FLOAT64: call(64); \
    }

void tern_sort(TernType type, _Bool falling, ptrdiff_t n, const void *x, int64_t *order, void *scratch){
#define CALL(bits) return sort_##bits(type, falling, n, x, order, scratch)
    BY_WIDTH(type, CALL)
#undef CALL
} ptrdiff_t tern_sort_scratch(TernType type, ptrdiff_t n) {
#define CALL(bits) return 2 * n * (ptrdiff_t)sizeof(pair_##bits)
    BY_WIDTH(type, CALL)
#undef CALL
}

void tern_sort_first(TernType type, _Bool falling, ptrdiff_t n, ptrdiff_t k, const void *x, int64_t *order,
                     void *scratch){
#define CALL(bits) return sort_first_##bits(type, falling, n, k, x, order, scratch)
    BY_WIDTH(type, CALL)
#undef CALL
} ptrdiff_t tern_sort_first_scratch(TernType type, ptrdiff_t n, ptrdiff_t k) {
#define CALL(bits) return kept_##bits(n, k) * (ptrdiff_t)(2 * sizeof(pair_##bits) + 2 * sizeof(uint##bits##_t))
    BY_WIDTH(type, CALL)
#undef CALL
}

void tern_sort_some(TernType type, ptrdiff_t n, const void *x, ptrdiff_t count, const int64_t *places, int64_t *order,
                    void *scratch){
#define CALL(bits) return sort_some_##bits(type, n, x, count, places, order, scratch)
    BY_WIDTH(type, CALL)
#undef CALL
} ptrdiff_t tern_sort_some_scratch(TernType type, ptrdiff_t n, ptrdiff_t count) {
#define CALL(bits) \
    return count > SELECTED ? tern_sort_scratch(type, n) + n * (ptrdiff_t)sizeof(int64_t) \
                            : 2 * n * (ptrdiff_t)sizeof(uint##bits##_t)
    BY_WIDTH(type, CALL)
#undef CALL
}

void tern_running_extreme(TernType type, _Bool largest, ptrdiff_t n, const void *x, void *values, int64_t *indices) {
#define CALL(bits) return running_##bits(type, largest, n, x, values, indices)
    BY_WIDTH(type, CALL)
#undef CALL
}

void tern_search(TernType type, _Bool right, ptrdiff_t n, const void *row, ptrdiff_t count, const void *values,
                 int64_t *y, void *scratch){
#define CALL(bits) return search_##bits(type, right, n, row, count, values, y, scratch)
    BY_WIDTH(type, CALL)
#undef CALL
} ptrdiff_t tern_search_scratch(TernType type, ptrdiff_t n) {
#define CALL(bits) return n * (ptrdiff_t)sizeof(uint##bits##_t)
    BY_WIDTH(type, CALL)
#undef CALL
}

void tern_histogram(TernType type, ptrdiff_t bins, const void *edges, ptrdiff_t count, const void *values,
                    int64_t *counts, void *scratch) {
#define CALL(bits) return histogram_##bits(type, bins, edges, count, values, counts, scratch)
    BY_WIDTH(type, CALL)
#undef CALL
}
