import TernCore

/// What ``ImageDataGenerator`` knows of the data that it was fitted to.
struct FittedStatistics: Sendable {
    /// [C, 1, 1].
    var mean: Tensor?
    /// [C, 1, 1].
    var standardDeviation: Tensor?
    /// [C H W, C H W].
    var whitening: Tensor?
}

extension ImageDataGenerator {
    /// Finds what `featurewiseCenter`, `featurewiseStandardization` and `zcaWhitening` need, in `float64`; `rescale` comes before.
    /// Keras's `fit`.
    ///
    ///     Z = U (sqrt(N) / (S + epsilon)) U^T     with X^T = U S V^T,  X the images as rows, less the means of channels
    ///
    /// Means, covariances and Z come from sums over parts of the images, so that beside them only the covariance takes memory,
    /// the square of C H W.
    ///
    /// - Parameters:
    ///   - images: [N, C, H, W].
    ///   - rounds: of how many changed copies of the images to take them, instead of the images: Keras's `augment:
    ///     true`.
    ///   - generator: where the random numbers of `rounds` come from.
    public func fit(_ images: Tensor, rounds: Int = 0, generator: Generator = .default) {
        if images.rank != 4 || images.count == 0 || rounds < 0 {
            mistake(
                "ImageDataGenerator.fit",
                "expects images [N, C, H, W], some, and rounds from 0 on, got \(images.shape) and \(rounds)")
        }
        // Each pass makes the same changes.
        let start = generator.state
        func eachPart(_ body: (Tensor) -> Void) {
            let numbers = Generator(state: start)
            for _ in 0..<max(rounds, 1) {
                for first in stride(from: 0, to: images.shape[0], by: partSize) {
                    var part = images[first..<min(first + partSize, images.shape[0])]
                    if rounds > 0 {
                        let transforms = (0..<part.shape[0]).map { _ in
                            randomTransform(height: part.shape[2], width: part.shape[3], generator: numbers)
                        }
                        part = transformed(part, by: transforms)
                    }
                    part = part.converted(to: .float64)
                    body(settings.rescale.map { part * $0 } ?? part)
                }
            }
            generator.state = numbers.state
        }
        var found = FittedStatistics()
        let (channels, elements) = (images.shape[1], images.shape[1...].reduce(1, *))
        let count = images.shape[0] * max(rounds, 1)
        let perChannel = Double(count * elements / channels)
        if settings.featurewiseCenter {
            var sum = Tensor.zeros([1, channels, 1, 1], dtype: .float64)
            eachPart { sum += $0.sum(axes: [0, 2, 3], keepAxes: true) }
            found.mean = (sum / perChannel)[0]
        }
        func centred(_ part: Tensor) -> Tensor { found.mean.map { part - $0 } ?? part }
        if settings.featurewiseStandardization {
            var sum = Tensor.zeros([1, channels, 1, 1], dtype: .float64)
            eachPart { sum += square(centred($0)).sum(axes: [0, 2, 3], keepAxes: true) }
            found.standardDeviation = sqrt(sum / perChannel)[0]
        }
        if settings.zcaWhitening {
            var products = Tensor.zeros([elements, elements], dtype: .float64)
            eachPart { part in
                let rows = centred(part).flattened(from: 1)
                products += matmul(rows.T, rows)
            }
            found.whitening = whitening(products, count: count)
        }
        let type: DType = images.dtype == .float64 ? .float64 : .float32
        statistics = FittedStatistics(
            mean: found.mean?.converted(to: type), standardDeviation: found.standardDeviation?.converted(to: type),
            whitening: found.whitening?.converted(to: type))
    }

    private var partSize: Int { 1024 }

    /// Z of the sums of products.
    private func whitening(_ products: Tensor, count: Int) -> Tensor {
        let (values, vectors) = Linalg.eigh(products)
        // Of fewer images than elements the rest of the directions do not count. The largest values are the last.
        let kept = max(0, products.shape[0] - count)
        let singular = sqrt(clamp(values[kept...], min: 0))
        let scales = Double(count).squareRoot() / (singular + settings.zcaEpsilon)
        let directions = vectors[.all, kept...]
        return matmul(directions * scales, directions.T)
    }

    /// Images rescaled, centred, standardized and whitened, as the settings say. Keras's `standardize`.
    ///
    /// - Parameter images: [N, C, H, W] or [C, H, W]; stops if something was to be fitted and was not.
    public func standardized(_ images: Tensor) -> Tensor {
        let sizes = ImageSizes(images, "ImageDataGenerator")
        var x = images.dtype.isFloatingPoint ? images : images.converted(to: .float32)
        if let factor = settings.rescale { x = x * factor }
        if settings.samplewiseCenter { x = x - x.mean(axes: [-3, -2, -1], keepAxes: true) }
        if settings.samplewiseStandardization {
            x = x / (x.standardDeviation(axes: [-3, -2, -1], keepAxes: true, correction: 0) + 1e-6)
        }
        if !settings.featurewiseCenter { return x }
        guard let statistics else {
            mistake("ImageDataGenerator", "has to be fitted to data first: call fit, or restore a state")
        }
        func check(_ fitted: Tensor, _ size: Int) -> Tensor {
            if fitted.shape[0] != size {
                mistake("ImageDataGenerator", "was fitted to images of another shape than \(images.shape)")
            }
            return fitted.converted(to: x.dtype)
        }
        if let mean = statistics.mean { x = x - check(mean, sizes.channels) }
        if let deviation = statistics.standardDeviation { x = x / (check(deviation, sizes.channels) + 1e-6) }
        if let whitening = statistics.whitening {
            x = matmul(x.reshaped([sizes.count, sizes.elements]), check(whitening, sizes.elements)).reshaped(x.shape)
        }
        return x
    }
}

extension ImageDataGenerator: Stateful {
    /// `mean`, `standardDeviation` and `whitening`, as far as the settings ask for them; nothing before `fit`.
    public var savedState: [String: StateValue] {
        let statistics = statistics
        let tensors = [
            "mean": statistics?.mean, "standardDeviation": statistics?.standardDeviation,
            "whitening": statistics?.whitening,
        ]
        return tensors.compactMapValues { $0.map(StateValue.tensor) }
    }

    /// Takes on what another generator with the same settings was fitted to.
    public func restoring(from reader: inout StateReader) -> () -> Void {
        if reader.values.isEmpty { return { self.statistics = nil } }
        func read(_ name: String, _ shape: Shape) -> Tensor {
            let tensor = reader.tensor(name, shape: shape)
            if !tensor.dtype.isFloatingPoint {
                reader.complain("\(name): expects floating-point numbers, got \(tensor.dtype)")
            }
            return tensor
        }
        var found = FittedStatistics()
        if settings.featurewiseCenter { found.mean = read("mean", [-1, 1, 1]) }
        if settings.featurewiseStandardization { found.standardDeviation = read("standardDeviation", [-1, 1, 1]) }
        if settings.zcaWhitening {
            let whitening = read("whitening", [-1, -1])
            if whitening.rank == 2 && whitening.shape[0] != whitening.shape[1] {
                reader.complain("whitening: expects a square, got \(whitening.shape)")
            }
            found.whitening = whitening
        }
        let statistics = found
        return { self.statistics = statistics }
    }
}
