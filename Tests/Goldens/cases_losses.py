"""Cases of PyTorch's losses other than cross-entropy, which is an operation: see cases_normalizing.py."""

import torch
import torch.nn.functional as F

from golden import Fixed, Integers, Normal, Uniform, generator

SIGNS = Fixed([[1, -1, 1], [-1, -1, 1], [1, 1, -1], [-1, 1, 1]])


def gradient(loss):
    """The gradient of a loss, whose own gradient is the second."""

    def of(*inputs):
        sources = [x for x in inputs if x.requires_grad]
        return torch.autograd.grad(loss(*inputs), sources, create_graph=True)

    return of


def add(file):
    add_first(file)
    for reduction in ("mean", "sum", "none"):
        add_margins(file, reduction)
        add_likelihoods(file, reduction)
        add_embeddings(file, reduction)
        add_sequences(file, reduction)
    add_adaptive(file)
    add_linear(file)
    add_extremes(file)
    add_second(file)


def add_margins(file, reduction):
    r = {"reduction": reduction}
    x = Normal(4, 3, deviation=2)
    file.case(f"softMarginLoss-{reduction}", lambda x, t: F.soft_margin_loss(x, t, **r), x, SIGNS)
    file.case(
        f"multiLabelSoftMarginLoss-{reduction}",
        lambda x, t, w: F.multilabel_soft_margin_loss(x, t, w.detach(), **r), x, Uniform(4, 3), Fixed([1, 2, 0.5]))
    labels = Fixed([2, 0, 1, 1], "int64")
    file.case(f"multiMarginLoss-{reduction}", lambda x, y: F.multi_margin_loss(x, y, **r), x, labels)
    file.case(
        f"multiMarginLoss-squared-{reduction}",
        lambda x, y, w: F.multi_margin_loss(x, y, p=2, margin=0.5, weight=w.detach(), **r), x, labels,
        Fixed([1, 2, 0.5]))
    file.case(
        f"multiLabelMarginLoss-{reduction}", lambda x, y: F.multilabel_margin_loss(x, y, **r), Normal(3, 4),
        Fixed([[3, 0, -1, 1], [-1, 2, 2, 2], [1, 1, 0, 3]], "int64"))


def add_likelihoods(file, reduction):
    r = {"reduction": reduction}
    x, counts = Normal(4, 3), Uniform(4, 3, high=4)
    t = Uniform(4, 3, low=0.1)
    file.case(f"klDivLoss-{reduction}", lambda x, t: F.kl_div(x, t, **r), x, t)
    file.case(f"klDivLoss-logarithms-{reduction}", lambda x, t: F.kl_div(x, t, log_target=True, **r), x, Normal(4, 3))
    file.case(f"poissonNLLLoss-{reduction}", lambda x, t: F.poisson_nll_loss(x, t, **r), x, counts)
    file.case(f"poissonNLLLoss-full-{reduction}", lambda x, t: F.poisson_nll_loss(x, t, full=True, **r), x, counts)
    file.case(
        f"poissonNLLLoss-rates-{reduction}", lambda x, t: F.poisson_nll_loss(x, t, log_input=False, **r),
        Uniform(4, 3, low=0.1, high=3), counts)
    v = Uniform(4, 3, low=0.1, high=2)
    file.case(f"gaussianNLLLoss-{reduction}", lambda x, t, v: F.gaussian_nll_loss(x, t, v, **r), x, Normal(4, 3), v)
    file.case(
        f"gaussianNLLLoss-shared-{reduction}", lambda x, t, v: F.gaussian_nll_loss(x, t, v, full=True, **r), x,
        Normal(4, 3), Uniform(4, low=0.1, high=2))


def add_embeddings(file, reduction):
    r = {"reduction": reduction}
    a, b, c = Normal(5, 4), Normal(5, 4), Normal(5, 4)
    signs = Fixed([1, -1, 1, -1, -1])
    file.case(
        f"hingeEmbeddingLoss-{reduction}", lambda x, t: F.hinge_embedding_loss(x, t, margin=0.7, **r),
        Uniform(4, 3, high=1.5), SIGNS)
    file.case(
        f"marginRankingLoss-{reduction}", lambda a, b, t: F.margin_ranking_loss(a, b, t, margin=0.3, **r), Normal(4, 3),
        Normal(4, 3), SIGNS)
    file.case(
        f"cosineEmbeddingLoss-{reduction}", lambda a, b, t: F.cosine_embedding_loss(a, b, t, margin=-0.4, **r), a, b,
        signs)
    file.case(f"tripletMarginLoss-{reduction}", lambda a, b, c: F.triplet_margin_loss(a, b, c, **r), a, b, c)
    file.case(
        f"tripletMarginLoss-swap-{reduction}",
        lambda a, b, c: F.triplet_margin_loss(a, b, c, margin=1.5, p=3, swap=True, **r), a, b, c)
    file.case(
        f"tripletMarginWithDistanceLoss-{reduction}",
        lambda a, b, c: F.triplet_margin_with_distance_loss(
            a, b, c, distance_function=lambda x, y: 1 - F.cosine_similarity(x, y), margin=0.5, swap=True, **r), a, b, c)


CTC_LABELS = Fixed([[1, 2, 2, 3], [3, 1, 0, 0], [2, 0, 0, 0]], "int64")


def ctc(x, y, reduction, blank=0, inputs=(7, 6, 4), targets=(4, 2, 1), zero=False):
    return F.ctc_loss(
        F.log_softmax(x, -1), y, torch.tensor(inputs), torch.tensor(targets), blank=blank, reduction=reduction,
        zero_infinity=zero)


