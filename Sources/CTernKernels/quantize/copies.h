// Activations copied into units.

static void quantize(ptrdiff_t n, const float *x, float inverse_scale, int32_t zero, uint8_t *y) {
    const Quantizer q = quantizer(inverse_scale, zero);
    ptrdiff_t i = 0;
    for (; i + LANES <= n; i += LANES)
        *(v_bytes_unaligned *)(y + i) = __builtin_convertvector(quantized(q, f32_load(x + i)), v_bytes);
    for (; i < n; i++) y[i] = (uint8_t)quantized_one(q, x[i]);
}

// A vector of units, or the first `n` of one: element i of each is from `parts[i]`, or 0 where that is absent.
INLINE v_i32 gather_units(Quantizer q, const _Bool is_float, const _Bool whole, const void *const *parts, ptrdiff_t at,
                          ptrdiff_t n, const int step) {
    v_i32 units = {};
#pragma clang loop unroll(full)
    for (int i = 0; i < UNIT; i++) {
        if (!parts[i]) continue;
        const float *values = (const float *)parts[i] + at;
        const uint8_t *stored = (const uint8_t *)parts[i] + at;
        const v_i32 bytes = is_float
            ? quantized(q, whole ? floats_load(values, step) : floats_load_some(values, n, step))
            : __builtin_convertvector(whole ? bytes_load(stored, step) : bytes_load_some(stored, n, step), v_i32);
        units |= (v_i32)((v_u32)units_of_bytes(bytes) << (i * UNIT_BITS));
    }
    return units;
}

INLINE int32_t gather_unit(Quantizer q, const _Bool is_float, const void *const *parts, ptrdiff_t at) {
    uint32_t unit = 0;
#pragma clang loop unroll(full)
    for (int i = 0; i < UNIT; i++) {
        if (!parts[i]) continue;
        int32_t byte = is_float ? quantized_one(q, ((const float *)parts[i])[at]) : ((const uint8_t *)parts[i])[at];
        unit |= unit_of_byte(byte) << (i * UNIT_BITS);
    }
    return (int32_t)unit;
}

// `n` units of elements `step` apart.
INLINE void gather_vectors(Quantizer q, const _Bool is_float, const void *const *parts, ptrdiff_t n, const int step,
                           int32_t *units) {
    ptrdiff_t i = 0;
    // Of every other element the last vector is not read to its end.
    for (; i + LANES + (step - 1) <= n; i += LANES)
        units_store(units + i, gather_units(q, is_float, 1, parts, i * step, LANES, step));
    for (; i < n; i += LANES) {
        const ptrdiff_t rest = least(LANES, n - i);
        units_store_first(units + i, gather_units(q, is_float, 0, parts, i * step, rest, step), rest);
    }
}

INLINE void gather_row_of(Quantizer q, const _Bool is_float, const void *const *parts, ptrdiff_t n, ptrdiff_t step,
                          int32_t *units) {
    if (step == 1) return gather_vectors(q, is_float, parts, n, 1, units);
    if (step == 2) return gather_vectors(q, is_float, parts, n, 2, units);
    for (ptrdiff_t i = 0; i < n; i++) units[i] = gather_unit(q, is_float, parts, i * step);
}

OUTLINE void gather_row(Quantizer q, _Bool is_float, const void *const *parts, ptrdiff_t n, ptrdiff_t step,
                        int32_t *units) {
    if (is_float) gather_row_of(q, 1, parts, n, step, units);
    else gather_row_of(q, 0, parts, n, step, units);
}

static ptrdiff_t row_units(ptrdiff_t depth) { return ceil_divide(depth, UNIT); }

static void copy_rows(ptrdiff_t rows, ptrdiff_t depth, const TernQuantizedSource *source, int32_t *units) {
    const Quantizer q = quantizer(source->inverse_scale, source->zero);
    const ptrdiff_t row_length = row_units(depth);
    uint8_t bytes[BLOCK];
    for (ptrdiff_t row = 0; row < rows; row++)
        for (ptrdiff_t first = 0; first < depth; first += BLOCK) {
            const ptrdiff_t n = least(BLOCK, depth - first), place = row * depth + first;
            const uint8_t *from = (const uint8_t *)source->values + place;
            if (source->is_float) {
                quantize(n, (const float *)source->values + place, q.inverse_scale, q.zero, bytes);
                from = bytes;
            }
            int32_t *to = units + row * row_length + first / UNIT;
            ptrdiff_t i = 0;
            for (; i + UNIT <= n; i += UNIT) {
                uint32_t unit = 0;
                for (int j = 0; j < UNIT; j++) unit |= unit_of_byte(from[i + j]) << (j * UNIT_BITS);
                to[i / UNIT] = (int32_t)unit;
            }
            if (i < n) {
                uint32_t unit = 0;
                for (int j = 0; i + j < n; j++) unit |= unit_of_byte(from[i + j]) << (j * UNIT_BITS);
                to[i / UNIT] = (int32_t)unit;
            }
        }
}

INLINE uint32_t unit_of_weights(const int8_t *weights, ptrdiff_t count, ptrdiff_t step) {
    uint32_t unit = 0;
    for (int j = 0; j < UNIT && j < count; j++) unit |= ((uint32_t)weights[j * step] & UNIT_MASK) << (j * UNIT_BITS);
    return unit;
}
