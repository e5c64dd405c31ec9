import TernCore

/// Modules applied one after the other: a module itself, and a collection of its layers, named `0`, `1`, ...
///
/// ```swift
/// let model = Sequential {
///     Linear(784, 128)
///     ReLU()
///     if useDropout { Dropout(0.5) }
///     Linear(128, 10)
/// }
/// model[0]              // Linear(in_features=784, ...)
/// model[..<2](images)   // the first two layers, shared with the model
/// model.append(Softmax())
/// ```
public final class Sequential: Module, RebuildableModule {
    public static let blueprint = Blueprint<Sequential>(
        "that of its first layer -> that of its last", .layers("layers", \.layers), make: { Sequential($0) })

    /// A module from one tensor to one tensor.
    public typealias Layer = any Module<Tensor, Tensor>

    private var layers: [Layer] {
        didSet { fusions = Sequential.fusions(layers) }
    }
    /// For each layer itself and the next if both can be computed in one pass.
    private var fusions: [(any ActivationFusing, any PiecewiseLinearLayer)?]

    /// - Parameter layers: in the order in which they are called.
    public init(_ layers: [Layer]) {
        self.layers = layers
        fusions = Sequential.fusions(layers)
    }

    private static func fusions(_ layers: [Layer]) -> [(any ActivationFusing, any PiecewiseLinearLayer)?] {
        layers.indices.map { index in
            guard index + 1 < layers.count, let layer = layers[index] as? any ActivationFusing,
                let next = layers[index + 1] as? any PiecewiseLinearLayer
            else { return nil }
            return (layer, next)
        }
    }

    /// - Parameter layers: in the order in which they are called.
    public convenience init(_ layers: Layer...) { self.init(layers) }

    /// - Parameter layers: one a line, with `if` and `for` as in any code.
    public convenience init(@SequentialBuilder _ layers: () -> [Layer]) { self.init(layers()) }

    public func forward(_ input: consuming Tensor) -> Tensor {
        let fuses = fusesOperations
        var value = input
        var index = 0
        while index < layers.count {
            if fuses, let (layer, next) = fusions[index], !ForwardHooks.areInstalled(on: layer, next) {
                value = layer(consume value, then: next)
                index += 2
            } else {
                value = layers[index](consume value)
                index += 1
            }
        }
        return value
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        for (index, layer) in layers.enumerated() { visitor.visit("\(index)", layer) }
    }

    /// Adds a layer at the end.
    public func append(_ layer: Layer) { layers.append(layer) }

    /// Adds a layer before the one at `index`.
    public func insert(_ layer: Layer, at index: Int) {
        if index < 0 || index > count {
            mistake("Sequential.insert", "expects an index in 0...\(count), got \(index)")
        }
        layers.insert(layer, at: index)
    }

    /// Takes a layer out, and returns it; those behind move up.
    @discardableResult
    public func remove(at index: Int) -> Layer {
        check(index, "remove")
        return layers.remove(at: index)
    }

    private func check(_ index: Int, _ operation: String) {
        if index < 0 || index >= count {
            mistake("Sequential.\(operation)", "index \(index) is out of range for \(count) layers")
        }
    }
}

extension Sequential: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { layers.count }

    public subscript(index: Int) -> Layer {
        get {
            check(index, "subscript")
            return layers[index]
        }
        set {
            check(index, "subscript")
            layers[index] = newValue
        }
    }

    /// A chain of some of the layers, which are shared.
    public subscript(range: Range<Int>) -> Sequential {
        if range.lowerBound < 0 || range.upperBound > count {
            mistake("Sequential.subscript", "range \(range) is out of range for \(count) layers")
        }
        return Sequential(Array(layers[range]))
    }
}

/// What stands between the braces of a ``Sequential``: layers, arrays of layers, `if`, `switch` and `for`.
@resultBuilder
public enum SequentialBuilder {
    /// A layer.
    public static func buildExpression(_ layer: any Module<Tensor, Tensor>) -> [Sequential.Layer] { [layer] }
    /// Several layers.
    public static func buildExpression(_ layers: [any Module<Tensor, Tensor>]) -> [Sequential.Layer] { layers }

    @available(
        *, unavailable,
        message: "a Sequential passes one Tensor from layer to layer: call a module of another kind in your own forward"
    )
    public static func buildExpression(_ module: any Module) -> [Sequential.Layer] { [] }

    @available(*, unavailable, message: "a Sequential consists of modules from Tensor to Tensor")
    @_disfavoredOverload
    public static func buildExpression<Other>(_ other: Other) -> [Sequential.Layer] { [] }

    /// The lines of a block, one after the other.
    public static func buildBlock(_ parts: [Sequential.Layer]...) -> [Sequential.Layer] { parts.flatMap { $0 } }
    /// An `if` without `else`.
    public static func buildOptional(_ part: [Sequential.Layer]?) -> [Sequential.Layer] { part ?? [] }
    /// The first branch of an `if`.
    public static func buildEither(first: [Sequential.Layer]) -> [Sequential.Layer] { first }
    /// The second branch of an `if`.
    public static func buildEither(second: [Sequential.Layer]) -> [Sequential.Layer] { second }
    /// The rounds of a `for`.
    public static func buildArray(_ parts: [[Sequential.Layer]]) -> [Sequential.Layer] { parts.flatMap { $0 } }
    /// What `if #available` guards.
    public static func buildLimitedAvailability(_ part: [Sequential.Layer]) -> [Sequential.Layer] { part }
}
