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

// A sample's row of the gates, and of their gradients.
INLINE REAL *F(gates)(const TernRecurrence *r, ptrdiff_t row, ptrdiff_t sample) {
    return F(row)(r, r->gates, F(kept_count)(r->cell) * r->units, row, sample);
}

INLINE F(units) F(units_of)(const TernRecurrence *r, const TernRecurrentStep *s, ptrdiff_t sample, ptrdiff_t first) {
    const ptrdiff_t units = r->units;
    F(units) u = {.units = units};
    u.gates = F(gates)(r, s->row, sample) + first;
    if (r->inputs) u.start = (const REAL *)r->bias + first;
    else if (r->start) u.start = F(row)(r, r->start, F(gate_count)(r->cell) * units, s->row, sample) + first;
    u.hidden = r->projection ? F(row)(r, r->inner, units, s->row, sample) + first
                             : F(row)(r, r->output, units, s->row, sample) + first;
    if (r->cell == TERN_CELL_LSTM) {
        u.cell = F(row)(r, r->cells, units, s->row, sample) + first;
        u.previous_cell = F(previous)(r, s, r->cells, r->cell_state, units, sample) + first;
    } else if (r->cell == TERN_CELL_GRU) {
        u.previous_hidden = F(previous)(r, s, r->output, r->hidden, units, sample) + first;
        u.inner_bias = r->inner_bias ? (const REAL *)r->inner_bias + first : NULL;
    }
    return u;
}

// Of samples that all go on, or all begin; h is their hidden state before. First the products of as many blocks as
// there is room for, then the cells row by row: so memory is read and written along whole rows.
INLINE void F(forward_samples)(const TernRecurrence *r, const TernRecurrentStep *s, TernRecurrentPart part, F(left) h) {
    const ptrdiff_t gates = F(gate_count)(r->cell), sums_of_unit = F(kept_count)(r->cell);
    const ptrdiff_t depth = r->input_features + r->features, count = part.last - part.first;
    if (count <= 0) return;
    _Alignas(64) REAL sums[F(NEAR)];
    F(left) x = {NULL, r->row_stride * r->input_features, r->input_features};
    if (r->inputs) x.a = F(row)(r, r->inputs, r->input_features, s->row, part.first);
    const F(left) none = {0};

    const ptrdiff_t group = most(1, F(NEAR) / (count * sums_of_unit * 2 * LANES));
    for (ptrdiff_t block = part.first_block; block < part.last_block; block += group) {
        const ptrdiff_t first = block * 2 * LANES, blocks = least(group, part.last_block - block);
        const ptrdiff_t columns = blocks * 2 * LANES, sums_row = sums_of_unit * columns;
        for (ptrdiff_t i = 0; i < blocks; i++)
            for (ptrdiff_t gate = 0; gate < gates; gate++) {
                const REAL *panel = (const REAL *)r->weights + ((block + i) * gates + gate) * depth * 2 * LANES;
                REAL *to = sums + gate * columns + i * 2 * LANES;
                const ptrdiff_t units = r->units - first - i * 2 * LANES;
                const _Bool is_apart = r->cell == TERN_CELL_GRU && gate == 2;
                F(product)(count, units, x, is_apart ? none : h, panel, to, sums_row);
                if (is_apart)
                    F(product)(count, units, none, h, panel + r->input_features * 2 * LANES, to + columns, sums_row);
            }
        for (ptrdiff_t i = 0; i < count; i++) {
            F(units) u = F(units_of)(r, s, part.first + i, first);
            u.sums = sums + i * sums_row, u.sums_gate = columns;
            F(cell_forward)(r->cell, &u, least(columns, r->units - first));
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
    const F(left) h = {F(row)(r, r->output, r->features, s->previous, on.first), r->row_stride * r->features,
                       r->features};
    const F(left) first = {(const REAL *)r->hidden + fresh.first * r->features, r->features,
                           r->begins_at_zero ? 0 : r->features};
    F(forward_samples)(r, s, on, h);
    F(forward_samples)(r, s, fresh, first);
}

static void F(project)(const TernRecurrence *r, TernRecurrentPart part) {
    const TernRecurrentStep *s = r->steps + part.step;
    part = F(samples)(part, 0, s->active);
    const ptrdiff_t count = part.last - part.first;
    if (count <= 0) return;
    _Alignas(64) REAL sums[F(NEAR)];
    const F(left) h = {F(row)(r, r->inner, r->units, s->row, part.first), r->row_stride * r->units, r->units};
    for (ptrdiff_t block = part.first_block; block < part.last_block; block++) {
        const ptrdiff_t first = 2 * block * LANES;
        F(product)(count, 2 * LANES, h, (F(left)){0}, (const REAL *)r->projection + first * r->units, sums, 2 * LANES);
        for (ptrdiff_t i = 0; i < count; i++) {
            const F(units) u = {.sums = sums + i * 2 * LANES,
                                .hidden_gradient = F(row)(r, r->output, r->features, s->row, part.first + i) + first};
            F(each_unit)(F(sum_hidden), &u, least(2 * LANES, r->features - first));
        }
    }
}
