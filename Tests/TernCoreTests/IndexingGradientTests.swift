import TernCore
import Testing

private let x = signedValues([3, 4])
private let y = signedValues([3, 4], seed: 2)
private let scalar = signedValues([], seed: 3)
private let row = signedValues([3], seed: 4)
private let column = signedValues([4], seed: 5)
private let places = Tensor([[0, 2, 1, 2], [0, 1, 1, 0], [2, 2, 0, 2]], dtype: .int64)
private let mask = Tensor([[true, false, true, true], [false, false, true, false], [true, true, false, false]])
private let rows = Tensor([2, 0, 2], dtype: .int64)

private let cases: [GradientCase] =
    [
        .init("scattered", [x, y]) { $0[0].scattered($0[1], at: places, axis: 0) },
        .init("scattered value", [x]) { $0[0].scattered(2, at: places, axis: 0) },
        .init("indexCopied", [x, y]) { $0[0].indexCopied($0[1], at: rows) },
        .init("indexFilled", [x, scalar]) { $0[0].indexFilled(with: $0[1], at: rows, axis: 1) },
        .init("indexReduced", [x, y]) { $0[0].indexReduced($0[1], at: rows, .mean) },
        .init("indexPut", [x, y]) { $0[0].indexPut($0[1], at: [rows]) },
        .init("indexPut accumulates", [x, y]) { $0[0].indexPut($0[1], at: [rows], accumulates: true) },
        .init("taken", [x]) { $0[0].taken(Tensor([[-1, 0], [3, -1]], dtype: .int64)) },
        .init("put", [x, scalar]) { $0[0].put($0[1], at: rows) },
        .init("put accumulates", [x, scalar]) { $0[0].put($0[1], at: rows, accumulates: true) },
        .init("takenAlong", [x]) { $0[0].takenAlong(Tensor([[0, -1, 0]], dtype: .int64), axis: 1) },
        .init("maskedFilled", [x, scalar]) { $0[0].maskedFilled(mask, with: $0[1]) },
        .init("maskedScattered", [x, y]) { $0[0].maskedScattered(mask, from: $0[1]) },
        .init("meshgrid", [row, column]) {
            let grid = meshgrid([$0[0], $0[1]], indexing: .xy)
            return grid[0] * grid[1]
        },
        .init("cartesianProduct", [row, column]) { cartesianProduct([$0[0], $0[1]]) },
        .init("combinations", [column]) { $0[0].combinations(of: 2) },
        .init("kronecker", [x, row]) { kronecker($0[0], $0[1]) },
        .init("kronecker of many axes", [signedValues([1, 1, 2, 1, 2]), signedValues([1, 1, 1, 1, 2])]) {
            kronecker($0[0], $0[1])
        },
        .init("cross", [x, row.reshaped([3, 1])]) { cross($0[0], $0[1], axis: 0) },
        .init("blockDiagonal", [x, row]) { blockDiagonal([$0[0], $0[1]]) },
        .init("vandermonde", [row]) { $0[0].vandermonde(columns: 4) },
        .init("diagonalEmbedded", [x]) { $0[0].diagonalEmbedded(offset: 1, axes: 0, -1) },
        .init("diagonalReplaced", [x, scalar]) { $0[0].diagonalReplaced(with: $0[1], offset: -1) },
    ]
    + ScatterReduction.allCases.flatMap { reduction -> [GradientCase] in
        [true, false].map { includes in
            .init("scatterReduced \(reduction), \(includes)", [x, y]) {
                $0[0].scatterReduced($0[1], at: places, axis: 0, reduction, includesSelf: includes)
            }
        }
    }

@Suite("Derivatives of reading and writing at indices agree with central differences")
struct IndexingGradientTests {
    @Test("in every layout", arguments: cases)
    func first(_ item: GradientCase) throws {
        for layout in [Layout.contiguous, .transposed, .sliced] {
            let inputs = item.inputs.map { layout.apply(to: $0) }
            #expect(throws: Never.self, "\(layout)") { try checkGradient(item.function, at: inputs) }
        }
    }

    @Test("also of derivatives", arguments: cases)
    func second(_ item: GradientCase) throws { try checkSecondGradient(item.function, at: item.inputs) }
}
