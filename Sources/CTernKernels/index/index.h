// The index kernels of one level: see include/TernIndex.h.
#include "TernIndex.h"

// The first index that is not in 0 ..< limit, or -1.
static ptrdiff_t invalid_index(ptrdiff_t n, const int64_t *indices, ptrdiff_t si, int64_t limit) {
    for (ptrdiff_t i = 0; i < n; i++)
        if ((uint64_t)indices[i * si] >= (uint64_t)limit) return i;
    return -1;
}

#define GATHER(type) \
    { \
        const type *from = x; \
        type *to = y; \
        for (ptrdiff_t i = 0; i < n; i++) to[i] = from[indices[i * si] * axis + i * inner]; \
        break; \
    }
static ptrdiff_t LEVEL(gather)(ptrdiff_t size, ptrdiff_t n, const int64_t *indices, ptrdiff_t si, int64_t limit,
                               const void *x, ptrdiff_t axis, ptrdiff_t inner, void *y) {
    ptrdiff_t invalid = invalid_index(n, indices, si, limit);
    if (invalid >= 0) return invalid;
    switch (size) {
    case 1: GATHER(uint8_t)
    case 4: GATHER(int32_t)
    case 8: GATHER(int64_t)
    }
    return -1;
}
#undef GATHER

#define SCATTER_ADD(type) \
    { \
        const type *from = x; \
        type *to = y; \
        for (ptrdiff_t i = 0; i < n; i++) { \
            type *place = to + indices[i * si] * axis + i * inner; \
            *place = (type)(*place + from[i * sx]); \
        } \
        break; \
    }
static ptrdiff_t LEVEL(scatter_add)(TernType type, ptrdiff_t n, const int64_t *indices, ptrdiff_t si, int64_t limit,
                                    const void *x, ptrdiff_t sx, void *y, ptrdiff_t axis, ptrdiff_t inner) {
    ptrdiff_t invalid = invalid_index(n, indices, si, limit);
    if (invalid >= 0) return invalid;
    switch (type) {
    case TERN_BOOL:
    case TERN_UINT8: SCATTER_ADD(uint8_t)
    case TERN_INT32: SCATTER_ADD(uint32_t)
    case TERN_INT64: SCATTER_ADD(uint64_t)
    case TERN_FLOAT32: SCATTER_ADD(float)
    case TERN_FLOAT64: SCATTER_ADD(double)
    }
    return -1;
}
#undef SCATTER_ADD

static ptrdiff_t LEVEL(gather_rows)(ptrdiff_t size, ptrdiff_t n, ptrdiff_t columns, const int64_t *indices,
                                    int64_t limit, const void *x, ptrdiff_t stride, void *y) {
    ptrdiff_t invalid = invalid_index(n, indices, 1, limit);
    if (invalid >= 0) return invalid;
    size_t bytes = (size_t)(columns * size);
    for (ptrdiff_t i = 0; i < n; i++)
        __builtin_memcpy((char *)y + i * (ptrdiff_t)bytes, (const char *)x + indices[i] * stride * size, bytes);
    return -1;
}

static ptrdiff_t LEVEL(one_hot)(TernType type, ptrdiff_t n, ptrdiff_t classes, const int64_t *indices, void *y) {
    ptrdiff_t invalid = invalid_index(n, indices, 1, classes), size = element_size(type);
    if (invalid >= 0) return invalid;
    __builtin_memset(y, 0, (size_t)(n * classes * size));
    for (ptrdiff_t i = 0; i < n; i++) LEVEL(fill_int64)(type, 1, 1, (char *)y + (i * classes + indices[i]) * size);
    return -1;
}

const TernIndexKernels LEVEL(tern_index) = {
    .gather = LEVEL(gather),
    .scatter_add = LEVEL(scatter_add),
    .gather_rows = LEVEL(gather_rows),
    .one_hot = LEVEL(one_hot),
};
