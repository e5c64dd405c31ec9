// Arithmetic of sizes, the same for every level and type.
#pragma once

#include <stddef.h>

static inline ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
static inline ptrdiff_t most(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }
static inline ptrdiff_t ceil_divide(ptrdiff_t a, ptrdiff_t b) { return (a + b - 1) / b; }
static inline ptrdiff_t round_up(ptrdiff_t a, ptrdiff_t unit) { return ceil_divide(a, unit) * unit; }
// As many pieces, or one more: of an odd number, one of two threads has more to do than the other.
static inline ptrdiff_t paired(ptrdiff_t pieces) { return pieces > 1 ? round_up(pieces, 2) : pieces; }

// Hands out parts of the caller's scratch memory, each aligned to 64 bytes, or measures them if `base` is null: so one
// function says how scratch memory is laid out, both where it is planned and where it is used.
typedef struct {
    char *base;
    ptrdiff_t used;
} Scratch;

static inline void *scratch_take(Scratch *s, ptrdiff_t bytes) {
    ptrdiff_t at = s->used;
    s->used += round_up(bytes, 64);
    return s->base ? s->base + at : NULL;
}
