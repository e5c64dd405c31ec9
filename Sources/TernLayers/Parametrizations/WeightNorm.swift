import TernCore
import TernNN

/// A weight as magnitude and direction, `w = g v / |v|`, each trained by itself. Salimans and Kingma, "Weight normalization",
/// 2016. PyTorch's `parametrizations.weight_norm`.
///
/// ```swift
/// let layer = weightNorm(Linear(20, 40))
/// layer.namedParameters.map(\.name)
/// // ["bias", "parametrizations.weight.original0", "parametrizations.weight.original1"]
/// ```
///
/// `original0` is `g`, with a length for each index along `axis` and size 1 along the others ([O, 1, 1, 1] of [O, I, H, W]);
/// `original1` is `v`, of the weight's shape. At first `w` is what it was.
///
/// - Parameters:
///   - layer: the layer; it is changed.
///   - name: the parameter's path in the layer.
///   - axis: whose slices have a length each: 0, the outputs; nil for one length of the whole.
/// - Returns: the layer itself.
@discardableResult
public func weightNorm<Layer: Module>(_ layer: Layer, _ name: String = "weight", axis: Int? = 0) -> Layer {
    parametrize(layer, name, with: WeightNorm(axis: axis))
    return layer
}

/// See ``weightNorm(_:_:axis:)``.
public final class WeightNorm: JointParametrization {
    /// The axis whose slices have a length each; `nil` for one length of the whole.
    public let axis: Int?

    /// - Parameter axis: the axis whose slices have a length each; `nil` for one length of the whole.
    public init(axis: Int? = 0) { self.axis = axis }

    public func forward(_ originals: [Tensor]) -> Tensor { originals[1] * (originals[0] / norms(of: originals[1])) }

    public func originals(for value: Tensor) -> [Tensor] { [norms(of: value), value] }

    public func originalShapes(for shape: Shape) -> [Shape] {
        guard let axis else { return [[], shape] }
        var norms = Shape(repeating: 1, count: shape.count)
        let place = self.place(axis, shape)
        norms[place] = shape[place]
        return [norms, shape]
    }

    private func norms(of value: Tensor) -> Tensor {
        guard let axis else { return value.norm() }
        let place = self.place(axis, value.shape)
        let others = (0..<value.rank).filter { $0 != place }
        return others.isEmpty ? abs(value) : value.norm(axes: others, keepAxes: true)
    }

    private func place(_ axis: Int, _ shape: Shape) -> Int {
        let place = axis < 0 ? axis + shape.count : axis
        if !shape.indices.contains(place) { mistake("WeightNorm", "axis \(axis) is out of range for shape \(shape)") }
        return place
    }

    public var settingsDescription: String { axis.map { "dim=\($0)" } ?? "dim=None" }
}
