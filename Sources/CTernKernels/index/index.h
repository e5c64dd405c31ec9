// The index kernels of one level: see TernIndex.h.
#include "../simd/types.h"
#include "TernIndex.h"

// The first index that is not in 0 ..< limit, or -1.
static ptrdiff_t invalid_index(ptrdiff_t n, const int64_t *indices, ptrdiff_t si, int64_t limit) {
    for (ptrdiff_t i = 0; i < n; i++)
        if ((uint64_t)indices[i * si] >= (uint64_t)limit) return i;
    return -1;
}

#define EACH "../index/gather_integer.h"
#include "../simd/each_integer.h"
#define EACH "../index/scatter_integer.h"
#include "../simd/each_integer.h"
#define EACH "../index/scatter_stored.h"
#include "../simd/each_stored.h"
#define EACH "../index/table_element.h"
#include "../simd/each_element.h"
