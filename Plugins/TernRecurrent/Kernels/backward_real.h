// A step backward. What the sums are for: the gates' gradients at a step, those of its projected output, or of the
// state that samples begin with.
typedef enum { F(FOR_CELL), F(FOR_OUTPUT), F(FOR_BEGIN) } F(purpose);

// The gates' gradients from a sample on: of what the hidden state puts into the gates, which begins each row.
INLINE F(left) F(hidden_gradients)(const TernRecurrence *r, ptrdiff_t row, ptrdiff_t sample) {
    return (F(left)){F(gates)(r, row, sample), r->row_stride * F(kept_count)(r->cell) * r->units,
                     F(gate_count)(r->cell) * r->units};
}

// Asks for what the cells of a block read, while its product is computed: rows lie far apart, which no processor
// foresees.
INLINE void F(prefetch_cells)(const TernRecurrence *r, const TernRecurrentStep *s, TernRecurrentPart part,
                              ptrdiff_t first) {
    const ptrdiff_t kept = F(kept_count)(r->cell), line = 64 / (ptrdiff_t)sizeof(REAL);
    for (ptrdiff_t sample = part.first; sample < part.last; sample++) {
        const F(units) u = F(units_of)(r, s, sample, first);
        const REAL *output_gradient = F(row)(r, r->output_gradient, r->features, s->row, sample) + first;
        for (ptrdiff_t j = 0; j < 2 * LANES; j += line) {
            for (ptrdiff_t gate = 0; gate < kept; gate++) __builtin_prefetch(u.gates + gate * r->units + j, 0, 2);
            if (r->cell == TERN_CELL_LSTM) __builtin_prefetch(u.previous_cell + j, 0, 2);
            if (r->cell == TERN_CELL_GRU) __builtin_prefetch(u.previous_hidden + j, 0, 2);
            if (!r->projection) __builtin_prefetch(output_gradient + j, 0, 2);
        }
    }
}

// sums = left panels, of nothing if the depth is 0, and what is made of them.
INLINE void F(backward_samples)(const TernRecurrence *r, const TernRecurrentStep *s, TernRecurrentPart part,
                                const F(purpose) purpose, F(left) left, const void *panels) {
    const ptrdiff_t all_columns = purpose == F(FOR_CELL) ? r->units : r->features, count = part.last - part.first;
    const ptrdiff_t depth = left.depth;
    if (count <= 0) return;
    // The gradient of the hidden state that no product gives: of the last state, and what went around the gates.
    const _Bool is_cell_of_projection = purpose == F(FOR_CELL) &&r->projection;
    const _Bool adds_hidden = !is_cell_of_projection && (depth == 0 || r->cell == TERN_CELL_GRU);
    const _Bool adds_output = !is_cell_of_projection && purpose != F(FOR_BEGIN);
    _Alignas(64) REAL sums[F(NEAR)];
    const ptrdiff_t group = most(1, F(NEAR) / (count * 2 * LANES));
    for (ptrdiff_t block = part.first_block; block < part.last_block; block += group) {
        const ptrdiff_t first = block * 2 * LANES, blocks = least(group, part.last_block - block);
        const ptrdiff_t sums_row = blocks * 2 * LANES, columns = least(sums_row, all_columns - first);
        for (ptrdiff_t i = 0; i < blocks; i++) {
            const REAL *panel = (const REAL *)panels + (block + i) * depth * 2 * LANES;
            if (purpose == F(FOR_CELL)) F(prefetch_cells)(r, s, part, first + i * 2 * LANES);
            F(product)(count, 2 * LANES, left, (F(left)){0}, panel, sums + i * 2 * LANES, sums_row);
        }
        for (ptrdiff_t i = 0; i < count; i++) {
            const ptrdiff_t sample = part.first + i;
            REAL *hidden = r->hidden_gradient ? (REAL *)r->hidden_gradient + sample * r->features + first : NULL;
            F(units) u = {0};
            if (purpose == F(FOR_CELL)) u = F(units_of)(r, s, sample, first);
            u.sums = sums + i * sums_row;
            if (adds_hidden) u.kept_gradient = hidden;
            if (adds_output) u.output_gradient = F(row)(r, r->output_gradient, r->features, s->row, sample) + first;
            if (purpose == F(FOR_CELL)) {
                if (r->bias_gradients)
                    u.bias_gradient =
                        (REAL *)r->bias_gradients + part.piece * F(kept_count)(r->cell) * r->units + first;
                if (r->cell == TERN_CELL_LSTM) u.cell_gradient = (REAL *)r->cell_gradient + sample * r->units + first;
                u.hidden_gradient = hidden;
                F(cell_backward)(r->cell, &u, columns);
            } else {
                u.hidden_gradient = purpose == F(FOR_BEGIN)
                    ? hidden
                    : F(row)(r, r->projected_gradients, r->features, s->row, sample) + first;
                F(each_unit)(F(sum_hidden), &u, columns);
            }
        }
    }
}

// The hidden state's gradient, for samples that go on and for those that end.
INLINE void F(backward_hidden)(const TernRecurrence *r, TernRecurrentPart part, const F(purpose) purpose) {
    const TernRecurrentStep *s = r->steps + part.step;
    const TernRecurrentPart on = F(samples)(part, 0, s->after), ended = F(samples)(part, s->after, s->active);
    F(backward_samples)(r, s, on, purpose, F(hidden_gradients)(r, s->next, on.first), r->weights);
    F(backward_samples)(r, s, ended, purpose, (F(left)){0}, r->weights);
}

static void F(gather)(const TernRecurrence *r, TernRecurrentPart part) { F(backward_hidden)(r, part, F(FOR_OUTPUT)); }

static void F(backward)(const TernRecurrence *r, TernRecurrentPart part) {
    if (!r->projection) return F(backward_hidden)(r, part, F(FOR_CELL));
    const TernRecurrentStep *s = r->steps + part.step;
    const TernRecurrentPart all = F(samples)(part, 0, s->active);
    const F(left) projected = {F(row)(r, r->projected_gradients, r->features, s->row, all.first),
                               r->row_stride * r->features, r->features};
    F(backward_samples)(r, s, all, F(FOR_CELL), projected, r->projection);
}

static void F(begin)(const TernRecurrence *r, TernRecurrentPart part) {
    const TernRecurrentStep *s = r->steps + part.step;
    const TernRecurrentPart fresh = F(samples)(part, s->before, s->active);
    F(backward_samples)(r, s, fresh, F(FOR_BEGIN), F(hidden_gradients)(r, s->row, fresh.first), r->weights);
}
