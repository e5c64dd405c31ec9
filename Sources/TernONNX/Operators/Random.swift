import TernCore

/// Random numbers, of the default generator or of one with the node's own seed.
let randomOperators: [ONNXOperator] = [
    random("RandomNormal") { call, shape, type in
        let (mean, deviation) = (try call.real("mean", default: 0), try call.real("scale", default: 1))
        return Tensor.normal(shape, dtype: type, generator: generator(call)) * deviation + mean
    },
    random("RandomUniform") { call, shape, type in
        let (low, high) = (try call.real("low", default: 0), try call.real("high", default: 1))
        return Tensor.uniform(shape, dtype: type, generator: generator(call)) * (high - low) + low
    },
    op("Bernoulli", 1) { call in
        let x = try call.floating(0)
        let type = try call.dtype("dtype", default: x.dtype)
        let drawn = Tensor.uniform(x.shape, dtype: .float64, generator: generator(call))
        return drawn.less(than: x.converted(to: .float64)).converted(to: type)
    },
    op("RandomNormalLike", 1) { call in
        let (shape, type) = try likeness(call)
        return Tensor.normal(shape, dtype: type, generator: generator(call)) * (try call.real("scale", default: 1))
            + (try call.real("mean", default: 0))
    },
    op("RandomUniformLike", 1) { call in
        let (shape, type) = try likeness(call)
        let (low, high) = (try call.real("low", default: 0), try call.real("high", default: 1))
        return Tensor.uniform(shape, dtype: type, generator: generator(call)) * (high - low) + low
    },
]

/// The default generator, or one of the node's own seed.
func generator(_ call: ONNXCall) -> Generator {
    guard let seed = try? call.real("seed") else { return .default }
    return Generator(seed: UInt64(seed.bitPattern))
}

/// An operator, and its like whose shape and type are those of an input.
private func random(
    _ type: String, _ make: @escaping @Sendable (ONNXCall, Shape, DType) throws -> Tensor
) -> ONNXOperator {
    op(type, 0) { call in
        let shape = try call.shape(try call.integerList("shape") ?? [])
        let dtype = try call.dtype("dtype", default: .float32)
        try call.expect(dtype.isFloatingPoint, "draws \(dtype)")
        return try make(call, shape, dtype)
    }
}

private func likeness(_ call: ONNXCall) throws -> (Shape, DType) {
    let x = try call.tensor(0)
    let type = try call.dtype("dtype", default: x.dtype)
    try call.expect(type.isFloatingPoint, "draws \(type)")
    return (x.shape, type)
}
