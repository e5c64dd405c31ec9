"""What torchvision makes of small images: python3 make_images.py writes images.safetensors.

For each case `u8/NAME` of the images `u8/x`, and `f64/NAME` of the second of the images `f64/x`.
"""

import os
import pathlib
import sys

import torch
from safetensors.torch import save_file

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "Examples"))
import torchvision_import  # First: what follows may need its declarations.

import torchvision.transforms.v2.functional as F
from torchvision import tv_tensors
from torchvision.transforms.v2 import InterpolationMode as Mode, RandAugment

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


def hue(x, turn):
    """adjust_hue, but of float64 in float64."""
    if x.dtype == torch.uint8:
        return F.adjust_hue(x, turn)
    from torchvision.transforms.v2.functional import _color
    h, s, v = _color._rgb_to_hsv(x).unbind(-3)
    return _color._hsv_to_rgb(torch.stack([(h + turn).remainder(1), s, v], -3))


def coefficients(start, end):
    """Those of torchvision, but solved without rounding to float32."""
    rows, right = [], []
    for p, q in zip(end, start):
        rows += [[p[0], p[1], 1, 0, 0, 0, -q[0] * p[0], -q[0] * p[1]],
                 [0, 0, 0, p[0], p[1], 1, -q[1] * p[0], -q[1] * p[1]]]
        right += q
    return torch.linalg.solve(torch.tensor(rows, dtype=torch.float64), torch.tensor(right, dtype=torch.float64)).tolist()


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
    "brightness": lambda x: F.adjust_brightness(x, 1.6),
    "contrast": lambda x: F.adjust_contrast(x, 0.4),
    "contrast up": lambda x: F.adjust_contrast(x, 1.7),
    "saturation": lambda x: F.adjust_saturation(x, 0.3),
    "saturation up": lambda x: F.adjust_saturation(x, 1.9),
    "hue": lambda x: hue(x, 0.21),
    "hue back": lambda x: hue(x, -0.43),
    "sharpness": lambda x: F.adjust_sharpness(x, 0.2),
    "sharpness up": lambda x: F.adjust_sharpness(x, 2.5),
    "gamma": lambda x: F.adjust_gamma(x, 1.8),
    "gamma and gain": lambda x: F.adjust_gamma(x, 0.6, 1.3),
    "posterize": lambda x: F.posterize(x, 3),
    "posterize 0": lambda x: F.posterize(x, 0),
    "posterize 8": lambda x: F.posterize(x, 8),
    "solarize": lambda x: F.solarize(x, 0.6 if x.is_floating_point() else 153),
    "autocontrast": lambda x: F.autocontrast(0.2 + 0.5 * x if x.is_floating_point() else x // 2 + 40),
    "equalize": F.equalize,
    "invert": F.invert,
    "blur": lambda x: F.gaussian_blur(x, [5, 3]),
    "blur sigma": lambda x: F.gaussian_blur(x, [7, 7], [1.7, 1.7]),
    "erase": lambda x: F.erase(x, 2, 3, 4, 5, torch.tensor([1, 0, 1], dtype=x.dtype)[:, None, None]),
    "affine nearest": lambda x: F.affine(x, 27, [1.3, -2.2], 0.8, [13, -8]),
    "affine": lambda x: F.affine(x, 27, [1.3, -2.2], 0.8, [13, -8], Mode.BILINEAR),
    "affine center": lambda x: F.affine(x, -61, [0, 2], 1.4, [0, 20], Mode.BILINEAR, [0.2, 0.4, 0.6], [1.5, 4]),
    "rotate": lambda x: F.rotate(x, 31, Mode.BILINEAR, fill=0.5),
    "rotate nearest": lambda x: F.rotate(x, -77.7, fill=[1.0, 0.0, 0.5]),
    "rotate expand": lambda x: F.rotate(x, 125, Mode.BILINEAR, expand=True),
    "rotate center": lambda x: F.rotate(x, 90, Mode.BILINEAR, center=[3, 2.5]),
    "rotate 90": lambda x: F.rotate(x, 90, expand=True),
    "rotate 180": lambda x: F.rotate(x, 180),
    "rotate 90 inside": lambda x: F.rotate(x, 450.0, Mode.BILINEAR),
    "perspective": lambda x: F.perspective(x, None, None, Mode.BILINEAR, 0.3, coefficients(start, end)),
    "perspective nearest": lambda x: F.perspective(x, None, None, Mode.NEAREST, None, coefficients(start, end)),
}
start = [[0, 0], [10, 0], [10, 8], [0, 8]]
end = [[2, 1], [9, 0], [8, 7], [1, 6]]
floats = {
    "normalize": lambda x: F.normalize(x, [0.4, 0.5, 0.6], [0.2, 0.25, 0.3]),
}

