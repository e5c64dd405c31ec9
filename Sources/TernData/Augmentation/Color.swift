import TernCore

// Colours of images [C, H, W] or [N, C, H, W], 1 (grey) or 3 (red, green, blue) channels of bytes or of floats in 0...1. Results
// are cut off at black and white; bytes are rounded down, as torchvision does.

/// Images brighter or darker: elements times a factor. torchvision's `adjust_brightness`.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - factor: 0 is black, 1 the image.
public func brightnessAdjusted(_ x: Tensor, factor: Double) -> Tensor {
    ImageChange.applied([[.brightness(checked(factor, "brightnessAdjusted"))]], to: x, "brightnessAdjusted")
}

/// Images with more or less contrast: `factor * x + (1 - factor) * mean`, with the mean of each image in grey. torchvision's
/// `adjust_contrast`.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - factor: 0 is one grey, 1 the image.
public func contrastAdjusted(_ x: Tensor, factor: Double) -> Tensor {
    ImageChange.applied([[.contrast(checked(factor, "contrastAdjusted"))]], to: x, "contrastAdjusted")
}

/// Images with stronger or weaker colours: `factor * x + (1 - factor) * grey(x)`. torchvision's `adjust_saturation`.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - factor: 0 is grey, 1 the image.
public func saturationAdjusted(_ x: Tensor, factor: Double) -> Tensor {
    ImageChange.applied([[.saturation(checked(factor, "saturationAdjusted"))]], to: x, "saturationAdjusted")
}

/// Images with their hues turned. torchvision's `adjust_hue`.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - turn: by which part of the circle of colours, -0.5...0.5; both ends give each colour its opposite.
public func hueAdjusted(_ x: Tensor, turn: Double) -> Tensor {
    if !(-0.5...0.5).contains(turn) { mistake("hueAdjusted", "expects a turn in -0.5...0.5, got \(turn)") }
    return ImageChange.applied([[.hue(turn)]], to: x, "hueAdjusted")
}

/// Images sharper or smoother: mixed with what a 3x3 mean, whose middle counts five times, makes of them. The outermost pixels
/// stay. torchvision's `adjust_sharpness`.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - factor: 0 is smooth, 1 the image, 2 sharper.
public func sharpnessAdjusted(_ x: Tensor, factor: Double) -> Tensor {
    ImageChange.applied([[.sharpness(checked(factor, "sharpnessAdjusted"))]], to: x, "sharpnessAdjusted")
}

/// `gain * x^gamma` of images in 0...1 (bytes are taken so). torchvision's `adjust_gamma`.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - gamma: above 1 makes dark parts darker.
///   - gain: a factor.
public func gammaAdjusted(_ x: Tensor, gamma: Double, gain: Double = 1) -> Tensor {
    ImageChange.applied([[.gamma(checked(gamma, "gammaAdjusted"), gain: gain)]], to: x, "gammaAdjusted")
}

/// Images with fewer levels: only the upper bits of each byte. torchvision's `posterize`.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - bits: 0...8.
public func posterized(_ x: Tensor, bits: Int) -> Tensor {
    if !(0...8).contains(bits) { mistake("posterized", "expects 0 to 8 bits, got \(bits)") }
    return ImageChange.applied([[.posterize(bits: bits)]], to: x, "posterized")
}

/// Images whose elements from a threshold on are inverted. torchvision's `solarize`.
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - threshold: in the type of the image: 0...255 for bytes, 0...1 for floats.
public func solarized(_ x: Tensor, threshold: Double) -> Tensor {
    let white: Double = x.dtype == .uint8 ? 255 : 1
    if !(threshold <= white) { mistake("solarized", "expects a threshold of at most \(white), got \(threshold)") }
    return ImageChange.applied([[.solarize(threshold / white)]], to: x, "solarized")
}

/// Images each of whose channels reaches from black to white. torchvision's `autocontrast`.
public func autoContrasted(_ x: Tensor) -> Tensor {
    ImageChange.applied([[.autoContrast]], to: x, "autoContrasted")
}

/// Images each of whose channels has as many elements at each level, as far as that can be. torchvision's `equalize`.
public func equalized(_ x: Tensor) -> Tensor { ImageChange.applied([[.equalize]], to: x, "equalized") }

/// White less the image. torchvision's `invert`.
public func inverted(_ x: Tensor) -> Tensor { ImageChange.applied([[.invert]], to: x, "inverted") }

/// Brightness, contrast, saturation and hue changed at random, in a random order, for each image of its own. torchvision's
/// `ColorJitter`.
///
/// ```swift
/// let jittered = loader.map(seed: 1) { (colorJitter($0.0, brightness: 0.6...1.4, contrast: 0.6...1.4, generator: $1), $0.1) }
/// ```
///
/// - Parameters:
///   - x: images, [C, H, W] or [N, C, H, W].
///   - brightness: factors; nil for no change, as of the others.
///   - contrast: factors.
///   - saturation: factors.
///   - hue: turns in -0.5...0.5.
///   - generator: where the random numbers come from.
public func colorJitter(
    _ x: Tensor, brightness: ClosedRange<Double>? = nil, contrast: ClosedRange<Double>? = nil,
    saturation: ClosedRange<Double>? = nil, hue: ClosedRange<Double>? = nil, generator: Generator = .default
) -> Tensor {
    for factors in [brightness, contrast, saturation] {
        if let factors { _ = checked(factors.lowerBound, "colorJitter") }
    }
    if let hue, !(hue.lowerBound >= -0.5 && hue.upperBound <= 0.5) {
        mistake("colorJitter", "expects hues in -0.5...0.5, got \(hue)")
    }
    let changes = (0..<ImageSizes(x, "colorJitter").count).map { _ in
        var drawn: [ImageChange] = []
        if let brightness { drawn.append(.brightness(generator.number(in: brightness))) }
        if let contrast { drawn.append(.contrast(generator.number(in: contrast))) }
        if let saturation { drawn.append(.saturation(generator.number(in: saturation))) }
        if let hue { drawn.append(.hue(generator.number(in: hue))) }
        var numbers = generator
        return drawn.shuffled(using: &numbers)
    }
    return ImageChange.applied(changes, to: x, "colorJitter")
}

private func checked(_ factor: Double, _ operation: String) -> Double {
    if !(factor >= 0) { mistake(operation, "expects a factor of at least 0, got \(factor)") }
    return factor
}
