// The loops over one piece of a product.

// Panels of b: two vectors for each step of the depth, the last panel filled up with zeros to whole vectors.
static void T(pack)(REAL *panels, const STORED *b, ptrdiff_t b_depth, ptrdiff_t b_column, ptrdiff_t depth,
                    ptrdiff_t columns) {
    ptrdiff_t first = 0;
    if (b_column == 1) {
        // Reads along the rows, as memory likes it, and writes all panels side by side.
        first = columns / PANEL * PANEL;
        for (ptrdiff_t k = 0; k < depth; k++)
            for (ptrdiff_t j = 0; j < first; j += PANEL) {
                REAL *to = panels + j * depth + k * PANEL;
                F(store)(to, T(load)(b + k * b_depth + j));
                F(store)(to + LANES, T(load)(b + k * b_depth + j + LANES));
            }
    }
    for (ptrdiff_t j = first; j < columns; j += PANEL) {
        ptrdiff_t width = least(columns - j, PANEL);
        T(copy_in)(panels + j * depth, PANEL, b + j * b_column, b_depth, b_column, depth, width,
                   round_up(width, LANES));
    }
}

#if STORED_IS_REAL
// Prefetches part `part` of `parts` of a panel that is not packed: its rows lie far apart, which no processor foresees,
// so they are asked for while the tiles of the panel before are computed.
INLINE void F(prefetch_panel)(const REAL *b, ptrdiff_t b_depth, ptrdiff_t depth, ptrdiff_t part, ptrdiff_t parts) {
    for (ptrdiff_t k = depth * part / parts; k < depth * (part + 1) / parts; k++) {
        __builtin_prefetch(b + k * b_depth);
        __builtin_prefetch(b + k * b_depth + LANES);
    }
}

// One tile; through memory of its own where the last vector crosses the edge of c on a level without masks.
INLINE void F(any_tile)(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, const REAL *a, ptrdiff_t a_row,
                        ptrdiff_t a_depth, const REAL *b, ptrdiff_t b_depth, REAL *c, ptrdiff_t c_row,
                        const REAL *start, ptrdiff_t start_row, _Bool adds) {
    F(tile_function) *const tile = F(tiles)[rows - 1][columns > LANES];
    if (HAS_MASKS || columns % LANES == 0)
        return tile(columns, depth, a, a_row, a_depth, b, b_depth, c, c_row, start, start_row, adds);
    REAL whole[TILE_ROWS * PANEL];
    if (start) F(copy_in)(whole, PANEL, start, start_row, 1, rows, columns, PANEL);
    if (adds) F(copy_in)(whole, PANEL, c, c_row, 1, rows, columns, PANEL);
    tile(columns, depth, a, a_row, a_depth, b, b_depth, whole, PANEL, start ? whole : NULL, PANEL, adds);
    F(copy_in)(c, c_row, whole, PANEL, 1, rows, columns, columns);
}
#endif

// Rows of a for the piece of rows that they lie in: contiguous along the depth, or along the rows, as they were.
INLINE void T(pack_rows)(REAL *packed, const TernGemmPlan *plan, const T(product) *o, ptrdiff_t first, ptrdiff_t rows,
                         ptrdiff_t done, ptrdiff_t depth) {
    const STORED *a = o->a + first * o->a_row + done * o->a_depth;
    const ptrdiff_t spread = F(spread)(o->a_row == 1 ? plan->piece_rows : plan->depth_chunk);
    if (o->a_row == 1) T(copy_in)(packed, spread, a, o->a_depth, 1, depth, rows, rows);
    else T(copy_in)(packed, spread, a, o->a_row, o->a_depth, rows, depth, depth);
}

