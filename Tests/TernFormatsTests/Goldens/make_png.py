"""Makes png.safetensors, beside this script: PNG files of every colour type and depth, interlaced and not, as bytes, and
their samples as pypng 0.20 reads them. Pillow must agree where it keeps the depth. Needs numpy, pillow, pypng, safetensors.

For a file `name` there are `name` (uint8, the file), `name.samples` ([H, W, C], palettes and tRNS applied, in the file's depth).
The encoder is written out here because no library writes all of these: each row has another filter.
"""

import io
import pathlib
import struct
import zlib

import numpy as np
import png
from PIL import Image
from safetensors.numpy import save_file

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
SAMPLES = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
DEPTHS = {GREY: [1, 2, 4, 8, 16], RGB: [8, 16], PALETTE: [1, 2, 4, 8], GREY_ALPHA: [8, 16], RGBA: [8, 16]}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(row, depth):
    """The samples of a row as bytes."""
    if depth == 16:
        return row.astype(">u2").tobytes()
    bits = "".join(format(sample, f"0{depth}b") for sample in row)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def paeth(a, b, c):
    distances = [abs(a + b - c - x) for x in (a, b, c)]
    return (a, b, c)[distances.index(min(distances))]


def filtered(rows, pixel):
    result = b""
    above = bytes(len(rows[0]))
    for number, row in enumerate(rows):
        kind = (number + 1) % 5
        out = bytearray()
        for i, value in enumerate(row):
            a = row[i - pixel] if i >= pixel else 0
            b = above[i]
            c = above[i - pixel] if i >= pixel else 0
            out.append((value - [0, a, b, (a + b) // 2, paeth(a, b, c)][kind]) % 256)
        result += bytes([kind]) + out
        above = row
    return result


def encoded(samples, color, depth, interlaced, extra=()):
    """The file of samples [H, W, S]."""
    height, width, count = samples.shape
    pixel = max(count * depth // 8, 1)
    data = b""
    for x, y, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = samples[y::dy, x::dx]
        if part.size:
            data += filtered([packed(row.reshape(-1), depth) for row in part], pixel)
    data = zlib.compress(data)
    middle = len(data) // 2
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    chunks = [(b"IHDR", header), (b"tEXt", b"Comment\0two IDAT chunks"), *extra]
    chunks += [(b"IDAT", data[:middle]), (b"IDAT", data[middle:]), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


def add(name, samples, color, depth, interlaced, palette=None, transparency=None):
    extra = []
    if palette is not None:
        extra.append((b"PLTE", palette.astype(np.uint8).tobytes()))
    if transparency is not None:
        extra.append((b"tRNS", transparency))
    file = encoded(samples, color, depth, interlaced, extra)
    files[name] = np.frombuffer(file, np.uint8)

    width, height, rows, info = png.Reader(bytes=file).asDirect()
    expected = np.array([list(row) for row in rows], np.int32).reshape(height, width, -1)
    assert info["bitdepth"] == (8 if palette is not None else depth)
    files[name + ".samples"] = expected.astype(np.int32 if depth == 16 else np.uint8)
    if depth == 8 or palette is not None:
        mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[expected.shape[2]]
        pillow = np.array(Image.open(io.BytesIO(file)).convert(mode)).reshape(expected.shape)
        assert (pillow == expected).all(), name


files = {}
random = np.random.default_rng(1)
for color, depths in DEPTHS.items():
    for depth in depths:
        for interlaced in (False, True):
            name = f"{['grey', '', 'rgb', 'palette', 'greyalpha', '', 'rgba'][color]}{depth}" + "i" * interlaced
            for suffix, (height, width) in {"": (9, 11), "-1x1": (1, 1), "-3x2": (3, 2)}.items():
                if suffix and not (interlaced or (color, depth) in [(GREY, 1), (GREY, 8)]):
                    continue
                steps = np.add.outer(7 * np.arange(height), 3 * np.arange(width))[..., None] * (1 + np.arange(SAMPLES[color]))
                samples = (steps * max(2**depth // 64, 1) + random.integers(0, 2, steps.shape)) % 2**depth
                palette = random.integers(0, 256, (2**depth, 3)) if color == PALETTE else None
                add(name + suffix, samples, color, depth, interlaced, palette)
                if color == PALETTE and not suffix:
                    alpha = bytes(random.integers(0, 256, 2**depth - 1).tolist())
                    add(name + "-trns", samples, color, depth, interlaced, palette, alpha)
                if color in (GREY, RGB) and not suffix:
                    key = struct.pack(f">{SAMPLES[color]}H", *samples[4, 5].tolist())
                    add(name + "-trns", samples, color, depth, interlaced, None, key)
path = pathlib.Path(__file__).parent / "png.safetensors"
save_file(files, path)
path.chmod(0o644)
