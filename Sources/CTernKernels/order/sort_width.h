// Sorting by digits from the lowest up, which is stable.

// Each goes to the place that as many keys are less: many comparisons, but no choice among them.
static void K(sort_short)(ptrdiff_t n, const K(pair) * pairs, int64_t *order) {
    KEY keys[SHORT_ROW];
    uint8_t equals[SHORT_ROW] = {};
    for (ptrdiff_t i = 0; i < n; i++) keys[i] = pairs[i].key;
    for (ptrdiff_t i = 0; i < n; i++) {
        KEY less = 0;
        for (ptrdiff_t j = 0; j < n; j++) less = (KEY)(less + (keys[j] < keys[i]));
        order[less + equals[less]++] = pairs[i].index;
    }
}

// `from` and `to` are n pairs each.
INLINE K(pair) * K(by_digits)(const int digit, ptrdiff_t n, K(pair) * from, K(pair) * to) {
    enum { MOST_PASSES = (BITS + NARROW_DIGIT - 1) / NARROW_DIGIT, MOST_WIDE = (BITS + WIDE_DIGIT - 1) / WIDE_DIGIT };
    const int passes = (BITS + digit - 1) / digit, size = 1 << digit, mask = size - 1;
    uint32_t counts[digit == NARROW_DIGIT ? MOST_PASSES << NARROW_DIGIT : MOST_WIDE << WIDE_DIGIT];
    __builtin_memset(counts, 0, (size_t)(passes * size) * sizeof *counts);
    for (ptrdiff_t i = 0; i < n; i++)
        for (int pass = 0; pass < passes; pass++) counts[pass * size + (int)(from[i].key >> pass * digit & mask)]++;
    for (int pass = 0; pass < passes; pass++) {
        uint32_t *places = counts + pass * size, sum = 0;
        const int shift = pass * digit;
        if (places[from[0].key >> shift & mask] == n) continue;  // One digit in all keys.
        for (int i = 0; i < size; i++) {
            uint32_t count = places[i];
            places[i] = sum;
            sum += count;
        }
        for (ptrdiff_t i = 0; i < n; i++) to[places[from[i].key >> shift & mask]++] = from[i];
        K(pair) *other = from;
        from = to;
        to = other;
    }
    return from;
}

// Sorts more than SHORT_ROW pairs into one of the two; returns which.
static K(pair) * K(sort_long)(ptrdiff_t n, K(pair) * pairs, K(pair) * others) {
    if (BITS <= 16 || n <= MIDDLE_ROW) return K(by_digits)(NARROW_DIGIT, n, pairs, others);
    return K(by_digits)(WIDE_DIGIT, n, pairs, others);
}

static void K(sort_pairs)(ptrdiff_t n, K(pair) * pairs, K(pair) * others, int64_t *order) {
    if (n <= SHORT_ROW) return K(sort_short)(n, pairs, order);
    const K(pair) *sorted = K(sort_long)(n, pairs, others);
    for (ptrdiff_t i = 0; i < n; i++) order[i] = sorted[i].index;
}

#if BITS < 64
static void K(sort)(TernType type, _Bool falling, ptrdiff_t n, const void *x, int64_t *order, void *scratch) {
    K(pair) *pairs = scratch;
    K(pairs)(type, falling ? FALLING : RISING, n, x, pairs);
    K(sort_pairs)(n, pairs, pairs + n, order);
}
#else
// The 32 highest bits that differ decide nearly always, and are sorted alone; then the lowest 32 where they are equal.
static void K(sort)(TernType type, _Bool falling, ptrdiff_t n, const void *elements, int64_t *order, void *scratch) {
    const KeyOrder direction = falling ? FALLING : RISING;
    const KEY *x = elements;
    if (n <= SHORT_ROW) {
        K(pairs)(type, direction, n, x, scratch);
        return K(sort_short)(n, scratch, order);
    }
    KEY keys[KEY_BLOCK], first, different = 0;
    K(keys)(type, direction, 1, x, &first);
    for (ptrdiff_t start = 0, m; start < n; start += m) {
        m = LEAST(n - start, KEY_BLOCK);
        K(keys)(type, direction, m, x + start, keys);
        for (ptrdiff_t i = 0; i < m; i++) different |= keys[i] ^ first;
    }
    const int shift = different >> 32 ? 32 - __builtin_clzll(different) : 0;
    pair_32 *pairs = scratch;
    for (ptrdiff_t start = 0, m; start < n; start += m) {
        m = LEAST(n - start, KEY_BLOCK);
        K(keys)(type, direction, m, x + start, keys);
        for (ptrdiff_t i = 0; i < m; i++)
            pairs[start + i] = (pair_32){(uint32_t)(keys[i] >> shift), (uint32_t)(start + i)};
    }
    pair_32 *sorted = sort_long_32(n, pairs, pairs + n), *others = sorted == pairs ? pairs + n : pairs;
    for (ptrdiff_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && shift && sorted[end].key == sorted[i].key; end++) continue;
        if (end == i + 1) {
            order[i] = sorted[i].index;
            continue;
        }
        for (ptrdiff_t j = i; j < end; j++) {
            K(keys)(type, direction, 1, x + sorted[j].index, keys);
            others[j] = (pair_32){(uint32_t)keys[0], sorted[j].index};
        }
        sort_pairs_32(end - i, others + i, sorted + i, order + i);
    }
}
#endif

