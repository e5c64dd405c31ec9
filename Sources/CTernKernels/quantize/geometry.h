// Where a convolution finds its sources, see TernQuantizedConvPlan; the weights packed as its tiles read them.

// Channels of the next tile, of `left` in a group: a power of two, so that none is computed in vain.
INLINE ptrdiff_t tile_channels(ptrdiff_t left) {
    ptrdiff_t count = TILE_CHANNELS;
    while (count > left) count /= 2;
    return count;
}

// What is packed: the weights, group after group and tile after tile; the sums of each output's weights; the distance
// of each step's sources from the outputs.
typedef struct {
    int32_t *weights, *sums;
    ptrdiff_t *distances;
} Packed;

INLINE ptrdiff_t packed_weights(const TernQuantizedConvPlan *p) {
    return round_up(p->conv.groups * p->conv.out_channels * p->steps, 16);
}
INLINE Packed packed_parts(const TernQuantizedConvPlan *p, const void *packed) {
    Packed result = {.weights = (int32_t *)packed};
    result.sums = result.weights + packed_weights(p);
    result.distances = (ptrdiff_t *)(result.sums + round_up(p->conv.groups * p->conv.out_channels, 16));
    return result;
}

static void plan_conv(const TernConv *c, TernQuantizedConvPlan *p) {
    const ptrdiff_t by_channels = ceil_divide(c->in_channels, UNIT) * c->kernel_width;
    const ptrdiff_t by_columns = ceil_divide(c->in_channels * c->kernel_width, UNIT);
    *p = (TernQuantizedConvPlan){.conv = *c};
    p->shifts = by_columns < by_channels ? c->kernel_width : 1;
    p->units = ceil_divide(c->in_channels * p->shifts, UNIT);
    p->taps = c->kernel_depth * c->kernel_height * (c->kernel_width / p->shifts);
    p->steps = p->units * p->taps;
    p->depth = (c->out_depth - 1) * c->stride_depth + (c->kernel_depth - 1) * c->dilation_depth + 1;
    const ptrdiff_t height = (c->out_height - 1) * c->stride_height + (c->kernel_height - 1) * c->dilation_height + 1;
    const ptrdiff_t columns = p->shifts > 1 ? 1 : c->kernel_width;
    const ptrdiff_t width = (c->out_width - 1) * c->stride_width + (columns - 1) * c->dilation_width + 1;
    p->rows = ceil_divide(height, c->stride_height);
    p->pitch = ceil_divide(width, c->stride_width);
    p->part = p->rows * p->pitch;
    p->plane = p->part * c->stride_height * c->stride_width;
    p->unit_channels = c->groups * p->units;
    // Tiles read past the last output.
    p->source_units = p->unit_channels * p->depth * p->plane + TILE_VECTORS * LANES + p->pitch;
    p->size = (c->out_height - 1) * p->pitch + c->out_width;
    p->band = 4 * TILE_VECTORS * LANES;
    p->bands = ceil_divide(p->size, p->band);
    p->pieces = c->groups * c->out_depth * p->bands;
    p->packed_bytes =
        4 * (packed_weights(p) + round_up(c->groups * c->out_channels, 16)) + p->steps * (ptrdiff_t)sizeof(ptrdiff_t);
}

static void pack_conv(const TernQuantizedConvPlan *p, const int8_t *weights, void *packed) {
    const TernConv *c = &p->conv;
    const Packed parts = packed_parts(p, packed);
    const ptrdiff_t columns = c->kernel_width / p->shifts,
                    kernel = c->kernel_depth * c->kernel_height * c->kernel_width;
    ptrdiff_t step = 0;
    for (ptrdiff_t u = 0; u < p->units; u++)
        for (ptrdiff_t kd = 0; kd < c->kernel_depth; kd++)
            for (ptrdiff_t ky = 0; ky < c->kernel_height; ky++)
                for (ptrdiff_t kx = 0; kx < columns; kx++, step++) {
                    const ptrdiff_t y = ky * c->dilation_height, x = kx * c->dilation_width;
                    const ptrdiff_t part = y % c->stride_height * c->stride_width + x % c->stride_width;
                    parts.distances[step] = (u * p->depth + kd * c->dilation_depth) * p->plane + part * p->part +
                        y / c->stride_height * p->pitch + x / c->stride_width;
                }
    int32_t *to = parts.weights;
    for (ptrdiff_t group = 0; group < c->groups; group++)
        for (ptrdiff_t first = 0, count; first < c->out_channels; first += count) {
            count = tile_channels(c->out_channels - first);
            const int8_t *tile = weights + (group * c->out_channels + first) * c->in_channels * kernel;
            for (ptrdiff_t u = 0; u < p->units; u++)
                for (ptrdiff_t tap = 0; tap < p->taps; tap++)
                    for (ptrdiff_t o = 0; o < count; o++) {
                        // Channels are a kernel apart, or the columns of a kernel are channels.
                        uint32_t unit = 0;
                        for (ptrdiff_t j = 0; j < UNIT; j++) {
                            const ptrdiff_t channel = (u * UNIT + j) / p->shifts, shift = (u * UNIT + j) % p->shifts;
                            if (channel >= c->in_channels) break;
                            const int8_t weight =
                                tile[(o * c->in_channels + channel) * kernel + tap * p->shifts + shift];
                            unit |= ((uint32_t)weight & UNIT_MASK) << (j * UNIT_BITS);
                        }
                        *to++ = (int32_t)unit;
                    }
        }
    for (ptrdiff_t o = 0; o < c->groups * c->out_channels; o++) {
        parts.sums[o] = 0;
        for (ptrdiff_t k = 0; k < c->in_channels * kernel; k++)
            parts.sums[o] += weights[o * c->in_channels * kernel + k];
    }
}

