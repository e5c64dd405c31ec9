"""Metrics against scikit-learn and Keras: pip install scikit-learn keras.

A case is a set of examples (`predictions`, `targets` and `weights`, some of which are 0); beside them stand the values of
each metric by its name, and those with weights by the name and `.weighted`. Scores have ties; one set lacks a class,
others a label or a sort of answer. Keras computes in float32. Made with scikit-learn 1.9 and Keras 3.15.
"""

import os
import warnings
from fractions import Fraction

import numpy as np

from golden import generator


def add(file):
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    for name, examples, metrics in CASES:
        file.begin(name)
        rng = generator(name)
        predictions, targets = examples(rng)
        weights = rng.choice([0, 0.5, 1, 2, 0.3], len(predictions)).astype(np.float32)
        file.put(f"{name}/predictions", predictions)
        file.put(f"{name}/targets", targets)
        file.put(f"{name}/weights", weights)
        for metric, function in metrics().items():
            file.put(f"{name}/{metric}", np.asarray(function(predictions, targets, None), np.float64))
            try:
                value = function(predictions, targets, weights)
            except NoWeights:
                continue
            file.put(f"{name}/{metric}.weighted", np.asarray(value, np.float64))


def double(w):
    """scikit-learn adds up weights in their own type."""
    return None if w is None else w.astype(np.float64)


class NoWeights(Exception):
    """The package's function takes none."""


def unweighted(function):
    def call(p, t, w):
        if w is not None:
            raise NoWeights
        return function(p, t)

    return call


def keras_metric(make, convert=lambda p, t: (t, p), has_weights=True):
    """A Keras metric of one batch; `convert` gives it targets and predictions as it wants them."""

    def call(p, t, w):
        if w is not None and not has_weights:
            raise NoWeights
        os.environ["KERAS_BACKEND"] = "torch"
        import keras

        metric = make(keras.metrics)
        targets, predictions = convert(p, t)
        metric.update_state(targets, predictions, sample_weight=w)
        return metric.result().detach().numpy()

    return call


# Examples


def binary(share=0.5, decimals=2, count=60):
    def examples(rng):
        targets = (rng.uniform(size=count) < share).astype(np.int64)
        scores = np.clip(rng.normal(0.4 + 0.2 * targets, 0.25), 0, 1)
        # At 0 and 1 the logarithms of Keras depend on how float32 rounds.
        return np.clip(scores.round(decimals), *((0.01, 0.99) if decimals > 2 else (0, 1))).astype(np.float32), targets

    return examples


def extreme_scores(rng):
    values = np.array([-3e38, -1, -1e-40, 0, 1e-40, 1e-3, 1, 3e38], np.float32)
    return rng.choice(values, 40), rng.integers(0, 2, 40)


def multiclass(classes=4, absent=None, count=50):
    def examples(rng):
        targets = rng.integers(0, classes, count)
        if absent is not None:
            targets[targets == absent] = 0
        scores = rng.normal(size=(count, classes)) + 1.2 * np.eye(classes)[targets]
        p = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
        # Ties between examples, and few within one.
        return p.round(2).astype(np.float32), targets

    return examples


def multilabel(rng):
    targets = (rng.uniform(size=(40, 3)) < [0.2, 0.6, 0]).astype(np.int64)
    return np.clip(rng.normal(0.4 + 0.2 * targets, 0.3), 0, 1).round(2).astype(np.float32), targets


def regression(*shape, mean=0.0, scale=1.0):
    def examples(rng):
        targets = rng.normal(mean, scale, shape)
        return targets + rng.normal(0, 0.4 * scale, shape), targets

    return examples


def constant(rng):
    return rng.normal(size=20), np.full(20, 2.5)


def positive(rng):
    return rng.uniform(0.1, 3, (30, 4)).astype(np.float32), rng.uniform(0.1, 3, (30, 4)).astype(np.float32)


# Metrics


def binary_metrics(threshold=0.5):
    import sklearn.metrics as m

    def of(function, **settings):
        return lambda p, t, w: function(t, p > threshold, sample_weight=w, **settings)

    def confusion(p, t, w):
        return m.confusion_matrix(t, p > threshold, sample_weight=w, labels=[0, 1])

    return {
        "accuracy": of(m.accuracy_score),
        "precision": of(m.precision_score, zero_division=0),
        "precision-one": of(m.precision_score, zero_division=1),
        "recall": of(m.recall_score, zero_division=0),
        "specificity": of(m.recall_score, pos_label=0, zero_division=0),
        "f1": of(m.f1_score, zero_division=0),
        "f2": of(m.fbeta_score, beta=2, zero_division=0),
        "f0.5": of(m.fbeta_score, beta=0.5, zero_division=0),
        "jaccard": of(m.jaccard_score, zero_division=0),
        "confusion": confusion,
        "balancedAccuracy": of(m.balanced_accuracy_score),
        "kappa": of(m.cohen_kappa_score, labels=[0, 1]),
        "matthews": of(m.matthews_corrcoef),
        "rocAUC": lambda p, t, w: m.roc_auc_score(t, p, sample_weight=w) if len(set(t)) > 1 else np.nan,
        "averagePrecision": lambda p, t, w: m.average_precision_score(t, p, sample_weight=w),
        "rocCurve": lambda p, t, w: np.concatenate(m.roc_curve(t, p, sample_weight=w, drop_intermediate=False)),
        "precisionRecallCurve": lambda p, t, w: np.concatenate(m.precision_recall_curve(t, p, sample_weight=w)),
    }


