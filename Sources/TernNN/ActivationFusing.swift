import TernCore

/// A layer that can apply the activation behind it to its output as it writes it, which saves passes over memory in both
/// directions. A ``Sequential`` asks for that where such a layer is followed by a ``PiecewiseLinearLayer``; the results have the
/// bits that the two have one after the other.
public protocol ActivationFusing: Module<Tensor, Tensor> {
    /// The activation of what ``/TernNN/Module/forward(_:)`` gives.
    ///
    /// - Parameters:
    ///   - input: as of ``/TernNN/Module/forward(_:)``.
    ///   - activation: that of the layer behind.
    func forward(_ input: consuming Tensor, then activation: PiecewiseLinear) -> Tensor
}

/// A layer that computes an activation of straight pieces and nothing else, such as `ReLU`.
public protocol PiecewiseLinearLayer: Module<Tensor, Tensor> {
    /// What this layer computes.
    var activation: PiecewiseLinear { get }
}

extension PiecewiseLinearLayer {
    /// The ``activation`` of the input.
    public func forward(_ input: consuming Tensor) -> Tensor { activation(input) }
}

extension ActivationFusing {
    /// The output of this layer and the one behind it.
    func callAsFunction(_ input: consuming Tensor, then next: any PiecewiseLinearLayer) -> Tensor {
        // A closure cannot consume a parameter, but it can empty a variable.
        var input = Optional(input)
        return withPathElement(self) { forward(input.take()!, then: next.activation) }
    }
}
