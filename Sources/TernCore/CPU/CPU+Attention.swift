import CTernKernels

// Attention in blocks of queries by blocks of keys, whose scores fit the second cache: a product, their weights, a product.
// How it is cut depends on the sizes alone.

extension CPU {
    func attend(_ attention: BlockedAttention, into y: Tensor, logs: Tensor, weights kept: Tensor?) {
        // Weights that are kept are one block wide.
        let work = AttentionWork(attention, keyBlock: kept == nil ? 512 : .max)
        let (size, rows, fill) = (y.dtype.byteCount, Kernels.of(y.dtype).rows, Kernels.of(y.dtype).elementwise.fill)
        let blocks = work.queryBlocks
        parallelFor(pieces: work.heads * blocks, work: work.nanoseconds(products: 2)) { piece in
            let (head, queries) = (piece / blocks, work.queries(piece % blocks))
            let (at, row) = (work.place(head), head * work.queryCount + queries.lowerBound)
            let output = work.matrix(y, work.matrix(y, head), queries)
            let maxima = logs.impl.pointer + row * size
            let keptRow = kept.map { $0.impl.pointer + row * work.keyCount * size }
            fill(-Double.infinity, queries.count, maxima)
            Allocator.withScratch((work.scores + queries.count) * size) { scratch in
                let (scores, sums) = (keptRow ?? scratch, scratch + work.scores * size)
                fill(0, queries.count, sums)
                var block = work.block(at, queries, 0..<0)
                for index in 0..<work.keyBlocks {
                    let keys = work.seen(work.keys(index), by: queries)
                    if keys.isEmpty { break }
                    work.score(at, queries, keys, into: scores)
                    block = work.block(at, queries, keys)
                    rows.attention_weights!(
                        &block, scores, maxima, sums, output.pointer, output.rowStride,
                        index == 0 ? 0 : work.valueWidth)
                    let weights = work.dropped(head, queries, keys, scores, into: scratch)
                    work.multiply(
                        index == 0 ? .TERN_GEMM_ZERO : .TERN_GEMM_ACCUMULATE, work.scores(weights, queries, keys),
                        work.matrix(attention.value, at.value, keys), into: output.pointer, row: output.rowStride)
                }
                rows.attention_finish!(
                    &block, keptRow, maxima, sums, output.pointer, output.rowStride, work.valueWidth)
            }
        }
    }

    func attendBackward(
        _ attention: BlockedAttention, _ y: Tensor, logs: Tensor, weights kept: Tensor?, _ g: Tensor,
        into dQuery: Tensor, _ dKey: Tensor, _ dValue: Tensor
    ) {
        let work = AttentionWork(attention, keyBlock: kept == nil ? 256 : .max)
        let (size, rows) = (y.dtype.byteCount, Kernels.of(y.dtype).rows)
        let dots = Tensor(uninitialized: logs.shape, dtype: logs.dtype)
        let blocks = work.queryBlocks
        let workOfDots = Double(logs.count * work.valueWidth) * Cost.add
        parallelFor(pieces: work.heads * blocks, work: Int(workOfDots)) { piece in
            let (head, queries) = (piece / blocks, work.queries(piece % blocks))
            let output = work.matrix(y, work.matrix(y, head), queries)
            let gradient = work.matrix(g, work.matrix(g, head), queries)
            rows.attention_dots!(
                queries.count, work.valueWidth, output.pointer, output.rowStride, gradient.pointer, gradient.rowStride,
                dots.impl.pointer + (head * work.queryCount + queries.lowerBound) * size)
        }
        // The gradients of keys and values belong to a piece; those of queries are sums over all of a head's.
        let parts = work.keyParts
        let sums = [dQuery] + (1..<parts).map { _ in dQuery.zerosLike }
        parallelFor(pieces: work.keyHeads * parts, work: work.nanoseconds(products: 5)) { piece in
            let (keyHead, part) = (piece / parts, piece % parts)
            Allocator.withScratch(2 * work.scores * size) { scratch in
                let slopes = scratch + work.scores * size
                for (range, shared) in work.keysAndHeads(ofPart: part, parts) {
                    let head = keyHead * work.sharing + shared
                    let at = work.place(head)
                    let toKey = work.matrix(dKey, work.matrix(dKey, keyHead), range)
                    let toValue = work.matrix(dValue, work.matrix(dValue, keyHead), range)
                    for index in work.queryBlocksSeeing(range) {
                        let queries = work.queries(index)
                        let keys = work.seen(range, by: queries)
                        let row = head * work.queryCount + queries.lowerBound
                        var block = work.block(at, queries, keys)
                        var weights = scratch
                        if let kept {
                            weights = kept.impl.pointer + row * work.keyCount * size
                        } else {
                            work.score(at, queries, keys, into: weights)
                            rows.attention_weights_again!(&block, weights, logs.impl.pointer + row * size)
                        }
                        let gradient = work.matrix(g, work.matrix(g, head), queries)
                        let toQuery = work.matrix(sums[part], work.matrix(sums[part], head), queries)
                        work.multiply(
                            .TERN_GEMM_ZERO, gradient, work.matrix(attention.value, at.value, keys).transposed,
                            into: slopes, row: block.stride)
                        _ = work.dropped(head, queries, keys, slopes, into: slopes)
                        rows.attention_slopes!(&block, weights, slopes, dots.impl.pointer + row * size)
                        weights = work.dropped(head, queries, keys, weights, into: scratch)
                        work.multiply(
                            .TERN_GEMM_ACCUMULATE, work.scores(weights, queries, keys).transposed, gradient,
                            into: toValue.pointer, row: toValue.rowStride)
                        let scoreSlopes = work.scores(slopes, queries, keys)
                        work.multiply(
                            .TERN_GEMM_ACCUMULATE, scoreSlopes.transposed,
                            work.matrix(attention.query, at.query, queries), into: toKey.pointer, row: toKey.rowStride)
                        work.multiply(
                            .TERN_GEMM_ACCUMULATE, scoreSlopes, work.matrix(attention.key, at.key, keys),
                            into: toQuery.pointer, row: toQuery.rowStride)
                    }
                }
            }
        }
        for sum in sums.dropFirst() { add(sum, into: dQuery) }
    }
}

