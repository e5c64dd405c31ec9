#include "harness.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SLOT_BYTES = 4 << 20, SLOTS = 128, GUARD_BYTES = 1 << 16, MARGIN = 192 };

TernLevel at, level_under_test;
static long comparisons, failures;
static char title[256];
static char *slots[SLOTS];
static int used_slots;

#define DEFINE_CALLED(family) unsigned char called_##family[TERN_TYPES][32];
EACH_FAMILY(DEFINE_CALLED)

static const TernKernels *portable(TernType type) { return tern_kernels(TERN_LEVEL_PORTABLE, type); }
ptrdiff_t size_of(TernType type) { return portable(type)->size; }
_Bool is_float(TernType type) { return type >= TERN_FLOAT16; }
TernType real_of(TernType type) { return portable(type)->real; }
const char *name_of(TernType type) {
    switch (type) {
    case TERN_BOOL: return "bool";
    case TERN_UINT8: return "uint8";
    case TERN_INT8: return "int8";
    case TERN_UINT16: return "uint16";
    case TERN_INT16: return "int16";
    case TERN_UINT32: return "uint32";
    case TERN_INT32: return "int32";
    case TERN_UINT64: return "uint64";
    case TERN_INT64: return "int64";
    case TERN_FLOAT16: return "float16";
    case TERN_BFLOAT16: return "bfloat16";
    case TERN_FLOAT32: return "float32";
    case TERN_FLOAT64: return "float64";
    }
}

static uint64_t random_state;

void start(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(title, sizeof title, format, arguments);
    va_end(arguments);
    used_slots = 0;
    random_state = 1;
    for (const char *c = title; *c; c++) random_state = (random_state ^ (uint64_t)*c) * 0x100000001B3;
}

static void fail(const char *format, ...) {
    if (++failures > 40) return;
    va_list arguments;
    va_start(arguments, format);
    printf("%s: ", title);
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
}

void *memory(ptrdiff_t bytes) {
    if (used_slots == SLOTS || bytes > SLOT_BYTES) {
        printf("%s: more memory than the harness has\n", title);
        exit(2);
    }
    char **slot = &slots[used_slots++];
    if (!*slot) {
        char *pages = mmap(NULL, SLOT_BYTES + GUARD_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED || mprotect(pages + SLOT_BYTES, GUARD_BYTES, PROT_NONE)) exit(2);
        *slot = pages;
    }
    return *slot + SLOT_BYTES - bytes;
}

void release_last(void) { used_slots--; }

