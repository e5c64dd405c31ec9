import TernCore
import TernNN

/// `x` where it is positive, `slope * x` elsewhere, see ``/TernCore/leakyRelu(_:slope:)``. PyTorch's `LeakyReLU`;
/// Keras's default slope is 0.3.
public final class LeakyReLU: PiecewiseLinearLayer {
    /// What negative inputs are multiplied with.
    public let slope: Double

    /// - Parameter slope: what negative inputs are multiplied with.
    public init(slope: Double = 0.01) { self.slope = slope }

    public var activation: PiecewiseLinear { .leakyRelu(slope: slope) }

    public var settingsDescription: String { "negative_slope=\(slope)" }
}

extension LeakyReLU: RebuildableModule {
    public static let blueprint = Blueprint<LeakyReLU>(
        "[...] -> [...]", .init("negative_slope", \.slope), make: LeakyReLU.init)
}
