"""torchvision for the scripts that compare with it, also where its C part does not fit PyTorch: its operators, none of which
they call, are declared instead."""

import re
import sys

import torch

_library = torch.library.Library("torchvision", "DEF")
for _ in range(60):
    try:
        import torchvision.transforms.v2
        break
    except RuntimeError as error:
        name = re.search(r"operator torchvision::(\w+) does not exist", str(error))
        if not name:
            raise
        _library.define(f"{name[1]}(Tensor a) -> Tensor")
        for module in [m for m in sys.modules if m.startswith("torchvision.") or m == "torchvision"]:
            del sys.modules[module]
