// How a product is cut into pieces and what is copied into scratch.

// The product as the tiles see it: c = a b, or its transpose, in which a and b trade places.
typedef struct {
    ptrdiff_t rows, columns;
    const STORED *a;
    ptrdiff_t a_row, a_depth;
    const STORED *b;
    ptrdiff_t b_depth, b_column;
    ptrdiff_t c_row, c_column;
    TernGemmStart start;
} T(product);

INLINE T(product) T(operands)(const TernGemm *g, _Bool transposed) {
    if (!transposed)
        return (T(product)){g->rows,    g->columns, g->a,       g->a_row,
                            g->a_depth, g->b,       g->b_depth, g->columns == 1 ? 1 : g->b_column,
                            g->c_row,   1,          g->start};
    TernGemmStart start = g->start == TERN_GEMM_COLUMN_BIAS ? TERN_GEMM_ROW_BIAS
        : g->start == TERN_GEMM_ROW_BIAS                    ? TERN_GEMM_COLUMN_BIAS
                                                            : g->start;
    return (T(product)){g->columns, g->rows,  g->b,       g->b_column,
                        g->b_depth, g->a,     g->a_depth, g->rows == 1 ? 1 : g->a_row,
                        1,          g->c_row, start};
}

// Elements of the three parts of a piece's scratch memory, or of that of all pieces.
INLINE ptrdiff_t T(scratch_a)(const TernGemmPlan *plan, ptrdiff_t a_row) {
    if (!plan->packs_a) return 0;
    const ptrdiff_t piece =
        a_row == 1 ? F(spread)(plan->piece_rows) * plan->depth_chunk : F(spread)(plan->depth_chunk) * plan->piece_rows;
    return plan->shares ? plan->row_pieces * piece : piece;
}
// Halves pack a panel of b at a time, which all rows pass by then: so it is still in the cache.
INLINE ptrdiff_t T(scratch_b)(const TernGemmPlan *plan) {
    if (!plan->packs_b) return 0;
    const ptrdiff_t column_pieces = plan->shares ? plan->pieces / plan->row_pieces : 1;
    return (STORED_IS_REAL ? column_pieces * round_up(plan->piece_columns, PANEL) : PANEL) * plan->depth_chunk;
}
// Whether c is made in scratch memory: transposed, or summed over parts of the depth and not yet rounded.
INLINE _Bool T(has_result)(const TernGemm *g, const TernGemmPlan *plan) {
    return plan->transposed || (!STORED_IS_REAL && plan->depth_chunk < g->depth);
}
INLINE ptrdiff_t T(scratch_c)(const TernGemm *g, const TernGemmPlan *plan) {
    return T(has_result)(g, plan) ? F(spread)(plan->piece_columns) * plan->piece_rows : 0;
}

// Chooses the grid: about 16 pieces, of 2^17 products (1 us) at least, are enough for the threads of a machine. Pieces
// that pack b are cut along the columns, and along the rows, where each packs the same again, only for want of pieces;
// others are cut along the columns until their part of b fits the second cache, and then so that the larger of b and c
// is spread over the threads. Where a is the larger matrix, and tall, its halves go to halves of the threads: so a
// weight stays in the cache of the core that updates it. Operands that lie across the depth are read in few, large
// pieces.
INLINE void T(cut)(TernGemmPlan *plan, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, _Bool across_depth) {
    const ptrdiff_t products = rows * columns * depth;
    const ptrdiff_t wanted = most(least(products >> 17, 16), least(products >> 21, 64));
    ptrdiff_t row_pieces = 1, column_pieces = 1;
    if (across_depth) {
        // Large pieces: every column of them reads all of a, every row of them all of b.
        const ptrdiff_t most_pieces = least(wanted, rows * columns / (depth < 256 ? 1 << 14 : 1 << 15));
        column_pieces = ceil_divide(columns, 512);
        while (row_pieces * column_pieces * 2 <= most_pieces) {
            if (rows >= row_pieces * 256) row_pieces *= 2;
            else column_pieces *= 2;
        }
    } else if (!STORED_IS_REAL) {
        // Each piece packs its rows of a and its columns of b: pieces are nearly square, and few rather than small.
        while (row_pieces * column_pieces < wanted) {
            const ptrdiff_t height = rows / row_pieces, width = columns / column_pieces;
            if (most(height, width) / 2 < (row_pieces * column_pieces < 4 ? 48 : 192)) break;
            if (height > width) row_pieces *= 2;
            else column_pieces *= 2;
        }
    } else if (plan->packs_b) {
        // Every column of pieces reads all of a again.
        const ptrdiff_t narrow = rows * depth * (ptrdiff_t)sizeof(REAL) >= 1 << 22 ? 8 * PANEL : PANEL;
        while (column_pieces < wanted && columns > column_pieces * narrow) column_pieces *= 2;
        while (row_pieces * column_pieces < least(wanted, 4) && rows >= row_pieces * 128) row_pieces *= 2;
        while (row_pieces * column_pieces < wanted && rows >= row_pieces * 1024) row_pieces *= 2;
        if (row_pieces == 1 && rows > columns && rows >= 512) row_pieces = 2;
        column_pieces = most(column_pieces, ceil_divide(columns, 256));
        row_pieces = most(row_pieces, ceil_divide(rows, 512));
    } else {
        const ptrdiff_t near_bytes = 1 << 19;
        while (columns / column_pieces * depth * (ptrdiff_t)sizeof(REAL) > near_bytes) column_pieces *= 2;
        while (rows >= depth && row_pieces * column_pieces < wanted &&
               rows >= (row_pieces == 1 ? 128 : row_pieces * 256))
            row_pieces *= 2;
        while (row_pieces * column_pieces < wanted && columns > column_pieces * PANEL) column_pieces *= 2;
        while (row_pieces * column_pieces < wanted && rows >= row_pieces * 128) row_pieces *= 2;
    }
    if (row_pieces * column_pieces == 1) return;
    plan->piece_rows = ceil_divide(rows, row_pieces);
    plan->piece_columns = round_up(ceil_divide(columns, column_pieces), PANEL);
    plan->row_pieces = ceil_divide(rows, plan->piece_rows);
    plan->pieces = plan->row_pieces * ceil_divide(columns, plan->piece_columns);
}

