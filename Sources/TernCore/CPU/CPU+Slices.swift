import CTernKernels

extension CPU {
    func gatherSlices(_ x: Tensor, axis: Int, at places: SlicePlaces, into y: Tensor) {
        let (loop, size, count) = (SliceLoop(x, axis), x.dtype.byteCount, places.indices.count)
        let (kernels, inner, step) = (Kernels.of(x.dtype), loop.innerCount, places.step)
        let (from, to, indices) = (x.impl.pointer, y.impl.pointer, places.indices.pointer(as: Int64.self))
        loop.forEachBlock(count: count, nanosecondsPerElement: Cost.gatherSlices) { outer, start, n in
            let source = from + loop.offset(outer) * size
            let target = to + (outer * count + start) * inner * size
            if inner == 1 {
                _ = kernels.index.gather(n, indices + start, 1, .max, source, step, 0, target)
            } else if loop.isContiguous {
                _ = kernels.index.gather_rows(n, inner, indices + start, .max, source, step, target)
            } else {
                loop.forEachRun(indices, start..<start + n, step) { offset, place in
                    kernels.elementwise.copy(
                        loop.run, source + offset * size, loop.runStride, target + (place - start * inner) * size, 1)
                }
            }
        }
    }

    func putSlices(_ x: Tensor, axis: Int, at places: SlicePlaces, isUnique: Bool, into y: Tensor) {
        let (loop, size, count) = (SliceLoop(y, axis), y.dtype.byteCount, places.indices.count)
        let (kernels, inner, step) = (Kernels.of(y.dtype), loop.innerCount, places.step)
        let (from, to, indices) = (x.impl.pointer, y.impl.pointer, places.indices.pointer(as: Int64.self))
        loop.forEachBlock(count: count, inOrder: !isUnique, nanosecondsPerElement: Cost.gatherSlices) {
            outer, start, n in
            let source = from + (outer * count + start) * inner * size
            let target = to + loop.offset(outer) * size
            if inner == 1 {
                _ = kernels.index.scatter(.set, n, indices + start, 1, .max, source, 1, target, step, 0)
            } else if loop.isContiguous {
                _ = kernels.index.scatter_rows(n, inner, indices + start, .max, source, target, step)
            } else {
                loop.forEachRun(indices, start..<start + n, step) { offset, place in
                    kernels.elementwise.copy(
                        loop.run, source + (place - start * inner) * size, 1, target + offset * size, loop.runStride)
                }
            }
        }
    }

    func addSlices(
        _ x: Tensor, axis: Int, at places: SlicePlaces, groups: (indices: Tensor, count: Int)?, isUnique: Bool,
        into y: Tensor
    ) {
        let (loop, size, count) = (SliceLoop(y, axis), y.dtype.byteCount, places.indices.count)
        let (kernels, inner, step) = (Kernels.of(y.dtype), loop.innerCount, places.step)
        let (from, to, indices) = (x.impl.pointer, y.impl.pointer, places.indices.pointer(as: Int64.self))
        if let groups {
            let groups = IndexGroups(groups.indices, below: groups.count, inner: inner)
            return add(x, groups, loop, places, count, into: y)
        }
        loop.forEachBlock(count: count, inOrder: !isUnique, nanosecondsPerElement: Cost.addSlices) { outer, start, n in
            let source = from + (outer * count + start) * inner * size
            let target = to + loop.offset(outer) * size
            if inner == 1 {
                _ = kernels.index.scatter(.add, n, indices + start, 1, .max, source, 1, target, step, 0)
            } else if isUnique && loop.isContiguous {
                for row in 0..<n {
                    let place = target + Int(indices[start + row]) * step * size
                    kernels.elementwise.axpy(1, inner, source + row * inner * size, place)
                }
            } else {
                loop.forEachElement { offset, place in
                    _ = kernels.index.scatter(
                        .add, n, indices + start, 1, .max, source + place * size, inner, target + offset * size, step, 0
                    )
                }
            }
        }
    }