#if STORED_IS_REAL
// A part of what all pieces share.
static void T(pack_shared)(const TernGemm *g, const TernGemmPlan *plan, ptrdiff_t pack, ptrdiff_t done, void *shared) {
    const T(product) o = T(operands)(g, 0);
    const ptrdiff_t depth = least(plan->depth_chunk, g->depth - done);
    REAL *const packed_a = shared, *const packed_b = packed_a + T(scratch_a)(plan, o.a_row);
    const ptrdiff_t slices = ceil_divide(plan->piece_rows, PACK),
                    packs_a = plan->packs_a ? plan->row_pieces * slices : 0;
    if (pack < packs_a) {
        const ptrdiff_t piece = pack / slices, first = pack % slices * PACK;
        const ptrdiff_t rows = least(plan->piece_rows, o.rows - piece * plan->piece_rows);
        REAL *to = packed_a + piece * (T(scratch_a)(plan, o.a_row) / plan->row_pieces) +
            first * (o.a_row == 1 ? 1 : F(spread)(plan->depth_chunk));
        if (first < rows)
            T(pack_rows)(to, plan, &o, piece * plan->piece_rows + first, least(rows - first, PACK), done, depth);
    } else {
        const ptrdiff_t first = (pack - packs_a) * PACK;
        T(pack)(packed_b + first * depth, o.b + done * o.b_depth + first * o.b_column, o.b_depth, o.b_column, depth,
                least(o.columns - first, PACK));
    }
}
#endif

