import TernCore
import TernNN

/// One value around sequences. PyTorch's `ConstantPad1d`.
///
/// Shapes: [..., L], each of these axes with what is before and after it.
public final class ConstantPad1d: PaddingLayer<1> {
    /// What stands around.
    public let value: Double

    /// - Parameters:
    ///   - padding: before and after; a number for both.
    ///   - value: what stands around.
    public init(_ padding: Padding1d, value: Double) {
        self.value = value
        super.init(padding, .constant(value))
    }

    public override var settingsDescription: String { "padding=\(sides), value=\(value)" }
}

/// One value around images. PyTorch's `ConstantPad2d`.
///
/// Shapes: [..., H, W], each of these axes with what is before and after it.
public final class ConstantPad2d: PaddingLayer<2> {
    /// What stands around.
    public let value: Double

    /// - Parameters:
    ///   - padding: a number for all sides, two for the axes, or one for each side.
    ///   - value: what stands around.
    public init(_ padding: Padding2d, value: Double) {
        self.value = value
        super.init(padding, .constant(value))
    }

    public override var settingsDescription: String { "padding=\(sides), value=\(value)" }
}

/// One value around volumes. PyTorch's `ConstantPad3d`.
///
/// Shapes: [..., D, H, W], each of these axes with what is before and after it.
public final class ConstantPad3d: PaddingLayer<3> {
    /// What stands around.
    public let value: Double

    /// - Parameters:
    ///   - padding: a number for all sides, three for the axes, or one for each side.
    ///   - value: what stands around.
    public init(_ padding: Padding3d, value: Double) {
        self.value = value
        super.init(padding, .constant(value))
    }

    public override var settingsDescription: String { "padding=\(sides), value=\(value)" }
}

extension ConstantPad1d: RebuildableModule {
    public static let blueprint = Blueprint<ConstantPad1d>(
        "[..., L] -> [..., L']", padding(of: ConstantPad1d.self), .init("value", \.value),
        make: { ConstantPad1d($0, value: $1) })
}

extension ConstantPad2d: RebuildableModule {
    public static let blueprint = Blueprint<ConstantPad2d>(
        "[..., H, W] -> [..., H', W']", padding(of: ConstantPad2d.self), .init("value", \.value),
        make: { ConstantPad2d($0, value: $1) })
}

extension ConstantPad3d: RebuildableModule {
    public static let blueprint = Blueprint<ConstantPad3d>(
        "[..., D, H, W] -> [..., D', H', W']", padding(of: ConstantPad3d.self), .init("value", \.value),
        make: { ConstantPad3d($0, value: $1) })
}
