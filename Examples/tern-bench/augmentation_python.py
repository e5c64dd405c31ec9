"""Images a second of what `tern-bench --augmentation` times, in torchvision and Keras, as JSON lines.

    KERAS_BACKEND=torch python Examples/tern-bench/augmentation_python.py torchvision|keras [THREADS]
    KERAS_BACKEND=torch python Examples/tern-bench/augmentation_python.py --beside .build/release/tern-bench [THREADS ...]

Each image has parameters of its own, as in training. torchvision's transforms draw for one image at a time, so they are
called one by one, on as many threads as are given; Keras's ImageDataGenerator likewise within its batch, and its layers take
the whole batch. The best of many rounds counts. Beside `tern-bench`, a table for 1 thread and one for 2, unless said otherwise.
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import time
import warnings

os.environ.setdefault("KERAS_BACKEND", "torch")
warnings.simplefilter("ignore")
import numpy
import torch

IMAGES = numpy.random.default_rng(0).integers(0, 256, (128, 3, 32, 32), dtype="uint8")
MEAN, DEVIATION = [0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]


def torchvision_pipelines(threads):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
    from torchvision_import import torchvision

    v2 = torchvision.transforms.v2
    images = list(torch.from_numpy(IMAGES))
    # Small images gain nothing from threads within an operation: whole images are given to threads.
    torch.set_num_threads(1)
    pool = concurrent.futures.ThreadPoolExecutor(threads)

    def batch(transform):
        parts = [images[i::threads] for i in range(threads)]
        if threads == 1:
            return lambda: torch.stack([transform(image) for image in images])
        return lambda: [torch.stack(p) for p in pool.map(lambda part: [transform(image) for image in part], parts)]

    yield "crop, flip, normalize", batch(v2.Compose([
        v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(), v2.ToDtype(torch.float32, scale=True),
        v2.Normalize(MEAN, DEVIATION)]))
    yield "color jitter", batch(v2.ColorJitter(0.4, 0.4, 0.4, 0.1))
    yield "RandAugment", batch(v2.RandAugment())
    yield "rotation and shift", batch(v2.Compose([
        v2.ToDtype(torch.float32),
        v2.RandomAffine(15, translate=(0.1, 0.1), interpolation=v2.InterpolationMode.BILINEAR)]))


def keras_pipelines(threads):
    import types

    import scipy.ndimage

    # Keras calls SciPy's function by a name that SciPy has no more.
    module = types.ModuleType("scipy.ndimage.interpolation")
    module.affine_transform = scipy.ndimage.affine_transform
    sys.modules["scipy.ndimage.interpolation"] = scipy.ndimage.interpolation = module
    import keras
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    torch.set_num_threads(threads)
    pictures = numpy.ascontiguousarray(IMAGES.transpose(0, 2, 3, 1))

    def stream(**settings):
        generator = ImageDataGenerator(**settings)
        generator.fit(pictures)
        batches = generator.flow(pictures, batch_size=128)
        return lambda: next(batches)

    def layer(layer):
        batch = torch.from_numpy(pictures)
        return lambda: layer(batch, training=True)

    # It has no crop that differs from image to image: a shift does the same.
    yield "crop, flip, normalize", stream(
        width_shift_range=4, height_shift_range=4, fill_mode="constant", horizontal_flip=True, rescale=1 / 255,
        featurewise_center=True, featurewise_std_normalization=True)
    yield "color jitter", layer(keras.layers.RandomColorJitter((0, 255), 0.4, 0.4, 0.4, 0.1))
    yield "RandAugment", layer(keras.layers.RandAugment((0, 255), num_ops=2))
    yield "rotation and shift", stream(rotation_range=15, width_shift_range=0.1, height_shift_range=0.1)


def rate(call):
    call()
    best, start = float("inf"), time.perf_counter()
    while time.perf_counter() - start < 2:
        begin = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - begin)
    return round(128 / best)


def beside(command, threads):
    columns = {}
    for system, line in {
        "Tern": [command, "--augmentation", "--json", "--threads", str(threads)],
        "torchvision": [sys.executable, __file__, "torchvision", str(threads)],
        "keras": [sys.executable, __file__, "keras", str(threads)],
    }.items():
        for row in map(json.loads, subprocess.run(line, capture_output=True, text=True, check=True).stdout.splitlines()):
            columns.setdefault(row["function"], {})[system] = row["images"]
    print(f"images/s, {threads} thread(s)     {'Tern':>10}{'torchvision':>13}{'Keras':>10}")
    for name, rates in columns.items():
        tern, torchvision, keras = rates["Tern"], rates["torchvision"], rates["keras"]
        print(f"{name:24}{tern:13}{torchvision:13}{keras:10}   {tern / torchvision:.1f}x {tern / keras:.1f}x")


if __name__ == "__main__":
    if sys.argv[1] == "--beside":
        for threads in sys.argv[3:] or [1, 2]:
            beside(sys.argv[2], int(threads))
    else:
        pipelines = {"torchvision": torchvision_pipelines, "keras": keras_pipelines}[sys.argv[1]]
        for name, call in pipelines(int(sys.argv[2]) if len(sys.argv) > 2 else 2):
            print(json.dumps({"function": name, "images": rate(call)}), flush=True)
