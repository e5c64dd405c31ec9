import TernCore
import Testing

/// What a view can be made with, drawn at random: slices with steps that leave the axis at once, new axes, other orders,
/// repetition, diagonals and windows without elements.
private func randomView(_ x: Tensor, _ generator: inout some RandomNumberGenerator) -> Tensor {
    let axis = x.rank == 0 ? 0 : Int.random(in: 0..<x.rank, using: &generator)
    let size = x.rank == 0 ? 1 : x.shape[axis]
    let step = [1, 2, 3, 7, 1 << 20, .max].randomElement(using: &generator)!
    switch Int.random(in: 0..<(x.rank == 0 ? 1 : 9), using: &generator) {
    case 0: return x.rank < 6 ? x.unsqueezed(axes: Int.random(in: 0...x.rank, using: &generator)) : x
    case 1: return x.movingAxis(axis, to: Int.random(in: 0..<x.rank, using: &generator))
    case 2: return x.movingAxis(axis, to: 0)[.every(step)]
    case 3: return x.movingAxis(axis, to: 0)[.every(step == .max ? .min : -step)]
    case 4: return x.flipped(axes: axis)
    case 5:
        let start = Int.random(in: 0...size, using: &generator)
        // Rarely of nothing, which all later views would be, too.
        let end = Swift.min(size, start + (Int.random(in: 0..<20, using: &generator) == 0 ? 0 : 1 + size / 2))
        return start == end && size > 0 ? x : x.sliced(from: start, to: end, by: step, axis: axis)
    case 6: return size == 1 ? x.expanded(to: Shape(x.shape.enumerated().map { $0 == axis ? 3 : $1 })) : x
    case 7: return x.rank > 2 ? x.diagonal(offset: Int.random(in: -1...1, using: &generator)) : x
    default: return x.squeezed()
    }
}

/// Whether no stride leads outside of the memory, and contiguous tensors have the strides of their shape.
private func hasSettledStrides(_ x: Tensor) -> Bool {
    var gapless = 1
    for axis in x.shape.indices.reversed() {
        if x.count == 0 || x.shape[axis] == 1 || x.isContiguous {
            if x.strides[axis] != gapless { return false }
            gapless *= x.shape[axis]
        } else {
            gapless = x.strides[axis] * x.shape[axis]
        }
    }
    return true
}

/// The same elements in memory of their own.
private func fresh(_ x: Tensor) -> Tensor { Tensor(shape: x.shape, values: x.array(of: Double.self)) }

@Suite("strides")
struct StrideTests {
    @Test("no view has a stride that leads outside of its memory, and operations on it agree with those on a copy")
    func views() {
        var generator = Generator(seed: 8)
        let operations: [(String, (Tensor) -> Tensor)] = [
            ("sum", { $0.sum() }), ("sum of an axis", { $0.sum(axes: 0) }), ("exp", { exp($0) }),
            ("+", { $0 + $0.flipped() }), ("softmax", { softmax($0) }), ("argmax", { $0.argmax(axis: 0) }),
            ("sorted", { $0.sorted().values }), ("reshaped", { $0.reshaped([-1]) }),
            ("selected", { $0.selected(Tensor([0, 0] as [Int])) }), ("joined", { concatenated([$0, $0]) }),
            ("gathered", { $0.gathered($0.argsorted(axis: 0), axis: 0) }),
            ("product", { matmul($0, Tensor.eye($0.shape[$0.rank - 1], dtype: .float64)) }),
            ("product from the right", { matmul(Tensor.ones([2, $0.shape[$0.rank - 2]], dtype: .float64), $0) }),
            ("linear", { linear($0, Tensor.ones([3, $0.shape[$0.rank - 1]], dtype: .float64)) }),
        ]
        for _ in 0..<400 {
            var x = numbers([3, 1, 4, 2], seed: generator.next())
            for _ in 0..<6 {
                x = randomView(x, &generator)
                #expect(hasSettledStrides(x), "\(x.shape), \(x.strides)")
            }
            guard x.rank >= 2, x.count > 0 else { continue }
            let copy = fresh(x)
            for (name, operation) in operations {
                #expect(operation(x).allClose(to: operation(copy)), "\(name) of \(x.shape), \(x.strides)")
            }
        }
    }

    @Test("a product reads only its operands where the left one has rows of one each", arguments: [0, 1, 2])
    func products(index: Int) throws {
        let x: Tensor = [[1, 2], [3, 4], [5, 6]]
        let views = [x[.all, .newAxis], x.unsqueezed(axes: 0).transposed(0, 1), x.unsqueezed(axes: 1)[.all, .every(9)]]
        let view = views[index]
        #expect(view.shape == [3, 1, 2])
        #expect(matmul(view, Tensor.eye(2)) == [[[1, 2]], [[3, 4]], [[5, 6]]])
        #expect(linear(view, Tensor.eye(2)) == [[[1, 2]], [[3, 4]], [[5, 6]]])
        try checkGradient({ matmul($0[0], $0[1]) }, at: [view, numbers([2, 3])])
    }

    @Test("strides of axes of size 1 and of tensors without elements are those of memory without gaps")
    func documented() {
        let x = Tensor.zeros([3, 2])
        #expect(x[.all, .newAxis].strides == [2, 2, 1])
        #expect(x.T[.newAxis, .every(5)].strides == [6, 6, 2])
        #expect(x[1..<1, .every(2)].strides == Tensor.zeros([0, 1]).strides)
        #expect(Tensor.zeros([1]).expanded(to: [4]).strides == [0])
    }
}
