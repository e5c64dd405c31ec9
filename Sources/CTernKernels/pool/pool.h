// Max and average pooling, a plane at a time. A row of outputs is computed tap by tap, each tap over the outputs that
// it does not lead out of the plane, so that inner loops need no bounds. Windows of 2 x 2 side by side, the common
// case, have loops of their own.
#include <stdbool.h>

#include "../simd/sizes.h"
#include "../simd/types.h"
#include "TernPool.h"

typedef struct {
    ptrdiff_t in, out, kernel, stride, before, after, dilation;
    bool adaptive;
} PoolAxis;

static PoolAxis pool_rows(const TernPool2d *p) {
    return (PoolAxis){p->in_height, p->out_height, p->kernel_height,   p->stride_height,
                      p->pad_top,   p->pad_bottom, p->dilation_height, p->adaptive};
}
static PoolAxis pool_columns(const TernPool2d *p) {
    return (PoolAxis){p->in_width, p->out_width, p->kernel_width,   p->stride_width,
                      p->pad_left, p->pad_right, p->dilation_width, p->adaptive};
}

// Windows of 2 x 2 side by side and inside the plane.
static bool pool_is_pairs(const TernPool2d *p) {
    return !p->adaptive && p->kernel_height == 2 && p->kernel_width == 2 && p->stride_height == 2 &&
        p->stride_width == 2 && p->pad_top == 0 && p->pad_left == 0 && p->dilation_height == 1 &&
        p->dilation_width == 1 && 2 * p->out_height <= p->in_height && 2 * p->out_width <= p->in_width;
}

// The inputs of one output along an axis: first, first + step ... before last.
typedef struct {
    ptrdiff_t first, last, step;
} PoolSpan;

static PoolSpan pool_span(const PoolAxis *a, ptrdiff_t o) {
    if (a->adaptive) return (PoolSpan){o * a->in / a->out, ceil_divide((o + 1) * a->in, a->out), 1};
    ptrdiff_t start = o * a->stride - a->before;
    PoolSpan s = {start, start + (a->kernel - 1) * a->dilation + 1, a->dilation};
    if (s.first < 0) s.first += round_up(-s.first, s.step);
    s.last = least(s.last, a->in);
    return s;
}

// The outputs o with 0 <= o * stride + tap < in.
static void pool_outputs(const PoolAxis *a, ptrdiff_t tap, ptrdiff_t *first, ptrdiff_t *last) {
    *first = tap < 0 ? ceil_divide(-tap, a->stride) : 0;
    *last = tap < a->in ? least(ceil_divide(a->in - tap, a->stride), a->out) : 0;
}

// How many positions of one axis an average divides by.
static ptrdiff_t pool_positions(const TernPool2d *p, const PoolAxis *a, ptrdiff_t o) {
    PoolSpan s = pool_span(a, o);
    if (a->adaptive || !p->counts_padding) return most(s.last - s.first, 1);
    ptrdiff_t first = o * a->stride - a->before, last = first + a->kernel;
    return least(last, a->in + a->after) - first;
}

// Windows from ..< to of a row that shares out the inputs: those are first ..< last, and few but for a single window.
enum { POOL_SHARED = 256 };
typedef struct {
    ptrdiff_t from, to, first, last;
    PoolSpan spans[POOL_SHARED];
} PoolShares;

// The next windows behind those, or the first ones. All there are stay as they are.
static void pool_next_shares(const PoolAxis *a, PoolShares *s) {
    const ptrdiff_t from = s->to < a->out ? s->to : 0;
    if (from == 0 && s->from == 0 && s->to == a->out) return;
    s->from = s->to = from;
    while (s->to < a->out && s->to - from < POOL_SHARED) {
        const PoolSpan span = pool_span(a, s->to);
        if (s->to == from) s->first = span.first;
        else if (span.last - s->first > POOL_SHARED) break;
        s->last = span.last;
        s->spans[s->to++ - from] = span;
    }
}

#define EACH "../simd/shuffle_real.h"
#include "../simd/each_real.h"
#define EACH "../pool/pool_real.h"
#include "../simd/each_real.h"
#define EACH "../pool/pool_compare_stored.h"
#include "../simd/each_stored.h"
#define EACH "../pool/pool_integer.h"
#include "../simd/each_integer.h"
#define EACH "../pool/pool_max_element.h"
#include "../simd/each_element.h"
#define EACH "../pool/pool_table_integer.h"
#include "../simd/each_integer.h"
#define EACH "../pool/pool_stored.h"
#include "../simd/each_stored.h"
