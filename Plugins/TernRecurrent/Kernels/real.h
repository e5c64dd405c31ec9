// All kernels of a level for one type, REAL.
#define LANES (VECTOR_BYTES / (ptrdiff_t)sizeof(REAL))
#define VREAL F(vector)
#define VINT F(integers)
#include "lanes_real.h"
#include "math_real.h"
#include "tile_real.h"
#include "cells_real.h"
#include "forward_real.h"
#include "backward_real.h"

const TernRecurrentKernels LEVEL_OF(PASTE(tern_recurrent_, F(kernels))) = {
    .lanes = LANES,
    .gate_panels = F(gate_panels),
    .columns = {2 * LANES, 2},
    .pack = F(pack),
    .forward = F(forward),
    .project = F(project),
    .gather = F(gather),
    .backward = F(backward),
    .begin = F(begin),
};

#undef REAL
#undef INT
#undef F
#undef R
#undef IS_DOUBLE
#undef LANES
#undef VREAL
#undef VINT
