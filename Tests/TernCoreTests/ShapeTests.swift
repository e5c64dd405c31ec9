import TernCore
import Testing

private let x: Tensor = [[1, 2, 3], [4, 5, 6]]

@Test("stacked and unstacked are each other's inverse, along every axis")
func stacking() {
    let y = x * 10
    #expect(stacked([x, y]).shape == [2, 2, 3])
    #expect(stacked([x, y], axis: -1) == [[[1, 10], [2, 20], [3, 30]], [[4, 40], [5, 50], [6, 60]]])
    for axis in 0...2 {
        let parts = stacked([x, y], axis: axis).unstacked(axis: axis)
        #expect(parts == [x, y])
    }
    #expect(x.unstacked(axis: -1) == [[1, 4], [2, 5], [3, 6]])
    #expect(Tensor.zeros([0, 2]).unstacked().isEmpty)
}

@Test("axes are a number, a list or a range, written out or variables, of every operation that takes several")
func axesAsVariables() {
    let operations: [(String, (Tensor, (any Axes)?) -> Tensor)] = [
        ("sum", { $0.sum(axes: $1) }), ("mean", { $0.mean(axes: $1) }), ("product", { $0.product(axes: $1) }),
        ("max", { $0.max(axes: $1) }), ("min", { $0.min(axes: $1) }), ("any", { $0.any(axes: $1) }),
        ("all", { $0.all(axes: $1) }), ("variance", { $0.variance(axes: $1) }),
        ("standardDeviation", { $0.standardDeviation(axes: $1) }), ("norm", { $0.norm(axes: $1) }),
        ("logSumExp", { $0.logSumExp(axes: $1) }), ("flipped", { $0.flipped(axes: $1) }),
    ]
    let cube = Tensor.arange(24).converted(to: .float32).reshaped([2, 3, 4])
    let (one, list, all): (Int, [Int], [Int]?) = (1, [1, 2], nil)
    for (name, operation) in operations {
        let both = operation(cube, [1, -1])
        #expect(operation(cube, list) == both, "\(name)")
        #expect(operation(cube, one..<cube.rank) == both, "\(name)")
        #expect(operation(cube, [one]) == operation(cube, one), "\(name)")
        #expect(operation(cube, all) == operation(cube, [0, 1, 2]), "\(name)")
    }
    #expect(cube.sum(axes: []) == cube)
}

@Test("squeezed and unsqueezed take several axes, in every layout, and are views")
func squeezing() {
    for (name, x) in everyLayout(x) {
        let lifted = x.unsqueezed(axes: [-1, 0, 2])
        #expect(lifted.shape == [1, 2, 1, 3, 1], "\(name)")
        #expect(lifted.squeezed(axes: [2, 0, -1]) == x, "\(name)")
        #expect(lifted.squeezed(axes: 0...0) == lifted.squeezed(axes: 0), "\(name)")
        #expect(lifted.squeezed(axes: [4, 0]).shape == [2, 1, 3], "\(name)")
        #expect(lifted.squeezed() == x && lifted.squeezed(axes: []).shape == lifted.shape, "\(name)")
        #expect(x.unsqueezed(axes: []) == x && x.unsqueezed(axes: 0..<2).shape == [1, 1, 2, 3], "\(name)")
        #expect(lifted.sharesMemory(with: x) && lifted.squeezed(axes: [0, 2]).sharesMemory(with: x), "\(name)")
    }
    #expect(Tensor(1).unsqueezed(axes: [0, 1]).shape == [1, 1] && Tensor(1).squeezed(axes: 0).shape == [])
}

@Test("split gives parts of the sizes asked for")
func splitting() {
    let y = Tensor.arange(7)
    #expect(y.split(into: 3).map { $0.array(of: Int.self) } == [[0, 1, 2], [3, 4], [5, 6]])
    #expect(y.split(sizes: [0, 6, 1]).map(\.count) == [0, 6, 1])
    #expect(x.split(sizes: [1, 2], axis: 1) == [[[1], [4]], [[2, 3], [5, 6]]])
    #expect(concatenated(x.split(into: 2, axis: -1), axis: -1) == x)
}

@Test("padding with a value, a mirror and the border follows NumPy")
func padding() {
    let v: Tensor = [1, 2, 3]
    #expect(v.padded([(1, 2)]) == [0, 1, 2, 3, 0, 0])
    #expect(v.padded([(2, 0)], with: .constant(-1)) == [-1, -1, 1, 2, 3])
    #expect(v.padded([(2, 2)], with: .reflect) == [3, 2, 1, 2, 3, 2, 1])
    #expect(v.padded([(2, 1)], with: .replicate) == [1, 1, 1, 2, 3, 3])
    #expect(v.padded([(2, 1)], with: .circular) == [2, 3, 1, 2, 3, 1])
    #expect(v.padded([(-1, 2)], with: .circular) == [2, 3, 2, 3])
    #expect(v.padded([(-1, 1)]) == [2, 3, 0] && v.padded([(-2, -1)]).count == 0)
    for (name, x) in everyLayout(x) {
        #expect(
            x.padded([(1, 0), (0, 1)], with: .constant(9)) == [[9, 9, 9, 9], [1, 2, 3, 9], [4, 5, 6, 9]], "\(name)")
        #expect(
            x.padded([(1, 0), (1, 1)], with: .reflect) == [[5, 4, 5, 6, 5], [2, 1, 2, 3, 2], [5, 4, 5, 6, 5]], "\(name)"
        )
    }
    #expect(Tensor.zeros([0]).padded([(1, 1)], with: .constant(2)) == [2, 2])
    #expect(Tensor.arange(2).padded([(1, 0)]).dtype == .int64)
}

