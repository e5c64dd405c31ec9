import CTernKernels

extension CPU {
    func sortedOrder(_ x: Tensor, descending: Bool, into y: Tensor) {
        let (type, size) = (x.dtype.kernelType, x.shape[x.rank - 1])
        let cost = Cost.sort * Double(Double(Swift.max(2, size)).exponent)
        rows(of: x, nanosecondsPerElement: cost, scratch: tern_sort_scratch(type, size)) { row, elements, scratch in
            tern_sort(type, descending, size, elements, y.pointer(as: Int64.self) + row * size, scratch)
        }
    }

    func firstInOrder(_ x: Tensor, descending: Bool, into y: Tensor) {
        let (type, size, k) = (x.dtype.kernelType, x.shape[x.rank - 1], y.shape[x.rank - 1])
        let scratch = tern_sort_first_scratch(type, size, k)
        rows(of: x, nanosecondsPerElement: Cost.select, scratch: scratch) { row, elements, scratch in
            tern_sort_first(type, descending, size, k, elements, y.pointer(as: Int64.self) + row * k, scratch)
        }
    }

    func someInOrder(_ x: Tensor, at places: Tensor, into y: Tensor) {
        let (type, size, count) = (x.dtype.kernelType, x.shape[x.rank - 1], y.shape[x.rank - 1])
        let scratch = tern_sort_some_scratch(type, size, count)
        rows(of: x, nanosecondsPerElement: Cost.select, scratch: scratch) { row, elements, scratch in
            tern_sort_some(
                type, size, elements, count, places.pointer(as: Int64.self) + row * count,
                y.pointer(as: Int64.self) + row * count, scratch)
        }
    }

    func runningExtreme(_ function: ReductionFunction, _ x: Tensor, into values: Tensor, indices: Tensor) {
        let (type, size) = (x.dtype.kernelType, x.shape[x.rank - 1])
        rows(of: x, nanosecondsPerElement: Cost.running, scratch: 0) { row, elements, _ in
            tern_running_extreme(
                type, function == .max, size, elements, values.impl.pointer + row * size * x.dtype.byteCount,
                indices.pointer(as: Int64.self) + row * size)
        }
    }

    func search(_ sequences: Tensor, for x: Tensor, right: Bool, into y: Tensor) {
        let (type, size) = (x.dtype.kernelType, sequences.shape[sequences.rank - 1])
        // Of one sequence for all, the values are cut in pieces.
        let isShared = sequences.rank == 1
        let (columns, bytes) = (
            isShared ? Swift.min(x.count, elementwisePiece) : x.shape[x.rank - 1], x.dtype.byteCount
        )
        if x.count == 0 { return }
        let pieces = (x.count + columns - 1) / columns
        let scratch = tern_search_scratch(type, size)
        parallelFor(pieces: pieces, work: Int(Double(x.count) * Cost.search)) { piece in
            let start = piece * columns
            Allocator.withScratch(scratch) { scratch in
                tern_search(
                    type, right, size, sequences.impl.pointer + (isShared ? 0 : piece * size * bytes),
                    Swift.min(columns, x.count - start), x.impl.pointer + start * bytes,
                    y.pointer(as: Int64.self) + start, scratch)
            }
        }
    }

    func histogram(_ x: Tensor, edges: Tensor, into counts: Tensor) {
        let (type, bins, bytes) = (x.dtype.kernelType, counts.count, x.dtype.byteCount)
        // Each piece has counts of its own.
        let size = Swift.max(elementwisePiece, 4 * bins)
        let pieces = (x.count + size - 1) / size
        let scratch = tern_search_scratch(type, bins + 1)
        let sums = counts.pointer(as: Int64.self)
        sums.update(repeating: 0, count: bins)
        Allocator.withSharedScratch(pieces * bins * MemoryLayout<Int64>.stride) { memory in
            let partial = memory.assumingMemoryBound(to: Int64.self)
            parallelFor(pieces: pieces, work: Int(Double(x.count) * Cost.search)) { piece in
                let (start, counts) = (piece * size, partial + piece * bins)
                counts.update(repeating: 0, count: bins)
                Allocator.withScratch(scratch) { scratch in
                    tern_histogram(
                        type, bins, edges.impl.pointer, Swift.min(size, x.count - start),
                        x.impl.pointer + start * bytes, counts, scratch)
                }
            }
            for piece in 0..<pieces { for bin in 0..<bins { sums[bin] += partial[piece * bins + bin] } }
        }
    }

    func recurrence(_ a: Tensor, _ b: Tensor?, axis: Int, into y: Tensor) {
        let type = y.dtype.kernelType
        forEachColumns(of: y, axis: axis) { size, stride, columns, offset in
            tern_recurrence(
                type, size, stride, columns, a.impl.pointer + offset,
                b.map { UnsafeRawPointer($0.impl.pointer + offset) }, y.impl.pointer + offset)
        }
    }

    /// Runs the rows of the last axis, in parallel if that pays.
    private func rows(
        of x: Tensor, nanosecondsPerElement: Double, scratch byteCount: Int,
        _ body: (_ row: Int, _ elements: UnsafeRawPointer, _ scratch: UnsafeMutableRawPointer) -> Void
    ) {
        let (size, bytes) = (x.shape[x.rank - 1], x.dtype.byteCount)
        if x.count == 0 { return }
        rowLoop(rows: x.count / size, columns: size, nanosecondsPerElement: nanosecondsPerElement) { start, n in
            Allocator.withScratch(byteCount) { scratch in
                for row in start..<start + n { body(row, x.impl.pointer + row * size * bytes, scratch) }
            }
        }
    }
}