def probability_metrics():
    import sklearn.metrics as m
    from sklearn.calibration import calibration_curve

    def k(name, *arguments, **settings):
        # Keras's confusion matrix cuts off the fractions of weights.
        has_weights = "IoU" not in name
        return keras_metric(lambda metrics: getattr(metrics, name)(*arguments, **settings), has_weights=has_weights)

    metrics = binary_metrics() | {
        "logLoss": lambda p, t, w: m.log_loss(
            t, np.clip(p.astype(np.float64), 1e-15, 1 - 1e-15), sample_weight=w,
            labels=[0, 1]),
        "calibration-uniform": unweighted(lambda p, t: np.concatenate(calibration_curve(t, p, n_bins=6))),
        "calibration-quantile": unweighted(
            lambda p, t: np.concatenate(calibration_curve(t, p, n_bins=6, strategy="quantile"))),
        "keras.BinaryAccuracy": k("BinaryAccuracy", threshold=0.3),
        "keras.Precision": k("Precision"),
        "keras.Recall": k("Recall"),
        "keras.BinaryIoU": k("BinaryIoU", [0, 1], 0.5),
        "keras.BinaryCrossentropy": keras_metric(
            lambda metrics: metrics.BinaryCrossentropy(), lambda p, t: (t[:, None], p[:, None])),
        "keras.PrecisionAtRecall": k("PrecisionAtRecall", 0.6),
        "keras.RecallAtPrecision": k("RecallAtPrecision", 0.7),
        "keras.SensitivityAtSpecificity": k("SensitivityAtSpecificity", 0.7),
        "keras.SpecificityAtSensitivity": k("SpecificityAtSensitivity", 0.7, num_thresholds=11),
    }
    for outcome in ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives"):
        metrics[f"keras.{outcome}"] = k(outcome)
    for curve in ("ROC", "PR"):
        for summation in ("interpolation", "minoring", "majoring"):
            metrics[f"keras.AUC-{curve}-{summation}"] = k("AUC", curve=curve, summation_method=summation)
        metrics[f"keras.AUC-{curve}-11"] = k("AUC", curve=curve, num_thresholds=11)
    return metrics


