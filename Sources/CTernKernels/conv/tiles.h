// How Winograd's algorithm cuts planes: see winograd_real.h.
#pragma once

#include "geometry.h"

enum { FREQUENCIES = 16 };  // elements of a tile of 4x4 sources, once it is transformed

// Tiles whose frequencies lie in the cache together; lane channels of a piece, for which sources are transformed once;
// and for weight gradients input channels of a piece. By measurement on AVX-512 and AVX2, as are the bounds below.
enum { WINOGRAD_TILES = 64, WINOGRAD_CHANNELS = 128, WINOGRAD_RANGE = 64 };

// Whether the products that are saved are worth the transforms: of the tiles, which take as long as few channels'
// products; and of the weights, which few tiles share. Tiles must also be filled, and kernels not meet padding mostly,
// which direct sums leave out.
static inline bool suits_winograd(const TernConv *c, const TernConvAxis *y, const TernConvAxis *x) {
    ptrdiff_t outputs = y->out_size * x->out_size, tiles = ceil_divide(y->out_size, 2) * ceil_divide(x->out_size, 2);
    return c->kernel_height == 3 && c->kernel_width == 3 && c->stride_height == 1 && c->stride_width == 1 &&
        c->dilation_height == 1 && c->dilation_width == 1 && c->groups == 1 && c->kernel_depth == 1 &&
        c->in_depth == 1 && c->out_depth == 1 && c->in_channels >= 32 && c->out_channels >= 32 &&
        c->images * tiles >= 32 && outputs > 2 * tiles;
}

static inline TernConvTiles winograd_tiles(ptrdiff_t images, const TernConvAxis *y, const TernConvAxis *x) {
    TernConvTiles t = {
        .rows = ceil_divide(y->out_size, 2),
        .columns = ceil_divide(x->out_size, 2),
        // A backward axis reads its kernel in reverse, from the last tap on.
        .pad_top = y->backward ? y->kernel - 1 - y->pad : y->pad,
        .pad_left = x->backward ? x->kernel - 1 - x->pad : x->pad,
        .source_height = y->source_size,
        .source_width = x->source_size,
        .out_height = y->out_size,
        .out_width = x->out_size,
    };
    t.strip = ceil_divide(t.columns, ceil_divide(t.columns, 2 * WINOGRAD_TILES));
    t.strips = ceil_divide(t.columns, t.strip);
    t.segments = images * t.strips * t.rows;
    t.blocks = ceil_divide(t.segments, most(1, WINOGRAD_TILES / t.strip));
    // A few tiles alone are shared by two threads.
    t.blocks = most(t.blocks, least(2, t.segments * t.strip / (WINOGRAD_TILES / 2)));
    t.segments_of_block = ceil_divide(t.segments, t.blocks);
    t.blocks = ceil_divide(t.segments, t.segments_of_block);
    return t;
}

static inline ptrdiff_t tiles_of_block(const TernConvTiles *t) { return t->segments_of_block * t->strip; }
// Pixels that transposed sources or outputs of the segments of one strip take.
static inline ptrdiff_t pixels_of_block(const TernConvTiles *t) {
    return least(t->segments_of_block + 1, t->rows + 1) * 2 * (2 * t->strip + 2);
}

// Segments of one strip of one image, which follow one another: a rectangle of tiles.
typedef struct {
    ptrdiff_t image, row, rows, column, columns;
} TileRun;

// The first run of the segments from `segment` to before `last`.
static inline TileRun tile_run(const TernConvTiles *t, ptrdiff_t segment, ptrdiff_t last) {
    TileRun r = {
        .image = segment / (t->rows * t->strips),
        .row = segment % t->rows,
        .column = segment / t->rows % t->strips * t->strip,
    };
    r.rows = least(t->rows - r.row, last - segment);
    r.columns = least(t->strip, t->columns - r.column);
    return r;
}

// The part of a plane that a run reads or writes.
typedef struct {
    ptrdiff_t top, left, rows, columns;
} PlaneArea;

static inline PlaneArea area_of(ptrdiff_t top, ptrdiff_t left, ptrdiff_t bottom, ptrdiff_t right, ptrdiff_t height,
                                ptrdiff_t width) {
    top = most(top, 0), left = most(left, 0);
    return (PlaneArea){top, left, most(least(bottom, height) - top, 0), most(least(right, width) - left, 0)};
}
static inline PlaneArea source_area(const TernConvTiles *t, const TileRun *r) {
    ptrdiff_t top = 2 * r->row - t->pad_top, left = 2 * r->column - t->pad_left;
    return area_of(top, left, top + 2 * r->rows + 2, left + 2 * r->columns + 2, t->source_height, t->source_width);
}
static inline PlaneArea output_area(const TernConvTiles *t, const TileRun *r) {
    return area_of(2 * r->row, 2 * r->column, 2 * (r->row + r->rows), 2 * (r->column + r->columns), t->out_height,
                   t->out_width);
}

static inline ptrdiff_t tiles_of_segments(const TernConvTiles *t, ptrdiff_t first, ptrdiff_t last) {
    ptrdiff_t tiles = 0;
    for (ptrdiff_t segment = first; segment < last;) {
        TileRun r = tile_run(t, segment, last);
        tiles += r.rows * r.columns;
        segment += r.rows;
    }
    return tiles;
}
