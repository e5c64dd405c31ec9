import Synchronization
import TernCore

/// Augmentation with settings, and standardization that is fitted to data: Keras's `ImageDataGenerator`.
///
/// ```swift
/// let generator = ImageDataGenerator(rotationRange: 15, widthShiftRange: 0.1, heightShiftRange: 0.1, zcaWhitening: true)
/// generator.fit(images)
/// for (images, labels) in generator.batches(images, labels, size: 32, seed: 1) { ... }
/// ```
///
/// Images are batches [N, C, H, W] (or one image [C, H, W]) of floats or bytes, which become `float32` without being scaled.
/// Each image is turned, shifted, sheared and zoomed in one pass, then its channels shifted, then it is flipped, then its
/// brightness changed; then it is standardized as the settings say, in the order of the parameters: `rescale`,
/// `samplewiseCenter` ... `zcaWhitening`.
///
/// Two things are as Keras documents and not as it computes them: shifts of the width move columns and those of the height
/// rows, and images are turned about their middle, also if they are not square.
///
/// What was fitted is a state: a checkpoint keeps it with the model.
///
/// ```swift
/// training.keep(generator, as: "augmentation")
/// ```
public final class ImageDataGenerator: Sendable {
    /// What is around an image that is moved.
    public enum FillMode: Sendable, Hashable {
        /// The outermost pixel: `a a | a b c | c c`.
        case nearest
        /// A number, beyond the centres of the outermost pixels.
        case constant(Double)
        /// The image mirrored at its edges: `b a | a b c | c b`.
        case reflect
        /// The image again, its last pixels being its first ones: `b | a b c | b c`.
        case wrap
    }

    struct Settings: Sendable {
        var rotationRange: Double
        var widthShiftRange: Double
        var heightShiftRange: Double
        var shearRange: Double
        var zoomRange: ClosedRange<Double>
        var channelShiftRange: Double
        var brightnessRange: ClosedRange<Double>?
        var fillMode: FillMode
        var horizontalFlip: Bool
        var verticalFlip: Bool
        var rescale: Double?
        var samplewiseCenter: Bool
        var samplewiseStandardization: Bool
        var featurewiseCenter: Bool
        var featurewiseStandardization: Bool
        var zcaWhitening: Bool
        var zcaEpsilon: Double
    }

    let settings: Settings
    private let fitted = Mutex<FittedStatistics?>(nil)

    /// What ``fit(_:rounds:generator:)`` found.
    var statistics: FittedStatistics? {
        get { fitted.withLock { $0 } }
        set { fitted.withLock { $0 = newValue } }
    }

