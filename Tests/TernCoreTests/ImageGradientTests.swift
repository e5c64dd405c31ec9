import TernCore
import Testing

private let sequence = signedValues([2, 2, 6], seed: 31)
private let image = signedValues([2, 2, 4, 5], seed: 32)
private let volume = signedValues([1, 2, 3, 4, 3], seed: 33)
private let places = signedValues([2, 3, 2, 2], seed: 34) * 0.4
private let placesOfVolume = signedValues([1, 2, 1, 3, 3], seed: 35) * 0.4

private let interpolation: [GradientCase] = InterpolationMode.allCases.flatMap { mode -> [GradientCase] in
    [
        .init("interpolated \(mode) of sequences", [sequence]) { interpolated($0[0], size: [9], mode: mode) },
        .init("interpolated \(mode) of images", [image]) { interpolated($0[0], size: [6, 3], mode: mode) },
        .init("interpolated \(mode) of volumes", [volume]) { interpolated($0[0], scale: [1.5, 0.5, 2], mode: mode) },
    ]
}
private let sampling: [GradientCase] = GridPadding.allCases.flatMap { padding -> [GradientCase] in
    [
        .init("gridSample bilinear \(padding)", [image, places]) { gridSample($0[0], $0[1], padding: padding) },
        .init("gridSample bicubic \(padding)", [image, places]) {
            gridSample($0[0], $0[1], mode: .bicubic, padding: padding, alignCorners: true)
        },
        .init("gridSample of volumes \(padding)", [volume, placesOfVolume]) {
            gridSample($0[0], $0[1], padding: padding)
        },
    ]
}
private let patches: [GradientCase] = [
    .init("interpolated antialiased", [image]) {
        interpolated($0[0], size: [2, 3], mode: .bicubic, antialias: true)
    },
    .init("gridSample nearest", [image]) { gridSample($0[0], places, mode: .nearest) },
    .init("affineGrid", [signedValues([2, 2, 3])]) { affineGrid($0[0], size: [2, 1, 3, 2]) },
    .init("unfold", [image]) { unfold($0[0], kernelSize: [2, 3], stride: [2, 1], padding: 1, dilation: [1, 2]) },
    .init("fold", [signedValues([2, 8, 6], seed: 36)]) { fold($0[0], outputSize: [4, 3], kernelSize: 2) },
    .init("unfolded", [image]) { $0[0].unfolded(axis: 3, size: 3, step: 1) },
    .init("unfolded with gaps", [image]) { $0[0].unfolded(axis: 2, size: 1, step: 2) },
    .init("pixelShuffle", [signedValues([1, 4, 2, 3])]) { pixelShuffle($0[0], 2) },
    .init("pixelUnshuffle", [signedValues([2, 4, 2])]) { pixelUnshuffle($0[0], 2) },
    .init("channelShuffle", [signedValues([2, 4, 3])]) { channelShuffle($0[0], groups: 2) },
    .init("localResponseNorm", [image]) { localResponseNorm($0[0], size: 2, alpha: 0.7, beta: 0.6) },
]
private let pools: [GradientCase] = [
    .init("maxPool1d", [sequence]) { maxPool1d($0[0], 3, stride: 2, padding: 1) },
    .init("maxPool3d", [volume]) { maxPool3d($0[0], 2, stride: 1, padding: 1, dilation: [1, 2, 1]) },
    .init("maxPool2dWithIndices", [image]) { maxPool2dWithIndices($0[0], 2).values },
    .init("avgPool1d", [sequence]) { avgPool1d($0[0], 3, padding: 1) },
    .init("avgPool3d", [volume]) { avgPool3d($0[0], [2, 2, 3], stride: [1, 2, 1], padding: 1, countsPadding: false) },
    .init("avgPool3d with a divisor", [volume]) { avgPool3d($0[0], 2, divisor: 3) },
    .init("adaptiveMaxPool1d", [sequence]) { adaptiveMaxPool1d($0[0], 4) },
    .init("adaptiveMaxPool3d", [volume]) { adaptiveMaxPool3d($0[0], [2, 3, 1]) },
    .init("adaptiveAvgPool1d", [sequence]) { adaptiveAvgPool1d($0[0], 4) },
    .init("adaptiveAvgPool3d", [volume]) { adaptiveAvgPool3d($0[0], [2, 3, 1]) },
    .init("lpPool1d", [positiveValues([2, 2, 6])]) { lpPool1d($0[0], 2, power: 3) },
    .init("lpPool2d", [positiveValues([1, 2, 4, 4])]) { lpPool2d($0[0], 2) },
    .init("lpPool3d", [positiveValues([1, 1, 2, 4, 2])]) { lpPool3d($0[0], 2, power: 1.5) },
    .init("maxUnpool1d", [signedValues([1, 2, 2])]) {
        maxUnpool1d($0[0], Tensor(shape: [1, 2, 2], values: [1, 2, 3, 0]), 2)
    },
    .init("maxUnpool2d", [signedValues([1, 1, 2, 2])]) {
        maxUnpool2d($0[0], Tensor(shape: [1, 1, 2, 2], values: [1, 7, 8, 15]), 2)
    },
    .init("maxUnpool3d", [signedValues([1, 1, 1, 2, 1])]) {
        maxUnpool3d($0[0], Tensor(shape: [1, 1, 1, 2, 1], values: [9, 2]), 2)
    },
    .init("fractionalMaxPool2d", [image]) {
        fractionalMaxPool2d($0[0], 2, outputSize: [2, 3], generator: Generator(seed: 5))
    },
    .init("fractionalMaxPool3d", [volume]) {
        fractionalMaxPool3d($0[0], 2, outputSize: [2, 3, 2], generator: Generator(seed: 5))
    },
]

@Suite("Derivatives of poolings and of operations on images agree with central differences")
struct ImageGradientTests {
    static let cases = [interpolation, sampling, patches, pools].flatMap { $0 }

    @Test("in every layout", arguments: cases)
    func first(_ item: GradientCase) throws {
        for layout in Layout.allCases {
            // Equal elements are where a maximum has no derivative.
            if layout == .expanded, item.testDescription.contains("ax") { continue }
            let inputs = item.inputs.map { layout.apply(to: $0) }
            #expect(throws: Never.self, "\(layout)") { try checkGradient(item.function, at: inputs) }
        }
    }

    @Test("also of derivatives", arguments: cases)
    func second(_ item: GradientCase) throws {
        for layout in [Layout.contiguous, .transposed] {
            try checkSecondGradient(item.function, at: item.inputs.map { layout.apply(to: $0) })
        }
    }
}
