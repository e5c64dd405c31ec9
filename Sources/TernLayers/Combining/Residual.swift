import TernCore
import TernNN

/// `x + f(x)`: a module with a way around it. He et al., "Deep residual learning for image recognition", 2016.
///
/// ```swift
/// Residual(Sequential(Linear(64, 64), ReLU(), Linear(64, 64)))
/// Residual(projection: Conv2d(64, 128, kernelSize: 1, stride: 2)) {
///     Conv2d(64, 128, kernelSize: 3, stride: 2, padding: 1)
///     ReLU()
///     Conv2d(128, 128, kernelSize: 3, padding: 1)
/// }
/// ```
///
/// Shapes: those of `f(x)`, which must be those of `x`, or of `projection(x)` if there is one. Its parts are named `module`
/// and `projection`.
public final class Residual: Module {
    /// A module from one tensor to one tensor.
    public typealias Layer = any Module<Tensor, Tensor>

    /// What is added to its input.
    public let module: Layer
    /// What `x` passes before it is added.
    public let projection: Layer?

    /// - Parameters:
    ///   - module: what is added to its input.
    ///   - projection: what `x` passes before it is added.
    public init(_ module: Layer, projection: Layer? = nil) {
        self.module = module
        self.projection = projection
    }

    /// - Parameters:
    ///   - projection: what `x` passes before it is added.
    ///   - layers: what is added, one layer after the other.
    public convenience init(projection: Layer? = nil, @SequentialBuilder _ layers: () -> [Sequential.Layer]) {
        self.init(Sequential(layers()), projection: projection)
    }

    public func forward(_ input: Tensor) -> Tensor {
        let output = module(input)
        let around = projection.map { $0(input) } ?? input
        if output.shape != around.shape {
            mistake(
                "Residual",
                "expects an output of the shape that is added, \(around.shape), got \(output.shape)"
                    + (projection == nil ? ": give it a projection" : ""))
        }
        return around + output
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("module", module)
        visitor.visit("projection", projection)
    }
}

extension Residual: RebuildableModule {
    public static let blueprint = Blueprint<Residual>(
        "[N, ...] -> [N, ...]", .layer("module", \.module), .optionalLayer("projection", \.projection),
        make: { Residual($0, projection: $1) })
}
