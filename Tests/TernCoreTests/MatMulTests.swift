import TernCore
import Testing

/// The product by its definition: all products in a tensor of rank one higher, then their sum.
private func definition(_ a: Tensor, _ b: Tensor) -> Tensor {
    (a.unsqueezed(axes: -1) * b.unsqueezed(axes: -3)).sum(axes: -2)
}

@Suite("matrix product")
struct MatMulTests {
    @Test("the documented examples")
    func examples() {
        let a: Tensor = [[1, 2], [3, 4]]
        #expect(matmul(a, a) == [[7, 10], [15, 22]])
        #expect(matmul(a, Tensor([1, 1])) == [3, 7])
        #expect(matmul(Tensor([1, 1]), a) == [4, 6])
        #expect(dot(Tensor([1, 2, 3]), Tensor([4, 5, 6])).item() == 32)
        #expect(outer(Tensor([1, 2]), Tensor([3, 4, 5])) == [[3, 4, 5], [6, 8, 10]])
    }

    @Test(
        "agrees with its definition for matrices and for broadcast leading axes",
        arguments: [
            ([1, 1], [1, 1]), ([3, 4], [4, 5]), ([40, 33], [33, 70]), ([2, 3, 4], [4, 5]), ([3, 4], [2, 4, 5]),
            ([2, 3, 4], [2, 4, 5]), ([2, 1, 3, 4], [5, 4, 2]), ([1, 3, 4], [6, 4, 2]), ([3, 0], [0, 2]),
            ([0, 3], [3, 2]), ([2, 0, 3], [3, 2]), ([0, 2, 3], [0, 3, 2]), ([300, 2, 2], [300, 2, 2]),
        ] as [(Shape, Shape)], [DType.float32, .float64])
    func values(shapes: (Shape, Shape), dtype: DType) {
        let (a, b) = (numbers(shapes.0, dtype: dtype), numbers(shapes.1, seed: 2, dtype: dtype))
        let expected = definition(a, b)
        let result = matmul(a, b)
        #expect(result.shape == expected.shape)
        #expect(result.allClose(to: expected, relativeTolerance: 1e-5, absoluteTolerance: 1e-5))
    }

