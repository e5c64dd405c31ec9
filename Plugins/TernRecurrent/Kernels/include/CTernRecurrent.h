// Steps of recurrent layers, forward and backward: the product with the hidden state, the gates and the state in one
// pass.
//
// Sizes: G gates, K of what is kept of them (G, but of a GRU 4, with what inputs and hidden state put into the new gate
// apart), U units, C input features, P features of the hidden state (U unless there is a projection), N samples, R
// rows, one for each sample at each step. A sample's row at a step is `row + sample * row_stride`. All matrices are
// row-major and of the type that the kernels compute in. What a call computes of a row, all but bias_gradients, depends
// on that row alone, to the bit.
#pragma once
#include <stddef.h>

typedef enum { TERN_RECURRENT_PORTABLE, TERN_RECURRENT_AVX2, TERN_RECURRENT_AVX512 } TernRecurrentLevel;
typedef enum { TERN_CELL_LSTM, TERN_CELL_GRU, TERN_CELL_TANH, TERN_CELL_RELU } TernCell;

// Samples are in falling order of their lengths: those that take part in a step are the first ones.
typedef struct {
    ptrdiff_t row, previous, next;  // the row of sample 0 here, and at the steps that are computed before and after
    ptrdiff_t active;               // samples that take part
    ptrdiff_t before, after;        // of these, those that took part before, and that will after
} TernRecurrentStep;

typedef struct {
    TernCell cell;
    ptrdiff_t units, features, row_stride;
    ptrdiff_t input_features;        // C, or 0 if the inputs are in the gates already
    const TernRecurrentStep *steps;  // in the order of computation

    const void *inputs;    // [R, C], or NULL
    const void *bias;      // [G U], with the inputs
    const void *start;     // [R, G U]: x W + b, unless the inputs are there; may be the gates' memory if K is G
    void *gates;           // [R, K U]: the gates' values, of a GRU behind them W h + b of the new gate; backward, their
                           // gradients take their place: of a GRU, of what the hidden state puts into the new gate,
                           // of the reset and update gates, of what the inputs put into the new gate
    void *cells;           // [R, U], LSTM
    void *inner;           // [R, U]: o tanh(c) of an LSTM with a projection
    void *output;          // [R, P]
    const void *hidden;    // [N, P], where samples begin
    _Bool begins_at_zero;  // hidden is zero and has no product
    const void *cell_state;  // [N, U], LSTM
    const void *inner_bias;  // [U], GRU; or NULL
    const void *weights;     // panels: of the gates forward, C + P deep; of the features backward
    const void *projection;  // panels of the projection, or NULL

    const void *output_gradient;  // [R, P]
    void *bias_gradients;         // [pieces, K U]: the gates' gradients of a piece's rows are added to it; or NULL
    void *projected_gradients;    // [R, P], with a projection
    void *hidden_gradient;        // [N, P]: of the last state before, of the first state after
    void *cell_gradient;          // [N, U], LSTM: likewise
} TernRecurrence;

// A part of the samples, 64 at most, and of the blocks of columns, at a step; which piece of the samples it belongs to.
typedef struct {
    ptrdiff_t step, piece, first, last, first_block, last_block;
} TernRecurrentPart;

typedef void TernRecurrentKernel(const TernRecurrence *, TernRecurrentPart);

// How a matrix [depth, columns] is laid out in panels: blocks of so many columns, two vectors, and of each the two
// vectors for each step of the depth, one behind the other. Of the weights of gates, a block has such panels of each
// gate, the next two vectors those of the next gate.
typedef struct {
    ptrdiff_t block_columns, vectors;
} TernRecurrentPanels;

typedef struct {
    ptrdiff_t lanes;
    TernRecurrentPanels (*gate_panels)(TernCell);  // of the weights forward
    TernRecurrentPanels columns;                   // of all other matrices
    // Element (k, j) of the matrix is at k * row + j * column, one of which is 1; those of the gates lie `gate` apart.
    // It becomes the steps `first` to `last` of panels of this depth.
    void (*pack)(TernRecurrentPanels, ptrdiff_t depth, ptrdiff_t first, ptrdiff_t last, ptrdiff_t columns,
                 const void *matrix, ptrdiff_t row, ptrdiff_t column, ptrdiff_t gate, ptrdiff_t first_block,
                 ptrdiff_t last_block, void *panels);
    TernRecurrentKernel *forward;   // gates, cells, inner and output, or inner alone if there is a projection
    TernRecurrentKernel *project;   // output of inner
    TernRecurrentKernel *gather;    // projected_gradients of a step, of the gates' gradients of the next
    TernRecurrentKernel *backward;  // the gates' gradients, of those of the next step or of projected_gradients
    TernRecurrentKernel *begin;     // hidden_gradient of the samples that begin at the step
} TernRecurrentKernels;

// The kernels in float (4) or double (8), or NULL if this architecture has no such level.
const TernRecurrentKernels *tern_recurrent_kernels(TernRecurrentLevel level, int bytes);
