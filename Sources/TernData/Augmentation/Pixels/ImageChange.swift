import TernCore

/// A change of an image in place that keeps its size: what augmentations consist of. A batch can have other changes for each
/// image, several one after the other, while the image is in the cache.
enum ImageChange: Sendable {
    case brightness(Double)
    case contrast(Double)
    case saturation(Double)
    case hue(Double)
    case gamma(Double, gain: Double)
    case posterize(bits: Int)
    /// With the threshold as a share of white.
    case solarize(Double)
    case autoContrast
    case equalize
    case invert
    case sharpness(Double)
    /// By kernels along rows and columns.
    case blur(horizontal: [Double], vertical: [Double])
    case warp(Warp)
    /// With a value for all, for each channel or for each element.
    case erase(PixelRectangle, [Double])
    /// Keras's, for images of 0...255.
    case channelShift(Double)
    case kerasBrightness(Double)

    /// Whether it is for one channel (grey) or three (red, green, blue) only.
    private var needsColors: Bool {
        switch self {
        case .brightness, .contrast, .saturation, .hue, .sharpness, .autoContrast: true
        case .gamma, .posterize, .solarize, .equalize, .invert, .blur, .warp, .erase, .channelShift,
            .kerasBrightness:
            false
        }
    }

    /// Images after changes: those of the one list, or of one list for each image.
    static func applied(_ changes: [[ImageChange]], to x: Tensor, _ operation: String) -> Tensor {
        let sizes = ImageSizes(x, operation)
        if sizes.channels != 1 && sizes.channels != 3 && changes.contains(where: { $0.contains(where: \.needsColors) })
        {
            mistake(operation, "expects images of 1 or 3 channels, got \(x.shape)")
        }
        if x.dtype != .uint8 && !x.dtype.isFloatingPoint {
            mistake(operation, "expects uint8 or floating-point images, got \(x.dtype)")
        }
        return ImageChanges(changes: changes, sizes: sizes).applied(to: x, sizes, shape: x.shape, cost: 5)
    }

    @inline(__always)
    fileprivate func apply<Value: PixelValue>(to image: UnsafeMutablePointer<Value>, _ sizes: ImageSizes) {
        let pixels = Pixels(image, sizes)
        switch self {
        case .brightness(let factor): pixels.multiply(by: Value.Real(factor))
        case .contrast(let factor): pixels.changeContrast(Value.Real(factor))
        case .saturation(let factor): pixels.changeSaturation(Value.Real(factor))
        case .hue(let turn): pixels.turnHue(by: Value.Real(turn))
        case .gamma(let gamma, let gain): pixels.correctGamma(gamma, gain: gain)
        case .posterize(let bits): pixels.posterize(bits: bits)
        case .solarize(let share): pixels.solarize(Value.Real(share) * Value.white)
        case .autoContrast: pixels.stretchContrast()
        case .equalize: pixels.equalize()
        case .invert: pixels.each { Value(truncating: Value.white - $0.real) }
        case .sharpness(let factor): pixels.changeSharpness(Value.Real(factor))
        case .blur(let horizontal, let vertical): pixels.blur(horizontal, vertical)
        case .warp(let warp):
            pixels.withCopy { warp.apply(from: $0, to: image, sizes, height: sizes.height, width: sizes.width) }
        case .erase(let rectangle, let values): pixels.erase(rectangle, values)
        case .channelShift(let shift): pixels.shiftChannels(by: Value.Real(shift))
        case .kerasBrightness(let factor): pixels.changeKerasBrightness(Value.Real(factor))
        }
    }

    private struct ImageChanges: ImageWork {
        let changes: [[ImageChange]]
        let sizes: ImageSizes

        func perform<Value: PixelValue>(
            _ image: Int, from source: UnsafePointer<Value>, to target: UnsafeMutablePointer<Value>
        ) {
            target.update(from: source, count: sizes.elements)
            for change in changes[changes.count == 1 ? 0 : image] { change.apply(to: target, sizes) }
        }
    }
}

/// The elements of an image that is changed.
struct Pixels<Value: PixelValue> {
    let image: UnsafeMutablePointer<Value>
    let sizes: ImageSizes

    typealias Real = Value.Real

    @inline(__always)
    init(_ image: UnsafeMutablePointer<Value>, _ sizes: ImageSizes) { (self.image, self.sizes) = (image, sizes) }

    /// Each element, or each of a channel, replaced by what follows from it alone: for bytes by a table.
    @inline(__always)
    func each(of channel: Int? = nil, _ change: (Value) -> Value) {
        let start = image + (channel ?? 0) * sizes.plane
        let count = channel == nil ? sizes.elements : sizes.plane
        guard Value.self == UInt8.self, count > 256 else {
            for i in 0..<count { start[i] = change(start[i]) }
            return
        }
        withUnsafeTemporaryAllocation(of: Value.self, capacity: 256) { table in
            for byte in 0..<256 {
                table.initializeElement(at: byte, to: change(unsafeBitCast(UInt8(byte), to: Value.self)))
            }
            let bytes = UnsafeMutableRawPointer(start).assumingMemoryBound(to: UInt8.self)
            for i in 0..<count { start[i] = table[Int(bytes[i])] }
        }
    }

    /// Calls `body` with a copy of the elements.
    @inline(__always)
    func withCopy(_ body: (UnsafePointer<Value>) -> Void) {
        withUnsafeTemporaryAllocation(of: Value.self, capacity: sizes.elements) { copy in
            copy.baseAddress!.initialize(from: image, count: sizes.elements)
            body(UnsafePointer(copy.baseAddress!))
        }
    }

    /// A pixel's brightness to the eye; of an image without colours its only channel.
    @inline(__always)
    func grey(_ pixel: Int) -> Real {
        if sizes.channels == 1 { return image[pixel].real }
        let (red, green) = (image[pixel].real, image[sizes.plane + pixel].real)
        let sum = red * Real(0.2989) + green * Real(0.587) + image[2 * sizes.plane + pixel].real * Real(0.114)
        return Value.self == UInt8.self ? Real(whole: sum.whole) : sum
    }
}