uint64_t random_bits(void) {
    uint64_t z = random_state += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

void *numbers(TernType type, ptrdiff_t n, ptrdiff_t stride, double low, double high) {
    ptrdiff_t size = size_of(type), step = stride < 0 ? -stride : stride;
    char *bytes = memory(((n > 0 ? n - 1 : 0) * step + 1) * size);
    char *first = stride < 0 && n > 0 ? bytes + (n - 1) * step * size : bytes;
    for (ptrdiff_t i = 0; i < (n > 0 ? n : 1); i++) {
        double value = low + (double)(random_bits() >> 11) * 0x1p-53 * (high - low);
        char *place = first + i * stride * size;
        int64_t whole = (int64_t)value;
        if (type == TERN_BOOL) *(uint8_t *)place = value > (low + high) / 2;
        else if (is_float(type)) portable(TERN_FLOAT64)->elementwise->convert[type](1, &value, 1, place);
        else portable(TERN_INT64)->elementwise->convert[type](1, &whole, 1, place);
    }
    return first;
}

void *result(TernType type, ptrdiff_t n) {
    ptrdiff_t bytes = n * size_of(type);
    char *y = (char *)memory(bytes + MARGIN) + MARGIN;
    memset(y - MARGIN, 0x55, (size_t)(MARGIN + bytes));
    return y;
}

double value_of(TernType type, const void *y, ptrdiff_t i) {
    double value;
    portable(type)->elementwise->convert[TERN_FLOAT64](1, (const char *)y + i * size_of(type), 1, &value);
    return value;
}
void set_value(TernType type, void *y, ptrdiff_t i, double value) {
    portable(TERN_FLOAT64)->elementwise->convert[type](1, &value, 1, (char *)y + i * size_of(type));
}

// The distance of the neighbouring values of a type.
static double unit(TernType type, double x) {
    int digits = type == TERN_FLOAT64 ? 52 : type == TERN_FLOAT32 ? 23 : type == TERN_FLOAT16 ? 10 : 7;
    int smallest = type == TERN_FLOAT64 ? -1022 : type == TERN_FLOAT16 ? -14 : -126;
    return ldexp(1, (x == 0 ? smallest : (int)fmax(ilogb(x), smallest)) - digits);
}

void compare(TernType type, ptrdiff_t n, const void *portable, const void *other, Agreement agreement, double limit) {
    comparisons++;
    for (int side = 0; side < 2; side++)
        for (int i = 1; i <= MARGIN; i++)
            if (((const char *)(side ? other : portable))[-i] != 0x55) {
                fail("%s wrote before its result", side ? "the level" : "portable");
                return;
            }
    if (!is_float(type)) {
        if (memcmp(portable, other, (size_t)(n * size_of(type)))) fail("the results differ");
        return;
    }
    // What differs before it is rounded to a half may be rounded apart, by one unit.
    if (real_of(type) != type && limit > 0) limit = 1;
    double largest = 1;
    for (ptrdiff_t i = 0; i < n; i++) {
        double size = fabs(value_of(type, portable, i));
        if (size > largest && size < INFINITY) largest = size;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        double a = value_of(type, portable, i), b = value_of(type, other, i);
        if (a == b || (isnan(a) && isnan(b))) continue;
        double allowed = agreement == EXACTLY ? 0 : limit * unit(type, agreement == BY_VALUE ? a : largest);
        if (fabs(a - b) <= allowed && isfinite(a) && isfinite(b)) continue;
        fail("element %td is %.17g in portable and %.17g, %.1f units apart", i, a, b,
             fabs(a - b) / unit(type, agreement == BY_SIZE ? largest : a));
        return;
    }
}

// Fails unless each function of each type's table was called.
static void check_called(const char *family, TernType type, const void *table, size_t size,
                         const unsigned char *called) {
    start("%s of %s", family, name_of(type));
    for (size_t i = 0; table && i < size / sizeof(void *); i++)
        if (((void *const *)table)[i] && !called[i])
            fail("the entry %zu of the table is not called by this harness", i);
}

static void crashed(int signal) {
    printf("%s: stopped by signal %d\n", title, signal);
    fflush(stdout);
    _exit(3);
}

TernConv convolution(ptrdiff_t images, ptrdiff_t in, ptrdiff_t out, ptrdiff_t height, ptrdiff_t width,
                     ptrdiff_t kernel_height, ptrdiff_t kernel_width, ptrdiff_t stride, ptrdiff_t pad,
                     ptrdiff_t dilation, ptrdiff_t groups) {
    return (TernConv){.images = images,
                      .groups = groups,
                      .in_channels = in,
                      .out_channels = out,
                      .in_depth = 1,
                      .in_height = height,
                      .in_width = width,
                      .out_depth = 1,
                      .out_height = (height + 2 * pad - (kernel_height - 1) * dilation - 1) / stride + 1,
                      .out_width = (width + 2 * pad + 1 - (kernel_width - 1) * dilation - 1) / stride + 1,
                      .kernel_depth = 1,
                      .kernel_height = kernel_height,
                      .kernel_width = kernel_width,
                      .stride_depth = 1,
                      .stride_height = stride,
                      .stride_width = stride,
                      .pad_top = pad,
                      .pad_left = pad + 1,
                      .dilation_depth = 1,
                      .dilation_height = dilation,
                      .dilation_width = dilation};
}

TernConv deep(TernConv c, ptrdiff_t depth, ptrdiff_t stride, ptrdiff_t pad) {
    c.in_depth = depth, c.kernel_depth = 3, c.stride_depth = stride, c.pad_front = pad;
    c.out_depth = (depth + 2 * pad - 3) / stride + 1;
    return c;
}

int main(void) {
    static const char *const level_names[] = {"portable", "NEON", "AVX2", "AVX-512"};
    _Bool failed = 0;
    signal(SIGSEGV, crashed);
    signal(SIGBUS, crashed);
    for (int level = TERN_LEVEL_NEON; level <= TERN_LEVEL_AVX512; level++) {
        if (!tern_level_is_available((TernLevel)level)) continue;
        level_under_test = (TernLevel)level;
        comparisons = failures = 0;
        check_values();
        check_index();
        check_optimizer();
        check_normalize();
        check_attention();
        check_random();
        check_gemm();
        check_conv();
        check_pool();
        check_resample();
        check_linalg();
        check_quantized();
        for (TernType type = 0; type < TERN_TYPES; type++) {
            const TernKernels *k = portable(type);
#define CHECK(family) check_called(#family, type, k->family, sizeof *k->family, called_##family[type]);
            EACH_FAMILY(CHECK)
        }
        printf("%s against portable: %ld comparisons, %ld failed\n", level_names[level], comparisons, failures);
        failed |= failures != 0;
    }
    return failed;
}
