import CTernKernels

extension CPU {
    func multiply(
        _ a: Tensor, transposed transposesA: Bool, _ b: Tensor, transposed transposesB: Bool, bias: Tensor?,
        into c: Tensor
    ) {
        let (left, right) = (Matrices(a, transposed: transposesA), Matrices(b, transposed: transposesB))
        if a.dtype.isHalf, left.columns >= 2 * CPU.depthOfPart {
            // Parts of such a sum would be rounded.
            let wide = Tensor(uninitialized: c.shape, dtype: .float32)
            multiply(
                widened(a), transposed: transposesA, widened(b), transposed: transposesB, bias: bias.map(widened),
                into: wide)
            return convert(wide, into: c)
        }
        var product = TernGemm(
            start: .TERN_GEMM_ZERO, rows: left.rows, columns: right.columns,
            depth: left.columns, a: a.impl.pointer, a_row: left.rowStride, a_depth: left.columnStride,
            b: b.impl.pointer, b_depth: right.rowStride, b_column: right.columnStride, c: c.impl.pointer,
            c_row: right.columns, bias: nil, may_share: false)
        if let bias {
            product.start = .TERN_GEMM_COLUMN_BIAS
            product.bias = UnsafeRawPointer(bias.impl.pointer)
        }
        if c.rank != 2 { return multiplyBatch(a, transposesA, b, &product, c.shape) }
        compute(&product, a.dtype)
    }

    private func multiplyBatch(
        _ a: Tensor, _ transposesA: Bool, _ b: Tensor, _ product: inout TernGemm, _ shape: Shape
    ) {
        let lead = Shape(shape.dropLast(2))
        let count = lead.elements
        if b.rank == 2, a.isContiguous, !transposesA {
            // With one matrix on the right, the rows of all on the left are those of one tall matrix.
            product.rows *= count
            return compute(&product, a.dtype)
        }
        let (stepsA, stepsB) = (a.leadingStrides(to: lead), b.leadingStrides(to: lead))
        let size = a.dtype.byteCount
        let first = product
        func computeProduct(_ index: Int) {
            var product = first
            var rest = index
            for axis in stride(from: lead.count - 1, through: 0, by: -1) {
                let position = rest % lead[axis]
                rest /= lead[axis]
                product.a = product.a.map { $0 + position * stepsA[axis] * size }
                product.b = product.b.map { $0 + position * stepsB[axis] * size }
            }
            product.c = product.c.map { $0 + index * product.rows * product.columns * size }
            compute(&product, a.dtype)
        }
        // Large products are computed by all threads each, small ones in groups, one group a piece.
        if first.products >= 1 << 20 {
            for index in 0..<count { computeProduct(index) }
        } else {
            let group = Swift.max(1, (1 << 19) / Swift.max(1, first.products))
            let work = Double(count) * Double(first.nanoseconds + 50)
            parallelFor(pieces: (count + group - 1) / group, work: Int(Swift.min(1e15, work))) { piece in
                for index in piece * group..<Swift.min(count, (piece + 1) * group) { computeProduct(index) }
            }
        }
    }

    private func compute(_ product: UnsafePointer<TernGemm>, _ type: DType) {
        switch type {
        case .float16, .bfloat16, .float32, .float64: computeFloats(product, type)
        case .bool, .uint8: computeIntegers(product.pointee, UInt8.self)
        case .int8: computeIntegers(product.pointee, Int8.self)
        case .uint16: computeIntegers(product.pointee, UInt16.self)
        case .int16: computeIntegers(product.pointee, Int16.self)
        case .uint32: computeIntegers(product.pointee, UInt32.self)
        case .int32: computeIntegers(product.pointee, Int32.self)
        case .uint64: computeIntegers(product.pointee, UInt64.self)
        case .int64: computeIntegers(product.pointee, Int64.self)
        }
    }

    /// Products over a longer depth are cut into parts of this one.
    private static let depthOfPart = 1 << 16

    /// A deep product as the sum of products over parts of the depth: as accurate as sums are, and where the result is
    /// small, work for all threads.
    @inline(never)
    private func computeParts(_ product: TernGemm, _ type: DType, depthOfPart: Int) {
        let parts = (product.depth + depthOfPart - 1) / depthOfPart
        let count = product.rows * product.columns
        let partial = Tensor(uninitialized: [parts, count], dtype: type)
        let size = partial.dtype.byteCount
        let kernels = Kernels.of(type).gemm
        var part = product
        part.depth = depthOfPart
        withUnsafePointer(to: kernels.plan(&part)) { plan in
            let pieces = plan.pointee.pieces
            parallelFor(pieces: parts * pieces, work: product.nanoseconds) { index in
                var part = product
                let first = index / pieces * depthOfPart
                part.depth = Swift.min(depthOfPart, product.depth - first)
                part.a = product.a.map { $0 + first * product.a_depth * size }
                part.b = product.b.map { $0 + first * product.b_depth * size }
                part.c = partial.impl.pointer + index / pieces * count * size
                part.c_row = product.columns
                if first > 0 { part.start = .TERN_GEMM_ZERO }
                kernels.compute(&part, plan, index % pieces)
            }
        }
        guard let target = product.c else { return }
        elementwiseLoop(count, nanosecondsPerElement: Double(parts) * Cost.add) { start, n in
            Kernels.of(type).reduce.reduce_rows(
                .sum, 1, nil, parts, count, n, partial.impl.pointer + start * size,
                target + start * size)
        }
    }

