// A step backward. What the sums are for: the gates' gradients at a step, those of its projected output, or of the
// state that samples begin with.
typedef enum { F(FOR_CELL), F(FOR_OUTPUT), F(FOR_BEGIN) } F(purpose);

// sums = a panels, of nothing if the depth is 0, and what is made of them.
INLINE void F(backward_samples)(const TernRecurrence *r, const TernRecurrentStep *s, TernRecurrentPart part,
                                const F(purpose) purpose, const REAL *a, ptrdiff_t a_row, ptrdiff_t depth,
                                const void *panels) {
    const ptrdiff_t columns = purpose == F(FOR_CELL) ? r->units : r->features;
    const ptrdiff_t gates = F(gate_count)(r->cell);
    const F(heights) heights = F(heights_of)(part.last - part.first);
    // The gradient of the hidden state that no product gives: of the last state, and what went around the gates.
    const _Bool is_cell_of_projection = purpose == F(FOR_CELL) &&r->projection;
    const _Bool adds_hidden = !is_cell_of_projection && (depth == 0 || r->cell == TERN_CELL_GRU);
    const _Bool adds_output = !is_cell_of_projection && purpose != F(FOR_BEGIN);
    _Alignas(64) REAL sums[SUMS * LANES];
    for (ptrdiff_t block = part.first_block; block < part.last_block; block++) {
        const REAL *panel = (const REAL *)panels + block * depth * 2 * LANES;
        ptrdiff_t sample = part.first;
        for (ptrdiff_t tile = 0; tile < heights.count; tile++) {
            const ptrdiff_t height = heights.height + (tile < heights.taller);
            const F(left) left = {a + (sample - part.first) * a_row, a_row, depth};
            F(tiles)[height - 1][1](&left, &(F(left)){0}, panel, sums);
            for (ptrdiff_t i = 0; i < height; i++, sample++)
                for (int v = 0; v < 2; v++) {
                    const ptrdiff_t first = (2 * block + v) * LANES, n = columns - first;
                    if (n <= 0) break;
                    REAL *hidden =
                        r->hidden_gradient ? (REAL *)r->hidden_gradient + sample * r->features + first : NULL;
                    VREAL gradient = F(load)(sums + (2 * i + v) * LANES);
                    if (adds_output)
                        gradient += F(read)(F(row)(r, r->output_gradient, r->features, s->row, sample) + first, n);
                    if (adds_hidden) gradient += F(read)(hidden, n);
                    if (purpose == F(FOR_BEGIN)) {
                        F(write)(hidden, gradient, n);
                    } else if (purpose == F(FOR_OUTPUT)) {
                        F(write)(F(row)(r, r->projected_gradients, r->features, s->row, sample) + first, gradient, n);
                    } else {
                        F(unit) u = F(unit_of)(r, s, sample, first, n);
                        u.gate_gradient = F(row)(r, r->gate_gradients, gates * r->units, s->row, sample) + first;
                        if (r->cell == TERN_CELL_LSTM) {
                            u.cell_gradient = (REAL *)r->cell_gradient + sample * r->units + first;
                            F(lstm_backward)(&u, gradient);
                        } else if (r->cell == TERN_CELL_GRU) {
                            u.input_gradient = F(row)(r, r->input_gradients, gates * r->units, s->row, sample) + first;
                            u.hidden_gradient = hidden;
                            F(gru_backward)(&u, gradient);
                        } else {
                            F(rnn_backward)(&u, gradient, r->cell == TERN_CELL_TANH);
                        }
                    }
                }
        }
    }
}

// The hidden state's gradient, for samples that go on and for those that end.
INLINE void F(backward_hidden)(const TernRecurrence *r, TernRecurrentPart part, const F(purpose) purpose) {
    const TernRecurrentStep *s = r->steps + part.step;
    const ptrdiff_t gates = F(gate_count)(r->cell) * r->units;
    const TernRecurrentPart on = F(samples)(part, 0, s->after), ended = F(samples)(part, s->after, s->active);
    F(backward_samples)(r, s, on, purpose, F(row)(r, r->gate_gradients, gates, s->next, on.first),
                        r->row_stride * gates, gates, r->weights);
    F(backward_samples)(r, s, ended, purpose, r->gate_gradients, 0, 0, r->weights);
}

static void F(gather)(const TernRecurrence *r, TernRecurrentPart part) { F(backward_hidden)(r, part, F(FOR_OUTPUT)); }

static void F(backward)(const TernRecurrence *r, TernRecurrentPart part) {
    if (!r->projection) return F(backward_hidden)(r, part, F(FOR_CELL));
    const TernRecurrentStep *s = r->steps + part.step;
    const TernRecurrentPart all = F(samples)(part, 0, s->active);
    F(backward_samples)(r, s, all, F(FOR_CELL), F(row)(r, r->projected_gradients, r->features, s->row, all.first),
                        r->row_stride * r->features, r->features, r->projection);
}

static void F(begin)(const TernRecurrence *r, TernRecurrentPart part) {
    const TernRecurrentStep *s = r->steps + part.step;
    const ptrdiff_t gates = F(gate_count)(r->cell) * r->units;
    const TernRecurrentPart fresh = F(samples)(part, s->before, s->active);
    F(backward_samples)(r, s, fresh, F(FOR_BEGIN), F(row)(r, r->gate_gradients, gates, s->row, fresh.first),
                        r->row_stride * gates, gates, r->weights);
}
