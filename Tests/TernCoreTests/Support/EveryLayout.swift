import TernCore
import Testing

/// The same values in different places of memory: in order, column by column, with gaps, and backwards.
func everyLayout(_ x: Tensor) -> [(name: String, tensor: Tensor)] {
    var layouts = [
        ("contiguous", x), ("transposed", x.T.contiguous().T), ("reversed", x.flipped().contiguous().flipped()),
    ]
    if x.rank > 0 {
        let gaps = x.repeated(2, axis: x.rank - 1).contiguous()
        layouts.append(("sliced", gaps[..., .every(2)]))
    }
    return layouts
}

/// `count` numbers without a pattern, in float64.
func numbers(_ shape: Shape, seed: UInt64 = 1, dtype: DType = .float64) -> Tensor {
    Tensor.uniform(shape, in: -2..<2, dtype: dtype, generator: Generator(seed: seed))
}

/// Expects that the program stops with `message` on its standard error.
func expectMessage(
    _ message: String, in result: ExitTest.Result?, _ location: SourceLocation = #_sourceLocation
) {
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains(message), "got: \(text.suffix(300))", sourceLocation: location)
}
