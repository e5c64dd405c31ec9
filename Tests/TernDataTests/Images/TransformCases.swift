import TernCore
import TernData
import TernTesting

/// A transform that `Goldens/make_images.py` calls by the same name.
struct TransformCase: Sendable, CustomStringConvertible {
    let description: String
    /// By how much `uint8` may differ: 1 where it is rounded in another place.
    let steps: Double
    let call: @Sendable (Tensor) -> Tensor

    init(_ name: String, steps: Double = 0, _ call: @escaping @Sendable (Tensor) -> Tensor) {
        (description, self.steps, self.call) = (name, steps, call)
    }

    static let all: [TransformCase] = moves + resizes + colors + adjustments + maps

    private static let moves: [TransformCase] = [
        TransformCase("crop") { cropped($0, top: 2, left: 3, size: Size2d(4, 5)) },
        TransformCase("crop outside") { cropped($0, top: -2, left: 7, size: Size2d(6, 9)) },
        TransformCase("center crop") { centerCropped($0, size: Size2d(4, 6)) },
        TransformCase("center crop large") { centerCropped($0, size: Size2d(12, 6)) },
        TransformCase("pad") { x in
            let fill = ChannelValues(x.dtype == .uint8 ? 7 : 0.5)
            return padded(x, top: 2, bottom: 4, left: 1, right: 3, border: .constant(fill))
        },
        TransformCase("pad edge") { padded($0, top: 2, bottom: 4, left: 1, right: 3, border: .replicate) },
        TransformCase("pad reflect") { padded($0, top: 2, bottom: 4, left: 1, right: 3, border: .reflect) },
        TransformCase("pad symmetric") { padded($0, top: 2, bottom: 4, left: 1, right: 3, border: .symmetric) },
        TransformCase("horizontal flip") { horizontallyFlipped($0) },
        TransformCase("vertical flip") { verticallyFlipped($0) },
    ]

    private static let resizes: [TransformCase] = [
        TransformCase("resize nearest") { resized($0, to: Size2d(6, 14), mode: .nearest) },
        TransformCase("resize nearest exact") { resized($0, to: Size2d(6, 14), mode: .nearestExact) },
        TransformCase("resize bilinear", steps: 1) { resized($0, to: Size2d(6, 14), antialias: false) },
        TransformCase("resize bilinear antialias", steps: 1) { resized($0, to: Size2d(4, 5)) },
        TransformCase("resize bicubic", steps: 1) { resized($0, to: Size2d(6, 14), mode: .bicubic, antialias: false) },
        TransformCase("resize bicubic antialias", steps: 1) { resized($0, to: Size2d(4, 5), mode: .bicubic) },
        TransformCase("resize shorter", steps: 1) { resized($0, shorterSide: 5) },
        TransformCase("resize longest", steps: 1) { resized($0, shorterSide: 8, longest: 9) },
        TransformCase("resized crop", steps: 1) {
            resizedCrop($0, top: 1, left: 2, height: 7, width: 6, to: Size2d(5, 8))
        },
    ]

    private static let colors: [TransformCase] = [
        TransformCase("grey") { grey($0) },
        TransformCase("grey 3") { grey($0, channels: 3) },
        TransformCase("normalize") {
            normalized($0, mean: [0.4, 0.5, 0.6], standardDeviation: [0.2, 0.25, 0.3])
        },
    ]

    // Computed in float32 by way of the same steps, a byte that is cut off rather than rounded can be the next one.
    private static let adjustments: [TransformCase] = [
        TransformCase("brightness") { brightnessAdjusted($0, factor: 1.6) },
        TransformCase("contrast", steps: 1) { contrastAdjusted($0, factor: 0.4) },
        TransformCase("contrast up", steps: 1) { contrastAdjusted($0, factor: 1.7) },
        TransformCase("saturation", steps: 1) { saturationAdjusted($0, factor: 0.3) },
        TransformCase("saturation up", steps: 1) { saturationAdjusted($0, factor: 1.9) },
        TransformCase("hue", steps: 1) { hueAdjusted($0, turn: 0.21) },
        TransformCase("hue back", steps: 1) { hueAdjusted($0, turn: -0.43) },
        TransformCase("sharpness", steps: 1) { sharpnessAdjusted($0, factor: 0.2) },
        TransformCase("sharpness up", steps: 1) { sharpnessAdjusted($0, factor: 2.5) },
        TransformCase("gamma", steps: 1) { gammaAdjusted($0, gamma: 1.8) },
        TransformCase("gamma and gain", steps: 1) { gammaAdjusted($0, gamma: 0.6, gain: 1.3) },
        TransformCase("posterize") { posterized($0, bits: 3) },
        TransformCase("posterize 0") { posterized($0, bits: 0) },
        TransformCase("posterize 8") { posterized($0, bits: 8) },
        TransformCase("solarize") { solarized($0, threshold: $0.dtype == .uint8 ? 153 : 0.6) },
        TransformCase("autocontrast", steps: 1) { x in
            autoContrasted(x.dtype == .uint8 ? floorDivide(x, 2) + 40 : x * 0.5 + 0.2)
        },
        TransformCase("equalize") { equalized($0) },
        TransformCase("invert") { inverted($0) },
        TransformCase("blur", steps: 1) { gaussianBlurred($0, kernelSize: Size2d(3, 5)) },
        TransformCase("blur sigma", steps: 1) { gaussianBlurred($0, kernelSize: 7, sigma: 1.7) },
        TransformCase("erase") { erased($0, top: 2, left: 3, height: 4, width: 5, value: [1, 0, 1]) },
    ]

    private static let start = [(x: 0.0, y: 0.0), (10, 0), (10, 8), (0, 8)]
    private static let end = [(x: 2.0, y: 1.0), (9, 0), (8, 7), (1, 6)]

    private static let maps: [TransformCase] = [
        TransformCase("affine nearest") {
            affineTransformed($0, angle: 27, translation: (1.3, -2.2), scale: 0.8, shear: (13, -8))
        },
        TransformCase("affine", steps: 1) {
            affineTransformed(
                $0, angle: 27, translation: (1.3, -2.2), scale: 0.8, shear: (13, -8), mode: .linear)
        },
        TransformCase("affine center", steps: 1) {
            affineTransformed(
                $0, angle: -61, translation: (0, 2), scale: 1.4, shear: (0, 20), mode: .linear,
                fill: [0.2, 0.4, 0.6], center: (1.5, 4))
        },
        TransformCase("rotate", steps: 1) { rotated($0, degrees: 31, mode: .linear, fill: 0.5) },
        TransformCase("rotate nearest") { rotated($0, degrees: -77.7, fill: [1, 0, 0.5]) },
        TransformCase("rotate expand", steps: 1) { rotated($0, degrees: 125, expanding: true, mode: .linear) },
        TransformCase("rotate center", steps: 1) { rotated($0, degrees: 90, mode: .linear, center: (3, 2.5)) },
        TransformCase("rotate 90") { rotated($0, degrees: 90, expanding: true) },
        TransformCase("rotate 180") { rotated($0, degrees: 180) },
        TransformCase("rotate 90 inside", steps: 1) { rotated($0, degrees: 450, mode: .linear) },
        TransformCase("perspective", steps: 1) { perspectiveTransformed($0, from: start, to: end, fill: 0.3) },
        TransformCase("perspective nearest") { perspectiveTransformed($0, from: start, to: end, mode: .nearest) },
    ]
}
