import Foundation
import TernCore

// torchvision's formulas; those of Keras at the end.
extension Pixels {
    @inline(__always)
    func multiply(by factor: Real) { each { Value(limited: $0.real * factor) } }

    /// Mixed with a grey of the mean brightness.
    @inline(__always)
    func changeContrast(_ factor: Real) {
        var sum = 0.0
        for pixel in 0..<sizes.plane { sum += grey(pixel).asDouble }
        let rest = Real(sum / Double(sizes.plane)) * (1 - factor)
        each { Value(limited: $0.real * factor + rest) }
    }

    /// Each pixel mixed with its grey.
    @inline(__always)
    func changeSaturation(_ factor: Real) {
        if sizes.channels == 1 { return }
        for pixel in 0..<sizes.plane {
            let rest = grey(pixel) * (1 - factor)
            for channel in 0..<3 {
                let place = channel * sizes.plane + pixel
                image[place] = Value(limited: image[place].real * factor + rest)
            }
        }
    }

    /// The hue turned by a part of the circle of colours, by way of HSV.
    @inline(__always)
    func turnHue(by turn: Real) {
        if sizes.channels == 1 { return }
        let (greens, blues) = (image + sizes.plane, image + 2 * sizes.plane)
        let (scale, sixth) = (1 / Value.white, 1 / Real(6))
        // What makes bytes of 0...1, so that each gets as much of the range.
        let full: Real = Value.self == UInt8.self ? 255.999 : 1
        for pixel in 0..<sizes.plane {
            let (r, g, b) = (image[pixel].real * scale, greens[pixel].real * scale, blues[pixel].real * scale)
            let (least, most) = (min(r, g, b), max(r, g, b))
            let range = most - least
            let isGrey = range == 0
            let (saturation, inverse) = (isGrey ? 0 : range / most, isGrey ? 0 : 1 / range)
            let sixths = most == r ? (g - b) * inverse : most == g ? 2 + (b - r) * inverse : 4 + (r - g) * inverse
            // In 0..<1; no number here is more than once around.
            var hue = sixths * sixth + turn
            if hue < 0 { hue += 1 }
            if hue >= 1 { hue -= 1 }
            let six = hue * 6
            // Not a number where the image has none.
            let sector: Int32 = six <= 6 ? six.whole : 0
            let share = saturation * (six - Real(whole: sector))
            func cut(_ value: Real) -> Real { min(max(value, 0), 1) }
            let p = cut((1 - saturation) * most)
            let q = cut((1 - share) * most)
            let t = cut((share + (1 - saturation)) * most)
            let color: (Real, Real, Real) =
                switch sector {
                case 1: (q, most, p)
                case 2: (p, most, t)
                case 3: (p, q, most)
                case 4: (t, p, most)
                case 5: (most, p, q)
                default: (most, t, p)
                }
            image[pixel] = Value(truncating: color.0 * full)
            greens[pixel] = Value(truncating: color.1 * full)
            blues[pixel] = Value(truncating: color.2 * full)
        }
    }

    @inline(__always)
    func correctGamma(_ gamma: Double, gain: Double) {
        each { value in
            var power = Real(pow(Double(value.real / Value.white), gamma))
            if gain != 1 { power = min(max(power * Real(gain), 0), 1) }
            return Value(truncating: Value.self == UInt8.self ? power * 255.999 : power)
        }
    }

    /// Keras's `apply_channel_shift`: a number added to all elements, within the range that the image has.
    @inline(__always)
    func shiftChannels(by shift: Real) {
        var (least, most) = (image[0].real, image[0].real)
        for i in 0..<sizes.elements { (least, most) = (min(least, image[i].real), max(most, image[i].real)) }
        each { Value(rounding: min(max($0.real + shift, least), most)) }
    }

    /// Keras's `apply_brightness_shift`: bytes times a factor, of an image in 0...255; one that exceeds this is brought there
    /// and back.
    @inline(__always)
    func changeKerasBrightness(_ factor: Real) {
        var (least, most) = (image[0].real, image[0].real)
        for i in 0..<sizes.elements { (least, most) = (min(least, image[i].real), max(most, image[i].real)) }
        let isOutside = least < 0 || most > 255
        let range = most == least ? 1 : most - least
        each { value in
            let byte = isOutside ? (value.real - least) / range * 255 : value.real
            let changed = min(max(byte.rounded(.towardZero) * factor, 0), 255).rounded(.towardZero)
            return Value(truncating: isOutside ? changed / 255 * (most - least) + least : changed)
        }
    }
}
