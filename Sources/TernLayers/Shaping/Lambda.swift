import TernCore
import TernNN

/// A function of one tensor as a layer of a chain. Keras's `Lambda`.
///
/// ```swift
/// Lambda { x in x * 2 - 1 }
/// ```
///
/// Parameters and modules that the function captures cannot be seen: they are neither trained nor saved. What has some is a
/// module of its own.
public final class Lambda: Module {
    private let body: (Tensor) -> Tensor

    /// - Parameter body: what the layer does.
    public init(_ body: @escaping (Tensor) -> Tensor) { self.body = body }

    public func forward(_ input: Tensor) -> Tensor { body(input) }
}
