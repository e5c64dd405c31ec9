// Selecting by digits from the highest down: what has another digit than the wanted key is left behind.

// The key at place `*place` of the sorted keys; `*place` becomes its place among those that equal it. `scratch` is n
// keys, and may be `keys`.
static KEY K(key_at)(ptrdiff_t n, const KEY *keys, ptrdiff_t *place, KEY *scratch) {
    KEY different = 0;
    for (ptrdiff_t i = 0; i < n; i++) different |= keys[i] ^ keys[0];
    int shift = 0;
    while (shift < BITS - NARROW_DIGIT && different >> shift >> NARROW_DIGIT) shift += NARROW_DIGIT;
    for (; shift >= 0 && n > 1; shift -= NARROW_DIGIT) {
        // Two of each, so that equal neighbours do not wait for each other.
        uint32_t counts[2][1 << NARROW_DIGIT] = {};
        const int mask = (1 << NARROW_DIGIT) - 1;
        ptrdiff_t i = 0, left = 0;
        for (; i + 1 < n; i += 2) {
            counts[0][keys[i] >> shift & mask]++;
            counts[1][keys[i + 1] >> shift & mask]++;
        }
        if (i < n) counts[0][keys[i] >> shift & mask]++;
        int digit = 0;
        for (ptrdiff_t count; *place >= (count = (ptrdiff_t)counts[0][digit] + counts[1][digit]); digit++)
            *place -= count;
        if ((ptrdiff_t)counts[0][digit] + counts[1][digit] == n) continue;
        for (i = 0; i < n; i++) {
            const KEY key = keys[i];
            scratch[left] = key;
            left += (int)(key >> shift & mask) == digit;
        }
        keys = scratch;
        n = left;
    }
    return keys[0];
}

// The index of the element at a place of the stable order.
static ptrdiff_t K(index_at)(ptrdiff_t n, const KEY *keys, ptrdiff_t place, KEY *scratch) {
    const KEY key = K(key_at)(n, keys, &place, scratch);
    ptrdiff_t i = 0;
    while (keys[i] != key || place-- > 0) i++;
    return i;
}
