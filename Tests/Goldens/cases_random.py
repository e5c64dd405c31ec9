"""Cases of random tensors: what each makes of the words of the Philox stream, computed with NumPy. They fix the numbers
that a seed stands for."""

import numpy as np

import philox
from golden import Normal

KEY = 0x0123_4567_89AB_CDEF


def add(file):
    file.begin("uniform")
    file.put("uniform/out0", philox.uniform(KEY, (5, 7), -1, 3))
    file.begin("uniform-float64")
    file.put("uniform-float64/out0", (pairs(20) >> np.uint64(11)).astype(np.float64) * 2.0**-53)
    u = (pairs(20) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    centred = u + (2.0**-54 - 0.5)
    for name, numbers in [
        ("exponential", -np.log1p(-u) / 2.5),
        ("laplace", 1 - 0.5 * np.sign(centred) * np.log1p(-2 * np.abs(centred))),
        ("cauchy", 1 + 0.5 * np.tan(np.pi * centred)),
        ("gumbel", 1 - 0.5 * np.log(-np.log(centred + 0.5))),
        ("geometric", np.maximum(1, np.ceil(np.log1p(-u) / np.log1p(-0.3)))),
    ]:
        file.begin(name)
        file.put(f"{name}/out0", numbers)
    file.begin("randomIntegers")
    file.put("randomIntegers/out0", np.array([-50 + (int(pair) * 151 >> 64) for pair in pairs(20)]))
    file.begin("bernoulli")
    file.put("bernoulli/out0", kept(35, 0.3))
    # The mask is drawn from the stream, the rest is as in PyTorch: what is kept is divided by the chance to be kept.
    file.case("dropout", lambda x: x * x.new_tensor(kept(x.numel(), 0.75)).reshape(x.shape) / 0.75, Normal(6, 9))


def pairs(count):
    """64-bit numbers of two words each, the lower half first."""
    return philox.words(KEY, 2 * count).view(np.uint64)


def kept(count, probability):
    return (philox.words(KEY, count) < round(probability * 2**32)).astype(np.float32)
