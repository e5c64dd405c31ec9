import Foundation
import TernCore

let creationOperators: [ONNXOperator] = [
    op("Constant", 0) { call in
        switch call.attribute("value") ?? call.attribute("sparse_value") {
        case .tensor(let tensor): return tensor
        default: break
        }
        if call.attribute("value_float") != nil { return Tensor(Float(try call.real("value_float"))) }
        if case .integer(let number)? = call.attribute("value_int") { return Tensor(number) }
        if let numbers = try call.realList("value_floats") {
            return Tensor(shape: [numbers.count], values: numbers.map(Float.init))
        }
        if let numbers = try call.anyIntegers("value_ints") { return Tensor(shape: [numbers.count], values: numbers) }
        throw Refusal("has no number, or a text, as its value")
    },
    op("ConstantOfShape", 1) { call in
        let shape = try call.shape(try call.integers(0))
        guard case .tensor(let value)? = call.attribute("value") else { return Tensor.zeros(shape) }
        try call.expect(value.count == 1, "has a value of shape \(value.shape)")
        return value.reshaped(Shape(repeating: 1, count: shape.count)).expanded(to: shape).contiguous()
    },
    op("Range", 3) { call in
        let (start, limit, delta) = (try call.scalar(0), try call.scalar(1), try call.scalar(2))
        try call.expectOneType(start, limit, delta)
        try call.expect(start.dtype != .bool && delta.item() != 0, "has a step of 0")
        let steps = ((limit.item() - start.item()) / delta.item()).rounded(.up)
        guard steps <= Double(call.run.limits.elements) else { throw Refusal("would give \(steps) elements") }
        let count = try call.shape([max(0, Int(exactly: steps) ?? 0)]).elements
        let numbers = Tensor.arange(count).converted(to: start.dtype)
        return (numbers * delta + start).converted(to: start.dtype)
    },
    op("EyeLike", 1) { call in
        let x = try call.tensor(0)
        try call.expect(x.rank == 2, "expects a matrix, got \(x.shape)")
        let k = min(max(try call.integer("k", default: 0), -x.shape[0]), x.shape[1])
        let type = try call.dtype("dtype", default: x.dtype)
        let (rows, columns) = (Tensor.arange(x.shape[0]), Tensor.arange(x.shape[1]))
        return (rows.unsqueezed(axes: 1) + k).equal(to: columns.unsqueezed(axes: 0)).converted(to: type)
    },
    window("HannWindow") { 0.5 - 0.5 * cos(2 * $0) },
    window("HammingWindow") { 25.0 / 46 - 21.0 / 46 * cos(2 * $0) },
    window("BlackmanWindow") { 0.42 - 0.5 * cos(2 * $0) + 0.08 * cos(4 * $0) },
    op("MelWeightMatrix", 5) { call in try melWeights(call) },
]

/// A window of so many values, of a function of `pi i / n`.
private func window(_ type: String, _ value: @escaping @Sendable (Double) -> Double) -> ONNXOperator {
    op(type, 1) { call in
        let count = try call.integerScalar(0)
        let dtype = try call.dtype("output_datatype", default: .float32)
        _ = try call.shape([count])
        try call.expect(count <= 1 << 24, "has \(count) values")
        let steps = Double(try call.flag("periodic", default: true) ? count : count - 1)
        let values = (0..<count).map { steps == 0 ? 1 : value(.pi * Double($0) / steps) }
        return Tensor(shape: [count], values: values).converted(to: dtype)
    }
}

private func melWeights(_ call: ONNXCall) throws -> Tensor {
    let (bands, length, rate) = (try call.integerScalar(0), try call.integerScalar(1), try call.integerScalar(2))
    let (low, high) = (try call.realScalar(3), try call.realScalar(4))
    let type = try call.dtype("output_datatype", default: .float32)
    try call.expect(
        bands > 0 && length > 0 && rate > 0 && bands < 1 << 20 && length < 1 << 30 && low >= 0 && high >= low
            && high <= 1e9, "has \(bands) bands of \(length) at rate \(rate)")
    let bins = length / 2 + 1
    let shape = try call.shape([bins, bands])
    func mel(_ hertz: Double) -> Double { 2595 * log10(1 + hertz / 700) }
    let step = (mel(high) - mel(low)) / Double(bands + 2)
    let edges = (0..<bands + 2).map { index -> Int in
        let hertz = 700 * (pow(10, (mel(low) + Double(index) * step) / 2595) - 1)
        return Int((Double(length) + 1) * hertz / Double(rate), in: 0...Int.max)
    }
    var values = [Double](repeating: 0, count: shape.elements)
    for band in 0..<bands {
        let (left, centre, right) = (edges[band], edges[band + 1], edges[band + 2])
        for bin in 0..<bins {
            let weight: Double
            if bin == centre && centre == left {
                weight = 1
            } else if bin >= left && bin <= centre {
                weight = Double(bin - left) / Double(centre - left)
            } else if bin > centre && bin < right {
                weight = Double(right - bin) / Double(right - centre)
            } else {
                weight = 0
            }
            values[bin * bands + band] = weight
        }
    }
    return Tensor(shape: shape, values: values).converted(to: type)
}
