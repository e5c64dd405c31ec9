// How Winograd's algorithm cuts planes: see winograd_real.h.
#pragma once

#include "geometry.h"

enum { FREQUENCIES = 16 };  // elements of a tile of 4x4 sources, once it is transformed

// The last frequency of an axis is of use to full tiles and whole phases alone. So there are four kinds of
// frequencies: the last of the rows or not, of the columns or not.
enum { FREQUENCY_KINDS = 4 };
static inline int kind_of(int frequency) { return (frequency / 4 == 3) * 2 + (frequency % 4 == 3); }

// Whether one is other than the last of an axis, or that one is used.
static inline bool is_used(int frequency, bool last_row, bool last_column) {
    return (frequency / 4 < 3 || last_row) && (frequency % 4 < 3 || last_column);
}

// Tiles whose frequencies lie in the cache together; lane channels of a piece, for which sources are transformed once;
// and for weight gradients input channels of a piece. By measurement on AVX-512 and AVX2, as are the bounds below.
enum { WINOGRAD_TILES = 64, WINOGRAD_IMAGE_TILES = 256, WINOGRAD_CHANNELS = 128, WINOGRAD_RANGE = 64 };
enum { WINOGRAD_KERNEL = 36 };  // elements of the largest kernel

// Kernels of more taps than a tile has are cut into two.
static inline ptrdiff_t tile_phases(const TernConvAxis *a) { return a->stride == 1 && a->kernel > 3 ? 2 : a->stride; }

static inline TernConvTileAxis tile_axis(const TernConvAxis *a) {
    TernConvTileAxis t = {
        .phases = tile_phases(a),
        .tap_step = a->stride,
        .source_step = a->backward ? 1 : a->stride,
        .out_step = a->backward ? a->stride : 1,
        .source_size = a->source_size,
        .out_size = a->out_size,
    };
    t.taps = ceil_divide(a->kernel, t.phases);
    t.whole = a->kernel - (t.taps - 1) * t.phases;
    t.phase_step = a->stride > 1 ? 1 : t.taps;
    t.source_phases = a->backward && a->stride > 1 ? 1 : t.phases;
    t.source_pad = a->pad;
    if (a->backward) {
        // It reads its kernel in reverse, from the last tap on.
        ptrdiff_t pad = a->kernel - 1 - a->pad, odd = pad & (a->stride - 1);
        t.source_pad = (pad - odd) / a->stride;
        t.out_pad = a->stride - 1 - odd;
    }
    t.units = ceil_divide(t.out_size + t.out_pad, t.out_step);
    t.tile = 5 - t.taps;
    t.tiles = ceil_divide(t.units, t.tile);
    t.full = most(t.tiles - (t.tiles * t.tile - t.units), 0);
    return t;
}

// The first unit of a tile.
static inline ptrdiff_t tile_start(const TernConvTileAxis *a, ptrdiff_t tile) {
    return least(tile * a->tile - most(tile - a->full, 0), a->units);
}
static inline ptrdiff_t tile_units(const TernConvTileAxis *a, ptrdiff_t tile) {
    return tile_start(a, tile + 1) - tile_start(a, tile);
}

// The phases that a frequency of an axis has a part in, of all and of those of the sources.
static inline ptrdiff_t phases_at(const TernConvTileAxis *a, bool last) { return last ? a->whole : a->phases; }
static inline ptrdiff_t source_phases(const TernConvTileAxis *a, bool last) {
    return last ? least(a->source_phases, a->whole) : a->source_phases;
}
// The kernel's element that a tap of a phase is.
static inline ptrdiff_t element_of(const TernConvTileAxis *a, ptrdiff_t phase, ptrdiff_t tap) {
    return phase * a->phase_step + tap * a->tap_step;
}
// The sum over the frequencies.
static inline ptrdiff_t phases_of_axis(const TernConvTileAxis *a) { return 3 * a->phases + a->whole; }

