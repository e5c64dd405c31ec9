// Holds the kernels of every level that the CPU has against the portable ones, on the same inputs: C alone, so that it
// runs where Swift does not, such as an emulated Arm machine. `.ci/run` builds and runs it; CTernKernelsTests has the
// references.
//
//     clang -O2 -I Sources/CTernKernels/include Sources/CTernKernels/*/*.c Tests/KernelLevels/*.c -lm -o levels &&
//     ./levels
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "CTernKernels.h"

// The level that runs now: first portable, then the one held against it.
extern TernLevel at;

ptrdiff_t size_of(TernType type);
_Bool is_float(TernType type);
TernType real_of(TernType type);
const char *name_of(TernType type);
#define EACH_TYPE(type) for (TernType type = TERN_BOOL; type <= TERN_FLOAT64; type++)
#define EACH_FLOAT(type) for (TernType type = TERN_FLOAT16; type <= TERN_FLOAT64; type++)

// Memory that ends where a page begins that nobody may touch, so that reading past its end is seen. It is taken back
// by the next `start`.
void *memory(ptrdiff_t bytes);
void release_last(void);
// Numbers in low...high, the same in every run, for `n` elements `stride` apart; the result points to the first.
void *numbers(TernType type, ptrdiff_t n, ptrdiff_t stride, double low, double high);
uint64_t random_bits(void);
double value_of(TernType type, const void *y, ptrdiff_t i);
void set_value(TernType type, void *y, ptrdiff_t i, double value);

// How two results are compared.
typedef enum {
    EXACTLY,   // but for the sign of zero and the bits of NaN
    BY_VALUE,  // within `limit` units of the last place of each value
    BY_SIZE,   // within `limit` units of the last place of the largest value: sums of both signs
} Agreement;

// A case begins: what it is, for messages. Its numbers depend on its name alone.
void start(const char *format, ...) __attribute__((format(printf, 1, 2)));
// Memory for `n` results, with guards around.
void *result(TernType type, ptrdiff_t n);
void compare(TernType type, ptrdiff_t n, const void *portable, const void *other, Agreement agreement, double limit);
// Runs the statement for both levels with `y` as its memory for `n` results, and compares them; or also with `z` as
// memory for results of another type.
#define BOTH(type, n, agreement, limit, ...) BOTH_PARTS(type, n, type, 0, agreement, limit, __VA_ARGS__)
#define BOTH_PARTS(type, n, other_type, other_n, agreement, limit, ...) \
    do { \
        char *results_[2] = {}, *others_[2] = {}; \
        for (int side_ = 0; side_ < 2; side_++) { \
            at = side_ ? level_under_test : TERN_LEVEL_PORTABLE; \
            char *y = results_[side_] = result(type, n); \
            char *z = others_[side_] = result(other_type, other_n); \
            (void)y, (void)z; \
            __VA_ARGS__; \
        } \
        compare(type, n, results_[0], results_[1], agreement, limit); \
        if ((other_n) > 0) compare(other_type, other_n, others_[0], others_[1], agreement, limit); \
    } while (0)
extern TernLevel level_under_test;

// Marks a function of a type's table as called, and gives it. `type` is the type.
#define CALL(family, member) \
    (called_##family[type][offsetof(__typeof__(*tern_kernels(at, type)->family), member) / sizeof(void *)] = 1, \
     tern_kernels(at, type)->family->member)
// EACH_FAMILY(called): which functions were called.
#define EACH_FAMILY(X) \
    X(elementwise) \
    X(reduce) X(index) X(random) X(rows) X(gemm) X(conv) X(pool) X(resample) X(normalize) X(optimizer) X(linalg)
#define DECLARE_CALLED(family) extern unsigned char called_##family[TERN_TYPES][32];
EACH_FAMILY(DECLARE_CALLED)

// The sizes of a convolution of planes, with one more column of padding before than after.
TernConv convolution(ptrdiff_t images, ptrdiff_t in, ptrdiff_t out, ptrdiff_t height, ptrdiff_t width,
                     ptrdiff_t kernel_height, ptrdiff_t kernel_width, ptrdiff_t stride, ptrdiff_t pad,
                     ptrdiff_t dilation, ptrdiff_t groups);
// The same with a depth of `depth`, and a kernel of 3 there.
TernConv deep(TernConv c, ptrdiff_t depth, ptrdiff_t stride, ptrdiff_t pad);

void check_values(void);
void check_index(void);
void check_optimizer(void);
void check_normalize(void);
void check_attention(void);
void check_random(void);
void check_gemm(void);
void check_conv(void);
void check_pool(void);
void check_resample(void);
void check_linalg(void);
void check_quantized(void);
