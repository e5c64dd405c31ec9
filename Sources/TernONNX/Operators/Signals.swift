import Foundation
import TernCore

/// Fourier transforms by their definition, as products with matrices of cosines and sines.
let signalOperators: [ONNXOperator] = [
    op("DFT", 1...3) { call in
        let x = try call.floating(0)
        try call.expect(x.rank >= 2, "expects [..., 1 or 2], got \(x.shape)")
        let given =
            call.opset >= 20
            ? (call.has(2) ? try call.integerScalar(2) : -2) : try call.integer("axis", default: 1)
        let axis = try call.axis(given, x.rank)
        try call.expect(axis < x.rank - 1, "transforms the axis of real and imaginary parts")
        let isInverse = try call.flag("inverse")
        let isOneSided = try call.flag("onesided")
        let length = call.has(1) ? try call.integerScalar(1) : nil
        return try transform(call, x, axis, length: length, isInverse: isInverse, isOneSided: isOneSided)
    },
    op("STFT", 2...4) { call in
        let signal = try call.floating(0)
        let step = try call.integerScalar(1)
        let window = try call.optionalTensor(2)
        let length = call.has(3) ? try call.integerScalar(3) : window?.count ?? 0
        try call.expect(
            signal.rank == 3 && step > 0 && length > 0 && length <= signal.shape[1]
                && (window == nil || window!.shape == [length] && window!.dtype == signal.dtype),
            "has frames of \(length) by \(step) for \(signal.shape)")
        let frames = (signal.shape[1] - length) / step + 1
        _ = try call.shape([signal.shape[0], frames, length, 2])
        // [N, frames, length, 1 or 2]
        var pieces = signal.unfolded(axis: 1, size: length, step: step).transposed(-1, -2)
        if let window { pieces = pieces * window.reshaped([length, 1]) }
        return try transform(
            call, pieces, 2, length: nil, isInverse: false, isOneSided: try call.flag("onesided", default: true))
    },
]

private func transform(
    _ call: ONNXCall, _ x: Tensor, _ axis: Int, length: Int?, isInverse: Bool, isOneSided: Bool
) throws -> Tensor {
    let parts = x.shape[x.rank - 1]
    try call.expect(parts == 1 || parts == 2, "expects [..., 1 or 2], got \(x.shape)")
    let isExpanding = isInverse && isOneSided
    let given = x.shape[axis]
    let count = length ?? (isExpanding ? 2 * (given - 1) : given)
    try call.expect(count > 0 && given > 0 && count <= 1 << 20, "transforms \(count) values")
    let outputs = isOneSided && !isInverse ? count / 2 + 1 : count
    var sizes = Array(x.shape)
    sizes[axis] = max(count, outputs)
    sizes[x.rank - 1] = 2
    _ = try call.shape(sizes)
    _ = try call.shape([count, outputs, 2])
    // Angles of many turns are known to as many digits in float64 alone.
    var source = x.converted(to: .float64).movingAxis(axis, to: -2)
    // [..., n, parts]: cut or filled with zeros.
    let wanted = isExpanding ? count / 2 + 1 : count
    source = source.padded([(0, wanted - given), (0, 0)])
    var real = source.sliced(from: 0, to: 1, axis: -1).squeezed(axes: -1)
    var imaginary = parts == 2 ? source.sliced(from: 1, to: 2, axis: -1).squeezed(axes: -1) : nil
    if isExpanding {
        // The other half is the conjugate of this one.
        let mirror = Tensor((0..<count).map { $0 < wanted ? $0 : count - $0 })
        let sign = Tensor((0..<count).map { $0 < wanted ? 1.0 : -1.0 })
        real = real.selected(mirror, axis: -1)
        imaginary = imaginary.map { $0.selected(mirror, axis: -1) * sign }
    }
    let angles = (0..<count).flatMap { n in
        (0..<outputs).map { k in 2 * Double.pi * Double(n * k % count) / Double(count) }
    }
    let cosines = Tensor(shape: [count, outputs], values: angles.map { cos($0) })
    let sines = Tensor(shape: [count, outputs], values: angles.map { isInverse ? sin($0) : -sin($0) })
    var outReal = matmul(real, cosines)
    var outImaginary = matmul(real, sines)
    if let imaginary {
        outReal = outReal - matmul(imaginary, sines)
        outImaginary = outImaginary + matmul(imaginary, cosines)
    }
    if isInverse { (outReal, outImaginary) = (outReal / Double(count), outImaginary / Double(count)) }
    let both = isExpanding ? outReal.unsqueezed(axes: -1) : stacked([outReal, outImaginary], axis: -1)
    return both.movingAxis(-2, to: axis).converted(to: x.dtype)
}
