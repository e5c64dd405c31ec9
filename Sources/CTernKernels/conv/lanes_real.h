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

// Copies the window of `channels` planes of height x width whose first row is w->low_row + row_shift. `zeroed` says
// that the window holds zeros already wherever this copy needs them, from an earlier one with the same shift.
static void F(copy_window)(const Window *w, ptrdiff_t row_shift, const REAL *source, ptrdiff_t channels,
                           ptrdiff_t height, ptrdiff_t width, bool zeroed, REAL *window) {
    ptrdiff_t row_size = w->deal * w->pitch, top = w->low_row + row_shift;
    // Rows and columns of the window that the source fills.
    ptrdiff_t first = least(most(-top, 0), w->rows), last = most(first, least(height - top, w->rows));
    ptrdiff_t from = least(most(-w->low_column, 0), w->columns);
    ptrdiff_t to = most(from, least((width - 1) * w->spread + 1 - w->low_column, w->columns));
    bool plain = w->deal == 1 && w->spread == 1;
    for (ptrdiff_t c = 0; c < channels; c++, source += height * width, window += w->plane) {
        if (!zeroed) F(zero_row)(window, w->plane);
        if (plain && to - from == LANES) {
            const REAL *x = source + (top + first) * width + w->low_column + from;
            for (ptrdiff_t r = first; r < last; r++, x += width) F(store)(window + r * row_size + from, F(load)(x));
            continue;
        }
        for (ptrdiff_t r = first; r < last; r++) {
            REAL *row = window + r * row_size;
            const REAL *x = source + (top + r) * width;
            if (plain) {
                F(copy_row)(row + from, x + w->low_column + from, to - from);
            } else if (w->spread == 1) {
                for (ptrdiff_t d = 0; d < w->deal; d++) {
                    ptrdiff_t start = from + (d - from % w->deal + w->deal) % w->deal;
                    REAL *dealt = row + d * w->pitch + start / w->deal;
                    for (ptrdiff_t i = start; i < to; i += w->deal) *dealt++ = x[w->low_column + i];
                }
            } else {
                ptrdiff_t at = round_up(w->low_column + from, w->spread);
                for (; at < w->low_column + to; at += w->spread) row[at - w->low_column] = x[at / w->spread];
            }
        }
    }
}

// Transposes LANES vectors of LANES. Each round of interleaving turns the bits of (row, column) by one place.
INLINE void F(transpose)(VREAL *t) {
#pragma clang loop unroll(full)
    for (int width = 1; width < LANES; width *= 2) {
        VREAL u[LANES];
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES / 2; i++) {
            u[2 * i] = F(low_half)(t[i], t[i + LANES / 2]);
            u[2 * i + 1] = F(high_half)(t[i], t[i + LANES / 2]);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++) t[i] = u[i];
    }
}

// to[i][lane] = from[lane][i], i < n. Lanes past `lanes` are zero; `width` is the row of `to`, a multiple of LANES.
static void F(rows_to_lanes)(const REAL *from, ptrdiff_t from_row, ptrdiff_t lanes, ptrdiff_t n, REAL *to,
                             ptrdiff_t width) {
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
                for (int r = 0; r < LANES; r++)
                    t[r] = r < present ? F(load_first)(p + r * from_row, columns) : (VREAL){};
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
static void F(lanes_to_rows)(const REAL *from, ptrdiff_t width, ptrdiff_t n, ptrdiff_t lanes, REAL *to,
                             ptrdiff_t to_row) {
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

// Copies the window of `images` <= LANES images, `image_step` apart, into lanes: [channel][row][column][image].
static void F(copy_images)(const Window *w, ptrdiff_t row_shift, const REAL *source, ptrdiff_t image_step,
                           ptrdiff_t images, ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width, bool zeroed,
                           REAL *window) {
    ptrdiff_t top = w->low_row + row_shift;
    ptrdiff_t first = least(most(-top, 0), w->rows), last = most(first, least(height - top, w->rows));
    ptrdiff_t from = least(most(-w->low_column, 0), w->columns);
    ptrdiff_t to = most(from, least(width - w->low_column, w->columns));
    // Rows without padding follow one another.
    bool dense = to - from == w->pitch && w->pitch == width;
    ptrdiff_t step = dense ? most(last - first, 1) : 1;
    for (ptrdiff_t c = 0; c < channels; c++, source += height * width, window += w->plane * LANES) {
        if (!zeroed) F(zero_row)(window, w->plane * LANES);
        for (ptrdiff_t r = first; r < last; r += step)
            F(rows_to_lanes)(source + (top + r) * width + w->low_column + from, image_step, images, (to - from) * step,
                             window + (r * w->pitch + from) * LANES, LANES);
    }
}
