import TernCore

/// A loss with its settings, as a value: called with a prediction and its target, and with what of them counts and how much.
///
/// ```swift
/// let loss: any Loss = CrossEntropyLoss(labelSmoothing: 0.1)
/// loss(model(images), labels)
/// loss(model(images), labels, sampleWeight: Tensor.ones([64]))
/// ```
///
/// A loss of your own gets weights and masks from ``LossWeighting``, as those here do.
public protocol Loss: Sendable {
    /// The loss of a prediction, reduced as the settings say.
    ///
    /// `sampleWeight` are factors of the losses, see ``LossWeighting``; `mask` is `false` for losses that count for nothing.
    /// `nil` for neither.
    func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?, mask: Tensor?) -> Tensor
}

extension Loss {
    /// The loss of a prediction of which all counts alike.
    public func callAsFunction(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        self(prediction, target, sampleWeight: nil, mask: nil)
    }
    /// The loss of a prediction with factors for the losses, see ``LossWeighting``.
    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor?) -> Tensor {
        self(prediction, target, sampleWeight: sampleWeight, mask: nil)
    }
    /// The loss of a prediction, without what the mask is `false` for, see ``LossWeighting``.
    public func callAsFunction(_ prediction: Tensor, _ target: Tensor, mask: Tensor?) -> Tensor {
        self(prediction, target, sampleWeight: nil, mask: mask)
    }
}

/// A loss of each element of a prediction, or of each row along `axis`, weighted and reduced.
///
/// - Parameter losses: of the prediction and the target: of one shape and floating-point type, halves as `float32`. Its result
///   has their shape, without `axis` if that is given.
@inline(__always)
func loss(
    _ operation: String, _ prediction: Tensor, _ target: Tensor, axis: Int? = nil, _ sampleWeight: Tensor?,
    _ mask: Tensor?, _ reduction: Reduction, _ losses: (Tensor, Tensor) -> Tensor
) -> Tensor {
    let (a, b) = checkedPair(prediction, target, operation)
    if sampleWeight == nil, mask == nil, !a.dtype.isHalf {
        checkAxis(axis, a, operation)
        return losses(a, b).reduced(reduction)
    }
    return loss(operation, [a, b], axis: axis, sampleWeight, mask, reduction) { losses($0[0], $0[1]) }
}

/// The same of several tensors of one shape.
///
/// - Parameter names: of the tensors, for messages.
func loss(
    _ operation: String, _ operands: [Tensor], _ names: String = "prediction and target", axis: Int? = nil,
    _ sampleWeight: Tensor?, _ mask: Tensor?, _ reduction: Reduction, _ losses: ([Tensor]) -> Tensor
) -> Tensor {
    let shape = operands[0].shape
    if !operands.allSatisfy({ $0.shape == shape }) {
        let found = operands.map { "\($0.shape)" }
        mistake(
            operation,
            "expects \(names) of the same shape, got \(found.dropLast().joined(separator: ", ")) and \(found.last!)")
    }
    checkAxis(axis, operands[0], operation)
    let inputs = floating(operands)
    var rows = shape
    if let axis { rows.remove(at: axis < 0 ? axis + shape.count : axis) }
    let weighting = LossWeighting(sampleWeight, mask, of: rows, operation)
    let type = inputs[0].dtype
    let each = losses(inputs.map { weighting.kept($0.converted(to: type.accumulator), axis: axis) })
    return weighting.reduced(each, reduction).converted(to: type)
}

private func checkAxis(_ axis: Int?, _ x: Tensor, _ operation: String) {
    if let axis, !(-x.rank..<x.rank).contains(axis) {
        mistake(operation, "axis \(axis) is out of range for shape \(x.shape)")
    }
}

/// Both in their common floating-point type; stops if their shapes differ. Broadcasting [N] against [N, 1] would give a
/// plausible and wrong loss of N x N pairs.
@inline(__always)
func checkedPair(_ prediction: Tensor, _ target: Tensor, _ operation: String) -> (Tensor, Tensor) {
    converted(prediction, target, operation) ?? (prediction, target)
}

/// Like ``checkedPair(_:_:_:)``, but `nil` if both are as they should be: a caller that then goes on with what it has
/// counts no references.
@inline(__always)
func converted(_ prediction: Tensor, _ target: Tensor, _ operation: String) -> (Tensor, Tensor)? {
    if prediction.shape != target.shape {
        mistake(
            operation,
            "expects prediction and target of the same shape, got \(prediction.shape) and \(target.shape)")
    }
    if prediction.isWidenedByAutocast || target.isWidenedByAutocast {
        return converted(prediction.widenedByAutocast, target.widenedByAutocast, operation)
            ?? (prediction.widenedByAutocast, target.widenedByAutocast)
    }
    if prediction.dtype == target.dtype, prediction.dtype.isFloatingPoint { return nil }
    let both = floating([prediction, target])
    return (both[0], both[1])
}

/// All in their common floating-point type, integers as `float32`; under autocast halves as well.
func floating(_ operands: [Tensor]) -> [Tensor] {
    let operands = operands.map(\.widenedByAutocast)
    let common = operands.dropFirst().reduce(operands[0].dtype) { $0.promoted(with: $1.dtype) }
    let type = common.isFloatingPoint ? common : .float32
    return operands.map { $0.converted(to: type) }
}

/// Stops unless the class or element weights fit the shape they are broadcast to.
func checkWeight(_ weight: Tensor?, _ name: String, _ shape: Shape, _ operation: String) {
    if let weight, weight.shape.broadcast(with: shape) != shape {
        mistake(operation, "expects a \(name) that broadcasts to \(shape), got \(weight.shape)")
    }
}
