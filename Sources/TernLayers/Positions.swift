import TernCore
import TernNN

/// Queries or keys [..., L, E] turned by their positions, see ``rotaryEmbedding(_:theta:offset:layout:)``. KerasHub's
/// `RotaryEmbedding`, torchtune's `RotaryPositionalEmbeddings`.
public final class RotaryEmbedding: Module {
    public let theta: Double
    public let layout: RotaryLayout

    public init(theta: Double = 10_000, layout: RotaryLayout = .halves) {
        self.theta = theta
        self.layout = layout
    }

    public func forward(_ input: Tensor) -> Tensor { rotaryEmbedding(input, theta: theta, layout: layout) }

    /// As the positions from `offset` on, which a cache of keys has reached.
    public func callAsFunction(_ input: Tensor, offset: Int) -> Tensor {
        rotaryEmbedding(input, theta: theta, offset: offset, layout: layout)
    }

    public var settingsDescription: String { "theta=\(theta), layout=\(layout)" }
}

/// The input [..., L, E] plus a row of sines and cosines for each position, see ``sinusoidalPositions(_:_:theta:offset:dtype:)``.
/// Vaswani et al., "Attention is all you need", 2017; KerasHub's `SinePositionEncoding`, added.
public final class SinusoidalPositions: Module {
    public let theta: Double

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
