#include "harness.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SLOT_BYTES = 4 << 20, SLOTS = 48, GUARD_BYTES = 1 << 16, MARGIN = 192 };

TernLevel at, level_under_test;
static long comparisons, failures;
static char title[256];
static char *slots[SLOTS];
static int used_slots;

ptrdiff_t size_of(TernType type) { return type <= TERN_UINT8 ? 1 : type == TERN_INT32 || type == TERN_FLOAT32 ? 4 : 8; }
_Bool is_float(TernType type) { return type >= TERN_FLOAT32; }

void start(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(title, sizeof title, format, arguments);
    va_end(arguments);
    used_slots = 0;
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
    static uint64_t state = 1;
    uint64_t z = state += 0x9E3779B97F4A7C15;
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
        switch (type) {
        case TERN_BOOL: *(uint8_t *)place = value > (low + high) / 2; break;
        case TERN_UINT8: *(uint8_t *)place = (uint8_t)(int64_t)value; break;
        case TERN_INT32: *(int32_t *)place = (int32_t)value; break;
        case TERN_INT64: *(int64_t *)place = (int64_t)value; break;
        case TERN_FLOAT32: *(float *)place = (float)value; break;
        case TERN_FLOAT64: *(double *)place = value; break;
        }
    }
    return first;
}

void *result(TernType type, ptrdiff_t n) {
    ptrdiff_t bytes = n * size_of(type);
    char *y = (char *)memory(bytes + MARGIN) + MARGIN;
    memset(y - MARGIN, 0x55, (size_t)(MARGIN + bytes));
    return y;
}

static double value(TernType type, const void *y, ptrdiff_t i) {
    return type == TERN_FLOAT32 ? (double)((const float *)y)[i] : ((const double *)y)[i];
}

// The distance of the neighbouring values of a type.
static double unit(TernType type, double x) {
    return type == TERN_FLOAT32 ? ldexp(1, fmax(ilogb(fmax(fabs(x), 0x1p-126)), -126) - 23)
                                : ldexp(1, fmax(ilogb(fmax(fabs(x), 0x1p-1022)), -1022) - 52);
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
    double largest = 1;
    for (ptrdiff_t i = 0; i < n; i++) {
        double size = fabs(value(type, portable, i));
        if (size > largest && size < INFINITY) largest = size;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        double a = value(type, portable, i), b = value(type, other, i);
        if (a == b || (isnan(a) && isnan(b))) continue;
        double allowed = agreement == EXACTLY ? 0 : limit * unit(type, agreement == BY_VALUE ? a : largest);
        if (fabs(a - b) <= allowed && isfinite(a) && isfinite(b)) continue;
        fail("element %td is %.17g in portable and %.17g, %.1f units apart", i, a, b,
             fabs(a - b) / unit(type, agreement == BY_SIZE ? largest : a));
        return;
    }
}

void check_called(const char *table, const unsigned char *called, size_t count) {
    start("%s", table);
    for (size_t i = 0; i < count; i++)
        if (!called[i]) fail("the function %zu of the table is not called by this harness", i);
}

static void crashed(int signal) {
    printf("%s: stopped by signal %d\n", title, signal);
    fflush(stdout);
    _exit(3);
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
        check_vector();
        check_index();
        check_optimizer();
        check_normalize();
        check_random();
        check_gemm();
        check_conv();
        check_pool();
        printf("%s against portable: %ld comparisons, %ld failed\n", level_names[level], comparisons, failures);
        failed |= failures != 0;
    }
    return failed;
}
