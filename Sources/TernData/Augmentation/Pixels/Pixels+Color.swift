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
        for pixel in 0..<sizes.plane { sum += Double(grey(pixel)) }
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
        // What makes bytes of 0...1, so that each gets as much of the range.
        let full: Real = Value.self == UInt8.self ? 255.999 : 1
        for pixel in 0..<sizes.plane {
            let (r, g, b) = (
                image[pixel].real / Value.white, greens[pixel].real / Value.white, blues[pixel].real / Value.white
            )
            let (least, most) = (min(r, g, b), max(r, g, b))
            let range = most - least
            let isGrey = range == 0
            let (saturation, divisor) = (isGrey ? 0 : range / most, isGrey ? 1 : range)
            let (rc, gc, bc) = ((most - r) / divisor, (most - g) / divisor, (most - b) / divisor)
            let sixth = most == r ? bc - gc : most == g ? 2 + rc - bc : 4 + gc - rc
            var hue = sixth * Real(1.0 / 6) + 1
            hue -= hue.rounded(.towardZero)
            hue += turn
            hue -= hue.rounded(.down)
            let six = hue * 6
            let sector = six.rounded(.down)
            let share = saturation * (six - sector)
            func cut(_ value: Real) -> Real { min(max(value, 0), 1) }
            let p = cut((1 - saturation) * most)
            let q = cut((1 - share) * most)
            let t = cut((share + (1 - saturation)) * most)
            let color: (Real, Real, Real) =
                switch Int(sector) {
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