// The same for both axes.
static inline bool has_phase(const TernConvTiles *t, int f, ptrdiff_t y, ptrdiff_t x) {
    return y < phases_at(&t->y, f / 4 == 3) && x < phases_at(&t->x, f % 4 == 3);
}
static inline ptrdiff_t phases_of_frequencies(const TernConvTiles *t) {
    return phases_of_axis(&t->y) * phases_of_axis(&t->x);
}
// The place of a phase of a frequency among them.
static inline ptrdiff_t place_of_phase(const TernConvTiles *t, int f, ptrdiff_t y, ptrdiff_t x) {
    ptrdiff_t rows = phases_at(&t->y, f / 4 == 3), columns = phases_at(&t->x, f % 4 == 3);
    ptrdiff_t before = f / 4 * t->y.phases * phases_of_axis(&t->x) + rows * (f % 4) * t->x.phases;
    return before + y * columns + x;
}
static inline ptrdiff_t out_phases(const TernConvTiles *t) { return t->y.out_step * t->x.out_step; }

// Whether an axis can be cut into tiles, and what part of the direct products these take.
static inline bool has_tiles(const TernConvAxis *a) {
    ptrdiff_t taps = ceil_divide(a->kernel, tile_phases(a));
    return a->dilation == 1 && a->stride <= 2 && taps >= 2 && taps <= 3 && least(a->out_size, a->source_size) > 0;
}
static inline double part_of_products(const TernConvAxis *a) {
    TernConvTileAxis t = tile_axis(a);
    ptrdiff_t products = 3 * t.phases * t.tiles + t.whole * t.full;
    return (double)(products * a->out_step) / (double)(a->kernel * a->out_size);
}

// The images whose sources fill the lanes where channels would leave more of them empty, or 0.
static inline ptrdiff_t images_in_lanes(ptrdiff_t images, ptrdiff_t channels, ptrdiff_t lanes) {
    return 4 * images * round_up(channels, lanes) > 5 * channels * round_up(images, lanes) ? lanes : 0;
}

// Whether the products that are saved (so that a `part` is left at most) are worth the transforms: of results, which
// take as long as those of few sources; of sources, whose lanes must not be empty; and of the weights, which few tiles
// share. Kernels must not meet padding mostly, which direct sums leave out.
static inline bool suits_winograd(const TernConv *c, ptrdiff_t sources, ptrdiff_t results, ptrdiff_t lanes,
                                  const TernConvAxis *y, const TernConvAxis *x, double part) {
    if (!has_tiles(y) || !has_tiles(x) || y->stride != x->stride || c->groups != 1 || c->kernel_depth != 1 ||
        c->in_depth != 1 || c->out_depth != 1)
        return false;
    TernConvTileAxis rows = tile_axis(y), columns = tile_axis(x);
    double left = part_of_products(y) * part_of_products(x), saved = (1 - left) * y->kernel * x->kernel * sources;
    return rows.taps == columns.taps && rows.units >= rows.tile && columns.units >= columns.tile && left <= part &&
        saved >= 40 && results >= 16 && (2 * sources >= lanes || images_in_lanes(c->images, sources, lanes)) &&
        c->images * rows.tiles * columns.tiles >= 32 * rows.phases;
}
static inline bool correlates_by_winograd(const TernConv *c, ptrdiff_t lanes, const TernConvAxis *y,
                                          const TernConvAxis *x) {
    ptrdiff_t sources = y->backward ? c->out_channels : c->in_channels;
    ptrdiff_t results = y->backward ? c->in_channels : c->out_channels;
    return suits_winograd(c, sources, results, lanes, y, x, 0.75);
}
// Of an input gradient of few channels, whose sums stay in the cache: with the tiles of the forward pass.
static inline bool gradient_by_adjoint(const TernConv *c, ptrdiff_t lanes, ptrdiff_t most_sums, const TernConvAxis *y,
                                       const TernConvAxis *x) {
    return c->in_channels < lanes && images_in_lanes(c->images, c->in_channels, lanes) &&
        c->in_channels * y->source_size * x->source_size <= most_sums &&
        suits_winograd(c, c->in_channels, c->out_channels, lanes, y, x, 0.75);
}
// Sums of frequencies are read and written for every few tiles.
static inline bool gradient_by_winograd(const TernConv *c, ptrdiff_t lanes, const TernConvAxis *y,
                                        const TernConvAxis *x) {
    return suits_winograd(c, c->in_channels, c->out_channels, lanes, y, x, 0.66);
}