    /// - Parameters:
    ///   - rotationRange: degrees; an image is turned by an angle up to this, either way.
    ///   - widthShiftRange: how far it is shifted at most, either way: below 1 as a fraction of its width, otherwise in pixels.
    ///   - heightShiftRange: alike, of its height.
    ///   - shearRange: degrees.
    ///   - zoomRange: factors of both sides, each drawn for itself; above 1 the image gets smaller.
    ///   - channelShiftRange: a number up to this, either way, is added to all elements, within the image's range.
    ///   - brightnessRange: factors, for images of 0...255.
    ///   - fillMode: what is around an image that is moved.
    ///   - horizontalFlip: whether every second image, by chance, is mirrored left to right.
    ///   - verticalFlip: whether every second one is mirrored top to bottom.
    ///   - rescale: a factor for the elements.
    ///   - samplewiseCenter: whether an image's mean is taken from it.
    ///   - samplewiseStandardization: whether it is also divided by its standard deviation (and 1e-6).
    ///   - featurewiseCenter: whether the mean of each channel over all images is taken off.
    ///   - featurewiseStandardization: whether that is also divided by the channel's standard deviation (and 1e-6); not with
    ///     `zcaWhitening`.
    ///   - zcaWhitening: whether elements are made uncorrelated, as near to what they are as that allows, after
    ///     `featurewiseCenter`.
    ///   - zcaEpsilon: what is added to the singular values of the data before whitening divides by them. The default, Keras's,
    ///     lets directions that the data hardly have (pixels at the edge that are always black) grow without bound in other
    ///     data; one of a hundredth of the largest singular value does not.
    public init(
        rotationRange: Double = 0, widthShiftRange: Double = 0, heightShiftRange: Double = 0, shearRange: Double = 0,
        zoomRange: ClosedRange<Double> = 1...1, channelShiftRange: Double = 0,
        brightnessRange: ClosedRange<Double>? = nil, fillMode: FillMode = .nearest, horizontalFlip: Bool = false,
        verticalFlip: Bool = false, rescale: Double? = nil, samplewiseCenter: Bool = false,
        samplewiseStandardization: Bool = false, featurewiseCenter: Bool = false,
        featurewiseStandardization: Bool = false, zcaWhitening: Bool = false, zcaEpsilon: Double = 1e-6
    ) {
        let ranges = [rotationRange, widthShiftRange, heightShiftRange, shearRange, channelShiftRange]
        if let range = ranges.first(where: { !($0 >= 0 && $0.isFinite) }) {
            mistake("ImageDataGenerator", "expects ranges that are not negative, got \(range)")
        }
        if !(zoomRange.lowerBound > 0) || brightnessRange.map({ $0.lowerBound < 0 }) == true {
            mistake(
                "ImageDataGenerator",
                "expects factors above 0, got \(zoomRange) and \(brightnessRange.map { "\($0)" } ?? "none")")
        }
        if !(zcaEpsilon > 0) { mistake("ImageDataGenerator", "expects a zcaEpsilon above 0, got \(zcaEpsilon)") }
        settings = Settings(
            rotationRange: rotationRange, widthShiftRange: widthShiftRange, heightShiftRange: heightShiftRange,
            shearRange: shearRange, zoomRange: zoomRange, channelShiftRange: channelShiftRange,
            brightnessRange: brightnessRange, fillMode: fillMode, horizontalFlip: horizontalFlip,
            verticalFlip: verticalFlip, rescale: rescale,
            samplewiseCenter: samplewiseCenter || samplewiseStandardization,
            samplewiseStandardization: samplewiseStandardization,
            featurewiseCenter: featurewiseCenter || featurewiseStandardization || zcaWhitening,
            featurewiseStandardization: featurewiseStandardization && !zcaWhitening, zcaWhitening: zcaWhitening,
            zcaEpsilon: zcaEpsilon)
    }

    /// Images changed at random and standardized: what a training sees. Keras's `flow` gives these.
    ///
    /// - Parameters:
    ///   - images: [N, C, H, W], each changed in its own way, or [C, H, W].
    ///   - generator: where the random numbers come from.
    public func augmented(_ images: Tensor, generator: Generator = .default) -> Tensor {
        let sizes = ImageSizes(images, "ImageDataGenerator")
        let transforms = (0..<sizes.count).map { _ in
            randomTransform(height: sizes.height, width: sizes.width, generator: generator)
        }
        return standardized(transformed(images, by: transforms))
    }

    /// Batches of images, changed at random and standardized, and labels, in another order in each epoch. Keras's `flow`.
    ///
    /// They are the same for any number of workers: add `prefetched(workers:)`.
    ///
    /// - Parameters:
    ///   - images: [N, C, H, W].
    ///   - labels: [N, ...].
    ///   - size: of a batch.
    ///   - seed: of the order and of the changes.
    public func batches(
        _ images: Tensor, _ labels: Tensor, size: Int = 32, seed: UInt64 = 0
    ) -> Pipeline<(Tensor, Tensor), Never> {
        TensorDataset(images, labels).shuffled(seed: seed).batched(size).map(seed: seed) { batch, numbers in
            (self.augmented(batch.0, generator: numbers), batch.1)
        }
    }
}