/// A matrix in memory.
private struct Operand {
    var pointer: UnsafeMutableRawPointer
    var rows: Int
    var columns: Int
    var rowStride: Int
    var columnStride: Int

    init(_ pointer: UnsafeMutableRawPointer, rows: Int, columns: Int, _ rowStride: Int, _ columnStride: Int) {
        (self.pointer, self.rows, self.columns) = (pointer, rows, columns)
        (self.rowStride, self.columnStride) = (rowStride, columnStride)
    }

    var transposed: Operand { Operand(pointer, rows: columns, columns: rows, columnStride, rowStride) }
}

/// The sizes of an attention, its blocks, and what is done with one of them.
private struct AttentionWork {
    /// Pieces that the backward pass is cut in at least, where there are so many blocks of keys.
    static let leastPieces = 8

    let attention: BlockedAttention
    let queryCount: Int
    let keyCount: Int
    let width: Int
    let valueWidth: Int
    let heads: Int
    let keyHeads: Int
    private let queryBlock: Int
    private let keyBlock: Int
    private let gemm: TernGemmKernels
    private let size: Int
    private let type: DType
    private let lead: Shape
    let sharing: Int

    init(_ attention: BlockedAttention, keyBlock: Int) {
        self.attention = attention
        let (query, key, value) = (attention.query, attention.key, attention.value)
        queryCount = query.shape[query.rank - 2]
        width = query.shape[query.rank - 1]
        keyCount = key.shape[key.rank - 2]
        valueWidth = value.shape[value.rank - 1]
        lead = Shape(query.shape.dropLast(2))
        heads = lead.elements
        keyHeads = key.shape.dropLast(2).reduce(1, *)
        sharing = heads / keyHeads
        // What a causal block of few queries does not see is not computed.
        queryBlock = min(attention.isCausal ? 64 : 128, queryCount)
        self.keyBlock = min(keyBlock, keyCount)
        type = query.dtype
        size = type.byteCount
        gemm = Kernels.of(type).gemm
    }

    var queryBlocks: Int { (queryCount + queryBlock - 1) / queryBlock }
    var keyBlocks: Int { (keyCount + keyBlock - 1) / keyBlock }
    /// The elements of a block of scores.
    var scores: Int { queryBlock * keyBlock }
    /// In how many parts the keys of a head are cut, for want of heads.
    var keyParts: Int { max(1, min(keyBlocks, AttentionWork.leastPieces / keyHeads)) }

    func queries(_ index: Int) -> Range<Int> { index * queryBlock..<min(queryCount, (index + 1) * queryBlock) }

    func keys(_ index: Int) -> Range<Int> { index * keyBlock..<min(keyCount, (index + 1) * keyBlock) }

    /// Keys but for those at their end that no query of a block sees.
    func seen(_ keys: Range<Int>, by queries: Range<Int>) -> Range<Int> {
        let end = attention.isCausal ? min(keys.upperBound, queries.upperBound) : keys.upperBound
        return keys.lowerBound..<max(keys.lowerBound, end)
    }

    /// The blocks of keys of a part, each with the heads of queries that share them.
    func keysAndHeads(ofPart part: Int, _ parts: Int) -> [(keys: Range<Int>, shared: Int)] {
        (keyBlocks * part / parts..<keyBlocks * (part + 1) / parts).flatMap { index in
            (0..<sharing).map { (keys(index), $0) }
        }
    }

    func queryBlocksSeeing(_ keys: Range<Int>) -> Range<Int> {
        let first = attention.isCausal ? keys.lowerBound / queryBlock : 0
        return min(first, queryBlocks)..<queryBlocks
    }