// Few tiles are cut into `wanted` blocks nevertheless, for that many threads, unless these were too small.
static inline TernConvTiles winograd_tiles(ptrdiff_t images, const TernConvAxis *y, const TernConvAxis *x,
                                           ptrdiff_t in_lanes, ptrdiff_t wanted) {
    TernConvTiles t = {.y = tile_axis(y), .x = tile_axis(x), .images = images, .in_lanes = in_lanes};
    ptrdiff_t most_tiles = in_lanes ? WINOGRAD_IMAGE_TILES / in_lanes : WINOGRAD_TILES;
    t.strip = ceil_divide(t.x.tiles, ceil_divide(t.x.tiles, in_lanes ? most_tiles : 2 * most_tiles));
    t.strips = ceil_divide(t.x.tiles, t.strip);
    t.segments = t.strips * t.y.tiles;
    ptrdiff_t segments = in_lanes ? t.segments : images * t.segments;
    t.blocks = ceil_divide(segments, most(1, most_tiles / t.strip));
    if (!in_lanes) t.blocks = paired(most(t.blocks, least(wanted, segments * t.strip * wanted / most_tiles)));
    t.segments_of_block = ceil_divide(segments, t.blocks);
    t.blocks = ceil_divide(segments, t.segments_of_block) * (in_lanes ? ceil_divide(images, in_lanes) : 1);
    return t;
}

// The segments of a block: first..<last, and the same of its other images, each `step` further.
typedef struct {
    ptrdiff_t first, last, step, images;
} TileBlock;

static inline TileBlock tile_block(const TernConvTiles *t, ptrdiff_t block) {
    if (!t->in_lanes) {
        ptrdiff_t first = block * t->segments_of_block;
        return (TileBlock){first, least(first + t->segments_of_block, t->images * t->segments), 0, 1};
    }
    ptrdiff_t parts = ceil_divide(t->segments, t->segments_of_block), image = block / parts * t->in_lanes;
    ptrdiff_t from = block % parts * t->segments_of_block, to = least(from + t->segments_of_block, t->segments);
    ptrdiff_t first = image * t->segments;
    return (TileBlock){first + from, first + to, t->segments, least(t->in_lanes, t->images - image)};
}

// The tiles of one image of a block, and of all of them, at most.
static inline ptrdiff_t tiles_of_image(const TernConvTiles *t) { return t->segments_of_block * t->strip; }
static inline ptrdiff_t tiles_of_block(const TernConvTiles *t) { return most(t->in_lanes, 1) * tiles_of_image(t); }
// Sources from the first to the last that some units read.
static inline ptrdiff_t source_extent(const TernConvTileAxis *a, ptrdiff_t units) {
    return a->source_step * (units + a->taps - 2) + a->phase_step * (a->source_phases - 1) + 1;
}
// Pixels that transposed sources or outputs of the segments of one strip take.
static inline ptrdiff_t pixels_of_tiles(const TernConvTileAxis *a, ptrdiff_t tiles) {
    ptrdiff_t units = tiles * a->tile;
    return most(source_extent(a, units), a->out_step * units);
}
static inline ptrdiff_t pixels_of_block(const TernConvTiles *t) {
    return pixels_of_tiles(&t->y, least(t->segments_of_block, t->y.tiles)) * pixels_of_tiles(&t->x, t->strip);
}

// Segments of one strip of one image, which follow one another: a rectangle of tiles.
typedef struct {
    ptrdiff_t image, row, end_row, column, end_column;
} TileRun;

