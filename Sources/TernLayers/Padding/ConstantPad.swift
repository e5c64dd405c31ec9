import TernCore

/// One value around sequences. PyTorch's `ConstantPad1d`.
///
/// Shapes: [..., L], each of these axes with what is before and after it.
public final class ConstantPad1d: PaddingLayer<1> {
    public let value: Double

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
    public let value: Double

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
    public let value: Double

    public init(_ padding: Padding3d, value: Double) {
        self.value = value
        super.init(padding, .constant(value))
    }

    public override var settingsDescription: String { "padding=\(sides), value=\(value)" }
}
