// What a step does to the state of one row, LANES units at a time.

// Of a row: its values from a unit on. `j` below counts from there, and `n` units are left.
typedef struct {
    ptrdiff_t units;
    const REAL *sums;  // forward of each gate, `sums_gate` elements apart
    ptrdiff_t sums_gate;
    const REAL *start;  // what the sums are added to
    REAL *gates, *cell, *hidden;
    const REAL *previous_cell, *previous_hidden, *inner_bias;
    // Backward. The gradient of the hidden state is the sum of three, of which all but the first may be absent.
    const REAL *output_gradient, *kept_gradient;
    REAL *bias_gradient, *cell_gradient, *hidden_gradient;  // that of the bias may be absent, too
} F(units);
typedef void F(unit_function)(const F(units) *u, ptrdiff_t j, ptrdiff_t n);

// Calls `function` for so many units. Whole vectors know that they are.
INLINE void F(each_unit)(F(unit_function) *const function, const F(units) *u, ptrdiff_t count) {
    ptrdiff_t j = 0;
    for (; j <= count - LANES; j += LANES) function(u, j, LANES);
    if (j < count) function(u, j, count - j);
}

// The sum of a gate's products, and that with what it is added to.
INLINE VREAL F(sum)(const F(units) *u, ptrdiff_t gate, ptrdiff_t j) {
    return F(load)(u->sums + gate * u->sums_gate + j);
}
INLINE VREAL F(gate)(const F(units) *u, ptrdiff_t gate, ptrdiff_t j, ptrdiff_t n) {
    return F(read)(u->start + gate * u->units + j, n) + F(sum)(u, gate, j);
}

// A gate alone, of all units: so each loop has few constants and no chain from one function to the next.
typedef VREAL F(function)(VREAL);
INLINE void F(each_gate)(F(function) *const function, const F(units) *u, ptrdiff_t gate, ptrdiff_t count) {
    REAL *to = u->gates + gate * u->units;
    ptrdiff_t j = 0;
    for (; j <= count - LANES; j += LANES) F(store)(to + j, function(F(gate)(u, gate, j, LANES)));
    if (j < count) F(write)(to + j, function(F(gate)(u, gate, j, count - j)), count - j);
}

// i, f, o = sigmoid, g = tanh; c = f c' + i g; h = o tanh(c)
INLINE void F(lstm_state)(const F(units) *u, ptrdiff_t j, ptrdiff_t n) {
    VREAL i = F(read)(u->gates + j, n), f = F(read)(u->gates + u->units + j, n);
    VREAL g = F(read)(u->gates + 2 * u->units + j, n), o = F(read)(u->gates + 3 * u->units + j, n);
    VREAL c = F(fma)(f, F(read)(u->previous_cell + j, n), i * g);
    F(write)(u->cell + j, c, n);
    F(write)(u->hidden + j, o * F(tanh)(c), n);
}
INLINE void F(lstm_forward)(const F(units) *u, ptrdiff_t count) {
    F(each_gate)(F(sigmoid), u, 0, count);
    F(each_gate)(F(sigmoid), u, 1, count);
    F(each_gate)(F(tanh), u, 2, count);
    F(each_gate)(F(sigmoid), u, 3, count);
    F(each_unit)(F(lstm_state), u, count);
}

// The gradient of the hidden state.
INLINE VREAL F(gradient)(const F(units) *u, ptrdiff_t j, ptrdiff_t n) {
    VREAL gradient = F(load)(u->sums + j);
    if (u->output_gradient) gradient += F(read)(u->output_gradient + j, n);
    if (u->kept_gradient) gradient += F(read)(u->kept_gradient + j, n);
    return gradient;
}
// Puts the gradient of a gate in the gate's place, and adds it to that of the gate's bias.
INLINE void F(keep)(const F(units) *u, ptrdiff_t gate, ptrdiff_t j, ptrdiff_t n, VREAL gradient) {
    const ptrdiff_t place = gate * u->units + j;
    F(write)(u->gates + place, gradient, n);
    if (u->bias_gradient) F(write)(u->bias_gradient + place, F(read)(u->bias_gradient + place, n) + gradient, n);
}
// The sum alone: of a state that samples begin with, or of what is projected.
INLINE void F(sum_hidden)(const F(units) *u, ptrdiff_t j, ptrdiff_t n) {
    F(write)(u->hidden_gradient + j, F(gradient)(u, j, n), n);
}