// The first run of the segments from `segment` to before `last`.
static inline TileRun tile_run(const TernConvTiles *t, ptrdiff_t segment, ptrdiff_t last) {
    TileRun r = {
        .image = segment / (t->y.tiles * t->strips),
        .row = segment % t->y.tiles,
        .column = segment / t->y.tiles % t->strips * t->strip,
    };
    r.end_row = least(t->y.tiles, r.row + last - segment);
    r.end_column = least(t->x.tiles, r.column + t->strip);
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
// Whether all of `size` x `size` pixels, `step` apart, lie in an area from (row, column) of it on.
static inline bool holds_pixels(const PlaneArea *a, ptrdiff_t size, ptrdiff_t step, ptrdiff_t row, ptrdiff_t column) {
    ptrdiff_t reach = (size - 1) * step;
    return row >= 0 && column >= 0 && row + reach < a->rows && column + reach < a->columns;
}
static inline ptrdiff_t source_place(const TernConvTileAxis *a, ptrdiff_t unit) {
    return a->source_step * unit - a->source_pad;
}
static inline ptrdiff_t out_place(const TernConvTileAxis *a, ptrdiff_t unit) { return a->out_step * unit - a->out_pad; }

static inline PlaneArea source_area(const TernConvTiles *t, const TileRun *r) {
    const TernConvTileAxis *y = &t->y, *x = &t->x;
    ptrdiff_t top = tile_start(y, r->row), left = tile_start(x, r->column);
    ptrdiff_t rows = source_extent(y, tile_start(y, r->end_row) - top);
    ptrdiff_t columns = source_extent(x, tile_start(x, r->end_column) - left);
    top = source_place(y, top), left = source_place(x, left);
    return area_of(top, left, top + rows, left + columns, y->source_size, x->source_size);
}
static inline PlaneArea output_area(const TernConvTiles *t, const TileRun *r) {
    const TernConvTileAxis *y = &t->y, *x = &t->x;
    return area_of(out_place(y, tile_start(y, r->row)), out_place(x, tile_start(x, r->column)),
                   out_place(y, tile_start(y, r->end_row)), out_place(x, tile_start(x, r->end_column)), y->out_size,
                   x->out_size);
}

// For each kind of frequency, the tiles of a block that take part, and all: counted from the first, those of one image
// before those of the next; and where their transformed sources are, see winograd_real.h.
typedef struct {
    ptrdiff_t *tiles[FREQUENCY_KINDS], *sources[FREQUENCY_KINDS];
    ptrdiff_t count[FREQUENCY_KINDS];
} TilesOfKinds;

static inline bool takes_part(const TernConvTiles *t, ptrdiff_t row, ptrdiff_t column, int kind) {
    return (kind < 2 || row < t->y.full) && (kind % 2 == 0 || column < t->x.full);
}
// Sources of tiles are `row` apart, and those of images one.
static inline void find_tiles(const TernConvTiles *t, const TileBlock *b, ptrdiff_t row, TilesOfKinds *k) {
    ptrdiff_t tile = 0;
    for (int kind = 0; kind < FREQUENCY_KINDS; kind++) k->count[kind] = 0;
    for (ptrdiff_t image = 0; image < b->images; image++) {
        ptrdiff_t last = b->last + image * b->step, source = image;
        for (ptrdiff_t segment = b->first + image * b->step; segment < last;) {
            TileRun r = tile_run(t, segment, last);
            for (ptrdiff_t m = r.row; m < r.end_row; m++)
                for (ptrdiff_t n = r.column; n < r.end_column; n++, tile++, source += row)
                    for (int kind = 0; kind < FREQUENCY_KINDS; kind++)
                        if (takes_part(t, m, n, kind)) {
                            ptrdiff_t i = k->count[kind]++;
                            k->tiles[kind][i] = tile, k->sources[kind][i] = source;
                        }
            segment += r.end_row - r.row;
        }
    }
}