tensors = {"u8/x": bytes, "f64/x": x}
for name, function in both.items():
    tensors[f"u8/{name}"] = function(bytes)
    tensors[f"f64/{name}"] = function(x[1])
for name, function in floats.items():
    tensors[f"f64/{name}"] = function(x[1])
tensors["u8/normalize"] = F.normalize(F.to_dtype(bytes, torch.float32, scale=True), [0.4, 0.5, 0.6], [0.2, 0.25, 0.3])

augment = RandAugment()
kinds = {"u8": bytes, "f64": x[1]}
for name, (magnitudes, signed) in augment._AUGMENTATION_SPACE.items():
    values = magnitudes(31, 9, 11)
    for sign in [1, -1] if signed else [1]:
        magnitude = 0.0 if values is None else sign * float(values[17])
        for kind, image in kinds.items():
            tensors[f"{kind}/augment {name}{' back' if sign < 0 else ''}"] = augment._apply_image_or_video_transform(
                image, name, magnitude, Mode.NEAREST, {type(image): None})

# An image with a mask and boxes, and what becomes of the three.
mask = (noise[0, 0] * 4).long().repeat_interleave(2, 0)[:9].repeat_interleave(2, 1)[:, :11]
boxes = torch.tensor([[1, 2, 6, 5], [0, 0, 11, 9], [7.5, 3, 10, 8.5]], dtype=torch.float64)
tensors |= {"annotated/mask": mask, "annotated/boxes": boxes}
annotated = {
    "crop": lambda x: F.crop(x, 2, 3, 5, 6),
    "crop outside": lambda x: F.crop(x, -2, 7, 6, 9),
    "pad": lambda x: F.pad(x, [1, 2, 3, 4]),
    "horizontal flip": F.horizontal_flip,
    "vertical flip": F.vertical_flip,
    "resize": lambda x: F.resize(x, [6, 14], antialias=True),
    "rotate": lambda x: F.rotate(x, 31, Mode.BILINEAR),
    "rotate expand": lambda x: F.rotate(x, 125, Mode.BILINEAR, expand=True),
    "rotate center": lambda x: F.rotate(x, 77, Mode.BILINEAR, center=[3, 2.5]),
    "affine": lambda x: F.affine(x, 27, [1.3, -2.2], 0.8, [13, -8], Mode.BILINEAR),
    "perspective": lambda x: F.perspective(x, None, None, Mode.BILINEAR, None, coefficients(start, end)),
}
for name, function in annotated.items():
    tensors[f"annotated/{name}/image"] = function(tv_tensors.Image(x[0])).as_subclass(torch.Tensor)
    tensors[f"annotated/{name}/mask"] = function(tv_tensors.Mask(mask)).as_subclass(torch.Tensor)
    box = tv_tensors.BoundingBoxes(boxes, format="XYXY", canvas_size=(9, 11))
    tensors[f"annotated/{name}/boxes"] = function(box).as_subclass(torch.Tensor)

save_file({name: tensor.contiguous().clone() for name, tensor in tensors.items()},
          os.path.join(os.path.dirname(os.path.abspath(__file__)), "images.safetensors"))
