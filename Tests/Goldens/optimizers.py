"""Prints OptimizerGoldens.swift: parameters after 10 and 1,000 steps of PyTorch's optimizers in float64.

    python Tests/Goldens/optimizers.py > Tests/TernOptimizersTests/OptimizerGoldens.swift
"""

import torch

START = [0.5, -1.25, 2.0, 0.0, -0.375, 1.5]
CURVATURE = torch.tensor([1, 2, 3, 4, 5, 6], dtype=torch.float64) / 4
CASES = [
    ("SGD", "learningRate: 0.05", dict(lr=0.05)),
    ("SGD", "learningRate: 0.05, momentum: 0.9", dict(lr=0.05, momentum=0.9)),
    ("SGD", "learningRate: 0.05, momentum: 0.9, dampening: 0.5, weightDecay: 0.1",
     dict(lr=0.05, momentum=0.9, dampening=0.5, weight_decay=0.1)),
    ("SGD", "learningRate: 0.05, momentum: 0.9, weightDecay: 0.01, nesterov: true",
     dict(lr=0.05, momentum=0.9, weight_decay=0.01, nesterov=True)),
    ("SGD", "learningRate: 0.001, momentum: 0.5, maximize: true", dict(lr=0.001, momentum=0.5, maximize=True)),
    ("Adam", "learningRate: 0.01", dict(lr=0.01)),
    ("Adam", "learningRate: 0.01, betas: (0.8, 0.95), epsilon: 1e-3, weightDecay: 0.1",
     dict(lr=0.01, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1)),
    ("Adam", "learningRate: 0.01, amsgrad: true", dict(lr=0.01, amsgrad=True)),
    ("AdamW", "learningRate: 0.01", dict(lr=0.01)),
    ("AdamW", "learningRate: 0.01, weightDecay: 0.2, amsgrad: true, maximize: true",
     dict(lr=0.01, weight_decay=0.2, amsgrad=True, maximize=True)),
]


def train(name, settings, steps):
    parameter = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, name)([parameter], **settings)
    for step in range(steps):
        # The slope of a bowl of uneven curvature, and a force that changes with the step.
        parameter.grad = (parameter.detach() - 0.25) * CURVATURE + (step % 5 - 2) / 8
        optimizer.step()
    return parameter.tolist()


def main():
    print("// Written by Tests/Goldens/optimizers.py.")
    print("import TernOptimizers\n\nextension GoldenCase {\n    static let all = [")
    for name, arguments, settings in CASES:
        print(f'        GoldenCase(\n            name: "{name}({arguments})",')
        print(f"            make: {{ {name}($0, {arguments}) }},")
        for steps in (10, 1000):
            values = [repr(value) for value in train(name, settings, steps)]
            print(f"            after{steps}: [")
            print(f"                {', '.join(values[:3])},\n                {', '.join(values[3:])},")
            print("            ]" + (")," if steps == 1000 else ","))
    print("    ]\n}")


main()
