"""Cases of convolutions in one and three dimensions, of transposed ones, and of padding. OpTable+Convolution.swift calls
Tern's with the same settings."""

import torch.nn.functional as F

from golden import Integers, Normal


def add(file):
    plain(file)
    transposed(file)
    modes(file)
    pads(file)


def convolution(file, name, function, x, w, outputs, bias=True, **options):
    # The deviation keeps sums near 1, as a layer's initialization does.
    taps = 1
    for size in w[1:]:
        taps *= size
    inputs = [Normal(*x), Normal(*w, deviation=taps**-0.5)] + ([Normal(outputs)] if bias else [])
    file.case(name, lambda x, w, b=None: function(x, w, b, **options), *inputs)


def plain(file):
    for name, x, w, options in [
        ("plain", (2, 3, 9), (4, 3, 3), {}),
        ("wide", (1, 2, 70), (3, 2, 5), {"padding": 2}),
        ("stride", (2, 3, 11), (4, 3, 4), {"stride": 3, "padding": 2}),
        ("dilation", (2, 4, 13), (6, 2, 3), {"dilation": 3, "groups": 2, "stride": 2}),
        ("depthwise", (2, 5, 8), (10, 1, 3), {"groups": 5, "padding": 1}),
        ("many-channels", (2, 33, 6), (35, 33, 3), {"padding": 1}),
        ("many-sequences", (19, 2, 5), (3, 2, 2), {"padding": 1}),
        ("no-batch", (3, 9), (4, 3, 3), {}),
        ("empty", (0, 3, 9), (4, 3, 3), {}),
    ]:
        convolution(file, f"conv1d-{name}", F.conv1d, x, w, w[0], **options)
    convolution(file, "conv1d-same", F.conv1d, (2, 3, 8), (2, 3, 4), 2, bias=False, padding="same", dilation=2)
    for name, x, w, options in [
        ("plain", (2, 2, 4, 5, 6), (3, 2, 2, 3, 2), {}),
        ("padding", (1, 3, 3, 4, 5), (4, 3, 3, 3, 3), {"padding": 1}),
        ("stride", (2, 2, 6, 5, 7), (3, 2, 3, 2, 3), {"stride": (2, 1, 3), "padding": (1, 0, 2)}),
        ("stride-beyond-kernel", (1, 2, 8, 5, 7), (3, 2, 2, 1, 2), {"stride": 3}),
        ("dilation", (1, 4, 7, 5, 6), (6, 2, 2, 3, 2), {"dilation": (3, 1, 2), "groups": 2}),
        ("depthwise", (1, 3, 4, 4, 5), (6, 1, 3, 3, 3), {"groups": 3, "padding": 1, "stride": 2}),
        ("many-channels", (1, 17, 3, 4, 3), (18, 17, 2, 2, 2), {}),
        ("wide", (1, 1, 3, 3, 37), (2, 1, 3, 3, 3), {"padding": 1}),
        ("no-batch", (2, 3, 4, 5), (3, 2, 2, 2, 2), {"padding": (0, 1, 2)}),
    ]:
        convolution(file, f"conv3d-{name}", F.conv3d, x, w, w[0], **options)
    convolution(
        file, "conv3d-same", F.conv3d, (1, 2, 3, 5, 4), (2, 2, 2, 3, 4), 2, bias=False, padding="same")


