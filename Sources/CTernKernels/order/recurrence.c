// Running products and what is like them: see TernOrder.h.
#include "TernOrder.h"

#pragma clang diagnostic error "-Wswitch-enum"

// Columns whose states are kept together.
enum { STRIP = 64 };

#define RECURRENCE(prefix, element, state_type) \
    static void prefix##_recurrence(ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t n, const element *a, const element *b, \
                                    element *y) { \
        for (ptrdiff_t first = 0; first < n; first += STRIP) { \
            const ptrdiff_t m = n - first < STRIP ? n - first : STRIP; \
            state_type states[STRIP]; \
            for (ptrdiff_t i = 0; i < m; i++) states[i] = b ? 0 : 1; \
            for (ptrdiff_t row = 0; row < rows; row++) { \
                const ptrdiff_t start = row * stride + first; \
                if (m == 1) { \
                    states[0] = (state_type)a[start] * states[0] + (b ? (state_type)b[start] : 0); \
                    y[start] = (element)states[0]; \
                    continue; \
                } \
                if (b) \
                    for (ptrdiff_t i = 0; i < m; i++) \
                        states[i] = (state_type)a[start + i] * states[i] + (state_type)b[start + i]; \
                else \
                    for (ptrdiff_t i = 0; i < m; i++) states[i] *= (state_type)a[start + i]; \
                for (ptrdiff_t i = 0; i < m; i++) y[start + i] = (element)states[i]; \
            } \
        } \
    }
RECURRENCE(f32, float, double)
RECURRENCE(f64, double, double)
RECURRENCE(u64, uint64_t, uint64_t)

void tern_recurrence(TernType type, ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t n, const void *a, const void *b,
                     void *y) {
    switch (type) {
    case TERN_FLOAT32: return f32_recurrence(rows, stride, n, a, b, y);
    case TERN_FLOAT64: return f64_recurrence(rows, stride, n, a, b, y);
    case TERN_INT64:
    case TERN_UINT64: return u64_recurrence(rows, stride, n, a, b, y);
    case TERN_BOOL:
    case TERN_UINT8:
    case TERN_INT8:
    case TERN_UINT16:
    case TERN_INT16:
    case TERN_UINT32:
    case TERN_INT32:
    case TERN_FLOAT16:
    case TERN_BFLOAT16: __builtin_trap();  // Converted before.
    }
}
