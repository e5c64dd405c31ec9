// What a step does to the state of one row, LANES units at a time.

// From the sums of a gate to those of the next.
#define GATE (SUMS * LANES)

// Of a row: its values at a unit, `n` units from there on.
typedef struct {
    ptrdiff_t units, n;
    const REAL *start;  // what the sums are added to
    REAL *gates, *inner, *cell, *hidden;
    const REAL *previous_cell, *previous_hidden, *inner_bias;
    // Backward.
    REAL *input_gradient, *gate_gradient, *cell_gradient, *hidden_gradient;
} F(unit);

// i, f, o = sigmoid, g = tanh; c = f c' + i g; h = o tanh(c)
INLINE void F(lstm_forward)(const F(unit) *u, const REAL *sums) {
    VREAL i = F(sigmoid)(F(read)(u->start, u->n) + F(load)(sums));
    VREAL f = F(sigmoid)(F(read)(u->start + u->units, u->n) + F(load)(sums + GATE));
    VREAL g = F(tanh)(F(read)(u->start + 2 * u->units, u->n) + F(load)(sums + 2 * GATE));
    VREAL o = F(sigmoid)(F(read)(u->start + 3 * u->units, u->n) + F(load)(sums + 3 * GATE));
    VREAL c = F(fma)(f, F(read)(u->previous_cell, u->n), i * g);
    F(write)(u->gates, i, u->n);
    F(write)(u->gates + u->units, f, u->n);
    F(write)(u->gates + 2 * u->units, g, u->n);
    F(write)(u->gates + 3 * u->units, o, u->n);
    F(write)(u->cell, c, u->n);
    F(write)(u->hidden, o * F(tanh)(c), u->n);
}

INLINE void F(lstm_backward)(const F(unit) *u, VREAL gradient) {
    VREAL i = F(read)(u->gates, u->n), f = F(read)(u->gates + u->units, u->n);
    VREAL g = F(read)(u->gates + 2 * u->units, u->n), o = F(read)(u->gates + 3 * u->units, u->n);
    VREAL t = F(tanh)(F(read)(u->cell, u->n));
    VREAL cell = F(fma)(gradient * o, 1 - t * t, F(read)(u->cell_gradient, u->n));
    F(write)(u->cell_gradient, cell * f, u->n);
    F(write)(u->gate_gradient, cell * g * i * (1 - i), u->n);
    F(write)(u->gate_gradient + u->units, cell * F(read)(u->previous_cell, u->n) * f * (1 - f), u->n);
    F(write)(u->gate_gradient + 2 * u->units, cell * i * (1 - g * g), u->n);
    F(write)(u->gate_gradient + 3 * u->units, gradient * t * o * (1 - o), u->n);
}

// r, z = sigmoid; m = W h' + b; n = tanh(x + r m); h = n + z (h' - n). Of n, the sums of x and of m are apart.
INLINE void F(gru_forward)(const F(unit) *u, const REAL *sums) {
    VREAL r = F(sigmoid)(F(read)(u->start, u->n) + F(load)(sums));
    VREAL z = F(sigmoid)(F(read)(u->start + u->units, u->n) + F(load)(sums + GATE));
    VREAL m = F(load)(sums + 3 * GATE);
    if (u->inner_bias) m += F(read)(u->inner_bias, u->n);
    VREAL n = F(tanh)(F(fma)(r, m, F(read)(u->start + 2 * u->units, u->n) + F(load)(sums + 2 * GATE)));
    F(write)(u->gates, r, u->n);
    F(write)(u->gates + u->units, z, u->n);
    F(write)(u->gates + 2 * u->units, n, u->n);
    F(write)(u->inner, m, u->n);
    F(write)(u->hidden, F(fma)(z, F(read)(u->previous_hidden, u->n) - n, n), u->n);
}

INLINE void F(gru_backward)(const F(unit) *u, VREAL gradient) {
    VREAL r = F(read)(u->gates, u->n), z = F(read)(u->gates + u->units, u->n);
    VREAL n = F(read)(u->gates + 2 * u->units, u->n);
    VREAL new = gradient * (1 - z) * (1 - n * n), reset = F(read)(u->inner, u->n) * new * r * (1 - r);
    VREAL update = gradient * (F(read)(u->previous_hidden, u->n) - n) * z * (1 - z);
    F(write)(u->hidden_gradient, gradient * z, u->n);
    F(write)(u->input_gradient, reset, u->n);
    F(write)(u->input_gradient + u->units, update, u->n);
    F(write)(u->input_gradient + 2 * u->units, new, u->n);
    F(write)(u->gate_gradient, reset, u->n);
    F(write)(u->gate_gradient + u->units, update, u->n);
    F(write)(u->gate_gradient + 2 * u->units, r * new, u->n);
}

// h = activation of the sum
INLINE void F(rnn_forward)(const F(unit) *u, const REAL *sums, _Bool is_tanh) {
    VREAL x = F(read)(u->start, u->n) + F(load)(sums);
    F(write)(u->hidden, is_tanh ? F(tanh)(x) : F(select)(x < 0, (VREAL){}, x), u->n);
}

INLINE void F(rnn_backward)(const F(unit) *u, VREAL gradient, _Bool is_tanh) {
    VREAL h = F(read)(u->hidden, u->n);
    F(write)(u->gate_gradient, is_tanh ? gradient * (1 - h * h) : F(select)(h > 0, gradient, (VREAL){}), u->n);
}
