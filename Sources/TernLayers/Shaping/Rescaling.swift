import TernCore
import TernNN

/// `x * scale + offset`, such as bytes of images as numbers in 0...1: `Rescaling(1 / 255.0)`. Integers become `float32`. Keras's
/// `Rescaling`.
public final class Rescaling: Module {
    /// The factor.
    public let scale: Double
    /// What is added to the product.
    public let offset: Double

    /// - Parameters:
    ///   - scale: the factor.
    ///   - offset: what is added to the product.
    public init(_ scale: Double, offset: Double = 0) {
        self.scale = scale
        self.offset = offset
    }

    public func forward(_ input: Tensor) -> Tensor {
        let input = input.dtype.isFloatingPoint ? input : input.converted(to: .float32)
        return offset == 0 ? input * scale : input * scale + offset
    }

    public var settingsDescription: String { "scale=\(scale), offset=\(offset)" }
}

extension Rescaling: RebuildableModule {
    public static let blueprint = Blueprint<Rescaling>(
        "[...] -> [...]", .init("scale", \.scale), .init("offset", \.offset), make: Rescaling.init)
}
