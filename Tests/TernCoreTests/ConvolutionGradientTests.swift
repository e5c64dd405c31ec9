import TernCore
import Testing

private let sequence = signedValues([2, 2, 6], seed: 1)
private let volume = signedValues([1, 2, 3, 4, 3], seed: 2)
private let picture = signedValues([1, 2, 3, 4], seed: 3)
private let filters1 = signedValues([4, 2, 3], seed: 4)
private let filters3 = signedValues([2, 2, 2, 2, 2], seed: 5)
private let filters2 = signedValues([2, 3, 2, 3], seed: 6)
private let two = signedValues([2], seed: 7)
private let four = signedValues([4], seed: 8)

@Suite("Derivatives of convolutions and paddings agree with central differences")
struct ConvolutionGradientTests {
    static let cases: [GradientCase] = [
        .init("conv1d", [sequence, filters1, four]) { conv1d($0[0], $0[1], $0[2], stride: 2, padding: 1) },
        .init("conv1d in groups", [sequence, filters1.sliced(from: 0, to: 1, axis: 1)]) {
            conv1d($0[0], $0[1], padding: .same, dilation: 2, groups: 2)
        },
        .init("conv1d of one", [sequence[0], filters1, four]) { conv1d($0[0], $0[1], $0[2]) },
        .init("conv3d", [volume, filters3, two]) { conv3d($0[0], $0[1], $0[2], stride: [2, 1, 2], padding: 1) },
        .init("conv3d in groups", [volume, filters3.sliced(from: 0, to: 1, axis: 1)]) {
            conv3d($0[0], $0[1], dilation: [2, 1, 1], groups: 2)
        },
        .init("conv2d with reflection", [picture, signedValues([2, 2, 2, 2])]) {
            conv2d($0[0], $0[1], padding: [1, 2], paddingMode: .reflect)
        },
        .init("convTranspose1d", [sequence, signedValues([2, 1, 3]), signedValues([2])]) {
            convTranspose1d($0[0], $0[1], $0[2], stride: 2, padding: 1, outputPadding: 1, groups: 2)
        },
        .init("convTranspose2d", [picture, filters2, signedValues([3])]) {
            convTranspose2d($0[0], $0[1], $0[2], stride: [2, 1], padding: [0, 1])
        },
        .init("convTranspose2d, same", [picture, filters2]) {
            convTranspose2d($0[0], $0[1], stride: 2, padding: .same)
        },
        .init("convTranspose2d of one", [picture[0], filters2, signedValues([3])]) {
            convTranspose2d($0[0], $0[1], $0[2], dilation: 2)
        },
        .init("convTranspose3d", [volume, filters3, two]) {
            convTranspose3d($0[0], $0[1], $0[2], stride: [2, 1, 1], padding: [1, 0, 1])
        },
        .init("padded and cropped", [picture]) { $0[0].padded([(1, -1), (-2, 3)]) },
        .init("padded by reflection", [picture]) { $0[0].padded([(2, 1), (-1, 3)], with: .reflect) },
        .init("padded by repetition", [picture]) { $0[0].padded([(4, 0), (1, -1)], with: .replicate) },
        .init("padded around", [picture]) { $0[0].padded([(3, 1), (-1, 3)], with: .circular) },
    ]

    @Test("in every layout", arguments: cases)
    func first(_ item: GradientCase) throws {
        for layout in Layout.allCases {
            let inputs = item.inputs.map { layout.apply(to: $0) }
            #expect(throws: Never.self, "\(layout)") { try checkGradient(item.function, at: inputs) }
        }
    }

    @Test("also of derivatives", arguments: cases)
    func second(_ item: GradientCase) throws { try checkSecondGradient(item.function, at: item.inputs) }
}
