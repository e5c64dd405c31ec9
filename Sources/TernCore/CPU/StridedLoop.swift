/// Iteration over operands of one shape with strides of their own, as few and as long inner loops as possible.
///
/// Axes of size 1 are dropped and neighbouring axes that are laid out alike in all operands are merged; what is left is
/// walked with `inner` as the length of the innermost loop.
struct StridedLoop<let operands: Int> {
    /// Outer sizes, innermost last, without the inner loop's.
    private var outer = Shape()
    private var outerStrides = InlineArray<operands, Shape>(repeating: Shape())
    private(set) var inner = 1
    /// Element strides of the inner loop.
    private(set) var innerStrides = InlineArray<operands, Int>(repeating: 0)

    init(_ shape: Shape, _ strides: InlineArray<operands, Shape>) {
        var first = true
        for axis in stride(from: shape.count - 1, through: 0, by: -1) {
            let size = shape.sizes[axis]
            if size == 1 { continue }
            if first {
                inner = size
                for i in 0..<operands { innerStrides[i] = strides[i].sizes[axis] }
                first = false
                continue
            }
            var fits = true
            if outer.count == 0 {
                for i in 0..<operands where strides[i].sizes[axis] != innerStrides[i] * inner { fits = false }
                if fits {
                    inner *= size
                    continue
                }
            } else {
                let last = outer.count - 1
                for i in 0..<operands where strides[i].sizes[axis] != outerStrides[i].sizes[last] * outer.sizes[last] {
                    fits = false
                }
                if fits {
                    outer.sizes[last] *= size
                    continue
                }
            }
            // Outer axes are kept innermost first while building.
            outer.append(size)
            for i in 0..<operands { outerStrides[i].append(strides[i].sizes[axis]) }
        }
    }

    /// How many inner loops there are.
    var loops: Int { outer.elements }

    /// Where an element is in the first operand, by its place in row-major order.
    func offset(of element: Int) -> Int {
        var (rest, place) = element.quotientAndRemainder(dividingBy: inner)
        var offset = place * innerStrides[0]
        var axis = 0
        while rest > 0 {
            (rest, place) = rest.quotientAndRemainder(dividingBy: outer.sizes[axis])
            offset += place * outerStrides[0].sizes[axis]
            axis += 1
        }
        return offset
    }

    /// Calls `body` with the element offsets of each operand at the start of the inner loops `range`, in order.
    @inline(__always)
    func forEach(_ range: Range<Int>, _ body: (_ loop: Int, _ offsets: InlineArray<operands, Int>) -> Void) {
        var index = Shape(repeating: 0, count: outer.count)
        var offsets = InlineArray<operands, Int>(repeating: 0)
        var rest = range.lowerBound
        for axis in 0..<outer.count {
            index.sizes[axis] = rest % outer.sizes[axis]
            rest /= outer.sizes[axis]
            for i in 0..<operands { offsets[i] += index.sizes[axis] * outerStrides[i].sizes[axis] }
        }
        for loop in range {
            body(loop, offsets)
            var axis = 0
            while axis < outer.count {
                index.sizes[axis] += 1
                for i in 0..<operands { offsets[i] += outerStrides[i].sizes[axis] }
                if index.sizes[axis] < outer.sizes[axis] { break }
                for i in 0..<operands { offsets[i] -= outer.sizes[axis] * outerStrides[i].sizes[axis] }
                index.sizes[axis] = 0
                axis += 1
            }
        }
    }
}

extension Tensor {
    /// The strides with which this tensor reads as one of `shape`, which it broadcasts to: 0 along repeated axes.
    @inline(__always)
    func broadcastStrides(to shape: Shape) -> Shape {
        if impl.shape == shape { return impl.strides }
        var strides = Shape(repeating: 0, count: shape.count)
        let lead = shape.count - rank
        for axis in 0..<rank where impl.shape.sizes[axis] != 1 {
            strides.sizes[lead + axis] = impl.strides.sizes[axis]
        }
        return strides
    }
}
