"""Writes the expected values that Tests/GoldenTests compares Tern with, computed by PyTorch.

    pip install torch numpy safetensors keras
    python Tests/Goldens/make_goldens.py [elementwise] [reductions] [products] ... [layers] [optimizers] [training]

Without names all files are written, beside this script. Random inputs depend on the names of the cases alone, so
the files only change where a case (or PyTorch) does. Made with PyTorch 2.13, NumPy 2.4,
safetensors 0.8 and Keras 3.15.
"""

import pathlib
import sys

import torch

import cases_activation_layers
import cases_activations
import cases_contractions
import cases_convolution
import cases_convolution_layers
import cases_elementwise
import cases_functions
import cases_attention
import cases_dropouts
import cases_embeddings
import cases_image_layers
import cases_images
import cases_indexing
import cases_keras_losses
import cases_layers
import cases_linalg
import cases_losses
import cases_metrics
import cases_norm_layers
import cases_normalizing
import cases_norms
import cases_optimizers
import cases_order
import cases_parametrizations
import cases_products
import cases_quantization
import cases_random
import cases_reductions
import cases_schedules
import cases_several_inputs
import cases_shapes
import cases_training
from golden import GoldenFile

FILES = {
    # A family of operations each, which Tests/GoldenTests names again.
    "activations": cases_activations,
    "contractions": cases_contractions,
    "convolution": cases_convolution,
    "elementwise": cases_elementwise,
    "functions": cases_functions,
    "images": cases_images,
    "keras_losses": cases_keras_losses,
    "linalg": cases_linalg,
    "indexing": cases_indexing,
    "losses": cases_losses,
    "normalizing": cases_normalizing,
    "order": cases_order,
    "attention": cases_attention,
    "dropouts": cases_dropouts,
    "embeddings": cases_embeddings,
    "norms": cases_norms,
    "products": cases_products,
    "quantization": cases_quantization,
    "random": cases_random,
    "reductions": cases_reductions,
    "several_inputs": cases_several_inputs,
    "shapes": cases_shapes,
    "image_layers": cases_image_layers,
    "layers": cases_layers,
    "parametrizations": cases_parametrizations,
    "convolution_layers": cases_convolution_layers,
    "activation_layers": cases_activation_layers,
    "norm_layers": cases_norm_layers,
    "optimizers": cases_optimizers,
    "schedules": cases_schedules,
    "training": cases_training,
    "metrics": cases_metrics,
}


def main():
    torch.set_num_threads(1)
    for name in sys.argv[1:] or FILES:
        file = GoldenFile()
        FILES[name].add(file)
        file.save(pathlib.Path(__file__).with_name(f"{name}.safetensors"))


if __name__ == "__main__":
    main()
