"""What Keras's ImageDataGenerator makes of small images at fixed parameters:
KERAS_BACKEND=torch python3 make_keras.py writes keras.safetensors.

For each case `NAME`, of the images `x` (float32 in 0...255, [N, C, H, W]) or `data` (to be fitted).
"""

import os
import sys
import types

os.environ.setdefault("KERAS_BACKEND", "torch")
import numpy
import scipy.ndimage

# Keras calls SciPy's function by a name that SciPy has no more.
module = types.ModuleType("scipy.ndimage.interpolation")
module.affine_transform = scipy.ndimage.affine_transform
sys.modules["scipy.ndimage.interpolation"] = scipy.ndimage.interpolation = module

import keras
from keras.src.legacy.preprocessing.image import ImageDataGenerator
from safetensors.numpy import save_file

keras.config.set_image_data_format("channels_first")
numbers = numpy.random.default_rng(13)
x = numbers.uniform(0, 255, (2, 3, 9, 9)).astype("float32")
# Neighbours are alike, as in pictures, so that there is something to whiten.
data = scipy.ndimage.gaussian_filter(numbers.normal(0.4, 1, (200, 2, 5, 4)), (0, 0, 0.6, 0.6)).astype("float32")

transforms = {
    "rotation": dict(theta=33.0),
    "shift": dict(tx=1.3, ty=-2.6),
    "shear": dict(shear=21.0),
    "zoom": dict(zx=1.4, zy=0.7),
    "all": dict(theta=-140.0, tx=-2.2, ty=0.9, shear=-11.0, zx=0.8, zy=1.3),
    "far": dict(tx=30.5, ty=-25.25),
}
modes = {
    "nearest": dict(fill_mode="nearest"), "constant": dict(fill_mode="constant", cval=77.0),
    "reflect": dict(fill_mode="reflect"), "wrap": dict(fill_mode="wrap"),
}
others = {
    "channel shift": dict(channel_shift_intensity=40.0), "channel shift down": dict(channel_shift_intensity=-90.5),
    "brightness": dict(brightness=1.7), "darkness": dict(brightness=0.3),
    "flips": dict(flip_horizontal=True, flip_vertical=True),
    "everything": dict(theta=20.0, tx=1.0, channel_shift_intensity=25.0, flip_horizontal=True, brightness=0.6),
}
fits = {
    "rescale": dict(rescale=1 / 255), "samplewise center": dict(samplewise_center=True),
    "samplewise": dict(samplewise_std_normalization=True), "featurewise center": dict(featurewise_center=True),
    "featurewise": dict(featurewise_std_normalization=True), "zca": dict(zca_whitening=True),
    "zca large": dict(zca_whitening=True, zca_epsilon=5.0), "all kinds": dict(
        rescale=0.5, samplewise_std_normalization=True, featurewise_std_normalization=True),
}


def made(settings, images, parameters):
    generator = ImageDataGenerator(data_format="channels_first", **settings)
    return numpy.stack([generator.apply_transform(image.copy(), parameters) for image in images]).astype("float32")


tensors = {"x": x, "data": data}
for name, parameters in transforms.items():
    for mode, settings in modes.items():
        tensors[f"{name}/{mode}"] = made(settings, x, parameters)
for name, parameters in others.items():
    tensors[f"{name}/nearest"] = made({}, x, parameters)
# Outside of 0...255 brightness works in a range of its own.
tensors["brightness/outside"] = made({}, x * 2 - 60, dict(brightness=1.3))
tensors["brightness/above"] = made({}, x + 30, dict(brightness=1.3))
for name, settings in fits.items():
    generator = ImageDataGenerator(data_format="channels_first", **settings)
    generator.fit(data)
    tensors[f"fit/{name}"] = numpy.stack([generator.standardize(image.copy()[None])[0] for image in data[:5]])
    if "zca" in name:
        white = numpy.concatenate([generator.standardize(image.copy()[None]) for image in data]).reshape(200, -1)
        tensors[f"products/{name}"] = white.T @ white / 200

save_file({name: numpy.ascontiguousarray(tensor) for name, tensor in tensors.items()},
          os.path.join(os.path.dirname(os.path.abspath(__file__)), "keras.safetensors"))
