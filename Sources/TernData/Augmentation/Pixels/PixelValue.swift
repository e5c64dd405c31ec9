import TernCore

/// A type of images' elements that transforms compute with: bytes of 0...255, or floats, whose white is 1.
protocol PixelValue: TensorScalar {
    /// The type of the computation.
    associatedtype Real: PixelReal
    static var white: Real { get }
    var real: Real { get }
    /// A byte rounded down, or the float itself.
    init(truncating value: Real)
    /// A byte rounded to the nearest, halfway to the even one, or the float itself. Bytes are cut off at 0 and 255.
    init(rounding value: Real)
}

/// A type in which is computed. Conversions by way of the standard library's generic ones take several times as long.
protocol PixelReal: BinaryFloatingPoint, TensorScalar {
    init(number: Double)
    init(whole: Int32)
    /// Rounded towards 0; it has to be in the range.
    var whole: Int32 { get }
}

extension Float: PixelReal {
    @inline(__always) init(number: Double) { self = Float(number) }
    @inline(__always) init(whole: Int32) { self = Float(whole) }
    @inline(__always) var whole: Int32 { Int32(self) }
}

extension Double: PixelReal {
    @inline(__always) init(number: Double) { self = number }
    @inline(__always) init(whole: Int32) { self = Double(whole) }
    @inline(__always) var whole: Int32 { Int32(self) }
}

extension UInt8: PixelValue {
    static var white: Float { 255 }
    @inline(__always) var real: Float { Float(self) }
    @inline(__always) init(truncating value: Float) {
        // NaN becomes 0: it compares as outside, and the other end is 0.
        self = value >= 255 ? 255 : value > 0 ? UInt8(truncatingIfNeeded: Int32(value)) : 0
    }
    @inline(__always) init(rounding value: Float) {
        // At this size the steps between numbers are whole ones.
        let large: Float = 0x1.8p23
        self.init(truncating: Swift.min(Swift.max(value, 0), 255) + large - large)
    }
}

extension Float: PixelValue {
    static var white: Float { 1 }
    @inline(__always) var real: Float { self }
    @inline(__always) init(truncating value: Float) { self = value }
    @inline(__always) init(rounding value: Float) { self = value }
}

extension Double: PixelValue {
    static var white: Double { 1 }
    @inline(__always) var real: Double { self }
    @inline(__always) init(truncating value: Double) { self = value }
    @inline(__always) init(rounding value: Double) { self = value }
}

extension PixelValue {
    /// Cut off at black and white, rounded down.
    @inline(__always) init(limited value: Real) { self.init(truncating: min(max(value, 0), Self.white)) }
}

/// Work on images of one type of elements, on all threads.
protocol ImageWork {
    /// Makes one image of another.
    func perform<Value: PixelValue>(
        _ image: Int, from source: UnsafePointer<Value>, to target: UnsafeMutablePointer<Value>)
}

extension ImageWork {
    /// What the work makes of images of `sizes.elements` elements each: images of this shape.
    ///
    /// Halves are computed as `float32`. Other integers than bytes and `bool` are only moved: they are taken as `float64`.
    ///
    /// - Parameter cost: roughly the nanoseconds for an element.
    func applied(to x: Tensor, _ sizes: ImageSizes, shape: Shape, cost: Double) -> Tensor {
        switch x.dtype {
        case .uint8: run(x, sizes, shape, cost, UInt8.self)
        case .float32: run(x, sizes, shape, cost, Float.self)
        case .float64: run(x, sizes, shape, cost, Double.self)
        case .float16, .bfloat16:
            run(x.converted(to: .float32), sizes, shape, cost, Float.self).converted(to: x.dtype)
        case .bool, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64:
            run(x.converted(to: .float64), sizes, shape, cost, Double.self).converted(to: x.dtype)
        }
    }

    private func run<Value: PixelValue>(
        _ x: Tensor, _ sizes: ImageSizes, _ shape: Shape, _ cost: Double, _ type: Value.Type
    ) -> Tensor {
        if shape.contains(0) || x.count == 0 { return Tensor.zeros(shape, dtype: x.dtype) }
        return x.withUnsafeBuffer(of: type) { source in
            Tensor(shape: shape, of: type) { target in
                let (from, to) = (source.baseAddress!, target.baseAddress!)
                let size = target.count / sizes.count
                parallelFor(pieces: sizes.count, nanoseconds: cost * Double(target.count)) { image in
                    perform(image, from: from + image * sizes.elements, to: to + image * size)
                }
            }
        }
    }
}