// How many pairs are kept at most while the first `k` of n are looked for.
INLINE ptrdiff_t K(kept)(ptrdiff_t n, ptrdiff_t k) { return LEAST(n, 2 * k + 2 * KEY_BLOCK); }

// Of `count` pairs leaves the first `k` in the order of their keys, where they stand; returns the largest key that is
// left.
static KEY K(keep_first)(ptrdiff_t k, ptrdiff_t count, K(pair) * pairs, KEY *scratch) {
    for (ptrdiff_t i = 0; i < count; i++) scratch[i] = pairs[i].key;
    ptrdiff_t equal = k - 1;
    const KEY last = K(key_at)(count, scratch, &equal, scratch);
    ptrdiff_t left = 0;
    for (ptrdiff_t i = 0; i < count; i++) {
        const K(pair) pair = pairs[i];
        pairs[left] = pair;
        left += pair.key < last || (pair.key == last && equal-- >= 0);
    }
    return last;
}

// Few are kept in order, among which each is put that is less than the last.
static void K(insert_first)(TernType type, _Bool falling, ptrdiff_t n, ptrdiff_t k, const KEY *x, int64_t *order) {
    K(pair) first[FEW];
    KEY keys[KEY_BLOCK];
    ptrdiff_t count = 0;
    for (ptrdiff_t start = 0; start < n; start += KEY_BLOCK) {
        ptrdiff_t m = LEAST(n - start, KEY_BLOCK);
        K(keys)(type, falling ? FALLING : RISING, m, x + start, keys);
        for (ptrdiff_t i = 0; i < m; i++) {
            const KEY key = keys[i];
            if (count == k && key >= first[k - 1].key) continue;
            ptrdiff_t place = count < k ? count++ : k - 1;
            for (; place > 0 && first[place - 1].key > key; place--) first[place] = first[place - 1];
            first[place] = (K(pair)){key, (uint32_t)(start + i)};
        }
    }
    for (ptrdiff_t i = 0; i < k; i++) order[i] = first[i].index;
}

// What is not less than the last of the first k so far cannot be among the first: equal ones come later.
static void K(sort_first)(TernType type, _Bool falling, ptrdiff_t n, ptrdiff_t k, const void *elements, int64_t *order,
                          void *scratch) {
    if (k == 0) return;
    if (k <= FEW) return K(insert_first)(type, falling, n, k, elements, order);
    const ptrdiff_t capacity = K(kept)(n, k);
    const KEY *x = elements;
    K(pair) *pairs = scratch;
    KEY keys[KEY_BLOCK], *rest = (KEY *)(pairs + 2 * capacity), limit = 0;
    _Bool is_limited = 0;
    ptrdiff_t count = 0;
    for (ptrdiff_t start = 0; start < n; start += KEY_BLOCK) {
        ptrdiff_t m = LEAST(n - start, KEY_BLOCK);
        K(keys)(type, falling ? FALLING : RISING, m, x + start, keys);
        if (is_limited) {
            KEY least = keys[0];
            for (ptrdiff_t i = 1; i < m; i++) least = LEAST(keys[i], least);
            if (least >= limit) continue;
        }
        if (count + m > capacity) {
            limit = K(keep_first)(k, count, pairs, rest);
            is_limited = 1;
            count = k;
        }
        for (ptrdiff_t i = 0; i < m; i++) {
            pairs[count] = (K(pair)){keys[i], (uint32_t)(start + i)};
            count += !is_limited || keys[i] < limit;
        }
    }
    if (count > k) K(keep_first)(k, count, pairs, rest);
    K(sort_pairs)(k, pairs, pairs + capacity, order);
}

static void K(sort_some)(TernType type, ptrdiff_t n, const void *x, ptrdiff_t count, const int64_t *places,
                         int64_t *order, void *scratch) {
    if (count > SELECTED) {
        int64_t *all = (int64_t *)((K(pair) *)scratch + 2 * n);
        K(sort)(type, 0, n, x, all, scratch);
        for (ptrdiff_t i = 0; i < count; i++) order[i] = all[places[i]];
        return;
    }
    KEY *keys = scratch;
    K(keys)(type, RISING, n, x, keys);
    for (ptrdiff_t i = 0; i < count; i++) order[i] = K(index_at)(n, keys, places[i], keys + n);
}
