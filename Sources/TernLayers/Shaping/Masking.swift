import TernCore
import TernNN

/// Zeros in the place of steps that count as absent, those of which all features are one number. Keras's `Masking`.
///
/// Keras hands its mask on behind the back of the layers; here it is a value, ``mask(of:)``, that attention, recurrent layers and
/// losses get as an argument.
///
/// ```swift
/// let masking = Masking()
/// let x: Tensor = [[[1, 2], [0, 0]]]
/// masking(x)            // [[[1, 2], [0, 0]]]
/// masking.mask(of: x)   // [[true, false]]
/// ```
///
/// Shapes, with `N` batch, `T` steps and `F` features: [N, T, F] -> [N, T, F], any number of axes before the last.
public final class Masking: Module {
    /// What all features of an absent step are.
    public let maskValue: Double

    /// - Parameter maskValue: what all features of an absent step are.
    public init(maskValue: Double = 0) { self.maskValue = maskValue }

    public func forward(_ input: Tensor) -> Tensor { which(mask(of: input).unsqueezed(axes: -1), input, 0) }

    /// Which steps count: `bool` [N, T].
    public func mask(of input: Tensor) -> Tensor {
        if input.rank == 0 { mistake("Masking", "expects an input [..., F], got \(input.shape)") }
        return input.detached.notEqual(to: maskValue).any(axes: -1)
    }

    public var settingsDescription: String { "mask_value=\(maskValue)" }
}

extension Masking: RebuildableModule {
    public static let blueprint = Blueprint<Masking>(
        "[N, T, F] -> [N, T, F]", .init("mask_value", \.maskValue), make: Masking.init)
}
