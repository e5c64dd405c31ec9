"""Makes numpy.npz, numpy-compressed.npz, numpy-zip64.npz, version-2.npy, version-3.npy, numpy-integers.npz,
integers.safetensors and numpy-spellings.txt, beside this script, with NumPy 2.4 and safetensors 0.8."""

import io
import itertools
import pathlib
import warnings
import zipfile

import numpy as np
import safetensors.numpy

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

# The least and the greatest value of each integer type, in both byte orders; and those of uint64 that int64 holds.
integers = {}
for bits in (8, 16, 32, 64):
    for name in (f"int{bits}", f"uint{bits}"):
        info = np.iinfo(name)
        greatest = min(info.max, 2**63 - 1)
        integers[name] = np.array([info.min, 1, greatest], name)
integers["too large"] = np.array([1, 2**63 - 1, 2**63, 2**64 - 1], np.uint64)
safetensors.numpy.save_file(integers, folder / "integers.safetensors")
big = {"big " + name: array.astype(array.dtype.newbyteorder(">")) for name, array in integers.items()}
np.savez(folder / "numpy-integers.npz", **integers, **big)


def read_as(spelling):
    """The type that NumPy takes a spelling in a header for: its own name of it, or - if it refuses."""
    header = ("{'descr': %r, 'fortran_order': False, 'shape': (1,), }" % spelling).ljust(117) + "\n"
    file = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + bytes(64)
    try:
        return np.load(io.BytesIO(file)).dtype.str
    except ValueError:
        return "-"


letters = "?bBhHiIlLqQnNpPefdgFDcOSUVMmawx"
sizes = ["1", "b1", "b2", "b8", "B1", "i1", "i2", "i3", "i4", "i8", "u1", "u2", "u4", "u8", "u16", "f2", "f4", "f8"]
sizes += ["f16", "c8", "c16", "h2", "l8", "?1", "S1", "U1", "a1", "V1", "M8[s]", "m8", "float32", "bool"]
words = "bool bool_ bool8 int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 float int half "
words += "single double byte ubyte short ushort intc uintc long ulong longlong ulonglong int_ uint float_ longdouble "
words += "Float32 float128 bfloat16 intp uintp str object complex64"
spellings = ["".join(pair) for pair in itertools.product(["", "<", ">", "=", "|", "!"], [*letters, *sizes])]
spellings += [*words.split(), "", "<", " f4", "f4 ", "<f4 ", "<<f4", "f4f4", "4f", "i4,", "(2,)i4"]
with open(folder / "numpy-spellings.txt", "w") as file, warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for spelling in dict.fromkeys(spellings):
        file.write(f"{spelling}\t{read_as(spelling)}\n")

# Python writes all numbers in 64 bits that are beyond these limits, which are usually 2^31 and 2^16.
zipfile.ZIP64_LIMIT = 100
zipfile.ZIP_FILECOUNT_LIMIT = 2
np.savez(folder / "numpy-zip64.npz", **{name: arrays[name] for name in ("f4", "i8", "empty")})
