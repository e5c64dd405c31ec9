"""Writes indexing.json: random subscripts with what NumPy reads and assigns through them, for Tests/TernCoreTests.

    python Tests/Goldens/make_indexing.py

A case has the shape of a tensor of 0, 1, 2, ..., a subscript, the part that it reads, a value that is assigned to it, and
the tensor after that, and after adding the value with np.add.at. Made with NumPy 2.4.
"""

import json
import pathlib

import numpy as np

CASES = 400


def random_shape(rng):
    shape = [int(rng.choice([1, 2, 2, 3, 3, 4, 5])) for _ in range(rng.integers(1, 5))]
    if rng.random() < 0.04:
        shape[rng.integers(len(shape))] = 0
    return shape


def random_end(rng, size):
    return None if rng.random() < 0.3 else int(rng.integers(-size - 2, size + 3))


def random_subscript(rng, shape):
    """A list of (item for NumPy, item for the file)."""
    common = tuple(int(rng.choice([1, 2, 3])) for _ in range(rng.integers(0, 3)))
    items = []
    axis = 0
    while axis < len(shape) and rng.random() < 0.9:
        size = shape[axis]
        kind = rng.choice(["at", "range", "array", "array", "mask", "new", "whole"])
        if kind == "new":
            items.append((None, "new"))
            continue
        if kind == "mask":
            rank = int(rng.integers(0, min(3, len(shape) - axis + 1)))
            mask = rng.random(shape[axis : axis + rank]) < 0.5
            items.append((np.array(mask), {"mask": list(mask.shape), "values": np.array(mask).ravel().astype(int).tolist()}))
            axis += rank
            continue
        if size == 0 and kind != "range":
            kind = "whole"
        if kind == "at":
            index = int(rng.integers(-size, size))
            items.append((index, {"at": index}))
        elif kind == "range":
            step = int(rng.choice([1, 1, 1, 2, 3, -1, -2]))
            start, end = random_end(rng, size), random_end(rng, size)
            items.append((slice(start, end, step), {"from": start, "to": end, "by": step}))
        elif kind == "array":
            sizes = [1 if rng.random() < 0.2 else n for n in common[int(rng.integers(0, len(common) + 1)) :]]
            indices = rng.integers(-size, size, sizes)
            items.append((indices, {"array": sizes, "values": np.array(indices).ravel().tolist()}))
        else:
            items.append((slice(None), "all"))
        axis += 1
    if rng.random() < 0.3:
        items.insert(int(rng.integers(len(items) + 1)), (Ellipsis, "ellipsis"))
    return items


def random_case(rng):
    shape = random_shape(rng)
    x = np.arange(int(np.prod(shape))).reshape(shape)
    items = random_subscript(rng, shape)
    subscript = tuple(item for item, _ in items)
    try:
        part = x[subscript]
    except IndexError:
        return None  # arrays that do not broadcast
    if x.size == 0 and any(isinstance(i, dict) and "mask" in i for _, i in items):
        return None  # NumPy takes masks of wrong sizes then
    if x.size > 60 or part.size > 60 or part.ndim > 8 or not items:
        return None
    drop = int(rng.integers(0, part.ndim + 1))
    sizes = [1 if rng.random() < 0.2 else size for size in part.shape[drop:]]
    value = -1 - np.arange(int(np.prod(sizes))).reshape(sizes)
    assigned, added = x.copy(), x.copy()
    assigned[subscript] = value
    np.add.at(added, subscript, value)
    return {
        "shape": shape, "subscript": [item for _, item in items],
        "part": list(part.shape), "partValues": part.ravel().tolist(),
        "value": sizes, "assigned": assigned.ravel().tolist(), "added": added.ravel().tolist(),
    }


def main():
    rng = np.random.default_rng(20)
    cases = []
    while len(cases) < CASES:
        case = random_case(rng)
        if case is not None:
            cases.append(case)
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    path = pathlib.Path(__file__).with_name("indexing.json")
    path.write_text(f"[\n{lines}\n]\n")
    arrays = sum(sum("array" in i or "mask" in i for i in c["subscript"] if isinstance(i, dict)) >= 2 for c in cases)
    print(f"{path}: {len(cases)} cases, {arrays} with several arrays, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
