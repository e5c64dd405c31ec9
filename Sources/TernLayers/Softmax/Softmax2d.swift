import TernCore
import TernNN

/// Probabilities of the channels at each place of an image, see ``/TernCore/softmax(_:axis:dtype:)``. PyTorch's
/// `Softmax2d`.
///
/// Shapes, with `N` batch, `C` channels, `H` height and `W` width: [N, C, H, W] or [C, H, W] -> the same.
public final class Softmax2d: Module {
    /// A layer without settings or parameters.
    public init() {}

    public func forward(_ input: Tensor) -> Tensor {
        if input.rank != 3 && input.rank != 4 {
            mistake("Softmax2d", "expects an input of shape [N, C, H, W] or [C, H, W], got \(input.shape)")
        }
        return softmax(input, axis: -3)
    }
}

extension Softmax2d: RebuildableModule {
    public static let blueprint = Blueprint<Softmax2d>("[N, C, H, W] -> [N, C, H, W]", make: Softmax2d.init)
}