static TernGemmPlan T(plan)(const TernGemm *g) {
    TernGemmPlan plan = {.row_pieces = 1, .depth_chunk = g->depth, .tile_rows = TILE_ROWS};
    if (g->rows <= 0 || g->columns <= 0) return plan;
    plan.pieces = 1;

    const ptrdiff_t many_bytes = 1 << 20, whole = HAS_MASKS ? 1 : LANES;
    const _Bool across_b = g->columns > 1 && g->b_column != 1, across_a = g->rows > 1 && g->a_row != 1;
    plan.dots = g->depth >= LANES && g->a_depth == 1 && g->b_depth == 1 && least(g->rows, g->columns) <= DOT_ROWS;
    // A transposed product must gain 4 %: where it is tall, both halves of its threads pack all of b.
    plan.transposed = plan.dots ? g->rows > DOT_ROWS
                                : across_b && !g->may_share &&
            F(cost)(g->columns, g->rows, g->depth, across_a, 1) * 25 / 24 <
                F(cost)(g->rows, g->columns, g->depth, 1, 0);
    const T(product) o = T(operands)(g, plan.transposed);
    plan.piece_rows = o.rows, plan.piece_columns = o.columns;
    // Both operands lie across the depth, as those of a weight's gradient do.
    const _Bool across_depth = STORED_IS_REAL && o.a_row == 1 && o.a_depth != 1 && o.b_column == 1 && o.rows >= 64 &&
        o.columns > LANES && g->depth >= 128;
    if (!plan.dots) {
        // Halves are packed always, which makes them what is computed in.
        // Each step of a depth that both lie across touches lines of its own: over a short part they stay in the first
        // cache.
        const ptrdiff_t chunk = (across_depth ? 512 : 4096) / (ptrdiff_t)sizeof(REAL);
        if (g->depth > chunk) plan.depth_chunk = ceil_divide(g->depth, ceil_divide(g->depth, chunk));
        // Lines that lie multiples of 1 KB apart fall into few sets of the first cache, so that every tile reads a
        // panel from the second again. Tiles of few rows wait for that; tall ones hide it, and are slowed by many of
        // them alone.
        const _Bool misses_b = o.b_depth * (ptrdiff_t)sizeof(REAL) % 1024 == 0 && g->depth >= 32 &&
            o.rows >= (TILE_ROWS < 8 ? 5 : 20) * TILE_ROWS;
        plan.packs_b = !STORED_IS_REAL || o.b_column != 1 || o.columns % whole != 0 || misses_b ||
            (!across_depth && o.rows >= 128 && o.columns * g->depth * (ptrdiff_t)sizeof(REAL) > many_bytes);
        plan.packs_a = !STORED_IS_REAL ||
            (across_depth ? o.columns > PANEL && o.a_depth * (ptrdiff_t)sizeof(REAL) % 1024 == 0
                          : o.a_depth != 1 && o.columns > LANES &&
                     (o.a_row != 1 || o.rows * g->depth * (ptrdiff_t)sizeof(REAL) > many_bytes));
    }
    T(cut)(&plan, o.rows, o.columns, g->depth, across_depth);
    if (!plan.dots) {
        // Rows of a that lie multiples of 4 KB apart fall into one set of the first cache, which holds 8 to 12 lines,
        // or half of that where a core runs two threads: they are packed if enough columns use them, or else fewer are
        // taken at a time, over a depth at which a panel of b leaves them room.
        if (!plan.packs_a && o.a_depth == 1 && o.a_row * (ptrdiff_t)sizeof(REAL) % 4096 == 0) {
            plan.packs_a = plan.piece_rows >= 128 && plan.piece_columns >= 128;
            const ptrdiff_t chunk = 1024 / (ptrdiff_t)sizeof(REAL);
            if (!plan.packs_a) {
                plan.tile_rows = least(TILE_ROWS, 8);
                if (g->depth > chunk) plan.depth_chunk = ceil_divide(g->depth, ceil_divide(g->depth, chunk));
            }
        }
        plan.shares = g->may_share && STORED_IS_REAL && (!across_depth || plan.depth_chunk == g->depth) &&
            ((plan.packs_a && plan.pieces > plan.row_pieces) || (plan.packs_b && plan.row_pieces > 1));
        if (plan.shares)
            plan.packs = (plan.packs_a ? plan.row_pieces * ceil_divide(plan.piece_rows, PACK) : 0) +
                (plan.packs_b ? ceil_divide(o.columns, PACK) : 0);
        plan.scratch_bytes =
            (ptrdiff_t)sizeof(REAL) * (T(scratch_a)(&plan, o.a_row) + T(scratch_b)(&plan) + T(scratch_c)(g, &plan));
        if (plan.scratch_bytes <= LOCAL_BYTES && !plan.shares) plan.scratch_bytes = 0;
    }
    return plan;
}
