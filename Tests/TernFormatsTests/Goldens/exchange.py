"""Exchanges files with PythonTests.swift: `exchange.py write DIR` makes files with safetensors and NumPy, `exchange.py
check DIR` compares those that Tern made of them; `write-large` and `check-large` do so with an array beyond 4 GB."""

import pathlib
import sys

import numpy as np
import safetensors.numpy

mode, folder = sys.argv[1], pathlib.Path(sys.argv[2])
SHAPES = [(), (0,), (1,), (7,), (0, 3), (2, 3), (3, 0, 2), (2, 3, 4), (1, 2, 1, 3, 1, 2, 1, 2)]
DTYPES = ["bool", "uint8", "int32", "int64", "float32", "float64"]


def random(shape, dtype, rng):
    """All bit patterns of a type, NaNs too."""
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    return np.frombuffer(rng.bytes(size), dtype).reshape(shape)


def arrays():
    rng = np.random.default_rng(1)
    return {f"{dtype}.{i}": random(shape, dtype, rng) for dtype in DTYPES for i, shape in enumerate(SHAPES)}


def same(name, ours, theirs):
    assert ours.dtype == theirs.dtype, (name, ours.dtype, theirs.dtype)
    assert ours.shape == theirs.shape, (name, ours.shape, theirs.shape)
    assert ours.tobytes() == theirs.tobytes(), name


def same_sets(ours, theirs):
    assert set(ours) == set(theirs), set(ours) ^ set(theirs)
    for name in theirs:
        same(name, ours[name], theirs[name])


halves = np.frombuffer(np.arange(65536, dtype=np.uint16).tobytes(), np.float16)
many = {f"layer.{i}.é": np.full(i % 5, i, np.float32) for i in range(10_000)}

if mode == "write":
    safetensors.numpy.save_file(arrays(), folder / "all.safetensors", {"é": '"\\\n\x01'})
    safetensors.numpy.save_file(many, folder / "many.safetensors")
    safetensors.numpy.save_file({"halves": halves}, folder / "halves.safetensors")
    np.savez(folder / "stored.npz", **arrays())
    np.savez_compressed(folder / "compressed.npz", **arrays())
    big = {name: a.astype(a.dtype.newbyteorder(">")) for name, a in arrays().items()}
    np.savez(folder / "big.npz", **{name: np.array(a, order="F") for name, a in big.items()})
    np.savez(folder / "many.npz", **many)
    np.savez(folder / "halves.npz", halves=halves)
    for name, array in arrays().items():
        np.save(folder / f"{name}.npy", array)
elif mode == "write-large":
    np.savez(folder / "large.npz", before=np.arange(5), large=np.zeros(2**32 + 8, np.uint8), after=np.arange(7))
elif mode == "check-large":
    with np.load(folder / "ours-large.npz") as ours:
        same("before", ours["before"], np.arange(5))
        same("after", ours["after"], np.arange(7))
        large = ours["large"]
        assert large.shape == (2**32 + 8,) and not large.any()
    print("equal")
else:
    theirs = arrays()
    same_sets(safetensors.numpy.load_file(folder / "ours-all.safetensors"), theirs)
    same_sets(safetensors.numpy.load_file(folder / "ours-many.safetensors"), many)
    for name in ["stored", "compressed", "big", "zip64", "zip64-compressed"]:
        with np.load(folder / f"ours-{name}.npz") as ours:
            same_sets(ours, theirs)
    with np.load(folder / "ours-many.npz") as ours:
        same_sets(ours, many)
    for name, array in theirs.items():
        same(name, np.load(folder / f"ours-{name}.npy"), array)
    with np.errstate(invalid="ignore"):
        wide = halves.astype(np.float32)
    for file in ["safetensors", "npz"]:
        ours = np.load(folder / f"ours-halves-{file}.npy")
        assert np.array_equal(ours, wide, equal_nan=True)
        assert np.array_equal(np.signbit(ours), np.signbit(wide))
    print("equal")
