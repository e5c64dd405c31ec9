"""Writes the expected values that Tests/GoldenTests compares Tern with, computed by PyTorch.

    pip install torch numpy safetensors
    python Tests/Goldens/make_goldens.py [ops] [layers] [optimizers] [training]

Without names all four files are written, beside this script. Random inputs depend on the names of the cases alone, so
the files only change where a case (or PyTorch) does. Made with PyTorch 2.13, NumPy 2.4 and safetensors 0.8.
"""

import pathlib
import sys

import torch

import cases_elementwise
import cases_layers
import cases_losses
import cases_normalizing
import cases_optimizers
import cases_products
import cases_random
import cases_reduction
import cases_shape
import cases_training
from golden import GoldenFile

FILES = {
    "ops": [
        cases_elementwise, cases_reduction, cases_products, cases_normalizing, cases_losses, cases_shape, cases_random,
    ],
    "layers": [cases_layers],
    "optimizers": [cases_optimizers],
    "training": [cases_training],
}


def main():
    torch.set_num_threads(1)
    for name in sys.argv[1:] or FILES:
        file = GoldenFile()
        for module in FILES[name]:
            module.add(file)
        file.save(pathlib.Path(__file__).with_name(f"{name}.safetensors"))


if __name__ == "__main__":
    main()
