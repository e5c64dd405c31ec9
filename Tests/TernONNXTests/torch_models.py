"""Networks that PyTorch exports and trains: `torch_models.py FOLDER [--whole]`.

The folder gets for each network NAME.onnx of the newer exporter, for some NAME-script.onnx of the older one, which tells of
batch normalizations that they train, and NAME.safetensors: `input.0` and `output.0` of the batch that trains, and others of other sizes, all in evaluation; `target`;
`losses.eval` and `losses.train`, of 20 steps of SGD (mean squared error) from the same start in that mode; and `trained`,
what evaluation of `input.0` gives after those in training. The networks are small, so that the files can be kept in
`Goldens`; with `--whole` they are as large as usual. Large ones, and those with batch normalizations, compute in float64: in
float32 their rounding errors grow by steps of training until losses differ.
"""

import logging
import os
import sys
import warnings

import onnx
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "Examples"))
import torchvision_import  # First: what follows may need its declarations.
from torchvision.models.mobilenetv2 import Conv2dNormActivation, MobileNetV2
from torchvision.models.resnet import BasicBlock, ResNet

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
torch.set_num_threads(1)
folder = sys.argv[1]
is_whole = "--whole" in sys.argv
if is_whole:
    torch.set_default_dtype(torch.float64)
batch, steps = torch.export.Dim("batch"), torch.export.Dim("steps")


def size(whole, small):
    return whole if is_whole else small


class LeNet(nn.Module):
    def __init__(self, modern):
        super().__init__()
        self.modern = modern
        a, b, c, d = size((6, 16, 120, 84), (2, 3, 8, 6))
        self.conv1, self.conv2 = nn.Conv2d(1, a, 5, padding=2), nn.Conv2d(a, b, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(25 * b, c), nn.Linear(c, d), nn.Linear(d, 10)

    def forward(self, x):
        f, pool = (F.relu, F.max_pool2d) if self.modern else (torch.sigmoid, F.avg_pool2d)
        x = pool(f(self.conv2(pool(f(self.conv1(x)), 2))), 2).flatten(1)
        return self.fc3(f(self.fc2(f(self.fc1(x)))))


def cnn():
    n = size(64, 6)
    return nn.Sequential(
        nn.Conv2d(3, n, 3, padding=1, bias=False), nn.BatchNorm2d(n), nn.LeakyReLU(0.1), nn.MaxPool2d(3, 2, 1),
        nn.Conv2d(n, n, 3, groups=n), nn.GroupNorm(2, n), nn.SiLU(), nn.Dropout2d(0.0),
        nn.Conv2d(n, 2 * n, 3, stride=2, padding="valid", dilation=2), nn.Hardswish(), nn.AdaptiveAvgPool2d(1),
        nn.Flatten(), nn.LayerNorm(2 * n), nn.PReLU(), nn.Linear(2 * n, 4), nn.LogSoftmax(-1),
    )


class Classifier(nn.Module):
    """What stands at the last step."""

    def __init__(self, recurrent, features):
        super().__init__()
        self.recurrent, self.head = recurrent, nn.Linear(features, 3)

    def forward(self, x):
        return self.head(self.recurrent(x)[0][:, -1])


class GPT(nn.Module):
    """Tokens and their places, one block with causal attention, and logits."""

    def __init__(self):
        super().__init__()
        n, self.heads = size((256, 8), (8, 2))
        self.tokens, self.places = nn.Embedding(11, n), nn.Embedding(12, n)
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(n), nn.LayerNorm(n), nn.LayerNorm(n)
        self.qkv, self.out = nn.Linear(n, 3 * n), nn.Linear(n, n)
        self.mlp = nn.Sequential(nn.Linear(n, 4 * n), nn.GELU(), nn.Linear(4 * n, n))
        self.head = nn.Linear(n, 11, bias=False)

    def forward(self, ids):
        x = self.tokens(ids) + self.places(torch.arange(ids.shape[1]))
        q, k, v = self.qkv(self.norm1(x)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).flatten(2))
        return self.head(self.norm3(x + self.mlp(self.norm2(x))))


class SmallResNet(ResNet):
    """ResNet-18 with few channels, for small images."""

    def _make_layer(self, block, planes, *rest, **settings):
        if planes == 64:
            self.inplanes = 4
        return super()._make_layer(block, {64: 4, 128: 6, 256: 8, 512: 12}[planes], *rest, **settings)

    def __init__(self):
        super().__init__(BasicBlock, [2, 2, 2, 2])
        self.conv1, self.bn1 = nn.Conv2d(3, 4, 7, 1, 3, bias=False), nn.BatchNorm2d(4)
        self.fc = nn.Linear(12, 10)


