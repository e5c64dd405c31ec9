// Moves between NCHW planes and the layouts of the register tiles: zero-padded windows and transposed lanes.

INLINE void T(copy_row)(REAL *to, const STORED *from, ptrdiff_t n) {
    ptrdiff_t i = 0;
    for (; i + LANES <= n; i += LANES) F(store)(to + i, T(load)(from + i));
    if (i < n) F(store_first)(to + i, T(load_first)(from + i, n - i), n - i);
}

// The reverse: results that are computed in rows.
INLINE void T(round_row)(STORED *to, const REAL *from, ptrdiff_t n) {
    ptrdiff_t i = 0;
    for (; i + LANES <= n; i += LANES) T(store)(to + i, F(load)(from + i));
    if (i < n) T(store_first)(to + i, F(load_first)(from + i, n - i), n - i);
}

// Copies the window of `channels` planes of height x width whose first row is w->low_row + row_shift. `zeroed` says
// that the window holds zeros already wherever this copy needs them, from an earlier one with the same shift.
static void T(copy_window)(const TernConvWindow *w, ptrdiff_t row_shift, const STORED *source, ptrdiff_t channels,
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
            const STORED *x = source + (top + first) * width + w->low_column + from;
            for (ptrdiff_t r = first; r < last; r++, x += width) F(store)(window + r * row_size + from, T(load)(x));
            continue;
        }
        for (ptrdiff_t r = first; r < last; r++) {
            REAL *row = window + r * row_size;
            const STORED *x = source + (top + r) * width;
            if (plain) {
                T(copy_row)(row + from, x + w->low_column + from, to - from);
            } else if (w->spread == 1) {
                for (ptrdiff_t d = 0; d < w->deal; d++) {
                    ptrdiff_t start = from + (d - from % w->deal + w->deal) % w->deal;
                    REAL *dealt = row + d * w->pitch + start / w->deal;
                    for (ptrdiff_t i = start; i < to; i += w->deal) *dealt++ = T(get)(x[w->low_column + i]);
                }
            } else {
                ptrdiff_t at = round_up(w->low_column + from, w->spread);
                for (; at < w->low_column + to; at += w->spread) row[at - w->low_column] = T(get)(x[at / w->spread]);
            }
        }
    }
}

// to[i][lane] = from[lane][i], i < n. Lanes past `lanes` are zero; `width` is the row of `to`, a multiple of LANES.
static void T(rows_to_lanes)(const STORED *from, ptrdiff_t from_row, ptrdiff_t lanes, ptrdiff_t n, REAL *to,
                             ptrdiff_t width) {
    for (ptrdiff_t l = 0; l < width; l += LANES) {
        ptrdiff_t present = most(0, least(LANES, lanes - l));
        for (ptrdiff_t i = 0; i < n; i += LANES) {
            const STORED *p = from + l * from_row + i;
            REAL *q = to + i * width + l;
            ptrdiff_t columns = least(LANES, n - i);
            VREAL t[LANES];
            if (present == LANES && columns == LANES) {
#pragma clang loop unroll(full)
                for (int r = 0; r < LANES; r++) t[r] = T(load)(p + r * from_row);
            } else {
                for (int r = 0; r < LANES; r++)
                    t[r] = r < present ? T(load_first)(p + r * from_row, columns) : (VREAL){};
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
static void T(lanes_to_rows)(const REAL *from, ptrdiff_t width, ptrdiff_t n, ptrdiff_t lanes, STORED *to,
                             ptrdiff_t to_row) {
    for (ptrdiff_t l = 0; l < lanes; l += LANES) {
        ptrdiff_t present = least(LANES, lanes - l);
        for (ptrdiff_t i = 0; i < n; i += LANES) {
            const REAL *p = from + i * width + l;
            STORED *q = to + l * to_row + i;
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
                for (int r = 0; r < LANES; r++) T(store)(q + r * to_row, t[r]);
            } else {
                for (int r = 0; r < present; r++) T(store_first)(q + r * to_row, t[r], columns);
            }
        }
    }
}

// Copies the window of `images` <= LANES images, `image_step` apart, into lanes: [channel][row][column][image].
static void T(copy_images)(const TernConvWindow *w, ptrdiff_t row_shift, const STORED *source, ptrdiff_t image_step,
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
            T(rows_to_lanes)(source + (top + r) * width + w->low_column + from, image_step, images, (to - from) * step,
                             window + (r * w->pitch + from) * LANES, LANES);
    }
}