static void T(piece)(const TernGemm *g, const TernGemmPlan *plan, ptrdiff_t piece, ptrdiff_t done, void *scratch) {
    const T(product) o = T(operands)(g, plan->transposed);
    // Columns change first, so that threads, which begin with ranges of pieces, share the narrow last ones.
    const ptrdiff_t column_pieces = plan->row_pieces == 1 ? plan->pieces : plan->pieces / plan->row_pieces;
    const ptrdiff_t row = piece / column_pieces * plan->piece_rows;
    const ptrdiff_t column = piece % column_pieces * plan->piece_columns;
    const ptrdiff_t rows = least(plan->piece_rows, o.rows - row);
    const ptrdiff_t columns = least(plan->piece_columns, o.columns - column);
    if (plan->dots) {
        T(dots)(rows, columns, g->depth, o.a + row * o.a_row, o.a_row, o.b + column * o.b_column, o.b_column,
                (STORED *)g->c + row * o.c_row + column * o.c_column, o.c_row, o.c_column, o.start, g->bias, row,
                column);
        return;
    }

    _Alignas(64) char local[LOCAL_BYTES];
    REAL *packed_a = plan->scratch_bytes ? scratch : (void *)local;
    REAL *packed_b = packed_a + T(scratch_a)(plan, o.a_row);
    if (plan->shares) {
        packed_a += row / plan->piece_rows * (T(scratch_a)(plan, o.a_row) / plan->row_pieces);
        packed_b += column * least(plan->depth_chunk, g->depth - done);
    }
    REAL *const result = packed_b + T(scratch_b)(plan);
    STORED *const target = (STORED *)g->c + row * o.c_row + column * o.c_column;
    const _Bool has_result = T(has_result)(g, plan), by_tile = !STORED_IS_REAL && !has_result;
    const ptrdiff_t c_row = has_result ? F(spread)(plan->piece_columns) : by_tile ? PANEL : o.c_row;
    _Alignas(64) REAL whole[STORED_IS_REAL ? 1 : TILE_ROWS * PANEL];  // a tile that is rounded where it is
    REAL *const c = has_result ? result : (void *)target;
    if (has_result && o.start == TERN_GEMM_ACCUMULATE)
        T(copy_in)(c, c_row, target, o.c_row, o.c_column, rows, columns, columns);

    // Tiles of nearly equal height: a last one of few rows could not hide the latency of its sums.
    const ptrdiff_t row_tiles = ceil_divide(rows, plan->tile_rows), panels = ceil_divide(columns, PANEL);
    const ptrdiff_t tile_height = rows / row_tiles, taller_tiles = rows % row_tiles;
    do {
        const ptrdiff_t depth = least(plan->depth_chunk, g->depth - done);
        const STORED *stored_a = o.a + row * o.a_row + done * o.a_depth;
        const STORED *stored_b = o.b + column * o.b_column + done * o.b_depth;
        // In place, unless they are packed, as halves are.
        const REAL *a = (const void *)stored_a, *b = (const void *)stored_b;
        ptrdiff_t a_row = o.a_row, a_depth = o.a_depth, b_depth = o.b_depth, b_panel = PANEL;
        if (plan->packs_a) {
            if (o.a_row == 1) a_depth = F(spread)(plan->piece_rows);
            else a_row = F(spread)(plan->depth_chunk), a_depth = 1;
            if (!plan->shares) T(pack_rows)(packed_a, plan, &o, row, rows, done, depth);
            a = packed_a;
        }
        if (plan->packs_b) {
            if (STORED_IS_REAL && !plan->shares) T(pack)(packed_b, stored_b, o.b_depth, o.b_column, depth, columns);
            b = packed_b, b_depth = PANEL, b_panel = STORED_IS_REAL ? PANEL * depth : 0;
        }
        // A panel stays in the first cache while all rows of a pass by it; over a short depth, where the tiles' work is
        // small against their reading and writing of c, rows of c are better finished one after the other.
        const _Bool along_rows = STORED_IS_REAL && depth <= 128;
        const ptrdiff_t outer_count = along_rows ? row_tiles : panels, inner_count = along_rows ? panels : row_tiles;
        for (ptrdiff_t outer = 0; outer < outer_count; outer++)
            for (ptrdiff_t inner = 0; inner < inner_count; inner++) {
                const ptrdiff_t t = along_rows ? outer : inner, panel = along_rows ? inner : outer;
                const ptrdiff_t i = t * tile_height + least(t, taller_tiles), j = panel * PANEL;
                const ptrdiff_t height = tile_height + (t < taller_tiles), width = least(columns - j, PANEL);
                if (!STORED_IS_REAL && t == 0)
                    T(pack)(packed_b, stored_b + j * o.b_column, o.b_depth, o.b_column, depth, width);
                REAL *tile = by_tile ? whole : c + i * c_row + j;
                STORED *to = target + i * o.c_row + j * o.c_column;
                if (by_tile && o.start == TERN_GEMM_ACCUMULATE)
                    T(copy_in)(tile, c_row, to, o.c_row, 1, height, width, width);
                if (!plan->packs_b && panel + 1 < panels && (!along_rows || t == 0))
                    F(prefetch_panel)(b + (panel + 1) * b_panel, b_depth, depth, t, along_rows ? 1 : row_tiles);
                // The part of the sum before has left the near caches, unless c is small.
                for (ptrdiff_t r = 0; STORED_IS_REAL && done > 0 && r < height; r++) {
                    __builtin_prefetch(tile + r * c_row);
                    __builtin_prefetch(tile + r * c_row + LANES);
                }
                const REAL *start = tile;
                ptrdiff_t start_row = c_row;
                // Sums over parts of the depth are added up, not one on top of the other: fewer rounding errors meet.
                if (done > 0 || o.start == TERN_GEMM_ZERO) {
                    start = NULL;
                } else if (o.start == TERN_GEMM_COLUMN_BIAS) {
                    const STORED *bias = (const STORED *)g->bias + column + j;
                    if (STORED_IS_REAL) start = (const void *)bias, start_row = 0;
                    else T(copy_in)(tile, c_row, bias, 0, 1, height, width, width);
                } else if (o.start == TERN_GEMM_ROW_BIAS) {
                    for (ptrdiff_t r = 0; r < height; r++)
                        F(fill)(tile + r * c_row, T(get)(((const STORED *)g->bias)[row + i + r]), width);
                }
                F(any_tile)(height, width, depth, a + i * a_row, a_row, a_depth, b + panel * b_panel, b_depth, tile,
                            c_row, start, start_row, done > 0);
                if (by_tile) T(copy_out)(to, o.c_row, tile, c_row, 1, height, width, width);
            }
        done += depth;
    } while (!plan->shares && done < g->depth);
    if (plan->transposed) T(copy_out)(target, o.c_column, c, 1, c_row, columns, rows, rows);
    else if (has_result) T(copy_out)(target, o.c_row, c, c_row, 1, rows, columns, columns);
}

// tern_gemm_<type>_<level>
const TernGemmKernels TABLE(gemm) = {.plan = T(plan),
                                     .piece = T(piece),
#if STORED_IS_REAL
                                     .pack = T(pack_shared),
#endif
                                     .multiply_adds = F(multiply_adds)};
