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

// The planes of height x width that a window is copied from: `count` of a group from `first` on, counted by channel and
// tap of the depth.
typedef struct {
    const STORED *source;  // the group's first plane
    const TernConvDepth *z;
    ptrdiff_t output;  // the plane of the phase that is computed
    ptrdiff_t first, count;
    ptrdiff_t height, width;
} T(Planes);

// Calls for each: the plane, or null if it lies in the padding.
typedef struct {
    const STORED *channel;
    ptrdiff_t tap, low, step;
} T(PlaneCursor);

static T(PlaneCursor) T(first_plane)(const T(Planes) *p) {
    ptrdiff_t plane = p->height * p->width, channel = p->z->taps > 1 ? p->first / p->z->taps : p->first;
    return (T(PlaneCursor)){
        .channel = p->source + channel * p->z->size * plane,
        .tap = p->first - channel * p->z->taps,
        .low = p->z->from + p->output * p->z->source_step,
        .step = plane,
    };
}
static const STORED *T(next_plane)(const T(Planes) *p, T(PlaneCursor) *at) {
    ptrdiff_t z = at->low + at->tap * p->z->tap_step;
    const STORED *plane = z < 0 || z >= p->z->size ? NULL : at->channel + z * at->step;
    if (++at->tap == p->z->taps) at->tap = 0, at->channel += p->z->size * at->step;
    return plane;
}

// Copies the window of planes. `zeroed` says that it holds zeros already wherever this copy needs them, from an earlier
// one of the same rows and columns.
static void T(copy_window)(const TernConvWindow *w, const T(Planes) *planes, bool zeroed, REAL *window) {
    ptrdiff_t height = planes->height, width = planes->width, top = w->low_row;
    // Rows and columns of the window that the source fills.
    ptrdiff_t first = least(most(-top, 0), w->rows), last = most(first, least(height - top, w->rows));
    ptrdiff_t from = least(most(-w->low_column, 0), w->columns);
    ptrdiff_t to = most(from, least(width - w->low_column, w->columns));
    T(PlaneCursor) at = T(first_plane)(planes);
    for (ptrdiff_t c = 0; c < planes->count; c++, window += w->plane) {
        const STORED *source = T(next_plane)(planes, &at);
        if (!zeroed || !source) F(zero_row)(window, w->plane);
        if (!source) continue;
        const STORED *x = source + (top + first) * width + w->low_column + from;
        if (to - from == LANES) {
            for (ptrdiff_t r = first; r < last; r++, x += width) F(store)(window + r * w->pitch + from, T(load)(x));
            continue;
        }
        for (ptrdiff_t r = first; r < last; r++, x += width) T(copy_row)(window + r * w->pitch + from, x, to - from);
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

// Copies the window of `images` <= LANES images, `image_step` apart, into lanes: [plane][row][column][image]. Rows that
// lie outside of a plane are left as they are: no tile reads them.
static void T(copy_images)(const TernConvWindow *w, const T(Planes) *planes, ptrdiff_t image_step, ptrdiff_t images,
                           bool zeroed, REAL *window) {
    ptrdiff_t height = planes->height, width = planes->width, top = w->low_row;
    ptrdiff_t first = least(most(-top, 0), w->rows), last = most(first, least(height - top, w->rows));
    ptrdiff_t from = least(most(-w->low_column, 0), w->columns);
    ptrdiff_t to = most(from, least(width - w->low_column, w->columns));
    // Rows without padding follow one another.
    bool dense = to - from == w->pitch && w->pitch == width;
    ptrdiff_t step = dense ? most(last - first, 1) : 1;
    T(PlaneCursor) at = T(first_plane)(planes);
    for (ptrdiff_t c = 0; c < planes->count; c++, window += w->plane * LANES) {
        const STORED *source = T(next_plane)(planes, &at);
        if (!source) F(zero_row)(window, w->plane * LANES);
        if (!source) continue;
        for (ptrdiff_t r = first; r < last; r += step) {
            REAL *row = window + r * w->pitch * LANES;
            T(rows_to_lanes)(source + (top + r) * width + w->low_column + from, image_step, images, (to - from) * step,
                             row + from * LANES, LANES);
            if (zeroed || dense) continue;
            F(zero_row)(row, from * LANES);
            F(zero_row)(row + to * LANES, (w->pitch - to) * LANES);
        }
    }
}
