"""Makes numpy.npz, numpy-compressed.npz, numpy-zip64.npz, version-2.npy and version-3.npy, beside this script, with NumPy 2.4."""

import pathlib
import zipfile

import numpy as np

folder = pathlib.Path(__file__).parent

arrays = {
    "f4": np.array([[1.5, -2, 0], [3.25, np.inf, -0.0]], np.float32),
    "f8": np.array([0.1, -1e300]),
    "i4": np.array([1, -2], np.int32),
    "i8": np.array([2**62, -1], np.int64),
    "u1": np.array([[255, 0]], np.uint8),
    "b1": np.array([True, False]),
    "f2": np.array([1.5, -65504, 6e-8], np.float16),
    "big-f4": np.array([1.5, -2], ">f4"),
    "big-f8": np.array([0.1], ">f8"),
    "big-i4": np.array([1, -2], ">i4"),
    "big-i8": np.array([2**62], ">i8"),
    "big-f2": np.array([1.5, 2], ">f2"),
    "fortran": np.asfortranarray(np.arange(24, dtype=np.float32).reshape(2, 3, 4)),
    "scalar": np.array(7, np.int64),
    "empty": np.zeros((0, 3), np.float32),
    "zeros": np.zeros(5000, np.float32),
    "é": np.array([1], np.uint8),
    "i2": np.array([3], np.int16),
    "c8": np.array([1j], np.complex64),
    "text": np.array(["a"]),
    "record": np.array([(1, 2.0)], [("a", "i4"), ("b", "f4")]),
    "object": np.array([None], object),
}
np.savez(folder / "numpy.npz", **arrays)
np.savez_compressed(folder / "numpy-compressed.npz", **arrays)
for major in (2, 3):
    with open(folder / f"version-{major}.npy", "wb") as file:
        np.lib.format.write_array(file, arrays["f4"], version=(major, 0))

# Python writes all numbers in 64 bits that are beyond these limits, which are usually 2^31 and 2^16.
zipfile.ZIP64_LIMIT = 100
zipfile.ZIP_FILECOUNT_LIMIT = 2
np.savez(folder / "numpy-zip64.npz", **{name: arrays[name] for name in ("f4", "i8", "empty")})
