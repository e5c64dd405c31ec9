import TernCore
import TernNN

/// The largest values of windows at random places, see ``fractionalMaxPool2d(_:_:outputSize:samples:generator:)``.
/// PyTorch's `FractionalMaxPool2d`. Places are drawn in evaluation, too, as in PyTorch.
///
/// Shapes, with `N` batch and `C` channels: [N, C, H, W] -> [N, C] + outputSize.
public final class FractionalMaxPool2d: Module {
    /// How many windows there are.
    public enum OutputSize: Sendable, Hashable {
        case size(Size2d)
        /// A share of the input's sizes, each between 0 and 1, rounded down.
        case ratio([Double])
    }

    public let kernelSize: Size2d
    public let output: OutputSize

    public init(_ kernelSize: Size2d, outputSize: Size2d) {
        self.kernelSize = kernelSize
        output = .size(outputSize)
    }

    /// - Parameter outputRatio: of each axis, or one for all.
    public init(_ kernelSize: Size2d, outputRatio: [Double]) {
        if outputRatio.count != 1 && outputRatio.count != 2 || outputRatio.contains(where: { !($0 > 0 && $0 < 1) }) {
            mistake("FractionalMaxPool2d", "expects 2 ratios between 0 and 1, or one, got \(outputRatio)")
        }
        self.kernelSize = kernelSize
        output = .ratio(outputRatio)
    }

    public func forward(_ input: Tensor) -> Tensor {
        fractionalMaxPool2d(input, kernelSize, outputSize: outputSize(for: input))
    }

    private func outputSize(for input: Tensor) -> Size2d {
        switch output {
        case .size(let size): return size
        case .ratio(let ratios):
            var size = Size2d(1)
            for axis in 0..<Swift.min(2, input.rank) {
                let length = Double(input.shape[Swift.max(0, input.rank - 2) + axis])
                size[axis] = Int(length * ratios[ratios.count == 1 ? 0 : axis])
            }
            return size
        }
    }

    public var settingsDescription: String {
        switch output {
        case .size(let size): "kernel_size=\(kernelSize.short), output_size=\(size.short)"
        case .ratio(let ratios): "kernel_size=\(kernelSize.short), output_ratio=\(ratios)"
        }
    }
}

/// The largest values of windows at random places, see ``fractionalMaxPool3d(_:_:outputSize:samples:generator:)``.
/// PyTorch's `FractionalMaxPool3d`. Places are drawn in evaluation, too, as in PyTorch.
///
/// Shapes, with `N` batch and `C` channels: [N, C, D, H, W] -> [N, C] + outputSize.
public final class FractionalMaxPool3d: Module {
    /// How many windows there are.
    public enum OutputSize: Sendable, Hashable {
        case size(Size3d)
        /// A share of the input's sizes, each between 0 and 1, rounded down.
        case ratio([Double])
    }

    public let kernelSize: Size3d
    public let output: OutputSize

    public init(_ kernelSize: Size3d, outputSize: Size3d) {
        self.kernelSize = kernelSize
        output = .size(outputSize)
    }

    /// - Parameter outputRatio: of each axis, or one for all.
    public init(_ kernelSize: Size3d, outputRatio: [Double]) {
        if outputRatio.count != 1 && outputRatio.count != 3 || outputRatio.contains(where: { !($0 > 0 && $0 < 1) }) {
            mistake("FractionalMaxPool3d", "expects 3 ratios between 0 and 1, or one, got \(outputRatio)")
        }
        self.kernelSize = kernelSize
        output = .ratio(outputRatio)
    }

    public func forward(_ input: Tensor) -> Tensor {
        fractionalMaxPool3d(input, kernelSize, outputSize: outputSize(for: input))
    }

    private func outputSize(for input: Tensor) -> Size3d {
        switch output {
        case .size(let size): return size
        case .ratio(let ratios):
            var size = Size3d(1)
            for axis in 0..<Swift.min(3, input.rank) {
                let length = Double(input.shape[Swift.max(0, input.rank - 3) + axis])
                size[axis] = Int(length * ratios[ratios.count == 1 ? 0 : axis])
            }
            return size
        }
    }

    public var settingsDescription: String {
        switch output {
        case .size(let size): "kernel_size=\(kernelSize.short), output_size=\(size.short)"
        case .ratio(let ratios): "kernel_size=\(kernelSize.short), output_ratio=\(ratios)"
        }
    }
}