def transposed(file):
    for name, x, w, options in [
        ("plain", (2, 3, 5), (3, 4, 3), {}),
        ("stride", (2, 3, 5), (3, 4, 4), {"stride": 3, "padding": 1, "output_padding": 2}),
        ("dilation", (1, 4, 6), (4, 3, 3), {"dilation": 2, "groups": 2, "stride": 2, "output_padding": 1}),
        ("no-batch", (3, 5), (3, 4, 3), {"stride": 2}),
        ("one", (2, 3, 1), (3, 2, 4), {"stride": 5, "padding": 1}),
    ]:
        convolution(
            file, f"convTranspose1d-{name}", F.conv_transpose1d, x, w, w[1] * options.get("groups", 1), **options)
    for name, x, w, options in [
        ("plain", (2, 3, 4, 5), (3, 4, 3, 3), {}),
        ("doubling", (2, 3, 4, 5), (3, 4, 4, 4), {"stride": 2, "padding": 1}),
        ("output-padding", (1, 2, 4, 3), (2, 3, 3, 2),
         {"stride": (2, 3), "padding": (1, 0), "output_padding": (1, 2)}),
        ("dilation", (2, 4, 3, 4), (4, 3, 3, 2), {"dilation": (2, 3), "groups": 2, "output_padding": (1, 2)}),
        ("stride-beyond-kernel", (1, 2, 3, 4), (2, 3, 2, 1), {"stride": 3}),
        ("depthwise", (1, 5, 4, 4), (5, 2, 3, 3), {"groups": 5, "stride": 2, "padding": 1}),
        ("many-channels", (1, 18, 4, 5), (18, 34, 3, 3), {"stride": 2, "padding": 1, "output_padding": 1}),
        ("wide-padding", (1, 2, 5, 6), (2, 2, 3, 3), {"padding": 3}),
        ("no-batch", (2, 3, 4), (2, 3, 2, 2), {"stride": 2}),
        ("empty", (0, 2, 3, 4), (2, 3, 2, 2), {"stride": 2}),
    ]:  # fmt: skip
        convolution(
            file, f"convTranspose2d-{name}", F.conv_transpose2d, x, w, w[1] * options.get("groups", 1), **options)
    convolution(
        file, "convTranspose2d-no-bias", F.conv_transpose2d, (2, 3, 4, 5), (3, 4, 2, 2), 4, bias=False, stride=2)
    # Keras's rule: of an odd number that is cut off, the larger half is below and right.
    convolution(
        file, "convTranspose2d-same", lambda x, w, b: F.conv_transpose2d(x, w, b, stride=(2, 1))[..., :8, 1:6],
        (1, 2, 4, 5), (2, 3, 3, 4), 3)
    for name, x, w, options in [
        ("plain", (1, 2, 3, 4, 2), (2, 3, 2, 3, 2), {}),
        ("doubling", (1, 3, 2, 3, 4), (3, 2, 4, 4, 4), {"stride": 2, "padding": 1}),
        ("output-padding", (1, 2, 3, 2, 3), (2, 3, 2, 1, 3),
         {"stride": (3, 2, 1), "padding": (1, 0, 1), "output_padding": (2, 1, 0)}),
        ("groups", (2, 4, 2, 3, 2), (4, 2, 2, 2, 2), {"groups": 2, "dilation": (2, 1, 2)}),
    ]:  # fmt: skip
        convolution(
            file, f"convTranspose3d-{name}", F.conv_transpose3d, x, w, w[1] * options.get("groups", 1), **options)


def modes(file):
    """Padding modes, as PyTorch's layers have them."""
    def padded(function, widths, mode):
        return lambda x, w, b: function(F.pad(x, widths, mode=mode), w, b, stride=2)

    for mode in ["reflect", "replicate", "circular"]:
        convolution(file, f"conv1d-{mode}", padded(F.conv1d, (2, 2), mode), (2, 3, 7), (4, 3, 3), 4)
        convolution(file, f"conv2d-{mode}", padded(F.conv2d, (1, 1, 2, 2), mode), (1, 2, 5, 4), (3, 2, 3, 3), 3)
        convolution(
            file, f"conv3d-{mode}", padded(F.conv3d, (1, 1, 1, 1, 1, 1), mode), (1, 2, 3, 4, 3), (2, 2, 2, 2, 2), 2)


def pads(file):
    x = Normal(2, 3, 4)
    file.case("padded-last", lambda x: F.pad(x, (2, 1)), x)
    file.case("padded-negative", lambda x: F.pad(x, (-1, 2, 1, -2), value=0.5), x)
    file.case("padded-cropped", lambda x: F.pad(x, (-1, -1, 0, -1)), x)
    file.case("padded-circular", lambda x: F.pad(x, (4, 1, 3, 0), mode="circular"), Normal(1, 2, 3, 4))
    file.case("padded-circular-negative", lambda x: F.pad(x, (-1, 2), mode="circular"), x)
    file.case("padded-reflect-last", lambda x: F.pad(x, (3, 3), mode="reflect"), x)
    file.case("padded-reflect-negative", lambda x: F.pad(x, (-1, 2), mode="reflect"), x)
    file.case("padded-replicate-negative", lambda x: F.pad(x, (2, -3), mode="replicate"), x)
    file.case("padded-replicate-3", lambda x: F.pad(x, (1, 2, 3, 0, 1, 1), mode="replicate"), Normal(1, 2, 3, 2, 4))
    file.case("padded-int-negative", lambda x: F.pad(x, (-1, 2), value=7), Integers(2, 3))
