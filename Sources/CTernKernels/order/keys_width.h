// Elements as keys of KEY: unsigned integers of BITS bits in the same order.

typedef struct {
    KEY key;
    uint32_t index;
} K(pair);

enum { K(SIGN) = BITS - 1 };

INLINE KEY K(key_of)(KeyKind kind, KEY infinity, KeyOrder order, KEY x) {
    const KEY sign = (KEY)((KEY)1 << K(SIGN)), all = (KEY) ~(KEY)0;
    KEY key = x;
    switch (kind) {
    case UNSIGNED_KEYS: break;
    case SIGNED_KEYS: key = (KEY)(x ^ sign); break;
    case FLOAT_KEYS: {
        KEY magnitude = (KEY)(x & ~sign);
        key = (KEY)(x & sign && magnitude ? ~x : magnitude | sign);
        if (magnitude > infinity) return order == FALLING ? 0 : all;
    } break;
    }
    return order == RISING ? key : (KEY)~key;
}

// Calls `body` with constants for kind and order, so that its loops have no choices.
#define EACH_KIND(kind, body) \
    switch (kind) { \
    case UNSIGNED_KEYS: body(UNSIGNED_KEYS); break; \
    case SIGNED_KEYS: body(SIGNED_KEYS); break; \
    case FLOAT_KEYS: body(FLOAT_KEYS); break; \
    }

static void K(keys)(TernType type, KeyOrder order, ptrdiff_t n, const KEY *x, KEY *keys) {
    const KEY infinity = (KEY)infinity_of(type);
#define BODY(kind) \
    if (order == RISING) \
        for (ptrdiff_t i = 0; i < n; i++) keys[i] = K(key_of)(kind, infinity, RISING, x[i]); \
    else if (order == FALLING) \
        for (ptrdiff_t i = 0; i < n; i++) keys[i] = K(key_of)(kind, infinity, FALLING, x[i]); \
    else \
        for (ptrdiff_t i = 0; i < n; i++) keys[i] = K(key_of)(kind, infinity, FALLING_BUT_NAN, x[i])
    EACH_KIND(kind_of(type), BODY)
#undef BODY
}

// Keys beside the indices of their elements.
static void K(pairs)(TernType type, KeyOrder order, ptrdiff_t n, const KEY *x, K(pair) * pairs) {
    KEY keys[KEY_BLOCK];
    for (ptrdiff_t start = 0; start < n; start += KEY_BLOCK) {
        ptrdiff_t m = LEAST(n - start, KEY_BLOCK);
        K(keys)(type, order, m, x + start, keys);
        for (ptrdiff_t i = 0; i < m; i++) pairs[start + i] = (K(pair)){keys[i], (uint32_t)(start + i)};
    }
}

static void K(running)(TernType type, _Bool largest, ptrdiff_t n, const void *elements, void *values,
                       int64_t *indices) {
    const KEY *x = elements;
    KEY *y = values, keys[KEY_BLOCK], best = 0, value = 0;
    int64_t index = 0;
    for (ptrdiff_t start = 0; start < n; start += KEY_BLOCK) {
        ptrdiff_t m = LEAST(n - start, KEY_BLOCK);
        K(keys)(type, largest ? RISING : FALLING_BUT_NAN, m, x + start, keys);
        for (ptrdiff_t run = 0, end; run < m; run = end) {
            end = LEAST(m, run + RUN);
            // In most runs of a long row nothing wins.
            KEY most = 0;
            for (ptrdiff_t i = run; i < end; i++) most = keys[i] > most ? keys[i] : most;
            if (most < best) {
                for (ptrdiff_t i = run; i < end; i++) y[start + i] = value;
                for (ptrdiff_t i = run; i < end; i++) indices[start + i] = index;
                continue;
            }
            for (ptrdiff_t i = run; i < end; i++) {
                _Bool wins = keys[i] >= best;
                best = wins ? keys[i] : best;
                value = wins ? x[start + i] : value;
                index = wins ? start + i : index;
                y[start + i] = value;
                indices[start + i] = index;
            }
        }
    }
}

