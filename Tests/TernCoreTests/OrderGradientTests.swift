import TernCore
import Testing

private let x = signedValues([2, 3])
private let cube = signedValues([2, 4, 3], seed: 7)
private let row = signedValues([3], seed: 4)
private let weights = positiveValues([4], seed: 3)

private let scans: [GradientCase] = (0..<3).flatMap { axis -> [GradientCase] in
    [
        .init("cumulativeProduct of \(axis)", [cube]) { $0[0].cumulativeProduct(axis: axis) },
        .init("cumulativeMax of \(axis)", [cube]) { $0[0].cumulativeMax(axis: axis).values },
        .init("cumulativeMin of \(axis)", [cube]) { $0[0].cumulativeMin(axis: axis).values },
        .init("logCumulativeSumExp of \(axis)", [cube]) { ($0[0] * 3).logCumulativeSumExp(axis: axis) },
        .init("kthValue of \(axis)", [cube]) { $0[0].kthValue(2, axis: axis).values },
        .init("median of \(axis)", [cube]) { $0[0].median(axis: axis).values },
        .init("nanMedian of \(axis)", [cube]) { $0[0].nanMedian(axis: axis, keepAxes: true).values },
        .init("mode of \(axis)", [cube]) { $0[0].mode(axis: axis).values },
        .init("maxWithIndices of \(axis)", [cube]) { $0[0].maxWithIndices(axis: axis).values },
        .init("minWithIndices of \(axis)", [cube]) { $0[0].minWithIndices(axis: axis, keepAxes: true).values },
        .init("quantile of \(axis)", [cube]) { $0[0].quantile([0.2, 0.7], axis: axis) },
        .init("nanQuantile of \(axis)", [cube]) { $0[0].nanQuantile(0.35, axis: axis, keepAxes: true) },
        .init("diff of \(axis)", [cube]) { $0[0].diff(n: 2, axis: axis) },
        .init("trapezoid of \(axis)", [cube]) { trapezoid($0[0], spacing: 0.5, axis: axis) },
        .init("renormalized of \(axis)", [cube]) { $0[0].renormalized(axis: axis, maximum: 1) },
        .init("nanSum of \(axis)", [cube]) { $0[0].nanSum(axes: axis) },
        .init("nanMean of \(axis)", [cube]) { $0[0].nanMean(axes: axis) },
        .init("nanProduct of \(axis)", [cube]) { $0[0].nanProduct(axes: axis) },
        .init("nanVariance of \(axis)", [cube]) { $0[0].nanVariance(axes: axis) },
        .init("nanStandardDeviation of \(axis)", [cube]) { $0[0].nanStandardDeviation(axes: axis) },
        .init("nanCumulativeSum and product of \(axis)", [cube]) {
            $0[0].nanCumulativeSum(axis: axis) * $0[0].nanCumulativeProduct(axis: axis)
        },
        .init("nanMax of \(axis)", [cube]) { $0[0].nanMax(axes: axis) },
        .init("nanMin of \(axis)", [cube]) { $0[0].nanMin(axes: axis) },
    ]
}
private let others: [GradientCase] = [
    .init("median", [x]) { $0[0].median() },
    .init("nanMedian", [x]) { $0[0].nanMedian() },
    .init("covariance", [x]) { $0[0].covariance() },
    .init("covariance weighted", [signedValues([2, 4]), weights]) { $0[0].covariance(weights: $0[1]) },
    .init("correlation", [signedValues([2, 5])]) { $0[0].correlation() },
    .init("bincount", [row]) { bincount(Tensor([1, 0, 1] as [Int]), weights: $0[0]) },
    .init("histogram", [row]) {
        histogram(Tensor([1, 3, 2]), bins: 2, range: 0...4, weights: $0[0], density: false).counts
    },
    .init("trapezoid at places", [x, row]) { trapezoid($0[0], $0[1]) },
    .init("cumulativeTrapezoid", [x, row]) { cumulativeTrapezoid($0[0], $0[1]) },
    .init("rotated90", [x]) { $0[0].rotated90() },
    .init("rolled", [x]) { $0[0].rolled(by: [1, 2], axes: [0, 1]) },
    .init("movingAxes", [cube]) { $0[0].movingAxes([0, 1], to: [2, 0]) },
    .init("chunked", [cube]) {
        let parts = $0[0].chunked(into: 3, axis: 1)
        return parts[0] * parts[1]
    },
]

@Suite("Derivatives of scans and order statistics agree with central differences")
struct OrderGradientTests {
    static let cases = scans + others

    @Test("in every layout", arguments: cases)
    func first(_ item: GradientCase) throws {
        // Equal elements are where most of these have no derivative.
        for layout in Layout.allCases where layout != .expanded {
            try checkGradient(item.function, at: item.inputs.map { layout.apply(to: $0) })
        }
    }

    @Test("also of derivatives", arguments: cases)
    func second(_ item: GradientCase) throws {
        for layout in [Layout.contiguous, .transposed] {
            try checkSecondGradient(item.function, at: item.inputs.map { layout.apply(to: $0) })
        }
    }
}
