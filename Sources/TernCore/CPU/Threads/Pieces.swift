// How work is cut into pieces of fixed size, whose results do not depend on who computes them.

/// Elements one piece of a parallel elementwise operation has.
let elementwisePiece = 16_384

/// Elements of a piece of an update that is computed operation by operation: all that it makes stays in a core's cache.
let updatePiece = 8192

/// Cuts `0..<count` in pieces of `size`, and runs them in parallel if that pays.
@inline(__always)
func elementwiseLoop(
    _ count: Int, nanosecondsPerElement: Double, piece size: Int = elementwisePiece,
    _ body: (_ start: Int, _ n: Int) -> Void
) {
    if count <= size {
        Observation.kernelBegins()
        if count > 0 { body(0, count) }
        return
    }
    let pieces = (count + size - 1) / size
    parallelFor(pieces: pieces, work: Int(Double(count) * nanosecondsPerElement)) { piece in
        let start = piece * size
        body(start, min(size, count - start))
    }
}

/// Runs the inner loops of `loop`, about `size` elements a piece, in parallel if that pays. `body` gets the place in the
/// contiguous output, the length of the run and the offsets of the operands.
@inline(__always)
func stridedPieces<let operands: Int>(
    _ loop: StridedLoop<operands>, count: Int, nanosecondsPerElement: Double, piece size: Int = elementwisePiece,
    _ body: (_ start: Int, _ n: Int, _ offsets: InlineArray<operands, Int>) -> Void
) {
    if count == 0 { return }
    let inner = loop.inner
    let loops = loop.loops
    if loops == 1 {
        elementwiseLoop(count, nanosecondsPerElement: nanosecondsPerElement, piece: size) { start, n in
            var offsets = InlineArray<operands, Int>(repeating: 0)
            for i in 0..<operands { offsets[i] = start * loop.innerStrides[i] }
            body(start, n, offsets)
        }
        return
    }
    let loopsAPiece = max(1, size / inner)
    let pieces = (loops + loopsAPiece - 1) / loopsAPiece
    let work = Int(Double(count) * nanosecondsPerElement + Double(loops) * Cost.loop)
    parallelFor(pieces: pieces, work: work) { piece in
        let range = piece * loopsAPiece..<min(loops, (piece + 1) * loopsAPiece)
        loop.forEach(range) { index, offsets in body(index * inner, inner, offsets) }
    }
}

/// Cuts rows in pieces of about ``elementwisePiece`` elements, and runs them in parallel if that pays.
@inline(__always)
func rowLoop(rows: Int, columns: Int, nanosecondsPerElement: Double, _ body: (_ start: Int, _ n: Int) -> Void) {
    if rows == 0 || columns == 0 { return }
    let rowsAPiece = max(1, elementwisePiece / columns)
    let pieces = (rows + rowsAPiece - 1) / rowsAPiece
    parallelFor(pieces: pieces, work: Int(Double(rows * columns) * nanosecondsPerElement)) { piece in
        let start = piece * rowsAPiece
        body(start, min(rowsAPiece, rows - start))
    }
}
