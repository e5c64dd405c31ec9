import TernCore
import TernNN

/// Queries or keys [..., L, E] turned by their positions, see ``/TernCore/rotaryEmbedding(_:theta:offset:layout:)``.
/// KerasHub's `RotaryEmbedding`, torchtune's `RotaryPositionalEmbeddings`.
///
/// ```swift
/// let rotary = RotaryEmbedding()
/// let turned = rotary(Tensor.normal([2, 4, 10, 64]))
/// let next = rotary(Tensor.normal([2, 4, 1, 64]), offset: 10)    // the eleventh position
/// ```
public final class RotaryEmbedding: Module {
    /// The base of the angles.
    public let theta: Double
    /// Which features are a pair.
    public let layout: RotaryLayout

    /// - Parameters:
    ///   - theta: the base of the angles.
    ///   - layout: which features are a pair.
    public init(theta: Double = 10_000, layout: RotaryLayout = .halves) {
        self.theta = theta
        self.layout = layout
    }

    /// What the module is called with, see ``callAsFunction(_:offset:)``.
    public struct Input {
        /// What the positions are given to, [..., L, E].
        public var values: Tensor
        /// The position of the first row.
        public var offset: Int

        /// - Parameters:
        ///   - values: what the positions are given to, [..., L, E].
        ///   - offset: the position of the first row.
        public init(_ values: Tensor, offset: Int = 0) {
            self.values = values
            self.offset = offset
        }
    }

    public func forward(_ input: Input) -> Tensor {
        rotaryEmbedding(input.values, theta: theta, offset: input.offset, layout: layout)
    }

    /// - Parameters:
    ///   - values: what the positions are given to, [..., L, E].
    ///   - offset: the position of the first row, which a cache of keys has reached.
    public func callAsFunction(_ values: Tensor, offset: Int = 0) -> Tensor { self(Input(values, offset: offset)) }

    public var settingsDescription: String { "theta=\(theta), layout=\(layout)" }
}

/// The input [..., L, E] plus a row of sines and cosines for each position, see
/// ``/TernCore/sinusoidalPositions(_:_:theta:offset:dtype:)``. Vaswani et al., "Attention is all you need", 2017;
/// KerasHub's `SinePositionEncoding`, added.
public final class SinusoidalPositions: Module {
    /// The base of the angles.
    public let theta: Double

    /// - Parameter theta: the base of the angles.
    public init(theta: Double = 10_000) { self.theta = theta }

    public func forward(_ input: Tensor) -> Tensor {
        if input.rank < 2 { mistake("SinusoidalPositions", "expects an input [..., L, E], got \(input.shape)") }
        return input
            + sinusoidalPositions(
                input.shape[input.rank - 2], input.shape[input.rank - 1], theta: theta,
                dtype: input.dtype.isFloatingPoint ? input.dtype : .float32)
    }

    public var settingsDescription: String { "theta=\(theta)" }
}

extension RotaryEmbedding: RebuildableModule {
    public static let blueprint = Blueprint<RotaryEmbedding>(
        "[N, H, L, E] -> [N, H, L, E]", .init("theta", \.theta), .init("layout", \.layout), make: RotaryEmbedding.init)
}

extension SinusoidalPositions: RebuildableModule {
    public static let blueprint = Blueprint<SinusoidalPositions>(
        "[..., L, E] -> [..., L, E]", .init("theta", \.theta), make: SinusoidalPositions.init)
}
