/// The settings of a convolution or of a transposed one, before shapes are known, and the checks that both have.
struct ConvolutionSettings<let dimensions: Int> {
    let operation: String
    var isTransposed = false
    var stride: SpatialSize<dimensions>
    var padding: SpatialPadding<dimensions>
    var dilation: SpatialSize<dimensions>
    var groups: Int

    func kernel(_ weight: Tensor) -> SpatialSize<dimensions> { SpatialSize { weight.shape[2 + $0] } }

    /// Stops unless `x` is a batch or one of its elements, and weight and bias belong to it.
    func check(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) {
        checkShapes(x, weight, bias)
        if !x.dtype.isFloatingPoint || weight.dtype != x.dtype || bias != nil && bias!.dtype != x.dtype {
            stopTypes([x, weight] + (bias.map { [$0] } ?? []))
        }
    }

    func checkShapes(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) {
        if x.rank != dimensions + 1 && x.rank != dimensions + 2 || weight.rank != dimensions + 2 {
            let axes = SpatialSize<dimensions>.letters
            let kernel = dimensions == 1 ? "K" : ["KD", "KH", "KW"].suffix(dimensions).joined(separator: ", ")
            let channels = isTransposed ? "C, O / groups" : "O, C / groups"
            mistake(
                operation,
                "expects an input [N, C, \(axes)] or [C, \(axes)] and a weight [\(channels), \(kernel)], "
                    + "got \(x.shape) and \(weight.shape)")
        }
        // Made only for a message: on the way of every call, it would take as long as a small convolution.
        func shapes() -> String { "(input \(x.shape), weight \(weight.shape))" }
        if groups < 1 || weight.shape[0] % groups != 0 {
            mistake(
                operation,
                "expects groups that divide \(weight.shape[0]) \(isTransposed ? "input" : "output") channels, "
                    + "got \(groups) \(shapes())")
        }
        if weight.count == 0 { mistake(operation, "expects a weight with elements, got \(weight.shape)") }
        let inner = weight.shape[1] * groups
        let (inputs, outputs) = isTransposed ? (weight.shape[0], inner) : (inner, weight.shape[0])
        let channels = x.shape[x.rank - dimensions - 1]
        if channels != inputs {
            let grouped = groups == 1 ? "" : " in \(groups) groups"
            mistake(operation, "expects \(inputs) input channels\(grouped), got \(channels) \(shapes())")
        }
        if let bias, bias.rank != 1 || bias.shape[0] != outputs {
            mistake(operation, "expects a bias of shape [\(outputs)], got \(bias.shape) (weight \(weight.shape))")
        }
    }

    @inline(never)
    private func stopTypes(_ operands: [Tensor]) -> Never {
        Tensor.checkOneFloatingPointType(operation, operands)
        let types = operands.map { "\($0.dtype)" }.joined(separator: ", ")
        mistake(operation, "expects one floating-point type, got \(types)")
    }
}
