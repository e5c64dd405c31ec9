// A step forward.

// A sample's row of a matrix [R, width], and that of the step before, which is the sample's row of `first` where it
// begins.
INLINE REAL *F(row)(const TernRecurrence *r, const void *matrix, ptrdiff_t width, ptrdiff_t row, ptrdiff_t sample) {
    return (REAL *)matrix + (row + sample * r->row_stride) * width;
}
INLINE const REAL *F(previous)(const TernRecurrence *r, const TernRecurrentStep *s, const void *matrix,
                               const void *first, ptrdiff_t width, ptrdiff_t sample) {
    if (sample < s->before) return F(row)(r, matrix, width, s->previous, sample);
    return (const REAL *)first + sample * width;
}

// A gate of a block of units, of so many rows. Rows of a sample lie far apart, which no processor foresees: they are
// asked for while the product runs.
INLINE void F(prefetch_rows)(const REAL *gate, ptrdiff_t row, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++)
        for (ptrdiff_t v = 0; v < 2; v++) __builtin_prefetch(gate + i * row + v * LANES);
}

INLINE F(unit)
    F(unit_of)(const TernRecurrence *r, const TernRecurrentStep *s, ptrdiff_t sample, ptrdiff_t first, ptrdiff_t n) {
    const ptrdiff_t units = r->units, gates = F(gate_count)(r->cell) * units;
    F(unit) u = {.units = units, .n = n};
    u.gates = F(row)(r, r->gates, gates, s->row, sample) + first;
    u.start = r->inputs ? (const REAL *)r->bias + first : u.gates;
    u.hidden = r->projection ? F(row)(r, r->inner, units, s->row, sample) + first
                             : F(row)(r, r->output, units, s->row, sample) + first;
    if (r->cell == TERN_CELL_LSTM) {
        u.cell = F(row)(r, r->cells, units, s->row, sample) + first;
        u.previous_cell = F(previous)(r, s, r->cells, r->cell_state, units, sample) + first;
    } else if (r->cell == TERN_CELL_GRU) {
        u.inner = F(row)(r, r->inner, units, s->row, sample) + first;
        u.previous_hidden = F(previous)(r, s, r->output, r->hidden, units, sample) + first;
        u.inner_bias = r->inner_bias ? (const REAL *)r->inner_bias + first : NULL;
    }
    return u;
}

// Of samples that all go on, or all begin.
INLINE void F(forward_samples)(const TernRecurrence *r, const TernRecurrentStep *s, TernRecurrentPart part,
                               const REAL *a, ptrdiff_t a_row) {
    const ptrdiff_t gates = F(gate_count)(r->cell), depth = r->input_features + r->features;
    const F(left) none = {0};
    const F(heights) heights = F(heights_of)(part.last - part.first);
    _Alignas(64) REAL sums[4 * GATE];
    for (ptrdiff_t block = part.first_block; block < part.last_block; block++) {
        const ptrdiff_t first = 2 * block * LANES, vectors = r->units - first > LANES ? 2 : 1;
        ptrdiff_t sample = part.first;
        for (ptrdiff_t tile = 0; tile < heights.count; tile++) {
            const ptrdiff_t height = heights.height + (tile < heights.taller);
            F(left) x = {.row = r->row_stride * r->input_features, .depth = r->input_features};
            if (r->inputs) x.a = F(row)(r, r->inputs, r->input_features, s->row, sample);
            const F(left) h = {a + (sample - part.first) * a_row, a_row, r->features};
            F(tile_function) *const product = F(tiles)[height - 1][vectors - 1];
            for (ptrdiff_t gate = 0; gate < gates; gate++) {
                const REAL *panel = (const REAL *)r->weights + (block * gates + gate) * depth * 2 * LANES;
                const _Bool is_apart = r->cell == TERN_CELL_GRU && gate == 2;
                const REAL *rows = F(row)(r, r->gates, gates * r->units, s->row, sample) + gate * r->units + first;
                F(prefetch_rows)(rows, r->row_stride * gates * r->units, height);
                product(&x, is_apart ? &none : &h, panel, sums + gate * GATE);
                if (is_apart) product(&none, &h, panel + r->input_features * 2 * LANES, sums + 3 * GATE);
            }
            for (ptrdiff_t i = 0; i < height; i++, sample++)
                for (ptrdiff_t v = 0; v < vectors; v++) {
                    const ptrdiff_t unit = first + v * LANES;
                    const REAL *sum = sums + (2 * i + v) * LANES;
                    F(unit) u = F(unit_of)(r, s, sample, unit, r->units - unit);
                    if (r->cell == TERN_CELL_LSTM) F(lstm_forward)(&u, sum);
                    else if (r->cell == TERN_CELL_GRU) F(gru_forward)(&u, sum);
                    else F(rnn_forward)(&u, sum, r->cell == TERN_CELL_TANH);
                }
        }
    }
}

// The part of a step's samples from `first` up to `last`, as far as they take part.
INLINE TernRecurrentPart F(samples)(TernRecurrentPart part, ptrdiff_t first, ptrdiff_t last) {
    part.first = most(part.first, first);
    part.last = most(part.first, least(part.last, last));
    return part;
}

static void F(forward)(const TernRecurrence *r, TernRecurrentPart part) {
    const TernRecurrentStep *s = r->steps + part.step;
    const TernRecurrentPart on = F(samples)(part, 0, s->before), fresh = F(samples)(part, s->before, s->active);
    F(forward_samples)(r, s, on, F(row)(r, r->output, r->features, s->previous, on.first), r->row_stride * r->features);
    F(forward_samples)(r, s, fresh, (const REAL *)r->hidden + fresh.first * r->features, r->features);
}

static void F(project)(const TernRecurrence *r, TernRecurrentPart part) {
    const TernRecurrentStep *s = r->steps + part.step;
    part = F(samples)(part, 0, s->active);
    const F(heights) heights = F(heights_of)(part.last - part.first);
    _Alignas(64) REAL sums[SUMS * LANES];
    for (ptrdiff_t block = part.first_block; block < part.last_block; block++) {
        const REAL *panel = (const REAL *)r->projection + block * r->units * 2 * LANES;
        ptrdiff_t sample = part.first;
        for (ptrdiff_t tile = 0; tile < heights.count; tile++) {
            const ptrdiff_t height = heights.height + (tile < heights.taller);
            const F(left) h = {F(row)(r, r->inner, r->units, s->row, sample), r->row_stride * r->units, r->units};
            F(tiles)[height - 1][1](&h, &(F(left)){0}, panel, sums);
            for (ptrdiff_t i = 0; i < height; i++, sample++)
                for (int v = 0; v < 2; v++) {
                    const ptrdiff_t first = (2 * block + v) * LANES;
                    if (first >= r->features) break;
                    F(write)(F(row)(r, r->output, r->features, s->row, sample) + first,
                             F(load)(sums + (2 * i + v) * LANES), r->features - first);
                }
        }
    }
}