def multiclass_metrics():
    import sklearn.metrics as m

    classes = 4
    labels = list(range(classes))

    def of(function, **settings):
        return lambda p, t, w: function(t, p.argmax(-1), sample_weight=w, **settings)

    def k(make, one_hot=False, has_weights=True):
        return keras_metric(make, lambda p, t: (np.eye(classes, dtype=np.float32)[t] if one_hot else t, p), has_weights)

    def of_classes(make):
        # Keras's confusion matrix cuts off the fractions of weights.
        return keras_metric(make, lambda p, t: (t, p.argmax(-1)), has_weights=False)

    def auc(average, kind):
        def call(p, t, w):
            p = p.astype(np.float64) / p.astype(np.float64).sum(-1, keepdims=True)
            return m.roc_auc_score(t, p, average=average, multi_class=kind, labels=labels, sample_weight=double(w))

        return call

    def average_precision(average):
        return lambda p, t, w: m.average_precision_score(
            np.eye(classes)[t], p, average=average, sample_weight=double(w))

    metrics = {
        "accuracy": of(m.accuracy_score),
        # Ties between scores count as found, so no package says the same.
        "topK": lambda p, t, w: np.average((p > p[np.arange(len(t)), t, None]).sum(-1) < 2, weights=w),
        "balancedAccuracy": of(m.balanced_accuracy_score),
        "balancedAccuracy-adjusted": of(m.balanced_accuracy_score, adjusted=True),
        "kappa": of(m.cohen_kappa_score, labels=labels),
        "kappa-linear": of(m.cohen_kappa_score, labels=labels, weights="linear"),
        "kappa-quadratic": of(m.cohen_kappa_score, labels=labels, weights="quadratic"),
        "matthews": of(m.matthews_corrcoef),
        "averagePrecision-macro": average_precision("macro"),
        "averagePrecision-weighted": average_precision("weighted"),
        "rocAUC-ovr-macro": auc("macro", "ovr"),
        "rocAUC-ovr-weighted": auc("weighted", "ovr"),
        "rocAUC-ovo-macro": unweighted(lambda p, t: auc("macro", "ovo")(p, t, None)),
        "rocAUC-ovo-weighted": unweighted(lambda p, t: auc("weighted", "ovo")(p, t, None)),
        "logLoss": lambda p, t, w: m.log_loss(
            t, np.clip(p.astype(np.float64), 1e-15, 1) / np.clip(p.astype(np.float64), 1e-15, 1).sum(-1, keepdims=True),
            labels=labels, sample_weight=w),
        "keras.SparseCategoricalAccuracy": k(lambda x: x.SparseCategoricalAccuracy()),
        "keras.CategoricalAccuracy": k(lambda x: x.CategoricalAccuracy(), one_hot=True),
        "keras.SparseTopKCategoricalAccuracy": k(lambda x: x.SparseTopKCategoricalAccuracy(k=2)),
        "keras.TopKCategoricalAccuracy": k(lambda x: x.TopKCategoricalAccuracy(k=2), one_hot=True),
        "keras.MeanIoU": of_classes(lambda x: x.MeanIoU(classes)),
        "keras.MeanIoU-ignoring": of_classes(lambda x: x.MeanIoU(classes, ignore_class=1)),
        "keras.IoU": of_classes(lambda x: x.IoU(classes, [0, 2])),
        "keras.OneHotIoU": k(lambda x: x.OneHotIoU(classes, [0, 3]), one_hot=True, has_weights=False),
        "keras.OneHotMeanIoU": k(lambda x: x.OneHotMeanIoU(classes), one_hot=True, has_weights=False),
        "keras.CategoricalCrossentropy": k(lambda x: x.CategoricalCrossentropy(), one_hot=True),
        "keras.SparseCategoricalCrossentropy": k(lambda x: x.SparseCategoricalCrossentropy()),
        "keras.SparseCategoricalCrossentropy-logits": k(lambda x: x.SparseCategoricalCrossentropy(from_logits=True)),
    }
    for normalize in (None, "true", "pred", "all"):
        metrics[f"confusion-{normalize}"] = of(m.confusion_matrix, labels=labels, normalize=normalize)
    for average in ("micro", "macro", "weighted", None):
        settings = {"labels": labels, "average": average}
        metrics[f"precision-{average}"] = of(m.precision_score, zero_division=0, **settings)
        metrics[f"recall-{average}"] = of(m.recall_score, zero_division=0, **settings)
        metrics[f"f1-{average}"] = of(m.f1_score, zero_division=0, **settings)
        metrics[f"f2-{average}"] = of(m.fbeta_score, beta=2, zero_division=0, **settings)
        metrics[f"jaccard-{average}"] = of(m.jaccard_score, zero_division=0, **settings)
        metrics[f"recall-nan-{average}"] = of(m.recall_score, zero_division=np.nan, **settings)
        metrics[f"precision-one-{average}"] = of(m.precision_score, zero_division=1, **settings)
    return metrics


def multilabel_metrics():
    import sklearn.metrics as m

    def of(function, **settings):
        return lambda p, t, w: function(t, p > 0.5, sample_weight=w, **settings)

    def k(make):
        return keras_metric(make, lambda p, t: (t, p))

    metrics = {
        "exactMatch": of(m.accuracy_score),
        "accuracy": lambda p, t, w: m.accuracy_score(
            t.ravel(), p.ravel() > 0.5, sample_weight=None if w is None else w.repeat(3)),
        "averagePrecision-macro": lambda p, t, w: m.average_precision_score(t, p, average="macro", sample_weight=w),
        "averagePrecision-weighted": lambda p, t, w: m.average_precision_score(
            t, p, average="weighted", sample_weight=double(w)),
        "rocAUC": lambda p, t, w: [
            np.nan if t[:, i].sum() == 0 else m.roc_auc_score(t[:, i], p[:, i], sample_weight=w) for i in range(3)],
        "keras.F1Score": k(lambda x: x.F1Score(average="macro", threshold=0.5)),
        "keras.FBetaScore": k(lambda x: x.FBetaScore(average="weighted", beta=2.0, threshold=0.5)),
        "keras.FBetaScore-micro": k(lambda x: x.FBetaScore(average="micro", beta=2.0, threshold=0.5)),
        "keras.Precision-top2": k(lambda x: x.Precision(top_k=2)),
    }
    for average in ("micro", "macro", "weighted", None):
        metrics[f"precision-{average}"] = of(m.precision_score, average=average, zero_division=0)
        metrics[f"recall-{average}"] = of(m.recall_score, average=average, zero_division=0)
        metrics[f"f1-{average}"] = of(m.f1_score, average=average, zero_division=0)
    return metrics


