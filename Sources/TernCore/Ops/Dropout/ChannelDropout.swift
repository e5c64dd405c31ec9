// Dropout of whole channels, samples and of activations with a mean of their own. All draw from the generator as ``dropout(_:probability:training:generator:)``
// does, a number for each thing that may be dropped, and are the same in the second run of a checkpointed segment.

/// Whole channels 0 with the given probability, the others scaled by `1 / (1 - probability)` (Tompson et al., "Efficient object
/// localization using convolutional networks", 2015). PyTorch's `dropout1d`; Keras's `SpatialDropout1D`, whose channels are last.
///
/// - Parameters:
///   - x: [N, C, L], or one sample [C, L].
///   - probability: in 0...1.
///   - training: `false` in evaluation: the input itself.
///   - generator: this thread's default one if `nil`.
public func dropout1d(
    _ x: Tensor, probability: Double = 0.5, training: Bool = true, generator: Generator? = nil
) -> Tensor {
    channelDropout(x, 1, probability, training, generator, "dropout1d")
}

/// Whole channels 0 with the given probability, the others scaled, see ``dropout1d(_:probability:training:generator:)``. PyTorch's
/// `dropout2d`, which takes three axes for [N, C, L]; Keras's `SpatialDropout2D`.
///
/// - Parameters:
///   - x: [N, C, H, W], or one image [C, H, W].
///   - probability: in 0...1, of each channel.
///   - training: `false` in evaluation: the input itself.
///   - generator: this thread's default one if `nil`.
public func dropout2d(
    _ x: Tensor, probability: Double = 0.5, training: Bool = true, generator: Generator? = nil
) -> Tensor {
    channelDropout(x, 2, probability, training, generator, "dropout2d")
}

/// Whole channels 0 with the given probability, the others scaled, see ``dropout1d(_:probability:training:generator:)``. PyTorch's
/// `dropout3d`; Keras's `SpatialDropout3D`.
///
/// - Parameters:
///   - x: [N, C, D, H, W], or one volume [C, D, H, W].
///   - probability: in 0...1, of each channel.
///   - training: `false` in evaluation: the input itself.
///   - generator: this thread's default one if `nil`.
public func dropout3d(
    _ x: Tensor, probability: Double = 0.5, training: Bool = true, generator: Generator? = nil
) -> Tensor {
    channelDropout(x, 3, probability, training, generator, "dropout3d")
}

private func channelDropout(
    _ x: Tensor, _ positions: Int, _ probability: Double, _ training: Bool, _ generator: Generator?, _ name: String
) -> Tensor {
    if x.rank != positions + 1, x.rank != positions + 2 {
        mistake(name, "expects an input of rank \(positions + 1) or \(positions + 2), got \(x.shape)")
    }
    return groupDropout(x, axes: x.rank - positions, probability, training, generator, name)
}

/// Each sample, an index of the first axis, 0 with the given probability, the others scaled by `1 / (1 - probability)`: the branch
/// of a residual block that is skipped (Huang et al., "Deep networks with stochastic depth", 2016; "drop path" of Larsson et
/// al., 2017). torchvision's `stochastic_depth` with mode `row`.
public func dropPath(
    _ x: Tensor, probability: Double = 0.5, training: Bool = true, generator: Generator? = nil
) -> Tensor {
    if x.rank == 0 { mistake("dropPath", "expects an axis of samples, got a scalar") }
    return groupDropout(x, axes: 1, probability, training, generator, "dropPath")
}

/// One mask for all that shares the first `axes` indices.
private func groupDropout(
    _ x: Tensor, axes: Int, _ probability: Double, _ training: Bool, _ generator: Generator?, _ name: String
) -> Tensor {
    checkProbability(probability, name)
    let x = x.converted(to: x.dtype.floating)
    if !training || probability == 0 { return x }
    let ones = Tensor.ones(maskShape(x, axes), dtype: x.dtype)
    return x * dropout(ones, probability: probability, generator: generator)
}

