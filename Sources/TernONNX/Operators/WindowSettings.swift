import TernCore

/// Where the windows of a convolution or pooling lie, as a node says: a number for each of the last axes.
struct WindowSettings {
    var kernel: [Int]
    var stride: [Int]
    var dilation: [Int]
    var before: [Int]
    var after: [Int]
    /// How many windows there are.
    var output: [Int]
    /// The places after the padding that a last window reads which is counted because of `ceil_mode`.
    var beyond: [Int]

    var dimensions: Int { kernel.count }

    /// Products of two such numbers do not overflow.
    private static let limit = Int(Int32.max)

    /// - Parameter input: the sizes of the axes that windows move along.
    init(_ call: ONNXCall, input: [Int], kernel: [Int]) throws {
        let count = input.count
        func list(_ name: String, _ value: Int) throws -> [Int] {
            let numbers = try call.integerList(name) ?? Array(repeating: value, count: count)
            try call.expect(
                numbers.count == count && numbers.allSatisfy { (1...Self.limit).contains($0) },
                "has \(name) \(numbers.prefix(16)) for \(count) axes")
            return numbers
        }
        self.kernel = kernel
        try call.expect(
            kernel.count == count && kernel.allSatisfy { (1...Self.limit).contains($0) },
            "has a kernel of \(kernel.prefix(16)) for \(count) axes")
        stride = try list("strides", 1)
        dilation = try list("dilations", 1)
        (before, after) = (Array(repeating: 0, count: count), Array(repeating: 0, count: count))
        (output, beyond) = (before, before)
        let rounding = try call.flag("ceil_mode")
        let rule = try call.text("auto_pad", default: "NOTSET")
        let extents = zip(kernel, dilation).map { ($0 - 1) * $1 + 1 }
        switch rule {
        case "NOTSET", "VALID":
            if rule == "NOTSET", let pads = try call.integerList("pads") {
                try call.expect(
                    pads.count == 2 * count && pads.allSatisfy { (0...Self.limit).contains($0) },
                    "has pads \(pads.prefix(16)) for \(count) axes")
                (before, after) = (Array(pads[..<count]), Array(pads[count...]))
            }
            for axis in 0..<count {
                let padded = input[axis] + before[axis] + after[axis]
                let room = padded - extents[axis]
                try call.expect(room >= 0, "has a kernel of \(kernel) that does not fit into \(input)")
                var windows = room / stride[axis] + 1
                if rounding && room % stride[axis] != 0 && windows * stride[axis] < input[axis] + before[axis] {
                    windows += 1
                    beyond[axis] = (windows - 1) * stride[axis] + extents[axis] - padded
                }
                output[axis] = windows
            }
        case "SAME_UPPER", "SAME_LOWER":
            for axis in 0..<count {
                output[axis] = (input[axis] + stride[axis] - 1) / stride[axis]
                let total = max(0, (output[axis] - 1) * stride[axis] + extents[axis] - input[axis])
                let less = total / 2
                (before[axis], after[axis]) = rule == "SAME_UPPER" ? (less, total - less) : (total - less, less)
            }
            try call.expect(output.allSatisfy { $0 > 0 }, "has windows over nothing: \(input)")
        default: throw Refusal("pads by the rule \(excerpt(rule))")
        }
    }

    /// Around all axes of a tensor, for ``Tensor/padded(_:with:)``.
    var widths: [(before: Int, after: Int)] {
        (0..<dimensions).map { (before[$0], after[$0] + beyond[$0]) }
    }
}

extension [Int] {
    var size1: Size1d { Size1d(self[0]) }
    var size2: Size2d { Size2d(self[0], self[1]) }
    var size3: Size3d { Size3d(self[0], self[1], self[2]) }
}

/// The convolution of one, two or three dimensions.
func convolve(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, stride: [Int], before: [Int], after: [Int], dilation: [Int],
    groups: Int
) -> Tensor {
    switch stride.count {
    case 1:
        conv1d(
            x, weight, bias, stride: stride[0], padding: .explicit(before: before.size1, after: after.size1),
            dilation: dilation[0], groups: groups)
    case 2:
        conv2d(
            x, weight, bias, stride: stride.size2, padding: .explicit(before: before.size2, after: after.size2),
            dilation: dilation.size2, groups: groups)
    default:
        conv3d(
            x, weight, bias, stride: stride.size3, padding: .explicit(before: before.size3, after: after.size3),
            dilation: dilation.size3, groups: groups)
    }
}