def fractions(values):
    """The same numbers without rounding, for means that are far from 0."""
    return np.vectorize(Fraction, otypes=[object])(values)


def concordance(p, t):
    p, t = fractions(p), fractions(t)
    a, b = p - p.mean(0), t - t.mean(0)
    return 2 * (a * b).mean(0) / ((a * a).mean(0) + (b * b).mean(0) + (p.mean(0) - t.mean(0)) ** 2)


def regression_metrics():
    import sklearn.metrics as m

    def of(function, **settings):
        return lambda p, t, w: function(t, p, sample_weight=w, **settings)

    def pearson(p, t):
        p, t = fractions(p), fractions(t)
        a, b = p - p.mean(0), t - t.mean(0)
        sums = [np.atleast_1d(x.sum(0)).astype(np.float64) for x in (a * b, a * a, b * b)]
        return sums[0] / np.sqrt(sums[1]) / np.sqrt(sums[2])

    return {
        "meanAbsoluteError": of(m.mean_absolute_error),
        "meanSquaredError": of(m.mean_squared_error),
        "rootMeanSquaredError": lambda p, t, w: np.sqrt(m.mean_squared_error(t, p, sample_weight=w)),
        "r2": of(m.r2_score),
        "r2-variance": of(m.r2_score, multioutput="variance_weighted"),
        "r2-raw": lambda p, t, w: np.atleast_1d(m.r2_score(t, p, sample_weight=w, multioutput="raw_values")),
        "explainedVariance": of(m.explained_variance_score),
        "explainedVariance-variance": of(m.explained_variance_score, multioutput="variance_weighted"),
        "pearson": unweighted(pearson),
        "concordance": unweighted(lambda p, t: np.atleast_1d(concordance(p, t))),
    }


def keras_regression_metrics():
    def k(name, *arguments, convert=lambda p, t: (t, p), **settings):
        return keras_metric(lambda metrics: getattr(metrics, name)(*arguments, **settings), convert)

    def signs(p, t):
        return np.sign(t - 1).astype(np.float32), p - 1

    def shares(p, t):
        return t / t.sum(-1, keepdims=True), p / p.sum(-1, keepdims=True)

    def adjusted(p, t, w):
        # Keras counts each output of an example as one of its own.
        score = k("R2Score", class_aggregation="variance_weighted_average")(p, t, w)
        n, variables = len(t) if w is None else (w > 0).sum(), 3
        return 1 - (1 - score) * (n - 1) / (n - variables - 1)

    def one_hot(p, t):
        return np.eye(4, dtype=np.float32)[t.argmax(-1)], p

    return {
        "keras.MeanAbsoluteError": k("MeanAbsoluteError"),
        "keras.MeanSquaredError": k("MeanSquaredError"),
        "keras.RootMeanSquaredError": k("RootMeanSquaredError"),
        "keras.MeanAbsolutePercentageError": k("MeanAbsolutePercentageError"),
        "keras.MeanSquaredLogarithmicError": k("MeanSquaredLogarithmicError"),
        "keras.LogCoshError": k("LogCoshError"),
        "keras.Poisson": k("Poisson"),
        "keras.CosineSimilarity": k("CosineSimilarity"),
        "keras.Hinge": k("Hinge", convert=signs),
        "keras.SquaredHinge": k("SquaredHinge", convert=signs),
        "keras.CategoricalHinge": k("CategoricalHinge", convert=one_hot),
        "keras.KLDivergence": k("KLDivergence", convert=shares),
        "keras.R2Score": k("R2Score"),
        "keras.R2Score-variance": k("R2Score", class_aggregation="variance_weighted_average"),
        "keras.R2Score-adjusted": adjusted,
        "keras.PearsonCorrelation": k("PearsonCorrelation"),
        "keras.ConcordanceCorrelation": k("ConcordanceCorrelation"),
    }


CASES = [
    ("binary", binary(), probability_metrics),
    ("binary-fine", binary(decimals=7, count=200), probability_metrics),
    ("binary-all-no", binary(share=0), binary_metrics),
    ("binary-all-yes", binary(share=1), binary_metrics),
    ("binary-extreme", extreme_scores, lambda: binary_metrics(threshold=0)),
    ("multiclass", multiclass(), multiclass_metrics),
    ("multiclass-absent", multiclass(absent=2), multiclass_metrics),
    ("multilabel", multilabel, multilabel_metrics),
    ("regression", regression(50), regression_metrics),
    ("regression-outputs", regression(40, 3), regression_metrics),
    ("regression-far", regression(50, mean=1e7, scale=1e-2), regression_metrics),
    ("regression-large", regression(30, scale=1e100), regression_metrics),
    ("regression-constant", constant, regression_metrics),
    ("regression-positive", positive, keras_regression_metrics),
]
