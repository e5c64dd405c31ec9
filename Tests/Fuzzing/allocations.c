// Counts what each thread allocates. For fuzzing, which then checks that no input makes a reader take memory far beyond
// its own size (Linux with glibc):
//
//     clang -O2 -shared -fPIC -o allocations.so Tests/Fuzzing/allocations.c
//     TERN_FUZZ=1000000 LD_PRELOAD=$PWD/allocations.so swift test -c release -Xswiftc -enable-testing \
//         --skip-build --filter fuzz

#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <stddef.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static __thread long held, peak;

static void *taken(void *block) {
    if (!block) return block;
    held += (long)malloc_usable_size(block);
    if (held > peak) peak = held;
    return block;
}

static void given(void *block) {
    if (block) held -= (long)malloc_usable_size(block);
}

long tern_reset_allocations(void) {
    held = peak = 0;
    return 0;
}

long tern_peak_of_allocations(void) { return peak; }

void *malloc(size_t size) { return taken(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) { return taken(__libc_calloc(count, size)); }
void free(void *block) {
    given(block);
    __libc_free(block);
}
void *realloc(void *block, size_t size) {
    given(block);
    return taken(__libc_realloc(block, size));
}
void *memalign(size_t alignment, size_t size) { return taken(__libc_memalign(alignment, size)); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **block, size_t alignment, size_t size) {
    *block = memalign(alignment, size);
    return *block || !size ? 0 : ENOMEM;
}
