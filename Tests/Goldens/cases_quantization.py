"""Products of bytes: exact sums of integers by NumPy, which PyTorch's quantized operators must agree with.

A case has `x` (uint8), `weight` (int8), `scales`, `bias`, `settings` [input scale, input zero point, output scale, output zero
point, stride, padding, dilation, groups, relu], and the results `bytes` and `floats`.
"""

import numpy as np
import torch

from golden import generator


def sums(x, weight, zero, stride, padding, dilation, groups):
    """The sums of a layer as Python adds integers; a linear layer is a convolution of one element."""
    x = x.astype(np.int64) - zero
    x = np.pad(x, [(0, 0), (0, 0)] + [(padding, padding)] * (x.ndim - 2))
    kernel, axes = weight.shape[2:], range(x.ndim - 2)
    sizes = [(x.shape[2 + a] - (kernel[a] - 1) * dilation - 1) // stride + 1 for a in axes]
    result = np.zeros((x.shape[0], weight.shape[0], *sizes), np.int64)
    outs, ins = weight.shape[0] // groups, weight.shape[1]
    for o in range(weight.shape[0]):
        group = o // outs
        for tap in np.ndindex(*kernel):
            window = tuple(
                slice(tap[a] * dilation, tap[a] * dilation + (sizes[a] - 1) * stride + 1, stride) for a in axes)
            for c in range(ins):
                result[:, o] += x[(slice(None), group * ins + c, *window)] * int(weight[(o, c, *tap)])
    return result


def case(file, name, shape, weight_shape, stride=1, padding=0, dilation=1, groups=1, relu=False, zeros=(0, 0)):
    rng = generator(name)
    # The last weight of each output is the largest, as the scale has it.
    weight = rng.integers(-127, 128, weight_shape).astype(np.int8)
    weight.reshape(weight_shape[0], -1)[:, -1] = 127
    x = rng.integers(0, 256, shape).astype(np.uint8)
    scales = rng.uniform(0.002, 0.01, weight_shape[0]).astype(np.float32)
    bias = rng.standard_normal(weight_shape[0]).astype(np.float32)
    in_scale, out_scale = np.float32(0.02), np.float32(0.25)
    rank = len(shape) - 2
    x4, weight4 = (x[..., None], weight[..., None]) if rank == 0 else (x, weight)
    channel = (1, -1) + (1,) * (x4.ndim - 2)
    total = sums(x4, weight4, zeros[0], stride, padding, dilation, groups)
    step = in_scale * scales
    total = total + np.rint(bias / step).astype(np.int64).reshape(channel)
    assert np.abs(total).max() < 2**31
    floats = total.astype(np.float32) * step.reshape(channel)
    if relu:
        floats = np.maximum(floats, 0)
    rounded = np.rint(total.astype(np.float32) * (step / out_scale).reshape(channel)) + zeros[1]
    bytes_ = np.clip(rounded, zeros[1] if relu else 0, 255).astype(np.uint8)
    if rank == 0:
        floats, bytes_ = floats[..., 0], bytes_[..., 0]

    # PyTorch's own, whose sums are the same; it may round a half otherwise.
    quantized = torch._make_per_tensor_quantized_tensor(torch.from_numpy(x), float(in_scale), zeros[0])
    weights = torch._make_per_channel_quantized_tensor(
        torch.from_numpy(weight), torch.from_numpy(scales).double(), torch.zeros(len(scales), dtype=torch.int64), 0)
    if rank == 0:
        packed = torch.ops.quantized.linear_prepack(weights, torch.from_numpy(bias))
        call = torch.ops.quantized.linear_relu if relu else torch.ops.quantized.linear
    else:
        settings = [[n] * rank for n in (stride, padding, dilation)]
        packed = getattr(torch.ops.quantized, f"conv{rank}d_prepack")(
            weights, torch.from_numpy(bias), *settings, groups)
        call = getattr(torch.ops.quantized, f"conv{rank}d" + ("_relu" if relu else ""))
    theirs = call(quantized, packed, float(out_scale), zeros[1]).int_repr().numpy().astype(np.int64)
    difference = np.abs(theirs - bytes_.astype(np.int64))
    assert difference.max() <= 1 and (difference > 0).mean() < 0.01, (name, difference.max(), (difference > 0).mean())

    numbers = [in_scale, zeros[0], out_scale, zeros[1], stride, padding, dilation, groups, relu]
    file.begin(name)
    for key, array in {
        "x": x, "weight": weight, "scales": scales, "bias": bias, "settings": np.array(numbers, np.float64),
        "bytes": bytes_, "floats": floats,
    }.items():
        file.put(f"{name}/{key}", array)


def add(file):
    case(file, "linear", (3, 37), (19, 37), zeros=(7, 100))
    case(file, "linear-relu", (1, 130), (70, 130), relu=True)
    case(file, "linear-zeros", (9, 64), (33, 64), zeros=(255, 20), relu=True)
    case(file, "conv1d", (2, 5, 40), (6, 5, 3), stride=2, padding=1, zeros=(3, 90))
    case(file, "conv2d", (2, 3, 11, 13), (10, 3, 3, 3), padding=1, zeros=(128, 128))
    case(file, "conv2d-few", (1, 1, 12, 14), (6, 1, 5, 5), padding=2, relu=True, zeros=(9, 0))
    case(file, "conv2d-stride", (1, 8, 10, 9), (12, 8, 3, 3), stride=2, padding=1, zeros=(0, 60))
    case(file, "conv2d-dilation", (1, 6, 9, 10), (5, 6, 2, 2), padding=2, dilation=2, zeros=(17, 60), relu=True)
    case(file, "conv2d-groups", (2, 8, 7, 20), (12, 2, 3, 3), groups=4, padding=1, zeros=(40, 128))
    case(file, "conv2d-depthwise", (1, 7, 9, 18), (7, 1, 3, 3), groups=7, padding=1, zeros=(40, 128))
    case(file, "conv2d-pointwise", (1, 33, 5, 7), (17, 33, 1, 1), zeros=(2, 128))
    case(file, "conv3d", (1, 3, 5, 6, 7), (4, 3, 2, 2, 2), stride=2, padding=1, zeros=(50, 128))
