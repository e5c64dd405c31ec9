"""Files of pictures and what Pillow reads in them: python3 make_pictures.py writes pictures.safetensors.

For each case `NAME/file`, the bytes, and `NAME/rgb` and `NAME/grey`, the pixels.
"""

import io
import os

import numpy
from PIL import Image
from safetensors.numpy import save_file

numbers = numpy.random.default_rng(13)
# A smooth picture, as photographs are: JPEG has little to lose.
y, x = numpy.mgrid[0:13, 0:18]
smooth = numpy.stack([128 + 100 * numpy.sin(x / 5 + c) * numpy.cos(y / 4 - c) for c in range(3)], -1).astype("uint8")
color, grey = Image.fromarray(smooth), Image.fromarray(smooth[..., 0])


def saved(image, **options):
    file = io.BytesIO()
    image.save(file, **options)
    return file.getvalue()


samples = numbers.integers(0, 100, (3, 4, 3))
text = " ".join(str(n) for n in samples.flatten())
wide = numbers.integers(0, 65536, (3, 4))
files = {
    "jpeg": saved(color, format="JPEG", quality=90),
    "jpeg 444": saved(color, format="JPEG", quality=95, subsampling=0),
    "jpeg progressive": saved(color, format="JPEG", quality=80, progressive=True),
    "jpeg grey": saved(grey, format="JPEG", quality=90),
    "ppm": saved(color, format="PPM"),
    "pgm": saved(grey, format="PPM"),
    "png": saved(color, format="PNG"),
    "png grey": saved(grey, format="PNG"),
    "ppm text": f"P3 # a comment\n4 3\n# another\n99\n{text}".encode(),
    "pgm text": ("P2\n4 3\n255\n" + "\n".join(str(n) for n in samples[..., 0].flatten())).encode(),
    "ppm of 99": b"P6\n4 3 99\n" + samples.astype("uint8").tobytes(),
}

tensors = {}
for name, data in files.items():
    tensors[f"{name}/file"] = numpy.frombuffer(data, "uint8")
    image = Image.open(io.BytesIO(data))
    tensors[f"{name}/rgb"] = numpy.ascontiguousarray(numpy.asarray(image.convert("RGB")).transpose(2, 0, 1))
    tensors[f"{name}/grey"] = numpy.asarray(image.convert("L"))[None]
# Pillow reads these as 32-bit integers; a picture here has 8 bits.
tensors["pgm of 65535/file"] = numpy.frombuffer(b"P5 4 3 65535\n" + wide.astype(">u2").tobytes(), "uint8")
tensors["pgm of 65535/grey"] = numpy.round(wide / 257).astype("uint8")[None]
tensors["pgm of 65535/rgb"] = numpy.repeat(tensors["pgm of 65535/grey"], 3, axis=0)

save_file(tensors, os.path.join(os.path.dirname(os.path.abspath(__file__)), "pictures.safetensors"))
