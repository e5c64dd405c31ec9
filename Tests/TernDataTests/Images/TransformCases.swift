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

    static let all: [TransformCase] = moves + resizes + colors

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
}