def mobilenet():
    if is_whole:
        model = MobileNetV2()
    else:
        stages = [[1, 8, 1, 1], [3, 8, 2, 2], [3, 8, 2, 2], [2, 16, 1, 2]]
        model = MobileNetV2(10, width_mult=0.25, inverted_residual_setting=stages)
        model.features[-1] = Conv2dNormActivation(8, 16, kernel_size=1, activation_layer=nn.ReLU6)
        model.classifier = nn.Sequential(nn.Dropout(), nn.Linear(16, 10))
    # What drops at random cannot be followed.
    model.classifier[0].p = 0.0
    return model


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        n = size(32, 3)

        def twice(a, b):
            return nn.Sequential(
                nn.Conv2d(a, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU(),
                nn.Conv2d(b, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU())

        self.down = nn.ModuleList([twice(1, n), twice(n, 2 * n), twice(2 * n, 4 * n)])
        self.up = nn.ModuleList([nn.ConvTranspose2d(4 * n, 2 * n, 2, 2), nn.Upsample(scale_factor=2, mode="bilinear")])
        self.join = nn.ModuleList([twice(4 * n, 2 * n), twice(3 * n, n)])
        self.output = nn.Conv2d(n, 2, 1)

    def forward(self, x):
        a = self.down[0](x)
        b = self.down[1](F.max_pool2d(a, 2))
        c = self.join[0](torch.cat([b, self.up[0](self.down[2](F.max_pool2d(b, 2)))], 1))
        return self.output(self.join[1](torch.cat([a, self.up[1](c)], 1)))


def images(channels, side, *batches):
    return [torch.randn(n, channels, side, side) for n in batches]


def sequences(features, *sizes):
    return [torch.randn(n, t, features) for n, t in sizes]


sizes = [(3, 6), (1, 6), (2, 9)]
units = size(128, 5)
networks = {
    "mlp": (
        lambda: nn.Sequential(nn.Linear(6, 8), nn.GELU(), nn.Dropout(0.0), nn.LayerNorm(8), nn.Linear(8, 3)),
        [torch.randn(n, 6) for n in (4, 1, 7)]),
    "lenet": (lambda: LeNet(False), images(1, 28, 3, 1, 2)),
    "lenet-relu": (lambda: LeNet(True), images(1, 28, 3, 1, 2)),
    "cnn": (cnn, images(3, 16, 3, 1, 2)),
    "lstm": (
        lambda: Classifier(nn.LSTM(4, units, 2, batch_first=True, bidirectional=True), 2 * units), sequences(4, *sizes)),
    "gru": (lambda: Classifier(nn.GRU(4, units, batch_first=True), units), sequences(4, *sizes)),
    "gpt": (GPT, [torch.randint(11, s) for s in sizes]),
    "resnet18": (lambda: size(lambda: ResNet(BasicBlock, [2, 2, 2, 2]), SmallResNet)(), images(3, size(64, 32), 4, 1, 2)),
    "mobilenetv2": (mobilenet, images(3, size(64, 32), 4, 1, 2)),
    "unet": (UNet, images(1, 16, 3, 1, 2)),
}


def export(model, x, path, is_script):
    if is_script:
        start = {key: value.clone() for key, value in model.state_dict().items()}
        torch.onnx.export(
            model, (x,), path, dynamo=False, input_names=["input"], training=torch.onnx.TrainingMode.TRAINING,
            do_constant_folding=False, dynamic_axes={"input": {0: "batch"}})
        # It runs the model, which moves running statistics.
        message = onnx.load(path)
        for tensor in message.graph.initializer:
            if "running" in tensor.name:
                tensor.CopyFrom(onnx.numpy_helper.from_array(start[tensor.name].numpy(), tensor.name))
        onnx.save(message, path)
        return
    shape = {0: batch, 1: steps} if x.dim() == 3 or x.dtype == torch.int64 else {0: batch}
    # Without what would fold batch normalizations into convolutions.
    torch.onnx.export(
        model, (x,), path, dynamo=True, verbose=False, external_data=False, optimize=False, dynamic_shapes=(shape,))
    # Where in which file each node comes from is most of a small model.
    message = onnx.load(path)
    del message.metadata_props[:], message.graph.metadata_props[:], message.graph.value_info[:]
    for graph in [message.graph, *message.functions]:
        for node in graph.node:
            del node.metadata_props[:]
    for value in [*message.graph.input, *message.graph.output, *message.graph.initializer]:
        del value.metadata_props[:]
    onnx.save(message, path)


# The compiled fast path of a layer in evaluation has no derivative.
torch.backends.mha.set_fastpath_enabled(False)
for name, (make, inputs) in networks.items():
    torch.manual_seed(3)
    model = make()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            # As an ONNX file has it: even this rounding grows.
            module.eps = torch.tensor(module.eps, dtype=torch.float32).item()
            model.double()
            inputs = [x.double() for x in inputs]
    model.eval()
    start = {key: value.clone() for key, value in model.state_dict().items()}
    arrays = {}
    with torch.no_grad():
        for index, x in enumerate(inputs):
            arrays |= {f"input.{index}": x, f"output.{index}": model(x)}
    path = os.path.join(folder, name)
    export(model, inputs[0], path + ".onnx", is_script=False)
    if name in ["mlp", "resnet18"]:
        export(model, inputs[0], path + "-script.onnx", is_script=True)
    target = arrays["target"] = torch.randn_like(arrays["output.0"])
    for mode in ["eval", "train"]:
        model.load_state_dict(start)
        model.train(mode == "train")
        optimizer = torch.optim.SGD(model.parameters(), lr=0.005)
        losses = []
        for _ in range(20):
            loss = ((model(inputs[0]) - target) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        arrays["losses." + mode] = torch.tensor(losses, dtype=target.dtype)
    model.eval()
    with torch.no_grad():
        arrays["trained"] = model(inputs[0])
    save_file({key: value.contiguous() for key, value in arrays.items()}, path + ".safetensors")
    print(name, flush=True)