INLINE void F(lstm_backward)(const F(units) *u, ptrdiff_t j, ptrdiff_t n) {
    const VREAL gradient = F(gradient)(u, j, n);
    VREAL i = F(read)(u->gates + j, n), f = F(read)(u->gates + u->units + j, n);
    VREAL g = F(read)(u->gates + 2 * u->units + j, n), o = F(read)(u->gates + 3 * u->units + j, n);
    VREAL t = F(tanh)(F(read)(u->cell + j, n));
    VREAL cell = F(fma)(gradient * o, 1 - t * t, F(read)(u->cell_gradient + j, n));
    VREAL previous = F(read)(u->previous_cell + j, n);
    F(write)(u->cell_gradient + j, cell * f, n);
    F(keep)(u, 0, j, n, cell * g * i * (1 - i));
    F(keep)(u, 1, j, n, cell * previous * f * (1 - f));
    F(keep)(u, 2, j, n, cell * i * (1 - g * g));
    F(keep)(u, 3, j, n, gradient * t * o * (1 - o));
}

// r, z = sigmoid; m = W h' + b; n = tanh(x + r m); h = n + z (h' - n). Of n, the sums of x and of m are apart.
INLINE void F(gru_state)(const F(units) *u, ptrdiff_t j, ptrdiff_t n) {
    VREAL r = F(read)(u->gates + j, n), z = F(read)(u->gates + u->units + j, n), m = F(sum)(u, 3, j);
    if (u->inner_bias) m += F(read)(u->inner_bias + j, n);
    VREAL new = F(tanh)(F(fma)(r, m, F(gate)(u, 2, j, n)));
    VREAL previous = F(read)(u->previous_hidden + j, n);
    F(write)(u->gates + 2 * u->units + j, new, n);
    F(write)(u->gates + 3 * u->units + j, m, n);
    F(write)(u->hidden + j, F(fma)(z, previous - new, new), n);
}
INLINE void F(gru_forward)(const F(units) *u, ptrdiff_t count) {
    F(each_gate)(F(sigmoid), u, 0, count);
    F(each_gate)(F(sigmoid), u, 1, count);
    F(each_unit)(F(gru_state), u, count);
}

INLINE void F(gru_backward)(const F(units) *u, ptrdiff_t j, ptrdiff_t n) {
    const VREAL gradient = F(gradient)(u, j, n);
    VREAL r = F(read)(u->gates + j, n), z = F(read)(u->gates + u->units + j, n);
    VREAL new = F(read)(u->gates + 2 * u->units + j, n), previous = F(read)(u->previous_hidden + j, n);
    VREAL of_new = gradient * (1 - z) * (1 - new *new);
    VREAL m = F(read)(u->gates + 3 * u->units + j, n);
    VREAL reset = m * of_new * r * (1 - r), update = gradient * (previous - new) * z * (1 - z);
    F(write)(u->hidden_gradient + j, gradient * z, n);
    F(keep)(u, 0, j, n, r * of_new);
    F(keep)(u, 1, j, n, reset);
    F(keep)(u, 2, j, n, update);
    F(keep)(u, 3, j, n, of_new);
}

// h = activation of the sum
INLINE void F(tanh_forward)(const F(units) *u, ptrdiff_t j, ptrdiff_t n) {
    F(write)(u->hidden + j, F(tanh)(F(gate)(u, 0, j, n)), n);
}
INLINE void F(tanh_backward)(const F(units) *u, ptrdiff_t j, ptrdiff_t n) {
    VREAL h = F(read)(u->hidden + j, n);
    F(keep)(u, 0, j, n, F(gradient)(u, j, n) * (1 - h * h));
}
INLINE void F(relu_forward)(const F(units) *u, ptrdiff_t j, ptrdiff_t n) {
    VREAL x = F(gate)(u, 0, j, n);
    F(write)(u->hidden + j, F(select)(x < 0, (VREAL){}, x), n);
}
INLINE void F(relu_backward)(const F(units) *u, ptrdiff_t j, ptrdiff_t n) {
    VREAL h = F(read)(u->hidden + j, n);
    F(keep)(u, 0, j, n, F(select)(h > 0, F(gradient)(u, j, n), (VREAL){}));
}

INLINE void F(cell_forward)(TernCell cell, const F(units) *u, ptrdiff_t count) {
    switch (cell) {
    case TERN_CELL_LSTM: return F(lstm_forward)(u, count);
    case TERN_CELL_GRU: return F(gru_forward)(u, count);
    case TERN_CELL_TANH: return F(each_unit)(F(tanh_forward), u, count);
    case TERN_CELL_RELU: return F(each_unit)(F(relu_forward), u, count);
    }
}
INLINE void F(cell_backward)(TernCell cell, const F(units) *u, ptrdiff_t count) {
    switch (cell) {
    case TERN_CELL_LSTM: return F(each_unit)(F(lstm_backward), u, count);
    case TERN_CELL_GRU: return F(each_unit)(F(gru_backward), u, count);
    case TERN_CELL_TANH: return F(each_unit)(F(tanh_backward), u, count);
    case TERN_CELL_RELU: return F(each_unit)(F(relu_backward), u, count);
    }
}
