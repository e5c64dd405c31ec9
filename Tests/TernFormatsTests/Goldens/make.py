"""Makes reference.safetensors and written.safetensors, beside this script, with the reference library (safetensors 0.8, PyTorch 2.13)."""

import pathlib

import torch
from safetensors.torch import save_file

tensors = {
    "f32": torch.tensor([[1.5, -2], [0, 3.25]]),
    "f64": torch.tensor([0.1], dtype=torch.float64),
    "i32": torch.tensor([1, -2], dtype=torch.int32),
    "i64": torch.tensor(7),
    "u8": torch.tensor([[255, 0]], dtype=torch.uint8),
    "flag": torch.tensor([True, False]),
    "half": torch.tensor([1.5, -65504, 6e-8, float("inf")], dtype=torch.float16),
    "brain": torch.tensor([1.5, -3e38, float("nan")], dtype=torch.bfloat16),
    "i16": torch.tensor([3], dtype=torch.int16),
    "none": torch.zeros(0, 3),
}
save_file(tensors, pathlib.Path(__file__).parent / "reference.safetensors", {"made by": 'test "é"'})

written = {name: value for name, value in tensors.items() if name not in ("half", "brain", "i16")}
written |= {"a\n\"\\é\x01": torch.ones(2, 1, 3), "f": torch.zeros(1)}
save_file(written, pathlib.Path(__file__).parent / "written.safetensors", {"made by": "test\t"})
