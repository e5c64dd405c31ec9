import CTernKernels

extension Tensor {
    /// The products of the matrices in the last two axes of `a` and `b`, each transposed first if so asked, over the other
    /// axes broadcast; `bias`, contiguous and one value a column, is what the sums start from. All have one type but
    /// `bool`, and rank 2 at least. Not recorded.
    @inline(__always)
    static func gemm(
        _ a: Tensor, _ b: Tensor, transposingA: Bool = false, transposingB: Bool = false, bias: Tensor? = nil,
        _ name: StaticString
    ) -> Tensor {
        let (left, right) = (Matrices(a, transposed: transposingA), Matrices(b, transposed: transposingB))
        if left.columns != right.rows { stopInnerSizes(a, b, left.columns, right.rows, name) }
        var product = TernGemm(
            type: a.dtype.kernelType, start: .TERN_GEMM_ZERO, rows: left.rows, columns: right.columns,
            depth: left.columns, a: a.impl.pointer, a_row: left.rowStride, a_depth: left.columnStride,
            b: b.impl.pointer, b_depth: right.rowStride, b_column: right.columnStride, c: nil, c_row: right.columns,
            bias: nil)
        if let bias {
            product.start = .TERN_GEMM_COLUMN_BIAS
            product.bias = UnsafeRawPointer(bias.impl.pointer)
        }
        if a.rank != 2 || b.rank != 2 { return gemmBatch(a, b, transposingA, product, name) }
        let result = Tensor(uninitialized: Shape(rows: left.rows, columns: right.columns), dtype: a.dtype)
        product.c = result.impl.pointer
        compute(&product)
        return result
    }

    @inline(never)
    private static func stopInnerSizes(_ a: Tensor, _ b: Tensor, _ columns: Int, _ rows: Int, _ name: StaticString)
        -> Never
    {
        mistake("\(name)", "cannot multiply shapes \(a.shape) and \(b.shape): the sum runs over \(columns) and \(rows)")
    }

    private static func gemmBatch(
        _ a: Tensor, _ b: Tensor, _ transposingA: Bool, _ matrices: TernGemm, _ name: StaticString
    ) -> Tensor {
        guard let lead = Shape(a.shape.dropLast(2)).broadcast(with: Shape(b.shape.dropLast(2))) else {
            mistake("\(name)", "cannot broadcast the leading axes of shapes \(a.shape) and \(b.shape)")
        }
        var product = matrices
        var shape = lead
        shape.append(product.rows)
        shape.append(product.columns)
        let result = Tensor(uninitialized: shape, dtype: a.dtype)
        product.c = result.impl.pointer
        if b.rank == 2, a.isContiguous, !transposingA {
            // With one matrix on the right, the rows of all on the left are those of one tall matrix.
            product.rows *= lead.elements
            compute(&product)
            return result
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
            compute(&product)
        }
        // Large products are computed by all threads each, small ones in groups, one group a piece.
        let count = lead.elements
        if product.products >= 1 << 20 {
            for index in 0..<count { computeProduct(index) }
        } else {
            let group = Swift.max(1, (1 << 19) / Swift.max(1, product.products))
            parallelFor(
                pieces: (count + group - 1) / group,
                work: Int(Swift.min(1e15, Double(count) * Double(product.nanoseconds + 50)))
            ) {
                piece in
                for index in piece * group..<Swift.min(count, (piece + 1) * group) { computeProduct(index) }
            }
        }
        return result
    }

    /// Strides of all axes but the last two, 0 where they are broadcast to `lead`.
    private func leadingStrides(to lead: Shape) -> Shape {
        var result = Shape(repeating: 0, count: lead.count)
        let offset = lead.count - (rank - 2)
        for axis in 0..<(rank - 2) where shape[axis] != 1 { result[offset + axis] = strides[axis] }
        return result
    }

    private static func compute(_ product: UnsafePointer<TernGemm>) {
        switch product.pointee.type {
        case .TERN_FLOAT32, .TERN_FLOAT64: computeFloats(product)
        case .TERN_UINT8: computeIntegers(product.pointee, UInt8.self)
        case .TERN_INT32: computeIntegers(product.pointee, Int32.self)
        default: computeIntegers(product.pointee, Int64.self)
        }
    }

    /// Products over a longer depth are cut into parts of this one.
    private static let depthOfPart = 1 << 16

    /// A deep product as the sum of products over parts of the depth: as accurate as sums are, and where the result is
    /// small, work for all threads.
    @inline(never)
    private static func computeParts(_ product: TernGemm) {
        let parts = (product.depth + depthOfPart - 1) / depthOfPart
        let count = product.rows * product.columns
        let partial = Tensor(
            uninitialized: [parts, count], dtype: product.type == .TERN_FLOAT32 ? .float32 : .float64)
        let size = partial.dtype.byteCount
        parallelFor(pieces: parts, work: product.nanoseconds) { index in
            var part = product
            let first = index * depthOfPart
            part.depth = Swift.min(depthOfPart, product.depth - first)
            part.a = product.a.map { $0 + first * product.a_depth * size }
            part.b = product.b.map { $0 + first * product.b_depth * size }
            part.c = partial.impl.pointer + index * count * size
            if index > 0 { part.start = .TERN_GEMM_ZERO }
            computeFloats(&part)
        }
        guard let target = product.c else { return }
        elementwiseLoop(count, nanosecondsPerElement: Double(parts) * 0.2) { start, n in
            Kernels.vector.reduce_rows(
                product.type, .sum, 1, nil, parts, count, n, partial.impl.pointer + start * size,
                target + start * size)
        }
    }

    private static func computeFloats(_ product: UnsafePointer<TernGemm>) {
        let (depth, elements) = (product.pointee.depth, product.pointee.rows * product.pointee.columns)
        if depth >= 2 * depthOfPart, elements > 0 { return computeParts(product.pointee) }
        withUnsafePointer(to: Kernels.gemm.plan(product)) { plan in
            let scratchBytes = plan.pointee.scratch_bytes
            parallelFor(pieces: plan.pointee.pieces, work: product.pointee.nanoseconds) { piece in
                if scratchBytes == 0 { return Kernels.gemm.piece(product, plan, piece, nil) }
                Allocator.withScratch(scratchBytes) { Kernels.gemm.piece(product, plan, piece, $0) }
            }
        }
    }

    /// Sums wrap around, as in NumPy.
    private static func computeIntegers<Scalar: FixedWidthInteger>(_ product: TernGemm, _ type: Scalar.Type) {
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

extension TernGemm {
    /// Multiplications of two numbers.
    fileprivate var products: Int {
        // Operands that repeat memory may ask for more of them than an integer counts.
        let (products, overflows) = (rows * columns).multipliedReportingOverflow(by: depth)
        return overflows ? .max : products
    }

    /// A rough time on one core.
    fileprivate var nanoseconds: Int { products >> 6 }
}
