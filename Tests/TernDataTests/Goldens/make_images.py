"""What torchvision makes of small images: python3 make_images.py writes images.safetensors.

For each case `u8/NAME` and `f64/NAME`, of the images `u8/x` and `f64/x`.
"""

import os
import re
import sys

import torch
from safetensors.torch import save_file

# torchvision without its C part: its operators are declared, so that the import succeeds. None is called here.
library = torch.library.Library("torchvision", "DEF")
for _ in range(60):
    try:
        import torchvision
        break
    except RuntimeError as error:
        name = re.search(r"operator torchvision::(\w+) does not exist", str(error))
        if not name:
            raise
        library.define(f"{name[1]}(Tensor a) -> Tensor")
        for module in [m for m in sys.modules if m.startswith("torchvision")]:
            del sys.modules[module]

import torchvision.transforms.v2.functional as F
from torchvision.transforms.v2 import InterpolationMode as Mode

generator = torch.Generator().manual_seed(13)
# Smooth enough to have hues and edges, with all of 0...255 in it.
noise = torch.rand(2, 3, 5, 6, generator=generator, dtype=torch.float64)
x = torch.nn.functional.interpolate(noise, size=(9, 11), mode="bicubic").clamp(0, 1)
bytes = (x * 255).round().to(torch.uint8)

def bicubic(x, size, antialias):
    """uint8 in float32, rounded once, as torchvision has it where PyTorch has no path of its own for uint8: that one cuts
    off what overshoots between the axes."""
    y = F.resize(x.float() if x.dtype == torch.uint8 else x, size, Mode.BICUBIC, antialias=antialias)
    return y.round().clamp(0, 255).to(torch.uint8) if x.dtype == torch.uint8 else y


both = {
    "crop": lambda x: F.crop(x, 2, 3, 4, 5),
    "crop outside": lambda x: F.crop(x, -2, 7, 6, 9),
    "center crop": lambda x: F.center_crop(x, [4, 6]),
    "center crop large": lambda x: F.center_crop(x, [12, 6]),
    "pad": lambda x: F.pad(x, [1, 2, 3, 4], fill=0.5 if x.is_floating_point() else 7),
    "pad edge": lambda x: F.pad(x, [1, 2, 3, 4], padding_mode="edge"),
    "pad reflect": lambda x: F.pad(x, [1, 2, 3, 4], padding_mode="reflect"),
    "pad symmetric": lambda x: F.pad(x, [1, 2, 3, 4], padding_mode="symmetric"),
    "horizontal flip": F.horizontal_flip,
    "vertical flip": F.vertical_flip,
    "resize nearest": lambda x: F.resize(x, [6, 14], Mode.NEAREST),
    "resize nearest exact": lambda x: F.resize(x, [6, 14], Mode.NEAREST_EXACT),
    "resize bilinear": lambda x: F.resize(x, [6, 14], antialias=False),
    "resize bilinear antialias": lambda x: F.resize(x, [4, 5], antialias=True),
    "resize bicubic": lambda x: bicubic(x, [6, 14], False),
    "resize bicubic antialias": lambda x: bicubic(x, [4, 5], True),
    "resize shorter": lambda x: F.resize(x, [5], antialias=True),
    "resize longest": lambda x: F.resize(x, [8], max_size=9, antialias=True),
    "resized crop": lambda x: F.resized_crop(x, 1, 2, 7, 6, [5, 8], antialias=True),
    "grey": F.rgb_to_grayscale,
    "grey 3": lambda x: F.rgb_to_grayscale(x, 3),
}
floats = {
    "normalize": lambda x: F.normalize(x, [0.4, 0.5, 0.6], [0.2, 0.25, 0.3]),
}

tensors = {"u8/x": bytes, "f64/x": x}
for name, function in both.items():
    tensors[f"u8/{name}"] = function(bytes)
    tensors[f"f64/{name}"] = function(x)
for name, function in floats.items():
    tensors[f"f64/{name}"] = function(x)
tensors["u8/normalize"] = F.normalize(F.to_dtype(bytes, torch.float32, scale=True), [0.4, 0.5, 0.6], [0.2, 0.25, 0.3])

save_file({name: tensor.contiguous() for name, tensor in tensors.items()},
          os.path.join(os.path.dirname(os.path.abspath(__file__)), "images.safetensors"))
