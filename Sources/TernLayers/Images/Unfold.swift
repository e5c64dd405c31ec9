import TernCore
import TernNN

/// The patches of images as columns, see ``/TernCore/unfold(_:kernelSize:stride:padding:dilation:)``. PyTorch's
/// `Unfold`.
///
/// Shapes, with `N` batch, `C` channels and a kernel of KH x KW: [N, C, H, W] -> [N, C * KH * KW, patches].
public final class Unfold: Module {
    /// The height and width of the patches.
    public let kernelSize: Size2d
    /// From patch to patch.
    public let stride: Size2d
    /// What is seen around the images.
    public let padding: Padding2d
    /// The distance of neighbouring elements of a patch.
    public let dilation: Size2d

    /// - Parameters:
    ///   - kernelSize: the height and width of the patches.
    ///   - stride: from patch to patch.
    ///   - padding: what is seen around the images.
    ///   - dilation: the distance of neighbouring elements of a patch.
    public init(_ kernelSize: Size2d, stride: Size2d = 1, padding: Padding2d = 0, dilation: Size2d = 1) {
        self.kernelSize = kernelSize
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
    }

    public func forward(_ input: Tensor) -> Tensor {
        unfold(input, kernelSize: kernelSize, stride: stride, padding: padding, dilation: dilation)
    }

    public var settingsDescription: String {
        "kernel_size=\(kernelSize.short), dilation=\(dilation.short), padding=\(padding.short), stride=\(stride.short)"
    }
}

/// Images that are the sums of patches, the transpose of ``Unfold``, see
/// ``/TernCore/fold(_:outputSize:kernelSize:stride:padding:dilation:)``. PyTorch's `Fold`.
///
/// Shapes, with `N` batch, `C` channels and a kernel of KH x KW: [N, C * KH * KW, patches] -> [N, C] + outputSize.
public final class Fold: Module {
    /// The height and width of the images.
    public let outputSize: Size2d
    /// The height and width of the patches.
    public let kernelSize: Size2d
    /// From patch to patch.
    public let stride: Size2d
    /// What the images were seen with around them.
    public let padding: Padding2d
    /// The distance of neighbouring elements of a patch.
    public let dilation: Size2d

    /// - Parameters:
    ///   - outputSize: the height and width of the images.
    ///   - kernelSize: the height and width of the patches.
    ///   - stride: from patch to patch.
    ///   - padding: what the images were seen with around them.
    ///   - dilation: the distance of neighbouring elements of a patch.
    public init(
        _ outputSize: Size2d, _ kernelSize: Size2d, stride: Size2d = 1, padding: Padding2d = 0, dilation: Size2d = 1
    ) {
        self.outputSize = outputSize
        self.kernelSize = kernelSize
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
    }

    public func forward(_ input: Tensor) -> Tensor {
        fold(
            input, outputSize: outputSize, kernelSize: kernelSize, stride: stride, padding: padding,
            dilation: dilation)
    }

    public var settingsDescription: String {
        "output_size=\(outputSize.short), kernel_size=\(kernelSize.short), dilation=\(dilation.short), "
            + "padding=\(padding.short), stride=\(stride.short)"
    }
}

extension Unfold: RebuildableModule {
    public static let blueprint = Blueprint<Unfold>(
        "[N, C, H, W] -> [N, C * KH * KW, L]", .init("kernel_size", \.kernelSize, in: .sizes),
        .init("stride", \.stride, in: .sizes), .init("padding", \.padding, in: .sizesFromZero),
        .init("dilation", \.dilation, in: .sizes), make: Unfold.init)
}

extension Fold: RebuildableModule {
    public static let blueprint = Blueprint<Fold>(
        "[N, C * KH * KW, L] -> [N, C, H, W]", .init("output_size", \.outputSize, in: .sizes),
        .init("kernel_size", \.kernelSize, in: .sizes), .init("stride", \.stride, in: .sizes),
        .init("padding", \.padding, in: .sizesFromZero), .init("dilation", \.dilation, in: .sizes), make: Fold.init)
}
