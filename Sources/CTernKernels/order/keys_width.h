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
        for (ptrdiff_t i = 0; i < m; i++) {
            _Bool wins = keys[i] >= best;
            best = wins ? keys[i] : best;
            value = wins ? x[start + i] : value;
            index = wins ? start + i : index;
            y[start + i] = value;
            indices[start + i] = index;
        }
    }
}

// Where in a row keys are that begin alike.
typedef struct {
    int shift;
    uint32_t starts[BUCKETS + 2];
} K(buckets);

// Of a row of n >= 1 rising keys.
static void K(make_buckets)(ptrdiff_t n, const KEY *row, K(buckets) * buckets) {
    const KEY span = (KEY)(row[n - 1] - row[0]);
    buckets->shift = 0;
    while (span >> buckets->shift >= BUCKETS) buckets->shift++;
    ptrdiff_t i = 0;
    for (ptrdiff_t bucket = 0; bucket <= (ptrdiff_t)(span >> buckets->shift); bucket++) {
        buckets->starts[bucket] = (uint32_t)i;
        while (i < n && (KEY)(row[i] - row[0]) >> buckets->shift == (KEY)bucket) i++;
        buckets->starts[bucket + 1] = (uint32_t)i;
    }
}

// How many of n >= 1 rising keys are less than `key`, or, to the right, not larger.
INLINE ptrdiff_t K(count_before)(_Bool right, ptrdiff_t n, const KEY *row, const K(buckets) * buckets, KEY key) {
    if (key < row[0]) return 0;
    if (key > row[n - 1]) return n;
    ptrdiff_t low = 0, high = n;
    if (buckets) {
        const ptrdiff_t bucket = (ptrdiff_t)((KEY)(key - row[0]) >> buckets->shift);
        low = buckets->starts[bucket];
        high = buckets->starts[bucket + 1];
    }
    while (low < high) {
        const ptrdiff_t middle = low + (high - low) / 2;
        if (right ? row[middle] <= key : row[middle] < key) low = middle + 1;
        else high = middle;
    }
    return low;
}

static void K(search)(TernType type, _Bool right, ptrdiff_t n, const void *sequence, ptrdiff_t count,
                      const void *values, int64_t *y, void *scratch) {
    KEY *row = scratch, keys[KEY_BLOCK];
    K(buckets) storage, *buckets = n > 0 && count >= BUCKETS ? &storage : NULL;
    K(keys)(type, RISING, n, sequence, row);
    if (buckets) K(make_buckets)(n, row, buckets);
    for (ptrdiff_t start = 0; start < count; start += KEY_BLOCK) {
        ptrdiff_t m = LEAST(count - start, KEY_BLOCK);
        K(keys)(type, RISING, m, (const KEY *)values + start, keys);
        for (ptrdiff_t i = 0; i < m; i++) y[start + i] = n == 0 ? 0 : K(count_before)(right, n, row, buckets, keys[i]);
    }
}
