"""Cases of the losses other than cross-entropy, which is an operation: see cases_normalizing.py."""

import torch.nn.functional as F

from golden import Fixed, Integers, Normal, Uniform


def add(file):
    a, b = Normal(4, 3), Normal(4, 3)
    p, t = Uniform(4, 3, low=0.02, high=0.98), Uniform(4, 3)
    for reduction in ("mean", "sum", "none"):
        r = {"reduction": reduction}
        file.case(f"mseLoss-{reduction}", lambda a, b, r=r: F.mse_loss(a, b, **r), a, b)
        file.case(f"l1Loss-{reduction}", lambda a, b, r=r: F.l1_loss(a, b, **r), a, b)
        file.case(f"huberLoss-{reduction}", lambda a, b, r=r: F.huber_loss(a, b, delta=0.7, **r), a, b)
        file.case(f"smoothL1Loss-{reduction}", lambda a, b, r=r: F.smooth_l1_loss(a, b, beta=0.7, **r), a, b)
        file.case(f"binaryCrossEntropy-{reduction}", lambda p, t, r=r: F.binary_cross_entropy(p, t, **r), p, t)
        file.case(
            f"binaryCrossEntropyWithLogits-{reduction}",
            lambda x, t, r=r: F.binary_cross_entropy_with_logits(x, t, **r), Normal(4, 3, deviation=3), t)
        file.case(
            f"nllLoss-{reduction}", lambda x, y, w, r=r: F.nll_loss(x, y, w, ignore_index=2, **r), Normal(6, 4),
            Fixed([0, 3, 2, 1, 2, 3], "int64"), Fixed([0.5, 1, 2, 3]))
    file.case("l1Loss-equal", F.l1_loss, [1, 2, 3], [1, 2.5, 2])
    file.case("huberLoss-edge", F.huber_loss, [0, 1, -1, 3], Fixed([0, 0, 0, 0]))
    file.case("nllLoss-images", F.nll_loss, Normal(2, 4, 3), Integers(2, 3, high=4))
    file.case(
        "binaryCrossEntropy-weights", lambda p, t, w: F.binary_cross_entropy(p, t, w.detach()), p, t,
        Fixed([[0.5, 1, 2]] * 4))
    file.case(
        "binaryCrossEntropyWithLogits-weights",
        lambda x, t, w, v: F.binary_cross_entropy_with_logits(x, t, w.detach(), pos_weight=v.detach()),
        Normal(4, 3), t, Fixed([[0.5, 1, 2]] * 4), Fixed([0.5, 1, 3]))
    file.case("binaryCrossEntropy-certain", F.binary_cross_entropy, Fixed([0, 1, 0, 1]), Fixed([0, 1, 1, 0]))
    file.case(
        "binaryCrossEntropyWithLogits-extremes",
        lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"),
        [-1000, 1000, -1000, 1000, 0, -90, 90], Fixed([0, 1, 1, 0, 0.5, 0.25, 0.75]))
