"""Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011) in NumPy, and the uniform numbers
that Tern makes of it: large inputs and weights of the training cases are generated on both sides instead of stored."""

import numpy as np


def words(key, count, counter=0):
    """The first `count` 32-bit words of the stream of `key`."""
    blocks = np.arange(counter, counter + (count + 3) // 4, dtype=np.uint64)
    low = np.uint64(0xFFFFFFFF)
    shift = np.uint64(32)
    c0, c1 = blocks & low, blocks >> shift
    c2, c3 = np.zeros_like(c0), np.zeros_like(c0)
    k0, k1 = key & 0xFFFFFFFF, key >> 32
    for _ in range(10):
        p0, p1 = c0 * np.uint64(0xD2511F53), c2 * np.uint64(0xCD9E8D57)
        c0, c1, c2, c3 = (p1 >> shift) ^ c1 ^ np.uint64(k0), p1 & low, (p0 >> shift) ^ c3 ^ np.uint64(k1), p0 & low
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], axis=1).reshape(-1)[:count].astype(np.uint32)


def uniform(key, shape, low, high):
    """float32 numbers low + (high - low) u, with u a multiple of 2^-24 from 0 up to 1; exact for `low`, `high` that are
    powers of two or sums of few."""
    u = (words(key, int(np.prod(shape))) >> np.uint32(8)).astype(np.float32) * np.float32(2**-24)
    return (np.float32(low) + (np.float32(high) - np.float32(low)) * u).reshape(shape)


# The reference's known answer for key 0 and counter 0.
assert [hex(w) for w in words(0, 4)] == ["0x6627e8d5", "0xe169c58d", "0xbc57ac4c", "0x9b00dbd8"]
