// Moves between NCHW planes and the layouts of the register tiles: zero-padded windows and transposed lanes.

INLINE void F(copy_row)(REAL *to, const REAL *from, ptrdiff_t n) {
    ptrdiff_t i = 0;
    for (; i + LANES <= n; i += LANES) F(store)(to + i, F(load)(from + i));
    if (i < n) F(store_first)(to + i, F(load_first)(from + i, n - i), n - i);
}

INLINE void F(zero_row)(REAL *to, ptrdiff_t n) {
    ptrdiff_t i = 0;
    for (; i + LANES <= n; i += LANES) F(store)(to + i, (VREAL){});
    if (i < n) F(store_first)(to + i, (VREAL){}, n - i);
}

// Copies the window of `channels` planes of height x width whose first row is w->low_row + row_shift.
static void F(copy_window)(const Window *w, ptrdiff_t row_shift, const REAL *source, ptrdiff_t channels,
                           ptrdiff_t height, ptrdiff_t width, REAL *window) {
    ptrdiff_t row_size = w->deal * w->pitch;
    // Window columns that a row of the source fills.
    ptrdiff_t from = least(most(-w->low_column, 0), w->columns);
    ptrdiff_t to = most(from, least((width - 1) * w->spread + 1 - w->low_column, w->columns));
    bool plain = w->deal == 1 && w->spread == 1;
    for (ptrdiff_t c = 0; c < channels; c++, source += height * width, window += w->plane) {
        REAL *row = window;
        for (ptrdiff_t r = 0; r < w->rows; r++, row += row_size) {
            ptrdiff_t y = w->low_row + row_shift + r;
            if (y < 0 || y >= height) {
                F(zero_row)(row, row_size);
                continue;
            }
            const REAL *x = source + y * width;
            if (plain) {
                F(zero_row)(row, from);
                F(copy_row)(row + from, x + w->low_column + from, to - from);
                F(zero_row)(row + to, row_size - to);
                continue;
            }
            F(zero_row)(row, row_size);
            for (ptrdiff_t i = from; i < to; i++) {
                ptrdiff_t at = w->low_column + i;
                if (at % w->spread == 0) row[i % w->deal * w->pitch + i / w->deal] = x[at / w->spread];
            }
        }
    }
}

// The first and the second half of a[0], b[0], a[1], b[1] ...
#if VECTOR_BYTES * 8 / FLOAT_BITS == 16
#define LOW_HALF(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH_HALF(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#elif VECTOR_BYTES * 8 / FLOAT_BITS == 8
#define LOW_HALF(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH_HALF(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#elif VECTOR_BYTES * 8 / FLOAT_BITS == 4
#define LOW_HALF(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH_HALF(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#else
#define LOW_HALF(a, b) __builtin_shufflevector(a, b, 0, 2)
#define HIGH_HALF(a, b) __builtin_shufflevector(a, b, 1, 3)
#endif

// Transposes LANES vectors of LANES. Each round of interleaving turns the bits of (row, column) by one place.
INLINE void F(transpose)(VREAL *t) {
#pragma clang loop unroll(full)
    for (int width = 1; width < LANES; width *= 2) {
        VREAL u[LANES];
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES / 2; i++) {
            u[2 * i] = LOW_HALF(t[i], t[i + LANES / 2]);
            u[2 * i + 1] = HIGH_HALF(t[i], t[i + LANES / 2]);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++) t[i] = u[i];
    }
}
#undef LOW_HALF
#undef HIGH_HALF

// to[i][lane] = from[lane][i], i < n. Lanes past `lanes` are zero; `width` is the row of `to`, a multiple of LANES.
static void F(rows_to_lanes)(const REAL *from, ptrdiff_t from_row, ptrdiff_t lanes, ptrdiff_t n, REAL *to, ptrdiff_t width) {
    for (ptrdiff_t l = 0; l < width; l += LANES) {
        ptrdiff_t present = most(0, least(LANES, lanes - l));
        for (ptrdiff_t i = 0; i < n; i += LANES) {
            const REAL *p = from + l * from_row + i;
            REAL *q = to + i * width + l;
            ptrdiff_t columns = least(LANES, n - i);
            VREAL t[LANES];
            if (present == LANES && columns == LANES) {
#pragma clang loop unroll(full)
                for (int r = 0; r < LANES; r++) t[r] = F(load)(p + r * from_row);
            } else {
                for (int r = 0; r < LANES; r++) t[r] = r < present ? F(load_first)(p + r * from_row, columns) : (VREAL){};
            }
            F(transpose)(t);
            if (columns == LANES) {
#pragma clang loop unroll(full)
                for (int r = 0; r < LANES; r++) F(store)(q + r * width, t[r]);
            } else {
                for (int r = 0; r < columns; r++) F(store)(q + r * width, t[r]);
            }
        }
    }
}

// to[lane][i] = from[i][lane], i < n, lane < lanes; the reverse.
static void F(lanes_to_rows)(const REAL *from, ptrdiff_t width, ptrdiff_t n, ptrdiff_t lanes, REAL *to, ptrdiff_t to_row) {
    for (ptrdiff_t l = 0; l < lanes; l += LANES) {
        ptrdiff_t present = least(LANES, lanes - l);
        for (ptrdiff_t i = 0; i < n; i += LANES) {
            const REAL *p = from + i * width + l;
            REAL *q = to + l * to_row + i;
            ptrdiff_t columns = least(LANES, n - i);
            VREAL t[LANES];
            if (columns == LANES) {
#pragma clang loop unroll(full)
                for (int r = 0; r < LANES; r++) t[r] = F(load)(p + r * width);
            } else {
                for (int r = 0; r < LANES; r++) t[r] = r < columns ? F(load)(p + r * width) : (VREAL){};
            }
            F(transpose)(t);
            if (present == LANES && columns == LANES) {
#pragma clang loop unroll(full)
                for (int r = 0; r < LANES; r++) F(store)(q + r * to_row, t[r]);
            } else {
                for (int r = 0; r < present; r++) F(store_first)(q + r * to_row, t[r], columns);
            }
        }
    }
}
