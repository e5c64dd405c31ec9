// Moves of sources and results with outputs in the lanes; see TernConvOutputs.

// A row of a source to its dealt planes, `part` apart. Whole vectors are stored, past its end: what follows it in
// memory comes after it.
INLINE void T(deal_row)(REAL *to, ptrdiff_t part, ptrdiff_t deals, const STORED *from, ptrdiff_t width) {
    if (deals == 1) {
        ptrdiff_t i = 0;
        for (; i + LANES <= width; i += LANES) F(store)(to + i, T(load)(from + i));
        if (i < width) F(store)(to + i, T(load_first)(from + i, width - i));
    } else if (deals == 2) {
        for (ptrdiff_t left = width; left > 0; left -= 2 * LANES, from += 2 * LANES, to += LANES) {
            VREAL a = left >= LANES ? T(load)(from) : T(load_first)(from, left);
            VREAL b = left >= 2 * LANES ? T(load)(from + LANES) : T(load_first)(from + LANES, most(left - LANES, 0));
            F(store)(to, F(even)(a, b));
            F(store)(to + part, F(odd)(a, b));
        }
    } else {
        for (ptrdiff_t d = 0; d < deals; d++)
            for (ptrdiff_t i = d; i < width; i += deals) to[d * part + i / deals] = T(get)(from[i]);
    }
}

// Copies what the outputs of a band from `first` on read of planes, each dealt out. What lies outside a plane is left
// as it is: masks blank it.
static void T(copy_dealt)(const TernConvOutputs *o, const T(Planes) *planes, ptrdiff_t first, REAL *window) {
    ptrdiff_t top = first / o->pitch, outputs = least(o->band, o->size - first), low = top + o->low;
    ptrdiff_t bottom = (first + outputs - 1) / o->pitch + o->high;
    ptrdiff_t begin = most(low, 0) * o->row_deal, end = least(planes->height, (bottom + 1) * o->row_deal);
    T(PlaneCursor) at = T(first_plane)(planes);
    for (ptrdiff_t c = 0; c < planes->count; c++, window += o->plane) {
        const STORED *source = T(next_plane)(planes, &at);
        if (!source) {
            F(zero_row)(window, o->plane);
            continue;
        }
        REAL *to = window + o->margin + (most(low, 0) - low) * o->pitch;
        for (ptrdiff_t y = begin, deal = 0; y < end; y++) {
            T(deal_row)(to + deal * o->column_deal * o->part, o->part, o->column_deal, source + y * planes->width,
                        planes->width);
            if (++deal == o->row_deal) deal = 0, to += o->pitch;
        }
    }
}

// Rows of a channel from the outputs of a band from `first` on of all phases, which lie `band` apart.
static void T(store_outputs)(const TernConvPlan *g, const F(Phase) *phases, ptrdiff_t first, const REAL *outputs,
                             STORED *to) {
    const TernConvOutputs *o = &g->outputs;
    ptrdiff_t across = g->x.phases, end = least(o->size, first + o->band), top = first / o->pitch;
    outputs -= first;
    for (const F(Phase) *p = phases; p < phases + g->y.phases * across; p += across, outputs += across * o->band) {
        ptrdiff_t bottom = least(p->count_y, ceil_divide(end, o->pitch));
        for (ptrdiff_t m = top; m < bottom; m++) {
            // Columns of this row that are in the band, counted in phases.
            ptrdiff_t begin = most(0, first - m * o->pitch), count = least(o->pitch, end - m * o->pitch) - begin;
            const REAL *from = outputs + m * o->pitch + begin;
            STORED *row = to + (p->first_y + m * g->y.out_step) * g->out_width + begin * across;
            ptrdiff_t columns = least(g->out_width - begin * across, count * across);
            if (across == 1) {
                T(round_row)(row, from, columns);
            } else if (across == 2) {
                const REAL *even = from, *odd = from + o->band;
                if (p->first_x) even = odd, odd = from;
                for (ptrdiff_t left = columns; left > 0; left -= 2 * LANES, row += 2 * LANES) {
                    VREAL a = F(load)(even), b = F(load)(odd);
                    even += LANES, odd += LANES;
                    if (left >= LANES) T(store)(row, F(low_half)(a, b));
                    else T(store_first)(row, F(low_half)(a, b), left);
                    if (left >= 2 * LANES) T(store)(row + LANES, F(high_half)(a, b));
                    else if (left > LANES) T(store_first)(row + LANES, F(high_half)(a, b), left - LANES);
                }
            } else {
                for (ptrdiff_t px = 0; px < across; px++)
                    for (ptrdiff_t i = p[px].first_x, n = 0; i < columns; i += across, n++)
                        row[i] = T(put)(from[px * o->band + n]);
            }
        }
    }
}