    /// Adds up the rows of each group by themselves, as accurate as a sum, and then to their place.
    private func add(
        _ x: Tensor, _ groups: IndexGroups, _ loop: SliceLoop, _ places: SlicePlaces, _ count: Int, into y: Tensor
    ) {
        let (kernels, size, inner) = (Kernels.of(y.dtype), y.dtype.byteCount, loop.innerCount)
        // Sums of halves are floats, and added as such.
        let sumType = y.dtype.accumulator
        let (sums, sumSize) = (Kernels.of(sumType), sumType.byteCount)
        let (from, to, indices) = (x.impl.pointer, y.impl.pointer, places.indices.pointer(as: Int64.self))
        let isHalf = y.dtype.isHalf
        let columnsAPiece = Swift.min(inner, 1024)
        let columnPieces = (inner + columnsAPiece - 1) / columnsAPiece
        let groupsAPiece = Swift.max(1, elementwisePiece * groups.count / (columnsAPiece * count))
        let groupPieces = (groups.count + groupsAPiece - 1) / groupsAPiece
        let work = Int(Double(loop.outerCount * count) * (Double(inner) * Cost.addSlices + Cost.row))
        parallelFor(pieces: loop.outerCount * columnPieces * groupPieces, work: work) { piece in
            let (outer, rest) = piece.quotientAndRemainder(dividingBy: columnPieces * groupPieces)
            let first = rest % columnPieces * columnsAPiece
            let columns = Swift.min(columnsAPiece, inner - first)
            let start = rest / columnPieces * groupsAPiece
            let source = from + (outer * count * inner + first) * size
            let target = to + (loop.offset(outer) + first) * size
            withUnsafeTemporaryAllocation(byteCount: 2 * columns * sumSize, alignment: 16) { sum in
                groups.visit(start..<Swift.min(groups.count, start + groupsAPiece)) { offsets in
                    let place = target + Int(indices[offsets[0] / inner]) * places.step * size
                    if offsets.count == 1 {
                        return kernels.elementwise.axpy(1, columns, source + offsets[0] * size, place)
                    }
                    let added = sum.baseAddress!
                    kernels.reduce.reduce_rows(
                        .sum, offsets.count, offsets.baseAddress!, 1, 0, columns, source, added)
                    if !isHalf { return kernels.elementwise.axpy(1, columns, added, place) }
                    let total = added + columns * sumSize
                    kernels.convert(to: sumType)(columns, place, 1, total)
                    sums.elementwise.axpy(1, columns, added, total)
                    sums.convert(to: y.dtype)(columns, total, 1, place)
                }
            }
        }
    }
}

/// The elements of a slice, some axes of which stand before the places of slices and the others behind.
private struct SliceLoop {
    private let outerShape: Shape
    private let outerStrides: Shape
    private let inner: StridedLoop<1>
    let outerCount: Int
    let innerCount: Int
    /// Whether the elements behind the places lie without gaps.
    let isContiguous: Bool

    init(_ slice: Tensor, _ axis: Int) {
        outerShape = Shape(slice.shape[..<axis])
        outerStrides = Shape(slice.strides[..<axis])
        let innerShape = Shape(slice.shape[axis...])
        inner = StridedLoop<1>(innerShape, [Shape(slice.strides[axis...])])
        outerCount = outerShape.elements
        innerCount = innerShape.elements
        isContiguous = inner.loops == 1 && (inner.innerStrides[0] == 1 || inner.inner == 1)
    }

    var run: Int { inner.inner }
    var runStride: Int { inner.innerStrides[0] }

    /// Where the elements of an index of the axes before begin.
    func offset(_ outer: Int) -> Int {
        var (rest, offset) = (outer, 0)
        var axis = outerShape.count - 1
        while axis >= 0 {
            let size = outerShape.sizes[axis]
            offset += rest % size * outerStrides.sizes[axis]
            rest /= size
            axis -= 1
        }
        return offset
    }

    /// Calls `body` with where each run of each slice begins: in elements behind the first slice, and in the slices one
    /// after the other.
    @inline(__always)
    func forEachRun(
        _ indices: UnsafePointer<Int64>, _ range: Range<Int>, _ step: Int, _ body: (_ offset: Int, _ place: Int) -> Void
    ) {
        for row in range {
            let first = Int(indices[row]) * step
            inner.forEach(0..<inner.loops) { index, offsets in
                body(first + offsets[0], row * innerCount + index * inner.inner)
            }
        }
    }

