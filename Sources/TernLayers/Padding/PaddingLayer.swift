import TernCore
import TernNN

/// What the layers that put something around sequences, images and volumes have in common, see
/// ``/TernCore/Tensor/padded(_:with:)``. A negative number cuts so many elements off. Inputs may have any axes before
/// those that are padded.
public class PaddingLayer<let dimensions: Int>: Module {
    /// How much is added on each side; negative numbers take off.
    public let padding: SpatialPadding<dimensions>
    private let widths: [(before: Int, after: Int)]
    let mode: Padding

    init(_ padding: SpatialPadding<dimensions>, _ mode: Padding) {
        guard case .explicit(let before, let after) = padding else {
            mistake("\(Self.self)", "expects numbers, got padding \(padding)")
        }
        self.padding = padding
        widths = (0..<dimensions).map { (before[$0], after[$0]) }
        self.mode = mode
    }

    public final func forward(_ input: Tensor) -> Tensor { input.padded(widths, with: mode) }

    /// The sides of the last axis first, as PyTorch has them.
    var sides: String {
        "(\(widths.reversed().map { "\($0.before), \($0.after)" }.joined(separator: ", ")))"
    }

    public var settingsDescription: String { sides }
}

extension PaddingLayer {
    /// What all of them keep in files.
    static func padding<Layer: PaddingLayer>(of layer: Layer.Type) -> Setting<Layer, SpatialPadding<dimensions>> {
        Setting("padding", \.padding, "numbers alone") { padding in
            padding != .same && padding.settingSizes.allSatisfy { $0.magnitude <= Int32.max }
        }
    }
}
