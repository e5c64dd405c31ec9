import TernCore

/// Each image mixed with the one before it (the first with the last), and their labels likewise: `share * x[i] + (1 - share) *
/// x[i - 1]` (Zhang et al., "mixup: beyond empirical risk minimization", 2018). torchvision's `MixUp` with a given share.
///
/// ```swift
/// let (mixed, targets) = mixup(images, labels, classes: 10)     // targets: float32 [64, 10]
/// let loss = crossEntropy(model(mixed), targets)
/// ```
///
/// - Parameters:
///   - images: floats, [N, C, H, W].
///   - labels: classes [N], or their probabilities [N, classes].
///   - classes: how many there are.
///   - share: of the image itself, 0...1.
public func mixup(_ images: Tensor, _ labels: Tensor, classes: Int, share: Double) -> (Tensor, Tensor) {
    let targets = targets(images, labels, classes, share, "mixup")
    if !images.dtype.isFloatingPoint { mistake("mixup", "expects images of floats, got \(images.dtype)") }
    return (mixed(images, share), mixed(targets, share))
}

/// As ``mixup(_:_:classes:share:)`` with a random share of the beta distribution of two `alpha`. torchvision's `MixUp`.
public func mixup(
    _ images: Tensor, _ labels: Tensor, classes: Int, alpha: Double = 1, generator: Generator = .default
) -> (Tensor, Tensor) {
    mixup(images, labels, classes: classes, share: randomShare(alpha, generator, "mixup"))
}

/// Each image with a rectangle of the one before it (the first: of the last), and their labels mixed by the areas (Yun et al.,
/// "CutMix", 2019). torchvision's `CutMix` with a given rectangle.
///
/// - Parameters:
///   - images: [N, C, H, W] of any type.
///   - labels: classes [N], or their probabilities [N, classes].
///   - classes: how many there are.
///   - rows: of the rectangle.
///   - columns: of the rectangle.
public func cutmix(
    _ images: Tensor, _ labels: Tensor, classes: Int, rows: Range<Int>, columns: Range<Int>
) -> (Tensor, Tensor) {
    let sizes = ImageSizes(images, "cutmix")
    if rows.lowerBound < 0 || rows.upperBound > sizes.height || columns.lowerBound < 0
        || columns.upperBound > sizes.width
    {
        mistake("cutmix", "expects a rectangle within \(images.shape), got \(rows) and \(columns)")
    }
    let share = 1 - Double(rows.count * columns.count) / Double(sizes.plane)
    let targets = targets(images, labels, classes, share, "cutmix")
    var result = images
    result[.all, .all, rows, columns] = images.rolled(by: 1, axis: 0)[.all, .all, rows, columns]
    return (result, mixed(targets, share))
}

/// As ``cutmix(_:_:classes:rows:columns:)`` with a rectangle of random place and area. torchvision's `CutMix`.
public func cutmix(
    _ images: Tensor, _ labels: Tensor, classes: Int, alpha: Double = 1, generator: Generator = .default
) -> (Tensor, Tensor) {
    let sizes = ImageSizes(images, "cutmix")
    let half = 0.5 * (1 - randomShare(alpha, generator, "cutmix")).squareRoot()
    func range(_ size: Int) -> Range<Int> {
        if size == 0 { return 0..<0 }
        let (middle, reach) = (generator.integer(in: 0...size - 1), Int(half * Double(size)))
        return max(middle - reach, 0)..<min(middle + reach, size)
    }
    let columns = range(sizes.width)
    return cutmix(images, labels, classes: classes, rows: range(sizes.height), columns: columns)
}

private func randomShare(_ alpha: Double, _ generator: Generator, _ operation: String) -> Double {
    if !(alpha > 0) { mistake(operation, "expects an alpha above 0, got \(alpha)") }
    let parameter = Tensor([alpha], dtype: .float64)
    return beta(parameter, parameter, generator: generator).item()
}

private func mixed(_ x: Tensor, _ share: Double) -> Tensor { x * share + x.rolled(by: 1, axis: 0) * (1 - share) }

/// The labels as probabilities.
private func targets(
    _ images: Tensor, _ labels: Tensor, _ classes: Int, _ share: Double, _ operation: String
) -> Tensor {
    let isFitting =
        images.rank == 4 && labels.rank >= 1 && labels.shape[0] == images.shape[0]
        && (labels.rank == 1 && labels.dtype.isInteger || labels.rank == 2 && labels.shape[1] == classes)
    if !isFitting {
        mistake(
            operation,
            "expects images [N, C, H, W] with labels [N] of integers or [N, \(classes)], got \(images.shape) and "
                + "\(labels.dtype) \(labels.shape)")
    }
    if !(0...1).contains(share) { mistake(operation, "expects a share in 0...1, got \(share)") }
    if labels.rank == 1 { return oneHot(labels, classes: classes) }
    return labels.dtype.isFloatingPoint ? labels : labels.converted(to: .float32)
}
