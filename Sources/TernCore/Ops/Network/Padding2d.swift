/// A height and a width, as kernels, strides and dilations have: `3` for both, or `[3, 5]`.
public struct Size2d: Hashable, Sendable {
    public var height: Int
    public var width: Int

    public init(_ height: Int, _ width: Int) {
        self.height = height
        self.width = width
    }

    public init(_ both: Int) { self.init(both, both) }
}

extension Size2d: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, CustomStringConvertible {
    public init(integerLiteral both: Int) { self.init(both) }

    public init(arrayLiteral sizes: Int...) {
        if sizes.count != 2 { mistake("Size2d", "expects [height, width], got \(sizes)") }
        self.init(sizes[0], sizes[1])
    }

    public var description: String { "[\(height), \(width)]" }
}

/// The zeros (or, for maxima, the nothing) that a window operation sees around its input: `1` on all sides, `[1, 2]`
/// above and below, and left and right, four numbers, or as many as a rule asks for.
public enum Padding2d: Hashable, Sendable {
    case explicit(top: Int, bottom: Int, left: Int, right: Int)
    /// As many as give an output of `ceil(input / stride)`; of an odd number, the larger half is below and right.
    /// The rule of TensorFlow and Keras.
    case same

    /// None. The rule of this name of TensorFlow and Keras.
    public static let valid: Padding2d = 0

    public init(_ all: Int) { self = .explicit(top: all, bottom: all, left: all, right: all) }

    public init(_ height: Int, _ width: Int) {
        self = .explicit(top: height, bottom: height, left: width, right: width)
    }
}

extension Padding2d: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, CustomStringConvertible {
    public init(integerLiteral all: Int) { self.init(all) }

    public init(arrayLiteral sizes: Int...) {
        if sizes.count != 2 { mistake("Padding2d", "expects [height, width], got \(sizes)") }
        self.init(sizes[0], sizes[1])
    }

    public var description: String {
        switch self {
        case .same: "same"
        case .explicit(let top, let bottom, let left, let right):
            top == bottom && left == right ? "[\(top), \(left)]" : "[\(top), \(bottom), \(left), \(right)]"
        }
    }
}

/// One axis of a window operation: where windows lie and how many there are.
struct WindowAxis {
    let input: Int
    let output: Int
    let kernel: Int
    let stride: Int
    let dilation: Int
    let before: Int
    let after: Int

    /// - Parameter ceilMode: whether a last window counts that begins in the input (or the padding before it) and ends
    ///   beyond the padding.
    private init(
        _ input: Int, kernel: Int, stride: Int, dilation: Int, padding: (before: Int, after: Int)?, ceilMode: Bool
    ) {
        let extent = (kernel - 1) * dilation + 1
        self.input = input
        self.kernel = kernel
        self.dilation = dilation
        guard let padding else {
            output = input / stride + (input % stride == 0 ? 0 : 1)
            let total = Swift.max(0, (output - 1) * stride + extent - input)
            before = total / 2
            after = total - before
            self.stride = Swift.min(stride, Swift.max(1, input))
            return
        }
        (before, after) = padding
        let padded = input + before + after
        let room = padded - extent + (ceilMode ? stride - 1 : 0)
        let count = room < 0 ? 0 : room / stride + 1
        output = ceilMode && count > 0 && (count - 1) * stride >= input + before ? count - 1 : count
        // A step that leads out of all is as good as the shortest such, and kernels need not care for larger ones.
        self.stride = Swift.min(stride, Swift.max(1, padded))
    }

    /// The two axes of an operation on images of `height` x `width`; stops if a number is out of range or the kernel does
    /// not fit.
    static func pair(
        _ operation: String, _ shape: Shape, kernel: Size2d, stride: Size2d, padding: Padding2d, dilation: Size2d,
        ceilMode: Bool = false
    ) -> (rows: WindowAxis, columns: WindowAxis) {
        let (height, width) = (shape[shape.count - 2], shape[shape.count - 1])
        var sides: (rows: (Int, Int), columns: (Int, Int))?
        // Products of two such numbers do not overflow.
        let limit = Int(Int32.max)
        for (name, size) in [("kernel size", kernel), ("stride", stride), ("dilation", dilation)] {
            if size.height < 1 || size.width < 1 {
                mistake(operation, "expects a \(name) of at least 1, got \(size)")
            }
            if Swift.max(size.height, size.width) > limit {
                mistake(operation, "expects a \(name) of at most \(limit), got \(size)")
            }
        }
        if case .explicit(let top, let bottom, let left, let right) = padding {
            sides = ((top, bottom), (left, right))
            if Swift.min(top, bottom, left, right) < 0 {
                mistake(operation, "expects padding of at least 0, got \(padding)")
            }
            if Swift.max(top, bottom, left, right) > limit {
                mistake(operation, "expects padding of at most \(limit), got \(padding)")
            }
        }
        let rows = WindowAxis(
            height, kernel: kernel.height, stride: stride.height, dilation: dilation.height, padding: sides?.rows,
            ceilMode: ceilMode)
        let columns = WindowAxis(
            width, kernel: kernel.width, stride: stride.width, dilation: dilation.width, padding: sides?.columns,
            ceilMode: ceilMode)
        if rows.output < 1 || columns.output < 1 {
            mistake(
                operation,
                "expects an input that the kernel fits into, got \(shape) "
                    + "(kernel size \(kernel), padding \(padding), dilation \(dilation))")
        }
        return (rows, columns)
    }
}