// A rising row that is searched, and where in it the keys of a part of its range are: parts are of one width, of floats
// too, as the edges of histograms are.
typedef struct {
    ptrdiff_t n;
    const KEY *keys;
    _Bool has_parts, is_float;
    double low, scale;
    uint32_t starts[PARTS + 1];
} K(rising);

INLINE double K(number)(const K(rising) * row, KEY key, KEY x) {
    FLOAT number;
    if (!row->is_float) return (double)(KEY)(key - row->keys[0]);
    __builtin_memcpy(&number, &x, LEAST(sizeof number, sizeof x));
    return (double)number;
}

// Of a key that is not beyond the row's.
INLINE ptrdiff_t K(part)(const K(rising) * row, KEY key, KEY x) {
    const double place = (K(number)(row, key, x) - row->low) * row->scale;
    return LEAST((ptrdiff_t)place, PARTS - 1);
}

static void K(make_rising)(TernType type, ptrdiff_t n, const KEY *x, ptrdiff_t searches, KEY *keys, K(rising) * row) {
    K(keys)(type, RISING, n, x, keys);
    row->n = n;
    row->keys = keys;
    row->is_float = sizeof(FLOAT) == sizeof(KEY) && kind_of(type) == FLOAT_KEYS;
    row->has_parts = 0;
    if (n < 2 || searches < PARTS) return;
    row->low = K(number)(row, keys[0], x[0]);
    const double width = K(number)(row, keys[n - 1], x[n - 1]) - row->low;
    row->scale = PARTS / width;
    // Not of infinities and NaN, and of nothing but one number.
    if (!(width > 0 && row->scale > 0 && row->scale - row->scale == 0)) return;
    row->has_parts = 1;
    ptrdiff_t i = 0;
    for (ptrdiff_t part = 0; part <= PARTS; part++) {
        while (i < n && K(part)(row, keys[i], x[i]) < part) i++;
        row->starts[part] = (uint32_t)i;
    }
}

// How many of n >= 1 rising keys are less than `key`, or, to the right, not larger.
INLINE ptrdiff_t K(count_before)(_Bool right, const K(rising) * row, KEY key, KEY x) {
    const KEY *keys = row->keys;
    ptrdiff_t low = 0, high = row->n;
    if (key < keys[0]) return 0;
    if (key > keys[high - 1]) return high;
    if (row->has_parts) {
        const ptrdiff_t part = K(part)(row, key, x);
        low = row->starts[part];
        high = row->starts[part + 1];
    }
    while (low < high) {
        const ptrdiff_t middle = low + (high - low) / 2;
        if (right ? keys[middle] <= key : keys[middle] < key) low = middle + 1;
        else high = middle;
    }
    return low;
}

static void K(search)(TernType type, _Bool right, ptrdiff_t n, const void *sequence, ptrdiff_t count,
                      const void *values, int64_t *y, void *scratch) {
    const KEY *x = values;
    KEY keys[KEY_BLOCK];
    K(rising) row;
    K(make_rising)(type, n, sequence, count, scratch, &row);
    for (ptrdiff_t start = 0; start < count; start += KEY_BLOCK) {
        ptrdiff_t m = LEAST(count - start, KEY_BLOCK);
        K(keys)(type, RISING, m, x + start, keys);
        for (ptrdiff_t i = 0; i < m; i++)
            y[start + i] = n == 0 ? 0 : K(count_before)(right, &row, keys[i], x[start + i]);
    }
}

static void K(histogram)(TernType type, ptrdiff_t bins, const void *edges, ptrdiff_t count, const void *values,
                         int64_t *counts, void *scratch) {
    const KEY *x = values;
    KEY keys[KEY_BLOCK];
    K(rising) row;
    K(make_rising)(type, bins + 1, edges, count, scratch, &row);
    const KEY last = row.keys[bins];
    for (ptrdiff_t start = 0; start < count; start += KEY_BLOCK) {
        ptrdiff_t m = LEAST(count - start, KEY_BLOCK);
        K(keys)(type, RISING, m, x + start, keys);
        for (ptrdiff_t i = 0; i < m; i++) {
            const KEY key = keys[i];
            if (key < row.keys[0] || key > last) continue;
            const ptrdiff_t before = K(count_before)(1, &row, key, x[start + i]);
            counts[key == last ? bins - 1 : before - 1]++;
        }
    }
}
