import TernCore

// Changes of the levels of each channel by torchvision's formulas, which are Pillow's.
extension Pixels {
    @inline(__always)
    func posterize(bits: Int) {
        let levels = Real(1 << bits)
        each { value in
            if let byte = value as? UInt8 { return (byte & UInt8(truncatingIfNeeded: 0xFF00 >> bits)) as! Value }
            return Value(truncating: min(max((value.real * levels).rounded(.down), 0), levels - 1) * (1 / levels))
        }
    }

    @inline(__always)
    func solarize(_ threshold: Real) {
        each { $0.real >= threshold ? Value(truncating: Value.white - $0.real) : $0 }
    }

    /// The darkest element of each channel becomes black, the brightest one white.
    @inline(__always)
    func stretchContrast() {
        for channel in 0..<sizes.channels {
            let plane = image + channel * sizes.plane
            var (least, most) = (plane[0].real, plane[0].real)
            for i in 0..<sizes.plane { (least, most) = (min(least, plane[i].real), max(most, plane[i].real)) }
            if least == most { (least, most) = (0, Value.white) }
            let scale = (most - least) * (1 / Value.white)
            each(of: channel) { Value(limited: ($0.real - least) / scale) }
        }
    }

    /// As many elements at each level, as far as that can be; floats are taken as bytes.
    @inline(__always)
    func equalize() {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 512) { memory in
            let (counts, table) = (memory.baseAddress!, memory.baseAddress! + 256)
            for channel in 0..<sizes.channels {
                let plane = image + channel * sizes.plane
                counts.initialize(repeating: 0, count: 256)
                for i in 0..<sizes.plane { counts[level(plane[i])] += 1 }
                let last = counts[(0..<256).last { counts[$0] > 0 } ?? 0]
                let step = (sizes.plane - last) / 255
                var sum = 0
                for level in 0..<256 {
                    table[level] = step == 0 ? level : min((sum + step / 2) / step, 255)
                    sum += counts[level]
                }
                for i in 0..<sizes.plane {
                    plane[i] = Value(truncating: Real(whole: Int32(table[level(plane[i])])) * (Value.white / 255))
                }
            }
        }
    }

    /// The byte of an element.
    @inline(__always)
    private func level(_ value: Value) -> Int {
        let byte = Value.self == UInt8.self ? value.real : value.real * Real(255.999)
        // Of NaN and 0 the 0.
        return Int(min(max(0, byte), 255).whole)
    }
}