/// Elements replaced with the given probability by what `selu` gives far below 0, and all shifted and scaled so that mean and
/// variance stay (Klambauer et al., "Self-normalizing neural networks", 2017). PyTorch's `alpha_dropout`.
///
/// With `a' = -1.7581`, kept `x` become `a x + b` and others `a a' + b`, where `a = ((1 - p)(1 + p a'^2))^(-1/2)` and `b = -a p a'`.
public func alphaDropout(
    _ x: Tensor, probability: Double = 0.5, training: Bool = true, generator: Generator? = nil
) -> Tensor {
    alphaDropout(x, axes: x.rank, probability, training, generator, "alphaDropout")
}

/// ``alphaDropout(_:probability:training:generator:)`` of whole channels. PyTorch's `feature_alpha_dropout`.
///
/// - Parameters:
///   - x: [N, C, ...].
///   - probability: in 0...1, of each channel.
///   - training: `false` in evaluation: the input itself.
///   - generator: this thread's default one if `nil`.
public func featureAlphaDropout(
    _ x: Tensor, probability: Double = 0.5, training: Bool = true, generator: Generator? = nil
) -> Tensor {
    if x.rank < 2 { mistake("featureAlphaDropout", "expects an input [N, C, ...], got \(x.shape)") }
    return alphaDropout(x, axes: 2, probability, training, generator, "featureAlphaDropout")
}

private func alphaDropout(
    _ x: Tensor, axes: Int, _ probability: Double, _ training: Bool, _ generator: Generator?, _ name: String
) -> Tensor {
    checkProbability(probability, name)
    let x = x.converted(to: x.dtype.floating)
    if !training || probability == 0 { return x }
    if probability == 1 { return x * 0 }
    if x.dtype.isHalf { return x.widened { alphaDropout($0, axes: axes, probability, training, generator, name) } }
    let low = -1.7580993408473766
    let scale = 1 / ((1 - probability) * (1 + probability * low * low)).squareRoot()
    let shift = -scale * probability * low
    let isKept = dropout(
        Tensor.ones(maskShape(x, axes), dtype: x.dtype), probability: probability, generator: generator
    )
    .notEqual(to: 0)
    return which(isKept, x * scale + shift, scale * low + shift)
}

/// The input plus noise of a normal distribution. Keras's `GaussianNoise`.
///
/// - Parameters:
///   - x: of any shape.
///   - standardDeviation: of the noise.
///   - training: `false` in evaluation: the input itself.
///   - generator: this thread's default one if `nil`.
public func gaussianNoise(
    _ x: Tensor, standardDeviation: Double, training: Bool = true, generator: Generator? = nil
) -> Tensor {
    if !(standardDeviation >= 0) {
        mistake("gaussianNoise", "expects a standardDeviation of at least 0, got \(standardDeviation)")
    }
    let x = x.converted(to: x.dtype.floating)
    if !training || standardDeviation == 0 { return x }
    return x
        + Tensor.normal(
            x.shape, standardDeviation: standardDeviation, dtype: x.dtype, generator: generator ?? .default)
}

/// The input times noise of a normal distribution with mean 1 and the variance that dropout's factors have, `p / (1 - p)`. Keras's
/// `GaussianDropout`.
///
/// - Parameters:
///   - x: of any shape.
///   - probability: at least 0 and below 1.
///   - training: `false` in evaluation: the input itself.
///   - generator: this thread's default one if `nil`.
public func gaussianDropout(
    _ x: Tensor, probability: Double = 0.5, training: Bool = true, generator: Generator? = nil
) -> Tensor {
    if !(0..<1).contains(probability) {
        mistake("gaussianDropout", "expects a probability of at least 0 and below 1, got \(probability)")
    }
    let x = x.converted(to: x.dtype.floating)
    if !training || probability == 0 { return x }
    let deviation = (probability / (1 - probability)).squareRoot()
    return x
        * Tensor.normal(
            x.shape, mean: 1, standardDeviation: deviation, dtype: x.dtype, generator: generator ?? .default)
}

private func checkProbability(_ probability: Double, _ name: String) {
    if !(0...1).contains(probability) { mistake(name, "expects a probability in 0...1, got \(probability)") }
}

/// The first sizes of `x`, and 1 for the others.
private func maskShape(_ x: Tensor, _ axes: Int) -> Shape {
    Shape(Array(x.shape.prefix(axes)) + Array(repeating: 1, count: x.rank - axes))
}
