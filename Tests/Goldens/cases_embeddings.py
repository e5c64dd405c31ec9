"""Cases of embeddings and of bags of them."""

import numpy as np
import torch.nn.functional as F

from golden import Fixed, Integers, Normal


def add(file):
    ids, weight = Integers(3, 4, high=6), Normal(6, 5)
    file.case("embedding-padding", lambda i, w: F.embedding(i, w, padding_idx=2), ids, weight)
    file.case("embedding-padding-from-end", lambda i, w: F.embedding(i, w, padding_idx=-1), ids, weight)
    file.case("embedding-frequency", lambda i, w: F.embedding(i, w, scale_grad_by_freq=True), ids, weight)
    file.case(
        "embedding-both", lambda i, w: F.embedding(i, w, padding_idx=1, scale_grad_by_freq=True), ids, weight)
    for mode in ("sum", "mean", "max"):
        file.case(f"embeddingBag-{mode}", lambda i, w, m=mode: F.embedding_bag(i, w, mode=m), ids, weight)
        file.case(
            f"embeddingBag-{mode}-padding", lambda i, w, m=mode: F.embedding_bag(i, w, mode=m, padding_idx=3), ids,
            weight)
        offsets = Fixed([0, 2, 2, 5], np.int64)
        flat = Integers(7, high=6)
        file.case(
            f"embeddingBag-{mode}-offsets", lambda i, w, o, m=mode: F.embedding_bag(i, w, o, mode=m), flat, weight,
            offsets)
        file.case(
            f"embeddingBag-{mode}-last", lambda i, w, o, m=mode: F.embedding_bag(i, w, o, mode=m, include_last_offset=True),
            flat, weight, Fixed([0, 1, 4, 7], np.int64))
    file.case(
        "embeddingBag-weights", lambda i, w, s: F.embedding_bag(i, w, mode="sum", per_sample_weights=s), ids, weight,
        Normal(3, 4))
    file.case(
        "embeddingBag-weights-offsets",
        lambda i, w, o, s: F.embedding_bag(i, w, o, mode="sum", per_sample_weights=s), Integers(7, high=6), weight,
        Fixed([0, 3, 3], np.int64), Normal(7))
