// Rows of maxima of floats and integers.

// One tap of a row of windows: outputs first..<last read x[o * stride], o counted from 0; `at` is x's place in its
// plane.
INLINE void T(max_tap)(ptrdiff_t stride, ptrdiff_t first, ptrdiff_t last, const STORED *x, int32_t at, STORED *y,
                       int32_t *indices) {
    for (ptrdiff_t o = first; o < last; o++) {
        STORED v = x[o * stride];
        bool takes = (indices[o] < 0) | T(exceeds)(v, y[o]);
        y[o] = takes ? v : y[o];
        indices[o] = takes ? at + (int32_t)(o * stride) : indices[o];
    }
}

static void T(max_row)(const PoolAxis *ay, const PoolAxis *ax, ptrdiff_t oy, const STORED *x, STORED *y,
                       int32_t *indices) {
    for (ptrdiff_t o = 0; o < ax->out; o++) y[o] = T(lowest)(), indices[o] = -1;
    PoolSpan rows = pool_span(ay, oy);
    for (ptrdiff_t iy = rows.first; iy < rows.last; iy += rows.step) {
        const STORED *row = x + iy * ax->in;
        int32_t at = (int32_t)(iy * ax->in);
        if (ax->adaptive) {
            for (ptrdiff_t o = 0; o < ax->out; o++) {
                PoolSpan columns = pool_span(ax, o);
                for (ptrdiff_t ix = columns.first; ix < columns.last; ix++)
                    if (indices[o] < 0 || T(exceeds)(row[ix], y[o])) y[o] = row[ix], indices[o] = at + (int32_t)ix;
            }
            continue;
        }
        for (ptrdiff_t k = 0; k < ax->kernel; k++) {
            ptrdiff_t tap = k * ax->dilation - ax->before, first, last;
            pool_outputs(ax, tap, &first, &last);
            // Constant strides let the compiler use vectors.
            if (ax->stride == 1) T(max_tap)(1, first, last, row + tap, at + (int32_t)tap, y, indices);
            else if (ax->stride == 2) T(max_tap)(2, first, last, row + tap, at + (int32_t)tap, y, indices);
            else T(max_tap)(ax->stride, first, last, row + tap, at + (int32_t)tap, y, indices);
        }
    }
}

static void T(max_planes)(const TernPool2d *p, ptrdiff_t planes, const void *values, void *result, int32_t *indices) {
    const PoolAxis ay = pool_rows(p), ax = pool_columns(p);
    const STORED *x = values;
    STORED *y = result;
    for (ptrdiff_t plane = 0; plane < planes; plane++, x += ay.in * ax.in)
        for (ptrdiff_t oy = 0; oy < ay.out; oy++, y += ax.out, indices += ax.out)
            T(max_row)(&ay, &ax, oy, x, y, indices);
}