    /// Calls `body` with where each element behind the places lies, and which it is.
    @inline(__always)
    func forEachElement(_ body: (_ offset: Int, _ place: Int) -> Void) {
        inner.forEach(0..<inner.loops) { index, offsets in
            for element in 0..<inner.inner {
                body(offsets[0] + element * inner.innerStrides[0], index * inner.inner + element)
            }
        }
    }

    /// Runs blocks of the `count` slices of each index of the axes before, in parallel if that pays; all slices in one block
    /// if their order matters.
    @inline(__always)
    func forEachBlock(
        count: Int, inOrder: Bool = false, nanosecondsPerElement: Double,
        _ body: (_ outer: Int, _ start: Int, _ n: Int) -> Void
    ) {
        let rows = inOrder ? count : Swift.min(count, Swift.max(1, elementwisePiece / innerCount))
        let blocks = (count + rows - 1) / rows
        let units = outerCount * blocks
        let unitsAPiece = Swift.max(1, elementwisePiece / (rows * innerCount))
        let pieces = (units + unitsAPiece - 1) / unitsAPiece
        let work = Int(Double(outerCount * count) * (Double(innerCount) * nanosecondsPerElement + Cost.row / 2))
        parallelFor(pieces: pieces, work: work) { piece in
            for unit in piece * unitsAPiece..<Swift.min(units, (piece + 1) * unitsAPiece) {
                let start = unit % blocks * rows
                body(unit / blocks, start, Swift.min(rows, count - start))
            }
        }
    }
}

/// Which places hold which index, found in time and memory that grow with the places alone.
private struct IndexGroups {
    /// Where the offsets of the rows of each index that occurs begin.
    private var starts: [Int]
    /// Of rows of `inner` elements, by index and then in their order.
    private var offsets: [Int]

    init(_ places: Tensor, below size: Int, inner: Int) {
        let count = places.count
        // A slot for each index, or for few of them, where those that meet take the next free one.
        let isDirect = size <= 4 * count
        let bits = isDirect ? 0 : Int.bitWidth - (2 * count).leadingZeroBitCount
        let slots = isDirect ? size : 1 << bits
        (starts, offsets) = places.withUnsafeBuffer(of: Int64.self) { places in
            let slotOfPlace = isDirect ? places.map { Int($0) } : IndexGroups.slots(of: places, bits)
            // How many places each slot has, then where the next of them goes.
            var next = [Int](repeating: 0, count: slots)
            for slot in slotOfPlace { next[slot] += 1 }
            var starts: [Int] = []
            starts.reserveCapacity(min(slots, count) + 1)
            var start = 0
            for slot in 0..<slots where next[slot] > 0 {
                starts.append(start)
                (next[slot], start) = (start, start + next[slot])
            }
            starts.append(start)
            let offsets = [Int](unsafeUninitializedCapacity: count) { offsets, initialized in
                for (place, slot) in slotOfPlace.enumerated() {
                    offsets[next[slot]] = place * inner
                    next[slot] += 1
                }
                initialized = count
            }
            return (starts, offsets)
        }
    }

    /// The slot of each place's index, of 2^bits.
    private static func slots(of places: UnsafeBufferPointer<Int64>, _ bits: Int) -> [Int] {
        var firstPlace = [Int](repeating: -1, count: 1 << bits)
        return places.enumerated().map { place, index in
            // The high bits of a product with 2^64 / the golden ratio.
            var slot = Int((UInt64(bitPattern: index) &* 0x9e37_79b9_7f4a_7c15) >> (64 - UInt64(bits)))
            while firstPlace[slot] >= 0 && places[firstPlace[slot]] != index {
                slot = slot + 1 == firstPlace.count ? 0 : slot + 1
            }
            if firstPlace[slot] < 0 { firstPlace[slot] = place }
            return slot
        }
    }

    /// How many indices occur.
    var count: Int { starts.count - 1 }

    @inline(__always)
    func visit(_ groups: Range<Int>, _ body: (_ rows: UnsafeBufferPointer<Int>) -> Void) {
        offsets.withUnsafeBufferPointer { offsets in
            for group in groups {
                body(UnsafeBufferPointer(rebasing: offsets[starts[group]..<starts[group + 1]]))
            }
        }
    }
}
