import TernCore
import TernTestSupport
import Testing

/// The same values in different places of memory: in order, column by column, with gaps, and backwards.
func everyLayout(_ x: Tensor) -> [(name: String, tensor: Tensor)] {
    [Layout.contiguous, .transposed, .sliced].map { ("\($0)", $0.apply(to: x)) }
        + [("reversed", x.flipped().contiguous().flipped())]
}

/// Numbers in -2 ..< 2.
func numbers(_ shape: Shape, seed: UInt64 = 1, dtype: DType = .float64) -> Tensor {
    Tensor.uniform(shape, in: -2..<2, dtype: dtype, generator: Generator(seed: seed))
}

/// Expects that the program stops with `message` on its standard error.
func expectMessage(
    _ message: String, in result: ExitTest.Result?, _ location: SourceLocation = #_sourceLocation
) {
    result.expectMessage(message, sourceLocation: location)
}
