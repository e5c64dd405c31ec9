// Plane rotations of neighbouring rows. The row that two rotations share stays in registers between them.

// One rotation of the kept row with the next one, which lies below it if the sweep goes down. The result is the row
// that is done with.
INLINE VREAL F(turn)(const _Bool down, VREAL cosine, VREAL sine, VREAL *kept, VREAL next) {
    const VREAL upper = down ? *kept : next, lower = down ? next : *kept;
    const VREAL above = F(fma)(sine, lower, cosine * upper), below = F(fma)(-sine, upper, cosine * lower);
    *kept = down ? below : above;
    return down ? above : below;
}

INLINE void F(sweep_strip)(const int vectors, const _Bool down, const TernSweep *sweep, const REAL *c, const REAL *s,
                           REAL *a, ptrdiff_t row) {
    VREAL kept[4];
    const ptrdiff_t step = down ? row : -row;
    REAL *p = a + sweep->first * row + (down ? 0 : row);
#pragma clang loop unroll(full)
    for (int k = 0; k < vectors; k++) kept[k] = F(load)(p + k * LANES);
    for (ptrdiff_t r = 0; r < sweep->count; r++, p += step) {
        const VREAL cosine = F(set)(c[sweep->at + r]), sine = F(set)(s[sweep->at + r]);
#pragma clang loop unroll(full)
        for (int k = 0; k < vectors; k++)
            F(store)(p + k * LANES, F(turn)(down, cosine, sine, kept + k, F(load)(p + step + k * LANES)));
    }
#pragma clang loop unroll(full)
    for (int k = 0; k < vectors; k++) F(store)(p + k * LANES, kept[k]);
}

// Whether the second of two sweeps can follow the first at a distance of one row: it goes the same way, over rows that
// the first goes over.
INLINE _Bool F(follows)(const TernSweep *first, const TernSweep *second) {
    const ptrdiff_t begin = (second->first - first->first) * first->step;
    return first->step == second->step && second->count > 0 && begin >= 0 && begin + second->count <= first->count;
}

// Both sweeps in one pass over the rows: what the first is done with, the second takes on.
INLINE void F(sweep_pair)(const int vectors, const _Bool down, const TernSweep *first, const TernSweep *second,
                          const REAL *c, const REAL *s, REAL *a, ptrdiff_t row) {
    VREAL kept[4], follower[4];
    const ptrdiff_t step = down ? row : -row, begin = (second->first - first->first) * first->step;
    const REAL *c1 = c + first->at, *s1 = s + first->at, *c2 = c + second->at, *s2 = s + second->at;
    REAL *p = a + first->first * row + (down ? 0 : row);
#pragma clang loop unroll(full)
    for (int k = 0; k < vectors; k++) kept[k] = F(load)(p + k * LANES);
    ptrdiff_t r = 0;
    for (; r < begin; r++, p += step) {
        const VREAL cosine = F(set)(c1[r]), sine = F(set)(s1[r]);
#pragma clang loop unroll(full)
        for (int k = 0; k < vectors; k++)
            F(store)(p + k * LANES, F(turn)(down, cosine, sine, kept + k, F(load)(p + step + k * LANES)));
    }
    // The follower's first row.
    {
        const VREAL cosine = F(set)(c1[r]), sine = F(set)(s1[r]);
#pragma clang loop unroll(full)
        for (int k = 0; k < vectors; k++)
            follower[k] = F(turn)(down, cosine, sine, kept + k, F(load)(p + step + k * LANES));
        r++, p += step;
    }
    // Here p is the row that is kept, and the follower the one before it.
    const ptrdiff_t both = least(begin + second->count + 1, first->count);
    ptrdiff_t t = 0;
    for (; r < both; r++, t++, p += step) {
        const VREAL cosine = F(set)(c1[r]), sine = F(set)(s1[r]), cosine2 = F(set)(c2[t]), sine2 = F(set)(s2[t]);
#pragma clang loop unroll(full)
        for (int k = 0; k < vectors; k++) {
            const VREAL done = F(turn)(down, cosine, sine, kept + k, F(load)(p + step + k * LANES));
            F(store)(p - step + k * LANES, F(turn)(down, cosine2, sine2, follower + k, done));
        }
    }
    if (t < second->count) {
        // The last rotation of both ends at the same row.
        const VREAL cosine2 = F(set)(c2[t]), sine2 = F(set)(s2[t]);
#pragma clang loop unroll(full)
        for (int k = 0; k < vectors; k++) {
            F(store)(p - step + k * LANES, F(turn)(down, cosine2, sine2, follower + k, kept[k]));
            F(store)(p + k * LANES, follower[k]);
        }
        return;
    }
#pragma clang loop unroll(full)
    for (int k = 0; k < vectors; k++) F(store)(p - step + k * LANES, follower[k]);
    for (; r < first->count; r++, p += step) {
        const VREAL cosine = F(set)(c1[r]), sine = F(set)(s1[r]);
#pragma clang loop unroll(full)
        for (int k = 0; k < vectors; k++)
            F(store)(p + k * LANES, F(turn)(down, cosine, sine, kept + k, F(load)(p + step + k * LANES)));
    }
#pragma clang loop unroll(full)
    for (int k = 0; k < vectors; k++) F(store)(p + k * LANES, kept[k]);
}

INLINE void F(sweeps_of_strip)(const int vectors, ptrdiff_t sweeps, const TernSweep *sweep, const REAL *c,
                               const REAL *s, REAL *a, ptrdiff_t row) {
    for (ptrdiff_t i = 0; i < sweeps; i++) {
        const _Bool pairs = i + 1 < sweeps && F(follows)(sweep + i, sweep + i + 1), down = sweep[i].step > 0;
        if (pairs && down) F(sweep_pair)(vectors, 1, sweep + i, sweep + i + 1, c, s, a, row);
        else if (pairs) F(sweep_pair)(vectors, 0, sweep + i, sweep + i + 1, c, s, a, row);
        else if (down) F(sweep_strip)(vectors, 1, sweep + i, c, s, a, row);
        else F(sweep_strip)(vectors, 0, sweep + i, c, s, a, row);
        i += pairs;
    }
}

static void F(rotate)(ptrdiff_t sweeps, const TernSweep *sweep, const void *c, const void *s, ptrdiff_t rows,
                      ptrdiff_t columns, void *a_, ptrdiff_t row, void *scratch) {
    REAL *a = a_, *strip = scratch;
    while (columns > 0) {
        // In memory of their own the rows lie close: a stride that is a power of two would use a few sets of the cache
        // only.
        const int vectors = columns > 2 * LANES ? 4 : columns > LANES ? 2 : 1;
        const ptrdiff_t width = vectors * LANES, valid = least(columns, width);
        for (ptrdiff_t i = 0; i < rows; i++)
            for (int k = 0; k < vectors; k++) {
                const ptrdiff_t rest = most(0, valid - k * LANES);
                F(store)(strip + i * width + k * LANES, rest ? F(some)(a + i * row + k * LANES, rest) : (VREAL){});
            }
        if (vectors == 4) F(sweeps_of_strip)(4, sweeps, sweep, c, s, strip, width);
        else if (vectors == 2) F(sweeps_of_strip)(2, sweeps, sweep, c, s, strip, width);
        else F(sweeps_of_strip)(1, sweeps, sweep, c, s, strip, width);
        for (ptrdiff_t i = 0; i < rows; i++)
            for (ptrdiff_t j = 0; j < valid; j += LANES)
                F(put_some)(a + i * row + j, F(load)(strip + i * width + j), valid - j);
        a += valid;
        columns -= valid;
    }
}