def add_sequences(file, reduction):
    x = Normal(7, 3, 4, deviation=2)
    file.case(f"ctcLoss-{reduction}", lambda x, y: ctc(x, y, reduction), x, CTC_LABELS)
    file.case(
        f"ctcLoss-blank-{reduction}", lambda x, y: ctc(x, y, reduction, blank=3, targets=(3, 2, 0)), x,
        Fixed([[1, 2, 2], [0, 1, 0], [0, 0, 0]], "int64"))
    # Four labels, two of them alike, take five steps; the second sequence has three.
    file.case(
        f"ctcLoss-impossible-{reduction}",
        lambda x, y: ctc(x, y, reduction, inputs=(7, 3, 4), targets=(4, 4, 1), zero=True), x,
        Fixed([[1, 2, 2, 3], [3, 1, 1, 2], [2, 0, 0, 0]], "int64"))


def add_linear(file):
    weight = Fixed([1, 2, 0.5, 1, 3])
    for reduction in ("mean", "sum", "none"):
        file.case(
            f"linearCrossEntropy-{reduction}",
            lambda x, w, y, b, c, r=reduction: F.linear_cross_entropy(
                x, w, y, linear_bias=b, weight=c.detach(), ignore_index=2, label_smoothing=0.1, reduction=r),
            Normal(6, 4), Normal(5, 4), Fixed([0, 4, 2, 1, 2, 3], "int64"), Normal(5), weight)


def adaptive(x, y, *weights):
    layer = torch.nn.AdaptiveLogSoftmaxWithLoss(8, 12, cutoffs=[3, 7], div_value=2.0)
    parameters = dict(zip(dict(layer.named_parameters()), weights))
    return torch.func.functional_call(layer, parameters, (x, y))


def add_adaptive(file):
    """Weights of the head, and of the projection and the classes of two groups."""
    rng = generator("adaptive")
    weights = [Fixed(rng.standard_normal(shape)) for shape in [(5, 8), (4, 8), (4, 4), (2, 8), (5, 2)]]
    file.case(
        "adaptiveLogSoftmaxWithLoss", adaptive, Normal(6, 8), Fixed([0, 5, 11, 2, 3, 7], "int64"), *weights)


def add_extremes(file):
    far = [-1000, 1000, -1000, 1000, 0, -90, 90]
    # PyTorch's overflows further out.
    file.case(
        "softMarginLoss-extremes", lambda x, t: F.soft_margin_loss(x, t, reduction="none"), [-80, 80, -80, 80, 0],
        Fixed([1, 1, -1, -1, 1]), halves=False)
    file.case(
        "multiLabelSoftMarginLoss-extremes", F.multilabel_soft_margin_loss, far, Fixed([1, 1, 0, 0, 1, 0.25, 0.75]))
    file.case("klDivLoss-zeros", F.kl_div, [-1, -200, -3], Fixed([0, 0, 1]))
    file.case("klDivLoss-batchmean", lambda x, t: F.kl_div(x, t, reduction="batchmean"), Normal(4, 3), Uniform(4, 3))
    file.case("poissonNLLLoss-zeros", lambda x, t: F.poisson_nll_loss(x, t, log_input=False, full=True), [1, 2, 0.5],
              Fixed([0, 1, 3]))
    file.case("gaussianNLLLoss-small", F.gaussian_nll_loss, [1, 2, 3], Fixed([1, 2, 2]), [0, 1e-7, 0.5], halves=False)
    file.case(
        "cosineEmbeddingLoss-zeros", lambda a, b, t: F.cosine_embedding_loss(a, b, t, reduction="none"),
        Fixed([[0, 0], [1, 0], [3, 4], [2, 2]]), Fixed([[1, 2], [0, 0], [6, 8], [-1, -1]]), Fixed([1, -1, 1, 1]),
        halves=False)
    file.case("hingeEmbeddingLoss-others", F.hinge_embedding_loss, [0.5, 2, 0.25], Fixed([0, 1, -1]))
    file.case("multiMarginLoss-one", F.multi_margin_loss, [0.5, 2, 0.25], Fixed(1, "int64"))
    file.case("multiLabelMarginLoss-one", F.multilabel_margin_loss, [0.1, 0.2, 0.4, 0.8], Fixed([3, 0, -1, 1], "int64"))


def add_second(file):
    a, b, t = Normal(4, 3), Normal(4, 3), Uniform(4, 3, low=0.1, high=0.9)
    file.case("mseLoss-second", gradient(F.mse_loss), a, b)
    file.case("huberLoss-second", gradient(F.huber_loss), a, b)
    file.case("softMarginLoss-second", gradient(F.soft_margin_loss), a, SIGNS)
    file.case("multiLabelSoftMarginLoss-second", gradient(F.multilabel_soft_margin_loss), a, t)
    file.case("binaryCrossEntropyWithLogits-second", gradient(F.binary_cross_entropy_with_logits), a, t)
    file.case("klDivLoss-second", gradient(F.kl_div), a, t)
    file.case("klDivLoss-logarithms-second", gradient(lambda x, t: F.kl_div(x, t, log_target=True)), a, b)
    file.case("poissonNLLLoss-second", gradient(F.poisson_nll_loss), a, t)
    file.case("gaussianNLLLoss-second", gradient(F.gaussian_nll_loss), a, b, Uniform(4, 3, low=0.5, high=2))
    x, y, z = Normal(5, 4), Normal(5, 4), Normal(5, 4)
    file.case(
        "cosineEmbeddingLoss-second", gradient(lambda a, b, t: F.cosine_embedding_loss(a, b, t, margin=-0.4)), x, y,
        Fixed([1, -1, 1, -1, -1]))
    file.case("tripletMarginLoss-second", gradient(F.triplet_margin_loss), x, y, z)


def add_first(file):
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
