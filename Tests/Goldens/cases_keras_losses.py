"""Cases of Keras's losses, computed by Keras on PyTorch."""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import torch

from cases_losses import SIGNS, gradient
from golden import Fixed, Normal, Uniform

L = keras.losses


def mean(loss, **settings):
    """Of a prediction and its target, which Keras takes in the other order."""
    return lambda x, t: loss(t, x, **settings).mean()


def each(loss, **settings):
    return lambda x, t: loss(t, x, **settings)


def weighted(loss, **settings):
    """The mean with a weight for each example, of those that a mask lets count."""

    def of(x, t, w, m):
        made = loss(reduction="mean_with_sample_weight", dtype=str(x.dtype).removeprefix("torch."), **settings)
        return made(t, x, sample_weight=w * m)

    return of


def add(file):
    # Gradients of clipped values are cut at other places in halves, where 1 - 1e-7 is 1.
    p = Uniform(4, 3, low=0.05, high=0.95)
    t, x, y = Uniform(4, 3, low=0.05, high=0.95), Normal(4, 3), Normal(4, 3)
    labels = Fixed([2, 0, 1, 1], "int64")
    one_hot = Fixed([[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 1, 0]])
    for name, loss, inputs in [
        ("mapeLoss", L.mean_absolute_percentage_error, (x, y)),
        ("msleLoss", L.mean_squared_logarithmic_error, (p, t)),
        ("logCoshLoss", L.log_cosh, (x, y)),
        ("hingeLoss", L.hinge, (x, SIGNS)),
        ("squaredHingeLoss", L.squared_hinge, (x, SIGNS)),
        ("categoricalHingeLoss", L.categorical_hinge, (x, one_hot)),
        ("cosineSimilarityLoss", L.cosine_similarity, (x, y)),
        ("klDivergence", L.kl_divergence, (p, t)),
        ("poissonNLLLoss", L.poisson, (p, y)),
        ("diceLoss", L.dice, (p, t)),
        ("tverskyLoss", L.tversky, (p, t)),
        ("binaryCrossEntropy", L.binary_crossentropy, (p, t)),
        ("binaryFocalCrossEntropy", L.binary_focal_crossentropy, (p, t)),
        ("categoricalCrossEntropy", L.categorical_crossentropy, (p, t)),
        ("categoricalFocalCrossEntropy", L.categorical_focal_crossentropy, (p, t)),
    ]:
        file.case(f"keras-{name}", mean(loss), *inputs)
        # The others' gradients are constant, or not exact in Keras.
        if name not in ("hingeLoss", "categoricalHingeLoss", "mapeLoss"):
            file.case(f"keras-{name}-second", gradient(mean(loss)), *inputs)
    add_settings(file, p, t, x, labels)
    add_weights(file, p, t, x, y, one_hot)
    add_extremes(file)


