import TernCore

/// A loss by its name, for configuration files.
///
/// ```swift
/// let loss = try makeLoss("huber", settings: ["delta": 0.5, "reduction": "sum"])
/// let classes = try makeLoss("sparse_categorical_crossentropy", settings: ["fromLogits": true])
/// ```
///
/// - Parameters:
///   - name: a name of PyTorch's or Keras's for the loss, as class or function, or one of its short ones, such as `mse`; see
///     ``lossNames``. Capitals, `_`, `-` and a `loss` at the end make no difference. `bce` is PyTorch's, `binary_crossentropy`
///     Keras's, with its epsilon; names with a `categorical` are Keras's, of probabilities.
///   - settings: those of the value that is made, such as ``HuberLoss``, by their names there and with the same defaults, and
///     `reduction`: `mean`, `sum` or `none`. Keras's names for cross-entropies have `fromLogits` besides. Weights of classes
///     are set on the value.
/// - Throws: ``/TernCore/ConfigurationError``: for an unknown name, which lists those that there are, for unknown
///   settings and for wrong values.
public func makeLoss(
    _ name: String, settings: [String: ConfigurationValue] = [:]
) throws(ConfigurationError) -> any Loss {
    guard let (title, make) = makers[plain(name)] else {
        let nearest = makers.keys.sorted().min { distance($0, plain(name)) < distance($1, plain(name)) }!
        throw ConfigurationError(
            "there is no loss '\(name)', did you mean '\(makers[nearest]!.title)'? There are "
                + lossNames.joined(separator: ", "))
    }
    var reader = LossSettings(settings)
    let loss = make(&reader)
    if let problem = reader.problem { throw ConfigurationError("\(title): \(problem)") }
    return loss
}

/// The names that ``makeLoss(_:settings:)`` takes, sorted.
public var lossNames: [String] { makers.values.map(\.title).sorted() }

private typealias Maker = @Sendable (inout LossSettings) -> any Loss

