// Sums along two axes by tables of weights: interpolation and its derivative, and sums of pixels that points name, see
// TernResample.h. Sums of rows have the columns in their lanes. For sums along a row, as many rows as a vector has
// lanes are turned, so that each lane is a row and every load a vector; a strip of columns at a time, which stays in
// the cache.
#include "../simd/sizes.h"
#include "../simd/types.h"
#include "TernResample.h"

// Outputs of a strip, and additions after which a sum is added to another one.
enum { RESAMPLE_STRIP = 128, RESAMPLE_ADDITIONS = 32 };

// The inputs first ..< last of a strip of outputs.
typedef struct {
    ptrdiff_t first, last;
} ResampleSpan;

static ResampleSpan resample_span(const TernTaps *t, ptrdiff_t from, ptrdiff_t to) {
    return (ResampleSpan){t->firsts[from], t->firsts[to - 1] + t->counts[to - 1]};
}

static ptrdiff_t resample_widest_span(const TernTaps *t) {
    ptrdiff_t widest = 0;
    for (ptrdiff_t from = 0; from < t->out; from += RESAMPLE_STRIP) {
        ResampleSpan s = resample_span(t, from, least(t->out, from + RESAMPLE_STRIP));
        widest = most(widest, s.last - s.first);
    }
    return widest;
}

#define EACH "../simd/shuffle_real.h"
#include "../simd/each_real.h"
#define EACH "../resample/resample_real.h"
#include "../simd/each_real.h"
#define EACH "../resample/resample_stored.h"
#include "../simd/each_stored.h"
