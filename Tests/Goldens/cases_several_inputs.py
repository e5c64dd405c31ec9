"""Cases of operations of layers with several inputs, and of their shapes."""

import torch.nn.functional as F

from golden import Normal


def add(file):
    for name, batch in [("", (4,)), ("-vector", ()), ("-rank-3", (2, 3)), ("-empty", (0,))]:
        file.case(
            f"bilinear{name}", F.bilinear, Normal(*batch, 4), Normal(*batch, 5), Normal(3, 4, 5, deviation=0.3), Normal(3))
    file.case("bilinear-no-bias", F.bilinear, Normal(4, 4), Normal(4, 5), Normal(3, 4, 5, deviation=0.3))
    file.case("unflattened", lambda x: x.unflatten(1, (2, -1)), Normal(2, 6, 3))
    file.case("unflattened-last", lambda x: x.unflatten(-1, (3, 1)), Normal(2, 3))