/// Each with its names.
private let table: [([String], Maker)] = [
    (["mse", "mean_squared_error"], { MSELoss(reduction: $0.reduction) }),
    (["l1", "mae", "mean_absolute_error"], { L1Loss(reduction: $0.reduction) }),
    (["smooth_l1"], { SmoothL1Loss(beta: $0.number("beta", 1, in: zeroUp), reduction: $0.reduction) }),
    (["huber"], { HuberLoss(delta: $0.number("delta", 1, in: aboveZero), reduction: $0.reduction) }),
    (["log_cosh"], { LogCoshLoss(reduction: $0.reduction) }),
    (
        ["mape", "mean_absolute_percentage_error"],
        { MAPELoss(epsilon: $0.number("epsilon", 1e-7, in: aboveZero), reduction: $0.reduction) }
    ),
    (
        ["msle", "mean_squared_logarithmic_error"],
        { MSLELoss(epsilon: $0.number("epsilon", 1e-7, in: zeroUp), reduction: $0.reduction) }
    ),
    (
        ["poisson_nll"],
        {
            PoissonNLLLoss(
                isLogInput: $0.flag("isLogInput", true), isFull: $0.flag("isFull", false),
                epsilon: $0.number("epsilon", 1e-8, in: zeroUp), reduction: $0.reduction)
        }
    ),
    (
        ["poisson"],
        {
            PoissonNLLLoss(
                isLogInput: false, epsilon: $0.number("epsilon", 1e-7, in: zeroUp), reduction: $0.reduction)
        }
    ),
    (
        ["cross_entropy"],
        {
            CrossEntropyLoss(
                axis: $0.axis("axis"), ignoreIndex: $0.integer("ignoreIndex", -100),
                labelSmoothing: $0.number("labelSmoothing", 0, in: share), reduction: $0.reduction)
        }
    ),
    (
        ["categorical_crossentropy", "sparse_categorical_crossentropy"],
        { reader in
            let (axis, ignored) = (reader.integer("axis", -1), reader.integer("ignoreIndex", -100))
            let smoothing = reader.number("labelSmoothing", 0, in: share)
            if reader.flag("fromLogits", false) {
                return CrossEntropyLoss(
                    axis: axis, ignoreIndex: ignored, labelSmoothing: smoothing, reduction: reader.reduction)
            }
            return CategoricalCrossEntropyLoss(
                axis: axis, ignoreIndex: ignored, epsilon: reader.number("epsilon", 1e-7, in: share),
                labelSmoothing: smoothing, reduction: reader.reduction)
        }
    ),
    (
        ["categorical_generalized_cross_entropy", "generalized_cross_entropy"],
        {
            GeneralizedCrossEntropyLoss(
                q: $0.number("q", 0.5, in: aboveZero.lowerBound...1), axis: $0.integer("axis", -1),
                reduction: $0.reduction)
        }
    ),
    (
        ["categorical_focal_crossentropy"],
        { reader in
            let (axis, ignored) = (reader.integer("axis", -1), reader.integer("ignoreIndex", -100))
            let (alpha, gamma) = (reader.number("alpha", 0.25), reader.number("gamma", 2, in: zeroUp))
            let smoothing = reader.number("labelSmoothing", 0, in: share)
            if reader.flag("fromLogits", false) {
                return CategoricalFocalCrossEntropyWithLogitsLoss(
                    axis: axis, alpha: alpha, gamma: gamma, ignoreIndex: ignored, labelSmoothing: smoothing,
                    reduction: reader.reduction)
            }
            return CategoricalFocalCrossEntropyLoss(
                axis: axis, alpha: alpha, gamma: gamma, ignoreIndex: ignored,
                epsilon: reader.number("epsilon", 1e-7, in: share), labelSmoothing: smoothing,
                reduction: reader.reduction)
        }
    ),
    (
        ["nll"],
        {
            NLLLoss(
                axis: $0.axis("axis"), ignoreIndex: $0.integer("ignoreIndex", -100), reduction: $0.reduction)
        }
    ),
    (
        ["bce"],
        {
            BCELoss(
                epsilon: $0.has("epsilon") ? $0.number("epsilon", 0, in: share) : nil,
                labelSmoothing: $0.number("labelSmoothing", 0, in: share), reduction: $0.reduction)
        }
    ),
    (
        ["bce_with_logits", "binary_cross_entropy_with_logits"],
        { BCEWithLogitsLoss(labelSmoothing: $0.number("labelSmoothing", 0, in: share), reduction: $0.reduction) }
    ),
    (
        ["binary_crossentropy"],
        { reader in
            let smoothing = reader.number("labelSmoothing", 0, in: share)
            if reader.flag("fromLogits", false) {
                return BCEWithLogitsLoss(labelSmoothing: smoothing, reduction: reader.reduction)
            }
            return BCELoss(
                epsilon: reader.number("epsilon", 1e-7, in: share), labelSmoothing: smoothing,
                reduction: reader.reduction)
        }
    ),
    (
        ["binary_focal_crossentropy"],
        { reader in
            let alpha = reader.has("alpha") ? reader.number("alpha", 0.25, in: share) : nil
            let gamma = reader.number("gamma", 2, in: zeroUp)
            let smoothing = reader.number("labelSmoothing", 0, in: share)
            if reader.flag("fromLogits", false) {
                return BinaryFocalCrossEntropyWithLogitsLoss(
                    alpha: alpha, gamma: gamma, labelSmoothing: smoothing, reduction: reader.reduction)
            }
            return BinaryFocalCrossEntropyLoss(
                alpha: alpha, gamma: gamma, epsilon: reader.number("epsilon", 1e-7, in: share),
                labelSmoothing: smoothing, reduction: reader.reduction)
        }
    ),
    (
        ["kl_div"],
        {
            KLDivLoss(
                isLogTarget: $0.flag("isLogTarget", false), axis: $0.axis("axis"), reduction: $0.reduction)
        }
    ),
    (
        ["kl_divergence", "kld", "kullback_leibler_divergence"],
        {
            KLDivergenceLoss(
                axis: $0.integer("axis", -1), epsilon: $0.number("epsilon", 1e-7, in: aboveZero),
                reduction: $0.reduction)
        }
    ),
    (["hinge"], { HingeLoss(reduction: $0.reduction) }),
    (["squared_hinge"], { SquaredHingeLoss(reduction: $0.reduction) }),
    (
        ["categorical_hinge"],
        { CategoricalHingeLoss(axis: $0.integer("axis", -1), reduction: $0.reduction) }
    ),
    (["soft_margin"], { SoftMarginLoss(reduction: $0.reduction) }),
    (
        ["multi_margin"],
        {
            MultiMarginLoss(
                p: $0.integer("p", 1, in: 1...2), margin: $0.number("margin", 1), reduction: $0.reduction)
        }
    ),
    (["multilabel_margin"], { MultiLabelMarginLoss(reduction: $0.reduction) }),
    (["multilabel_soft_margin"], { MultiLabelSoftMarginLoss(reduction: $0.reduction) }),
    (
        ["hinge_embedding"],
        { HingeEmbeddingLoss(margin: $0.number("margin", 1), reduction: $0.reduction) }
    ),
    (
        ["cosine_similarity"],
        { CosineSimilarityLoss(axis: $0.integer("axis", -1), reduction: $0.reduction) }
    ),
    (
        ["circle"],
        {
            CircleLoss(
                gamma: $0.number("gamma", 80), margin: $0.number("margin", 0.4, in: share), reduction: $0.reduction)
        }
    ),
    (["dice"], { DiceLoss(epsilon: $0.number("epsilon", 1e-7, in: zeroUp), reduction: $0.reduction) }),
    (
        ["tversky"],
        {
            TverskyLoss(
                alpha: $0.number("alpha", 0.5, in: zeroUp), beta: $0.number("beta", 0.5, in: zeroUp),
                epsilon: $0.number("epsilon", 1e-7, in: zeroUp), reduction: $0.reduction)
        }
    ),
]

private let zeroUp = 0...Double.greatestFiniteMagnitude
private let aboveZero = Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude
private let share = 0...1.0

/// By their plain names.
private let makers: [String: (title: String, make: Maker)] = {
    var makers: [String: (title: String, make: Maker)] = [:]
    for (names, make) in table { for name in names { makers[plain(name)] = (name, make) } }
    return makers
}()

/// A name without what makes no difference.
private func plain(_ name: String) -> String {
    let letters = name.lowercased().filter { $0 != "_" && $0 != "-" }
    return letters.hasSuffix("loss") ? String(letters.dropLast(4)) : letters
}

/// How many letters must be added, left out or replaced to make one word of the other.
private func distance(_ a: String, _ b: String) -> Int {
    var costs = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var diagonal = costs[0]
        costs[0] = i + 1
        for (j, y) in b.enumerated() {
            let replaced = diagonal + (x == y ? 0 : 1)
            diagonal = costs[j + 1]
            costs[j + 1] = min(replaced, costs[j] + 1, diagonal + 1)
        }
    }
    return costs[b.count]
}
