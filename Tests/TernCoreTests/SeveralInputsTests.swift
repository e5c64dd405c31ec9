import TernCore
import TernTestSupport
import Testing

@Suite("Operations of layers with several inputs")
struct SeveralInputsTests {
    static let cases: [GradientCase] = [
        .init(
            "bilinear",
            [
                signedValues([2, 3]), signedValues([2, 4], seed: 2), signedValues([2, 3, 4], seed: 3),
                signedValues([2], seed: 4),
            ]
        ) { bilinear($0[0], $0[1], $0[2], $0[3]) },
        .init(
            "bilinear of vectors", [signedValues([3]), signedValues([2], seed: 2), signedValues([4, 3, 2], seed: 3)]
        ) {
            bilinear($0[0], $0[1], $0[2])
        },
        .init("unflattened", [signedValues([2, 6])]) { $0[0].unflattened(axis: 1, sizes: [3, -1]) },
    ]

    @Test("have derivatives that agree with central differences, in every layout, and so have these", arguments: cases)
    func derivatives(_ item: GradientCase) throws {
        for layout in Layout.allCases {
            let inputs = item.inputs.map { layout.apply(to: $0) }
            #expect(throws: Never.self, "\(layout)") { try checkGradient(item.function, at: inputs) }
        }
        try checkSecondGradient(item.function, at: item.inputs)
    }

    @Test("an axis is cut into several, one of them for what is left")
    func unflattening() {
        let x = Tensor.zeros([2, 12, 3])
        #expect(x.unflattened(axis: 1, sizes: [2, -1, 3]).shape == [2, 2, 2, 3, 3])
        #expect(x.unflattened(axis: -1, sizes: [3]).shape == [2, 12, 3])
        #expect(Tensor.zeros([0]).unflattened(axis: 0, sizes: [-1, 4]).shape == [0, 4])
        #expect(Tensor.zeros([2, 0]).unflattened(axis: 1, sizes: [0, 3]).shape == [2, 0, 3])
    }

    @Test("wrong sizes stop with the values that do not fit")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([2, 12]).unflattened(axis: 1, sizes: [5, -1])
        }.expectMessage("unflattened: cannot cut axis 1 of shape [2, 12] into [5, -1]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([2, 12]).unflattened(axis: 1, sizes: [Int.max, 3])
        }.expectMessage(
            "Tensor: can have at most 281474976710656 elements, got shape [9223372036854775807, 3]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = bilinear(Tensor.zeros([2, 3]), Tensor.zeros([2, 4]), Tensor.zeros([5, 4, 3]))
        }.expectMessage(
            "bilinear: expects inputs [N..., I] and [N..., J] and a weight [O, I, J], got [2, 3], [2, 4] and [5, 4, 3]")
    }
}
