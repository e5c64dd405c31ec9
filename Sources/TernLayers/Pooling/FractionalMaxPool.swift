import TernCore
import TernNN

/// How many windows a ``FractionalMaxPool2d`` or ``FractionalMaxPool3d`` has.
public enum FractionalOutputSize: Sendable, Hashable {
    /// A number for each axis.
    case size([Int])
    /// A share of the input's sizes, each between 0 and 1, rounded down; of each axis, or one for all.
    case ratio([Double])
}

/// What ``FractionalMaxPool2d`` and ``FractionalMaxPool3d`` have in common: the settings of windows at random places. They are
/// drawn in evaluation, too, as in PyTorch.
public class FractionalMaxPooling<let dimensions: Int>: Module {
    /// The size of the windows along each axis.
    public let kernelSize: SpatialSize<dimensions>
    /// How many windows, as numbers or as shares of the input's sizes.
    public let output: FractionalOutputSize

    /// - Parameters:
    ///   - kernelSize: of the windows: a number, or one for each axis.
    ///   - outputSize: how many windows along each axis.
    public init(_ kernelSize: SpatialSize<dimensions>, outputSize: SpatialSize<dimensions>) {
        self.kernelSize = kernelSize
        output = .size(outputSize.array)
    }

    /// - Parameters:
    ///   - kernelSize: of the windows: a number, or one for each axis.
    ///   - outputRatio: of each axis, or one for all.
    public init(_ kernelSize: SpatialSize<dimensions>, outputRatio: [Double]) {
        let fits = outputRatio.count == 1 || outputRatio.count == dimensions
        if !fits || outputRatio.contains(where: { !($0 > 0 && $0 < 1) }) {
            mistake("\(Self.self)", "expects \(dimensions) ratios between 0 and 1, or one, got \(outputRatio)")
        }
        self.kernelSize = kernelSize
        output = .ratio(outputRatio)
    }

    public final func forward(_ input: Tensor) -> Tensor {
        var size = SpatialSize<dimensions>(1)
        for axis in 0..<Swift.min(dimensions, input.rank) {
            switch output {
            case .size(let sizes): size[axis] = sizes[axis]
            case .ratio(let ratios):
                let length = Double(input.shape[Swift.max(0, input.rank - dimensions) + axis])
                size[axis] = Int(length * ratios[ratios.count == 1 ? 0 : axis])
            }
        }
        return pooled(input, size)
    }

    /// The operation.
    func pooled(_ input: Tensor, _ outputSize: SpatialSize<dimensions>) -> Tensor {
        mistake("\(Self.self)", "has no operation")
    }

    public var settingsDescription: String {
        let text: String =
            switch output {
            case .size(let sizes): "output_size=\(Set(sizes).count == 1 ? "\(sizes[0])" : tuple(sizes))"
            case .ratio(let ratios): "output_ratio=\(ratios)"
            }
        return "kernel_size=\(kernelSize.short), \(text)"
    }
}

/// The largest values of windows at random places, see
/// ``/TernCore/fractionalMaxPool2d(_:_:outputSize:samples:generator:)``. PyTorch's `FractionalMaxPool2d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C] + outputSize.
public final class FractionalMaxPool2d: FractionalMaxPooling<2> {
    override func pooled(_ input: Tensor, _ outputSize: Size2d) -> Tensor {
        fractionalMaxPool2d(input, kernelSize, outputSize: outputSize)
    }
}

/// The largest values of windows at random places, see
/// ``/TernCore/fractionalMaxPool3d(_:_:outputSize:samples:generator:)``. PyTorch's `FractionalMaxPool3d`.
///
/// Shapes, with `N` batch and `C` channels: [N, C, D, H, W] -> [N, C] + outputSize.
public final class FractionalMaxPool3d: FractionalMaxPooling<3> {
    override func pooled(_ input: Tensor, _ outputSize: Size3d) -> Tensor {
        fractionalMaxPool3d(input, kernelSize, outputSize: outputSize)
    }
}

extension FractionalMaxPooling {
    /// What the layers of this family keep in files.
    fileprivate static func plan<Layer: FractionalMaxPooling & RebuildableModule>(
        _ shapes: String, bySize: @escaping @Sendable (SpatialSize<dimensions>, SpatialSize<dimensions>) -> Layer,
        byRatio: @escaping @Sendable (SpatialSize<dimensions>, [Double]) -> Layer
    ) -> Blueprint<Layer> {
        Blueprint(
            shapes, .init("kernel_size", \.kernelSize, in: .sizes), .init("output_size", \.outputSize, in: .sizes),
            .init("output_ratio", \.outputRatio)
        ) { kernelSize, size, ratio in
            switch (size, ratio) {
            case (let size?, nil): return bySize(kernelSize, size)
            case (nil, let ratio?)
            where [1, dimensions].contains(ratio.count) && ratio.allSatisfy { $0 > 0 && $0 < 1 }:
                return byRatio(kernelSize, ratio)
            default:
                throw ConfigurationError("expects an output_size, or an output_ratio between 0 and 1 for each axis")
            }
        }
    }

    private var outputSize: SpatialSize<dimensions>? {
        if case .size(let sizes) = output { .fromSetting(sizes.settingValue) } else { nil }
    }

    private var outputRatio: [Double]? { if case .ratio(let ratios) = output { ratios } else { nil } }
}

extension FractionalMaxPool2d: RebuildableModule {
    public static let blueprint = plan(
        "[N, C, H, W] -> [N, C, H', W']", bySize: { FractionalMaxPool2d($0, outputSize: $1) },
        byRatio: { FractionalMaxPool2d($0, outputRatio: $1) })
}

extension FractionalMaxPool3d: RebuildableModule {
    public static let blueprint = plan(
        "[N, C, D, H, W] -> [N, C, D', H', W']", bySize: { FractionalMaxPool3d($0, outputSize: $1) },
        byRatio: { FractionalMaxPool3d($0, outputRatio: $1) })
}