    @Test("reads views of any strides where they lie")
    func layouts() {
        let (a, b) = (numbers([2, 5, 7]), numbers([2, 7, 3], seed: 2))
        let expected = definition(a, b)
        for left in Layout.allCases where left != .expanded {
            for right in Layout.allCases where right != .expanded {
                let result = matmul(left.apply(to: a), right.apply(to: b))
                #expect(result.allClose(to: expected), "\(left) \(right)")
            }
        }
        let row = numbers([1, 7])
        #expect(
            matmul(row.expanded(to: [5, 7]), b).allClose(to: definition(row.expanded(to: [5, 7]).contiguous(), b)))
    }

    @Test("vectors are a row on the left and a column on the right")
    func vectors() {
        let (matrix, vector) = (numbers([4, 4]), numbers([4], seed: 2))
        #expect(matmul(matrix, vector).allClose(to: (matrix * vector).sum(axes: 1)))
        #expect(matmul(vector, matrix).allClose(to: (matrix * vector.unsqueezed(axes: 1)).sum(axes: 0)))
        #expect(matmul(vector, vector).allClose(to: (vector * vector).sum()))
        #expect(matmul(vector, vector).shape == [])
        #expect(matmul(numbers([2, 3, 4]), vector).shape == [2, 3])
        #expect(matmul(vector, numbers([2, 4, 3])).shape == [2, 3])
    }

    @Test("integers are exact and wrap around, bool counts, two types are promoted")
    func integers() {
        let a = Tensor([[1, 2], [3, 4]] as [[Int]])
        let b = Tensor([[5, 6], [7, 8]] as [[Int]])
        #expect(matmul(a, b).array(of: Int.self) == [19, 22, 43, 50])
        #expect(matmul(a.converted(to: .int32), b.T.converted(to: .int32)).array(of: Int32.self) == [17, 23, 39, 53])
        let bytes = Tensor([[200, 100]] as [[UInt8]])
        #expect(matmul(bytes, bytes.T).array(of: UInt8.self) == [80])
        let flags = Tensor([[true, true], [false, true]])
        #expect(matmul(flags, flags).array(of: Int.self) == [1, 2, 0, 1])
        #expect(matmul(a, Tensor([[0.5], [0.25]])).dtype == .float32)
        #expect(matmul(a, Tensor([[0.5], [0.25]])) == [[1], [2.5]])
        let batch = Tensor.arange(12).reshaped([3, 2, 2])
        #expect(
            matmul(batch, batch.transposed())
                == (batch.unsqueezed(axes: -1) * batch.transposed().unsqueezed(axes: -3)).sum(axes: -2))
    }

    @Test("linear is x W^T + bias for any leading axes", arguments: [[3], [5, 3], [2, 4, 3], [0, 3]] as [Shape])
    func linearValues(shape: Shape) {
        let (x, weight, bias) = (numbers(shape), numbers([4, 3], seed: 2), numbers([4], seed: 3))
        let expected = (x.unsqueezed(axes: -2) * weight).sum(axes: -1)
        #expect(linear(x, weight).allClose(to: expected))
        #expect(linear(x, weight, bias).allClose(to: expected + bias))
        #expect(
            linear(x, weight, numbers([8], seed: 3)[.every(2)]).allClose(
                to: expected + numbers([8], seed: 3)[.every(2)]))
        #expect(linear(x, weight, bias).shape == expected.shape)
    }

    /// What gradients of weights are: [depth, rows] and [depth, columns], both transposed as views are.
    @Test(
        "sums over a deep batch are those of float64, with a bias too, and have the same bits for any number of threads",
        arguments: [
            (512, 64, 16), (701, 65, 33), (1792, 512, 28), (2048, 128, 128), (300, 256, 40), (4096, 70, 700),
        ])
    func deepProducts(sizes: (depth: Int, rows: Int, columns: Int)) {
        let threads = threadCount
        defer { threadCount = threads }
        let a = numbers([sizes.depth, sizes.rows], dtype: .float32)
        let b = numbers([sizes.depth, sizes.columns], seed: 2, dtype: .float32)
        let bias = numbers([sizes.columns], seed: 3, dtype: .float32)
        let (wideA, wideB) = (a.converted(to: .float64), b.converted(to: .float64))
        let expected = matmul(wideA.T.contiguous(), wideB.T.contiguous().T)
        let bound = matmul(wideA.abs().T, wideB.abs()).max().item() * 1e-6
        var first: [Tensor]?
        for count in [1, 2, 3, 8] {
            threadCount = count
            let results = [matmul(a.T, b), linear(a.T, b.T, bias), matmul(wideA.T, wideB)]
            if let first { #expect(zip(results, first).allSatisfy { $0.0 == $0.1 }, "\(count) threads") }
            first = results
        }
        let results = first!.map { $0.converted(to: .float64) }
        #expect((results[0] - expected).abs().max().item() < bound)
        #expect((results[1] - expected - bias.converted(to: .float64)).abs().max().item() < bound)
        #expect((results[2] - expected).abs().max().item() < bound * 1e-8)
    }

    /// Depths of a multiple of 4 KB, at which rows of `a` are packed, and others.
    @Test(
        "what threads pack together in large products gives the sums of float64, and the same bits for any number of them",
        arguments: [(1024, 530, 270), (1025, 300, 256)], [false, true])
    func sharedPacking(sizes: (depth: Int, rows: Int, columns: Int), transposed: Bool) {
        let threads = threadCount
        defer { threadCount = threads }
        let a = numbers([sizes.rows, sizes.depth], dtype: .float32)
        let b = numbers([sizes.columns, sizes.depth], seed: 2, dtype: .float32)
        let left = transposed ? a.T.contiguous().T : a
        let bias = numbers([sizes.columns], seed: 3, dtype: .float32)
        let (wideA, wideB) = (a.converted(to: .float64), b.converted(to: .float64))
        let expected = (wideA.unsqueezed(axes: 1)[.every(16)] * wideB[..<40]).sum(axes: 2)
        let bound = Double(sizes.depth).squareRoot() * 1e-5
        var first: [Tensor]?
        for count in [1, 2, 3, 8] {
            threadCount = count
            let results = [linear(left, b, bias), matmul(left, b.T.contiguous()), matmul(wideA, wideB.T)]
            if let first { #expect(zip(results, first).allSatisfy { $0.0 == $0.1 }, "\(count) threads") }
            first = results
        }
        let results = first!.map { $0.converted(to: .float64)[.every(16)][.all, ..<40] }
        #expect((results[0] - expected - bias.converted(to: .float64)[..<40]).abs().max().item() < bound)
        #expect((results[1] - expected).abs().max().item() < bound)
        #expect((results[2] - expected).abs().max().item() < bound * 1e-8)
    }

    @Test("the bits are the same for one and two threads")
    func threads() {
        let threads = threadCount
        defer { threadCount = threads }
        let (x, weight, bias) = (
            numbers([128, 784], dtype: .float32), numbers([512, 784], seed: 2, dtype: .float32),
            numbers([512], seed: 3, dtype: .float32)
        )
        let batch = numbers([64, 40, 40], dtype: .float32)
        let results = [1, 2].map { count in
            threadCount = count
            return [linear(x, weight, bias), matmul(weight, x.T), matmul(x.T, linear(x, weight)), matmul(batch, batch)]
        }
        for (one, two) in zip(results[0], results[1]) { #expect(one == two) }
    }

    static let derivatives: [GradientCase] = [
        .init("matrices", [numbers([3, 4]), numbers([4, 2], seed: 2)]) { matmul($0[0], $0[1]) },
        .init("one matrix on the right", [numbers([2, 3, 4]), numbers([4, 2], seed: 2)]) { matmul($0[0], $0[1]) },
        .init("one matrix on the left", [numbers([3, 4]), numbers([2, 4, 2], seed: 2)]) { matmul($0[0], $0[1]) },
        .init("broadcast batches", [numbers([2, 1, 3, 2]), numbers([3, 2, 2], seed: 2)]) { matmul($0[0], $0[1]) },
        .init("matrix and vector", [numbers([3, 4]), numbers([4], seed: 2)]) { matmul($0[0], $0[1]) },
        .init("vector and matrices", [numbers([4]), numbers([2, 4, 2], seed: 2)]) { matmul($0[0], $0[1]) },
        .init("dot", [numbers([4]), numbers([4], seed: 2)]) { dot($0[0], $0[1]) },
        .init("outer", [numbers([3]), numbers([2], seed: 2)]) { outer($0[0], $0[1]) },
        .init("a matrix with itself", [numbers([3, 3])]) { matmul($0[0], $0[0]) },
        .init("linear", [numbers([5, 3]), numbers([4, 3], seed: 2), numbers([4], seed: 3)]) {
            linear($0[0], $0[1], $0[2])
        },
        .init("linear without bias", [numbers([2, 2, 3]), numbers([4, 3], seed: 2)]) { linear($0[0], $0[1]) },
        .init("linear of a vector", [numbers([3]), numbers([4, 3], seed: 2), numbers([4], seed: 3)]) {
            linear($0[0], $0[1], $0[2])
        },
    ]

    @Test("derivatives in every layout, and their derivatives", arguments: derivatives)
    func gradients(_ item: GradientCase) throws {
        for layout in Layout.allCases {
            let inputs = item.inputs.map { layout.apply(to: $0) }
            #expect(throws: Never.self, "\(layout)") { try checkGradient(item.function, at: inputs) }
        }
        try checkSecondGradient(item.function, at: item.inputs)
    }

    @Test("nothing is computed for inputs that need no gradient")
    func needs() {
        let tape = GradientTape()
        let weight = tape.watch(numbers([4, 3]))
        let x = numbers([5, 3], seed: 2)
        let y = tape.record { linear(x, weight, numbers([4])).sum() }
        let gradients = tape.gradient(of: y, with: [weight, x])
        #expect(gradients[0]!.allClose(to: x.sum(axes: 0).expanded(to: [4, 3])))
        #expect(gradients[1] == nil)
    }

    @Test("shapes that do not fit stop with both shapes")
    func mistakes() async {
        expectMessage(
            "matmul: cannot multiply shapes [2, 3] and [4, 5]: the sum runs over 3 and 4",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = matmul(Tensor.zeros([2, 3]), Tensor.zeros([4, 5]))
            })
        expectMessage(
            "matmul: cannot broadcast the leading axes of shapes [2, 3, 4] and [3, 4, 5]",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = matmul(Tensor.zeros([2, 3, 4]), Tensor.zeros([3, 4, 5]))
            })
        expectMessage(
            "linear: expects 3 input features, got 5 (input [2, 5], weight [4, 3])",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = linear(Tensor.zeros([2, 5]), Tensor.zeros([4, 3]))
            })
        expectMessage(
            "linear: expects a bias of shape [4], got [3] (weight [4, 3])",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = linear(Tensor.zeros([2, 3]), Tensor.zeros([4, 3]), Tensor.zeros([3]))
            })
    }
}
