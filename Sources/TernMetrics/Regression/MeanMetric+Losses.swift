import TernCore
import TernLosses

// Means of what are losses as well, see there for their formulas.

extension MeanMetric {
    /// The mean of `100 * |prediction - target| / |target|`. Keras's `MeanAbsolutePercentageError`; scikit-learn's
    /// `mean_absolute_percentage_error` is a hundredth of it.
    public static func meanAbsolutePercentageError() -> MeanMetric { MeanMetric(of: MAPELoss(reduction: .none)) }

    /// The mean of `(log(1 + prediction) - log(1 + target))^2`. scikit-learn's `mean_squared_log_error`, Keras's
    /// `MeanSquaredLogarithmicError`.
    public static func meanSquaredLogarithmicError() -> MeanMetric { MeanMetric(of: MSLELoss(reduction: .none)) }

    /// The mean of `log(cosh(prediction - target))`. Keras's `LogCoshError`.
    public static func logCosh() -> MeanMetric { MeanMetric(of: LogCoshLoss(reduction: .none)) }

    /// The mean of `rate - count * log(rate)` of predicted rates. Keras's `Poisson`.
    public static func poisson() -> MeanMetric {
        MeanMetric(of: PoissonNLLLoss(isLogInput: false, epsilon: 1e-7, reduction: .none))
    }

    /// The mean over examples [N..., D] of the cosine of the angle between prediction and target. Keras's `CosineSimilarity`.
    public static func cosineSimilarity() -> MeanMetric {
        MeanMetric { -cosineSimilarityLoss($0, $1, reduction: .none) }
    }

    /// The mean of `max(1 - target * prediction, 0)`, for targets of -1 and 1, or 0 and 1. Keras's `Hinge`.
    public static func hinge() -> MeanMetric { MeanMetric(of: HingeLoss(reduction: .none)) }

    /// The mean of `max(1 - target * prediction, 0)^2`, for targets of -1 and 1, or 0 and 1. Keras's `SquaredHinge`.
    public static func squaredHinge() -> MeanMetric { MeanMetric(of: SquaredHingeLoss(reduction: .none)) }

    /// The mean over examples [N..., C] of `max(1 + max((1 - target) * prediction) - sum(target * prediction), 0)`, for one-hot
    /// targets. Keras's `CategoricalHinge`.
    public static func categoricalHinge() -> MeanMetric { MeanMetric(of: CategoricalHingeLoss(reduction: .none)) }

    /// The mean over examples [N..., C] of Kullback and Leibler's divergence of predicted probabilities from the targets. Keras's
    /// `KLDivergence`.
    public static func klDivergence() -> MeanMetric {
        MeanMetric { TernLosses.klDivergence($0, $1, reduction: .none) }
    }
}
