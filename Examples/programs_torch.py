"""Trains what `mnist-tape` and `resnet` train, with the same settings, in PyTorch.

    python Examples/programs_torch.py mnist-tape --data MNIST [--model variables|sequential] [--seed 1] [--threads 1]
    python Examples/programs_torch.py resnet --data CIFAR [--examples 5000] [--epochs 15] [--seed 1] [--threads 1]

MNIST is the folder with the four IDX files, CIFAR one with the binary files (data_batch_1.bin and so on). The random numbers
are PyTorch's own, so seeds are to be compared as a group.
"""

import argparse
import gzip

import numpy
import torch
from torch import nn

options = argparse.ArgumentParser()
options.add_argument("program", choices=["mnist-tape", "resnet"])
options.add_argument("--data", required=True)
options.add_argument("--model", default="variables", choices=["variables", "sequential"])
options.add_argument("--examples", type=int, default=0)
options.add_argument("--epochs", type=int)
options.add_argument("--seed", type=int, default=1)
options.add_argument("--threads", type=int, default=2)
options = options.parse_args()


def batches(images, labels, size, drop_last=False):
    order = torch.randperm(len(images))
    for start in range(0, len(images) - (size - 1 if drop_last else 0), size):
        index = order[start : start + size]
        yield images[index], labels[index]


@torch.no_grad()
def accuracy(model, images, labels):
    predicted = torch.cat([model(part).argmax(1) for part in images.split(500)])
    return (predicted == labels).float().mean().item()


def mnist_tape():
    def read(name, skipped):
        with gzip.open(f"{options.data}/{name}.gz") as file:
            return torch.from_numpy(numpy.frombuffer(file.read(), numpy.uint8, offset=skipped).copy())

    def part(name):
        images = read(f"{name}-images-idx3-ubyte", 16).reshape(-1, 784).float() / 255
        return images, read(f"{name}-labels-idx1-ubyte", 8).long()

    (images, labels), test = part("train"), part("t10k")
    model = nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))
    for layer in model[::2]:
        if options.model == "variables":
            nn.init.trunc_normal_(layer.weight, std=0.1, a=-0.2, b=0.2)
        else:
            nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for epoch in range(options.epochs or 5):
        for x, y in batches(images, labels, 128):
            loss = (nn.functional.one_hot(y, 10) - model(x)).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch + 1}: last loss {loss.item():.4f}, test accuracy {accuracy(model, *test):.4f}", flush=True)


def resnet():
    from torchvision_import import torchvision

    transforms = torchvision.transforms.v2
    mean, deviation = [0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]

    def part(names, count):
        rows = numpy.concatenate([numpy.fromfile(f"{options.data}/{n}.bin", numpy.uint8) for n in names])
        rows = torch.from_numpy(rows.reshape(-1, 3073)[: count or None])
        return rows[:, 1:].reshape(-1, 3, 32, 32), rows[:, 0].long()

    normal = transforms.Compose([transforms.ToDtype(torch.float32, scale=True), transforms.Normalize(mean, deviation)])
    augment = transforms.Compose([transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip(), normal])
    images, labels = part([f"data_batch_{i}" for i in range(1, 6)], options.examples)
    test_images, test_labels = part(["test_batch"], options.examples)
    test_images = normal(test_images)

    model = torchvision.models.resnet18(num_classes=10)
    model.conv1, model.maxpool = nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.Identity()
    nn.init.kaiming_normal_(model.conv1.weight, mode="fan_out", nonlinearity="relu")
    epochs, steps = options.epochs or 15, len(images) // 128
    matrices = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.SGD(
        [{"params": matrices, "weight_decay": 5e-4}, {"params": others}], lr=0.1, momentum=0.9, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=0.1, total_steps=epochs * steps, cycle_momentum=False)
    average = torch.optim.swa_utils.AveragedModel(
        model, avg_fn=lambda mean, new, n: mean + (new - mean) * (1 - min(0.998, (1 + n) / (10 + n))))
    for epoch in range(epochs):
        model.train()
        total = 0
        for x, y in batches(images, labels, 128, drop_last=True):
            loss = nn.functional.cross_entropy(
                model(torch.stack([augment(image) for image in x])), y, label_smoothing=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            average.update_parameters(model)
            total += loss.item()
        model.eval()
        # The average has the statistics of the model.
        for mean_buffer, buffer in zip(average.module.buffers(), model.buffers()):
            mean_buffer.copy_(buffer)
        average.eval()
        own, averaged = (accuracy(m, test_images, test_labels) for m in (model, average))
        print(f"epoch {epoch + 1}: loss {total / steps:.4f}, test accuracy {own:.4f}, of the average {averaged:.4f}",
              flush=True)


torch.manual_seed(options.seed)
torch.set_num_threads(options.threads)
{"mnist-tape": mnist_tape, "resnet": resnet}[options.program]()
