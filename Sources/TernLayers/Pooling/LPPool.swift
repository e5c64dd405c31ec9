import TernCore
import TernNN

/// What ``LPPool1d``, ``LPPool2d`` and ``LPPool3d`` have in common: the settings of windows of which the p-norm is taken.
public class PowerPooling<let dimensions: Int>: Module {
    /// The p of the norm. PyTorch's `norm_type`.
    public let power: Double
    /// The size of the windows along each axis.
    public let kernelSize: SpatialSize<dimensions>
    /// From one window to the next, along each axis.
    public let stride: SpatialSize<dimensions>
    /// Whether a last window that leaves the input counts.
    public let ceilMode: Bool

    /// - Parameters:
    ///   - power: p. PyTorch's `norm_type`.
    ///   - kernelSize: of the windows: a number, or one for each axis.
    ///   - stride: the kernel's size unless given.
    ///   - ceilMode: whether a last window that leaves the input counts.
    public init(
        _ power: Double, _ kernelSize: SpatialSize<dimensions>, stride: SpatialSize<dimensions>? = nil,
        ceilMode: Bool = false
    ) {
        self.power = power
        self.kernelSize = kernelSize
        self.stride = stride ?? kernelSize
        self.ceilMode = ceilMode
    }

    public final func forward(_ input: Tensor) -> Tensor { pooled(input) }

    /// The operation.
    func pooled(_ input: Tensor) -> Tensor { mistake("\(Self.self)", "has no operation") }

    public var settingsDescription: String {
        "norm_type=\(power), kernel_size=\(kernelSize.short), stride=\(stride.short), "
            + "ceil_mode=\(pythonName(ceilMode))"
    }
}

/// The p-norm of each window, see ``/TernCore/lpPool1d(_:_:power:stride:ceilMode:)``. PyTorch's `LPPool1d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, L] -> [N, C, L'].
public final class LPPool1d: PowerPooling<1> {
    override func pooled(_ input: Tensor) -> Tensor {
        lpPool1d(input, kernelSize, power: power, stride: stride, ceilMode: ceilMode)
    }
}

/// The p-norm of each window, see ``/TernCore/lpPool2d(_:_:power:stride:ceilMode:)``. PyTorch's `LPPool2d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C, H', W'].
public final class LPPool2d: PowerPooling<2> {
    override func pooled(_ input: Tensor) -> Tensor {
        lpPool2d(input, kernelSize, power: power, stride: stride, ceilMode: ceilMode)
    }
}

/// The p-norm of each window, see ``/TernCore/lpPool3d(_:_:power:stride:ceilMode:)``. PyTorch's `LPPool3d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, D, H, W] -> [N, C, D', H', W'].
public final class LPPool3d: PowerPooling<3> {
    override func pooled(_ input: Tensor) -> Tensor {
        lpPool3d(input, kernelSize, power: power, stride: stride, ceilMode: ceilMode)
    }
}

extension PowerPooling {
    /// What the layers of this family keep in files.
    fileprivate static func plan<Layer: PowerPooling & RebuildableModule>(
        _ shapes: String,
        _ make: @escaping @Sendable (Double, SpatialSize<dimensions>, SpatialSize<dimensions>?, Bool) -> Layer
    ) -> Blueprint<Layer> {
        Blueprint(
            shapes, .init("norm_type", \.power), .init("kernel_size", \.kernelSize, in: .sizes),
            .init("stride", \.stride.wrapped, in: .sizes), .init("ceil_mode", \.ceilMode), make: make)
    }
}

extension LPPool1d: RebuildableModule {
    public static let blueprint = plan("[N, C, L] -> [N, C, L']", LPPool1d.init)
}

extension LPPool2d: RebuildableModule {
    public static let blueprint = plan("[N, C, H, W] -> [N, C, H', W']", LPPool2d.init)
}

extension LPPool3d: RebuildableModule {
    public static let blueprint = plan("[N, C, D, H, W] -> [N, C, D', H', W']", LPPool3d.init)
}