def add_settings(file, p, t, x, labels):
    binary = Fixed([[1, 0, 1], [0, 0, 1], [1, 1, 0], [0, 1, 1]])
    file.case("keras-hingeLoss-binary", mean(L.hinge), x, binary)
    file.case("keras-squaredHingeLoss-binary", mean(L.squared_hinge), x, binary)
    file.case("keras-binaryCrossEntropy-smoothed", mean(L.binary_crossentropy, label_smoothing=0.2), p, binary)
    file.case(
        "keras-binaryCrossEntropyWithLogits-smoothed",
        mean(L.binary_crossentropy, label_smoothing=0.2, from_logits=True), x, binary)
    balanced = {"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5, "label_smoothing": 0.1}
    file.case("keras-binaryFocalCrossEntropy-balanced", mean(L.binary_focal_crossentropy, **balanced), p, binary)
    file.case(
        "keras-binaryFocalCrossEntropyWithLogits", mean(L.binary_focal_crossentropy, from_logits=True, **balanced), x,
        binary)
    file.case(
        "keras-categoricalFocalCrossEntropyWithLogits",
        mean(L.categorical_focal_crossentropy, from_logits=True, gamma=1.5, label_smoothing=0.1), x, t)
    file.case("keras-categoricalCrossEntropy-labels", mean(L.sparse_categorical_crossentropy), p, labels)
    file.case(
        "keras-categoricalCrossEntropy-images", mean(L.sparse_categorical_crossentropy, axis=1),
        Uniform(2, 3, 2, low=0.05), Fixed([[2, 0], [1, 1]], "int64"))
    file.case(
        "keras-categoricalCrossEntropy-smoothed", mean(L.categorical_crossentropy, label_smoothing=0.2), p,
        Fixed([[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 1, 0]]))
    file.case(
        "keras-categoricalCrossEntropy-ignored",
        lambda p, y: L.SparseCategoricalCrossentropy(
            ignore_class=1, dtype=str(p.dtype).removeprefix("torch."))(y, p), p, labels)
    file.case("keras-crossEntropy", mean(L.sparse_categorical_crossentropy, from_logits=True), x, labels)
    file.case(
        "keras-generalizedCrossEntropy", mean(L.categorical_generalized_cross_entropy, q=0.7), p, labels)
    file.case("keras-diceLoss-axes", each(L.dice, axis=(1, 2)), Uniform(3, 2, 4), Uniform(3, 2, 4))
    file.case(
        "keras-tverskyLoss-axes", each(L.tversky, axis=(1, 2), alpha=0.3, beta=0.6), Uniform(3, 2, 4), Uniform(3, 2, 4))
    unit = Normal(5, 4)
    file.case(
        "keras-circleLoss",
        lambda x, y: L.circle(y, torch.nn.functional.normalize(x), gamma=4, margin=0.3), unit,
        Fixed([0, 1, 0, 1, 2], "int64"))
    file.case(
        "keras-circleLoss-references",
        lambda x, y, r, s: L.circle(
            y, torch.nn.functional.normalize(x), ref_labels=s, ref_embeddings=torch.nn.functional.normalize(r),
            remove_diagonal=False, gamma=4), unit, Fixed([0, 1, 0, 1, 0], "int64"), Normal(3, 4),
        Fixed([1, 0, 1], "int64"))
    # Labels of its own blank 0, lengths of the labels that are not 0, logits of shape [N, T, C].
    file.case(
        "keras-ctcLoss", lambda x, y: L.ctc(y, x), Normal(3, 7, 4, deviation=2),
        Fixed([[1, 2, 2, 3], [3, 1, 0, 0], [2, 0, 0, 0]], "int64"))


def add_weights(file, p, t, x, y, one_hot):
    weight, mask = Fixed([1, 0.5, 3, 2]), Fixed([1, 1, 0, 1])
    for name, loss, inputs in [
        ("mseLoss", L.MeanSquaredError, (x, y)),
        ("l1Loss", L.MeanAbsoluteError, (x, y)),
        ("huberLoss", L.Huber, (x, y)),
        ("mapeLoss", L.MeanAbsolutePercentageError, (x, y)),
        ("msleLoss", L.MeanSquaredLogarithmicError, (p, t)),
        ("logCoshLoss", L.LogCosh, (x, y)),
        ("categoricalHingeLoss", L.CategoricalHinge, (x, one_hot)),
        ("cosineSimilarityLoss", L.CosineSimilarity, (x, y)),
        ("klDivergence", L.KLDivergence, (p, t)),
        ("binaryCrossEntropy", L.BinaryCrossentropy, (p, t)),
        ("categoricalCrossEntropy", L.CategoricalCrossentropy, (p, one_hot)),
    ]:
        file.case(f"keras-{name}-weights", weighted(loss), *inputs, weight, mask)


def add_extremes(file):
    file.case("keras-logCoshLoss-extremes", each(lambda t, x: L.log_cosh(t, x)), [[-1000, 1000, 80, -20]],
              Fixed([[0, 0, 0, 0]]))
    file.case("keras-mapeLoss-zeros", each(L.mean_absolute_percentage_error), [[1, 1e-6]], Fixed([[1, 0]]))
    file.case("keras-msleLoss-bounds", each(L.mean_squared_logarithmic_error), [[-1, 3, 1e6]], Fixed([[2, 0, -3]]))
    file.case(
        "keras-categoricalCrossEntropy-certain", each(L.categorical_crossentropy), [[0, 1], [1, 0], [0.25, 0.5]],
        Fixed([[1, 0], [1, 0], [0.5, 0.5]]), gradient=False)
    file.case("keras-diceLoss-nothing", each(L.dice, axis=-1), Fixed([[0, 0], [1, 0]]), Fixed([[0, 0], [0, 1]]))
    file.case("keras-cosineSimilarityLoss-zeros", each(L.cosine_similarity), Fixed([[0, 0], [3, 4]]),
              Fixed([[1, 2], [-3, -4]]), halves=False)