@Test("flipped, rolled, tiled and repeated follow NumPy in every layout")
func rearranging() {
    for (name, x) in everyLayout(x) {
        #expect(x.flipped() == [[6, 5, 4], [3, 2, 1]], "\(name)")
        #expect(x.flipped(axes: 0) == [[4, 5, 6], [1, 2, 3]], "\(name)")
        #expect(x.rolled(by: 1, axis: 1) == [[3, 1, 2], [6, 4, 5]], "\(name)")
        #expect(x.rolled(by: -1, axis: 1) == [[2, 3, 1], [5, 6, 4]], "\(name)")
        #expect(x.rolled(by: 4, axis: 0) == x, "\(name)")
        #expect(x.tiled([2, 1]) == concatenated([x, x]), "\(name)")
        #expect(x.tiled([1, 2, 2]).shape == [1, 4, 6], "\(name)")
        #expect(x.tiled([2]) == [[1, 2, 3, 1, 2, 3], [4, 5, 6, 4, 5, 6]], "\(name)")
        #expect(x.repeated(2, axis: 1) == [[1, 1, 2, 2, 3, 3], [4, 4, 5, 5, 6, 6]], "\(name)")
        #expect(x.repeated(2, axis: 0).shape == [4, 3], "\(name)")
    }
    #expect(Tensor.zeros([0, 2]).flipped().shape == [0, 2])
    #expect(Tensor.zeros([0]).rolled(by: 3).shape == [0])
    #expect(x.tiled([0, 1]).shape == [0, 3])
    #expect(Tensor.zeros([2, 3, 4, 5]).movingAxis(-1, to: 1).shape == [2, 5, 3, 4])
    #expect(Tensor.zeros([2, 3, 4, 5]).movingAxis(0, to: -1).shape == [3, 4, 5, 2])
}

@Test("diagonals and triangles follow NumPy in every layout")
func diagonals() {
    for (name, x) in everyLayout(x) {
        #expect(x.diagonal() == [1, 5], "\(name)")
        #expect(x.diagonal(offset: 1) == [2, 6], "\(name)")
        #expect(x.diagonal(offset: -1) == [4], "\(name)")
        #expect(x.diagonal(offset: 3) == Tensor.zeros([0]), "\(name)")
        #expect(x.lowerTriangle() == [[1, 0, 0], [4, 5, 0]], "\(name)")
        #expect(x.lowerTriangle(diagonal: 1) == [[1, 2, 0], [4, 5, 6]], "\(name)")
        #expect(x.upperTriangle() == [[1, 2, 3], [0, 5, 6]], "\(name)")
        #expect(x.upperTriangle(diagonal: -1) == x, "\(name)")
    }
    let cube = Tensor.arange(8).reshaped([2, 2, 2])
    #expect(cube.diagonal().array(of: Int.self) == [0, 3, 4, 7])
    #expect(cube.diagonal(axes: 0, 2).array(of: Int.self) == [0, 5, 2, 7])
    #expect(cube.upperTriangle().array(of: Int.self) == [0, 1, 0, 3, 4, 5, 0, 7])
}

@Test("closeness is relative to the other, and knows infinities and NaN")
func closeness() {
    let a: Tensor = [1, 100, 0]
    #expect(a.isClose(to: [1.000001, 101, 1e-7]).array(of: Bool.self) == [true, false, false])
    #expect(!a.allClose(to: a + 1))
    let infinite = Tensor([.infinity, -.infinity, 1] as [Float])
    #expect(
        infinite.isClose(to: Tensor([.infinity, .infinity, .infinity])).array(of: Bool.self) == [true, false, false])
    let nan = Tensor([Float.nan])
    #expect(!nan.allClose(to: nan))
    #expect(nan.allClose(to: nan, equalNaN: true))
}

private let shapeCases: [(name: String, function: @Sendable (Tensor) -> Tensor)] = [
    ("stacked", { stacked([$0, $0 * 2], axis: 1) }), ("unstacked", { $0.unstacked(axis: 1)[1] }),
    ("split", { $0.split(into: 2, axis: 1)[1] }), ("padded", { $0.padded([(1, 0), (2, 1)], with: .constant(3)) }),
    ("reflect", { $0.padded([(1, 2), (0, 2)], with: .reflect) }),
    ("replicate", { $0.padded([(0, 2), (1, 2)], with: .replicate) }), ("flipped", { $0.flipped(axes: [0, 1]) }),
    ("rolled", { $0.rolled(by: 2, axis: 1) }), ("tiled", { $0.tiled([2, 2, 3]) }),
    ("repeated", { $0.repeated(3, axis: 0) }), ("diagonal", { $0.diagonal(offset: 1) }),
    ("lowerTriangle", { $0.lowerTriangle(diagonal: -1) }), ("movingAxis", { $0.movingAxis(0, to: 1) }),
]

@Test("gradients of shape operations, also second ones", arguments: shapeCases.indices)
func shapeGradients(index: Int) throws {
    let (_, function) = shapeCases[index]
    for (_, x) in everyLayout(numbers([3, 4])) { try checkSecondGradient({ square(function($0[0])) }, at: [x]) }
}