// Whether an element of the kernel reads this part of an axis that is dealt out by its stride.
INLINE _Bool reads_part(ptrdiff_t part, ptrdiff_t kernel, ptrdiff_t dilation, ptrdiff_t stride) {
    for (ptrdiff_t k = 0; k < kernel; k++)
        if (k * dilation % stride == part) return 1;
    return 0;
}

static void copy_image(const TernQuantizedConvPlan *p, ptrdiff_t first, ptrdiff_t last,
                       const TernQuantizedSource *source, int32_t *units) {
    const TernConv *c = &p->conv;
    const Quantizer q = quantizer(source->inverse_scale, source->zero);
    const ptrdiff_t size = source->is_float ? 4 : 1, columns = p->shifts > 1 ? 1 : c->kernel_width;
    const ptrdiff_t plane = c->in_height * c->in_width;
    for (ptrdiff_t u = first; u < last; u++) {
        const ptrdiff_t group = u / p->units, virtual = u % p->units * UNIT;
        // What stands around: the zero in every element that is there.
        const char *channels[UNIT] = {};
        ptrdiff_t shifts[UNIT] = {}, least_shift = 0, most_shift = 0;
        uint32_t zero = 0;
        for (ptrdiff_t j = 0; j < UNIT && virtual + j < c->in_channels * p->shifts; j++) {
            const ptrdiff_t channel = group * c->in_channels + (virtual + j) / p->shifts;
            channels[j] = (const char *)source->values + channel * c->in_depth * plane * size;
            shifts[j] = (virtual + j) % p->shifts * c->dilation_width;
            if (j == 0 || shifts[j] < least_shift) least_shift = shifts[j];
            if (shifts[j] > most_shift) most_shift = shifts[j];
            zero |= unit_of_byte(source->zero) << (j * UNIT_BITS);
        }
        for (ptrdiff_t d = 0; d < p->depth; d++)
            for (ptrdiff_t py = 0; py < c->stride_height; py++)
                for (ptrdiff_t px = 0; px < c->stride_width; px++) {
                    if (!reads_part(py, c->kernel_height, c->dilation_height, c->stride_height) ||
                        !reads_part(px, columns, c->dilation_width, c->stride_width))
                        continue;
                    int32_t *to = units + (u * p->depth + d) * p->plane + (py * c->stride_width + px) * p->part;
                    const ptrdiff_t z = d - c->pad_front;
                    for (ptrdiff_t row = 0; row < p->rows; row++, to += p->pitch) {
                        const ptrdiff_t y = row * c->stride_height + py - c->pad_top;
                        const _Bool inside = z >= 0 && z < c->in_depth && y >= 0 && y < c->in_height;
                        // Columns begin..<end have all their elements inside; the others are looked at one by one.
                        const ptrdiff_t x = px - c->pad_left, stride = c->stride_width;
                        ptrdiff_t begin = 0, end = 0;
                        if (inside) {
                            begin = least(p->pitch, most(0, ceil_divide(most(0, -x - least_shift), stride)));
                            const ptrdiff_t room = c->in_width - 1 - x - most_shift;
                            end = most(begin, least(p->pitch, room < 0 ? 0 : room / stride + 1));
                        }
                        const ptrdiff_t line = (z * c->in_height + y) * c->in_width;
                        if (begin < end) {
                            const void *parts[UNIT];
                            for (ptrdiff_t j = 0; j < UNIT; j++)
                                parts[j] =
                                    channels[j] ? channels[j] + (line + begin * stride + x + shifts[j]) * size : NULL;
                            gather_row(q, source->is_float, parts, end - begin, stride, to + begin);
                        }
                        for (ptrdiff_t i = 0; i < p->pitch; i++) {
                            if (i == begin) i = end;
                            if (i >= p->pitch) break;
                            uint32_t unit = zero;
                            for (ptrdiff_t j = 0; inside && p->shifts > 1 && j < UNIT; j++) {
                                const ptrdiff_t column = i * stride + x + shifts[j];
                                if (!channels[j] || column < 0 || column >= c->in_width) continue;
                                const char *at = channels[j] + (line + column) * size;
                                const int32_t byte = source->is_float
                                    ? quantized_one(q, *(const float *)(const void *)at)
                                    : *(const uint8_t *)at;
                                unit &= ~(UNIT_MASK << (j * UNIT_BITS));
                                unit |= unit_of_byte(byte) << (j * UNIT_BITS);
                            }
                            to[i] = (int32_t)unit;
                        }
                    }
                }
    }
}