    /// `nil` where a sum is better computed as one, and where it is added to what is there.
    private static func depthOfPart(_ product: TernGemm, _ type: DType) -> Int? {
        if product.start == .TERN_GEMM_ACCUMULATE || product.c_row != product.columns { return nil }
        // The gradient of a weight has few elements and a sum over a whole batch: in parts, each reads its rows from
        // their beginning to their end, as memory is fastest.
        let isAcross = product.a_row == 1 && product.a_depth != 1 && product.b_column == 1
        let isSmall = product.rows >= 64 && product.columns >= 16 && product.rows * product.columns <= 1 << 17
        if isAcross, isSmall, !type.isHalf, product.depth < 4 * depthOfPart {
            let parts = Swift.min(product.depth / 256, 4)
            return (product.depth + parts - 1) / parts
        }
        return product.depth >= 2 * depthOfPart ? depthOfPart : nil
    }

    func computeFloats(_ product: UnsafePointer<TernGemm>, _ type: DType) {
        let (depth, elements) = (product.pointee.depth, product.pointee.rows * product.pointee.columns)
        if depth >= 512, elements > 0, let depthOfPart = CPU.depthOfPart(product.pointee, type) {
            return computeParts(product.pointee, type, depthOfPart: depthOfPart)
        }
        let kernels = Kernels.of(type).gemm
        if product.pointee.isLarge {
            var product = product.pointee
            product.may_share = true
            let plan = kernels.plan(&product)
            if plan.shares { return computeSharing(product, plan, kernels) }
        }
        withUnsafePointer(to: kernels.plan(product)) { plan in
            parallelFor(pieces: plan.pointee.pieces, work: product.pointee.nanoseconds) { piece in
                kernels.compute(product, plan, piece)
            }
        }
    }

    /// All threads pack a part of the depth for all pieces, then all compute them.
    @inline(never)
    private func computeSharing(_ product: TernGemm, _ plan: TernGemmPlan, _ kernels: TernGemmKernels) {
        let (depth, chunk) = (product.depth, plan.depth_chunk)
        withUnsafePointer(to: product) { product in
            withUnsafePointer(to: plan) { plan in
                Allocator.withSharedScratch(plan.pointee.scratch_bytes) { scratch in
                    for done in stride(from: 0, to: depth, by: chunk) {
                        let work = product.pointee.nanoseconds / depth * Swift.min(chunk, depth - done)
                        parallelFor(pieces: plan.pointee.packs, work: work / 16) {
                            kernels.pack!(product, plan, $0, done, scratch)
                        }
                        parallelFor(pieces: plan.pointee.pieces, work: work) {
                            kernels.piece(product, plan, $0, done, scratch)
                        }
                    }
                }
            }
        }
    }

    /// Sums wrap around, as in NumPy.
    private func computeIntegers<Scalar: FixedWidthInteger>(_ product: TernGemm, _ type: Scalar.Type) {
        guard let a = product.a?.assumingMemoryBound(to: type), let b = product.b?.assumingMemoryBound(to: type),
            let c = product.c?.assumingMemoryBound(to: type)
        else { return }
        for row in 0..<product.rows {
            for column in 0..<product.columns {
                var sum: Scalar = 0
                for k in 0..<product.depth {
                    sum &+=
                        a[row * product.a_row + k * product.a_depth]
                        &* b[k * product.b_depth + column * product.b_column]
                }
                c[row * product.c_row + column] = sum
            }
        }
    }
}

/// The sizes and strides of the matrices in a tensor's last two axes.
private struct Matrices {
    let rows: Int
    let columns: Int
    let rowStride: Int
    let columnStride: Int

    @inline(__always)
    init(_ tensor: Tensor, transposed: Bool) {
        let impl = tensor.impl
        let last = impl.shape.count - 1
        let (row, column) = transposed ? (last, last - 1) : (last - 1, last)
        rows = impl.shape.sizes[row]
        columns = impl.shape.sizes[column]
        rowStride = impl.strides.sizes[row]
        columnStride = impl.strides.sizes[column]
    }
}

extension Tensor {
    /// Strides of all axes but the last two, 0 where they are broadcast to `lead`.
    func leadingStrides(to lead: Shape) -> Shape {
        var result = Shape(repeating: 0, count: lead.count)
        let offset = lead.count - (rank - 2)
        for axis in 0..<(rank - 2) where shape[axis] != 1 { result[offset + axis] = strides[axis] }
        return result
    }
}

extension TernGemm {
    /// Multiplications of two numbers.
    fileprivate var products: Int {
        // Operands that repeat memory may ask for more of them than an integer counts.
        let (products, overflows) = (rows * columns).multipliedReportingOverflow(by: depth)
        return overflows ? .max : products
    }

    /// Whether what pieces pack is worth a barrier, so that each does not pack the same again.
    fileprivate var isLarge: Bool { min(rows, columns) >= 256 && products >= 1 << 25 }

    fileprivate var nanoseconds: Int { products / Cost.productsPerNanosecond }
}

extension TernGemmKernels {
    @inline(__always)
    fileprivate func compute(
        _ product: UnsafePointer<TernGemm>, _ plan: UnsafePointer<TernGemmPlan>, _ piece: Int
    ) {
        let bytes = plan.pointee.scratch_bytes
        if bytes == 0 { return self.piece(product, plan, piece, 0, nil) }
        Allocator.withScratch(bytes) { self.piece(product, plan, piece, 0, $0) }
    }
}