    func nanoseconds(products: Int) -> Int {
        let scores = Double(heads) * Double(queryCount) * Double(keyCount)
        let perScore = Double(products * (width + valueWidth) / 2) / Double(Cost.productsPerNanosecond) + Cost.score
        return Int(min(1e15, scores * perScore))
    }

    /// Where the matrices of a head begin.
    typealias Place = (
        query: UnsafeMutableRawPointer, key: UnsafeMutableRawPointer, value: UnsafeMutableRawPointer,
        mask: UnsafeMutableRawPointer?
    )

    func place(_ head: Int) -> Place {
        (
            matrix(attention.query, head), matrix(attention.key, head / sharing),
            matrix(attention.value, head / sharing), attention.mask.map { matrix($0, head) }
        )
    }

    /// Where a head's matrix begins; heads are those of all leading axes.
    func matrix(_ tensor: Tensor, _ head: Int) -> UnsafeMutableRawPointer {
        var (rest, offset) = (head, 0)
        for axis in stride(from: tensor.rank - 3, through: 0, by: -1) {
            offset += rest % tensor.impl.shape.sizes[axis] * tensor.impl.strides.sizes[axis]
            rest /= tensor.impl.shape.sizes[axis]
        }
        return tensor.impl.pointer + offset * tensor.dtype.byteCount
    }

    /// Rows of a head's matrix.
    func matrix(_ tensor: Tensor, _ place: UnsafeMutableRawPointer, _ rows: Range<Int>) -> Operand {
        let (rowStride, columnStride) = (
            tensor.impl.strides.sizes[lead.count], tensor.impl.strides.sizes[lead.count + 1]
        )
        return Operand(
            place + rows.lowerBound * rowStride * size, rows: rows.count,
            columns: tensor.impl.shape.sizes[lead.count + 1], rowStride, columnStride)
    }

    func block(_ at: Place, _ queries: Range<Int>, _ keys: Range<Int>) -> TernAttentionBlock {
        let mask = attention.mask
        let maskSize = mask?.dtype.byteCount ?? 0
        let maskRow = mask?.impl.strides.sizes[lead.count] ?? 0
        return TernAttentionBlock(
            rows: queries.count, columns: keys.count, stride: keyBlock, scale: attention.scale,
            seen: attention.isCausal ? queries.lowerBound + 1 - keys.lowerBound : keys.count,
            mask: at.mask.map { UnsafeRawPointer($0 + (queries.lowerBound * maskRow + keys.lowerBound) * maskSize) },
            mask_row: maskRow, mask_is_bool: mask?.dtype == .bool)
    }

    func score(_ at: Place, _ queries: Range<Int>, _ keys: Range<Int>, into scores: UnsafeMutableRawPointer) {
        multiply(
            .TERN_GEMM_ZERO, matrix(attention.query, at.query, queries), matrix(attention.key, at.key, keys).transposed,
            into: scores, row: keyBlock)
    }

    /// A block of scores as a matrix.
    func scores(_ pointer: UnsafeMutableRawPointer, _ queries: Range<Int>, _ keys: Range<Int>) -> Operand {
        Operand(pointer, rows: queries.count, columns: keys.count, keyBlock, 1)
    }

    /// Weights, or gradients of dropped weights, dropped as `dropout` does of all [..., H, L, S]: in `y`, or where they are if
    /// there is no dropout.
    func dropped(
        _ head: Int, _ queries: Range<Int>, _ keys: Range<Int>, _ x: UnsafeMutableRawPointer,
        into y: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        guard let (keeping, state) = attention.dropout else { return x }
        let kernel = Kernels.of(type).random.dropout!
        for (row, query) in queries.enumerated() {
            let first = (head * queryCount + query) * keyCount + keys.lowerBound
            let offset = row * keyBlock * size
            kernel(
                state.key, state.counter, first, keys.count, keeping, keeping > 0 ? 1 / keeping : 0, x + offset,
                y + offset)
        }
        return y
    }

    /// `c = a b`, on this thread.
    func multiply(
        _ start: TernGemmStart, _ a: Operand, _ b: Operand, into c: UnsafeMutableRawPointer, row: Int
    ) {
        let product = TernGemm(
            start: start, rows: a.rows, columns: b.columns, depth: a.columns, a: a.pointer, a_row: a.rowStride,
            a_depth: a.columnStride, b: b.pointer, b_depth: b.rowStride, b_column: b.columnStride, c: c, c_row: row,
            bias: nil, may_share: false)
        withUnsafePointer(to: product) { product in
            withUnsafePointer(to: gemm.plan(product)) { plan in
                let bytes = plan.pointee.scratch_bytes
                if bytes == 0 {
                    for piece in 0..<plan.pointee.pieces { gemm.piece(product, plan, piece, 0, nil) }
                } else {
                    Allocator.withScratch(bytes) { scratch in
                        for piece in 0..<plan.pointee.pieces { gemm.piece(product, plan, piece, 0, scratch) }
                    }
                }
            }
        }
    }
}
