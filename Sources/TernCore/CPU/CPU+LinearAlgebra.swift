extension CPU {
    func cholesky(_ a: Tensor, info: Tensor) {
        onScalars(of: a.dtype) {
            CPU.cholesky(a, info, $0)
        } double: {
            CPU.cholesky(a, info, $0)
        }
    }

    private static func cholesky<Real>(_ a: Tensor, _ info: Tensor, _ algorithms: LinearAlgebra<Real>) {
        let info = info.pointer(as: Int64.self)
        forEachMatrix(a, steps: 1 / 3) { (index, block: Block<Real>) in
            info[index] = Int64(algorithms.cholesky(block))
        }
    }

    func lu(_ a: Tensor, permutation: Tensor, signs: Tensor, info: Tensor) {
        onScalars(of: a.dtype) {
            CPU.lu(a, permutation, signs, info, $0)
        } double: {
            CPU.lu(a, permutation, signs, info, $0)
        }
    }

    private static func lu<Real>(
        _ a: Tensor, _ permutation: Tensor, _ signs: Tensor, _ info: Tensor,
        _ algorithms: LinearAlgebra<Real>
    ) {
        let (permutation, info) = (permutation.pointer(as: Int64.self), info.pointer(as: Int64.self))
        let signs = signs.pointer(as: Real.self)
        forEachMatrix(a, steps: 2 / 3) { (index, block: Block<Real>) in
            let (failure, sign) = algorithms.lu(block, permutation: permutation + index * block.rows)
            (info[index], signs[index]) = (Int64(failure), Real(sign))
        }
    }

    func ldl(_ a: Tensor, diagonal: Tensor, below: Tensor, permutation: Tensor, info: Tensor) {
        onScalars(of: a.dtype) {
            CPU.ldl(a, diagonal, below, permutation, info, $0)
        } double: {
            CPU.ldl(a, diagonal, below, permutation, info, $0)
        }
    }

    private static func ldl<Real>(
        _ a: Tensor, _ diagonal: Tensor, _ below: Tensor, _ permutation: Tensor, _ info: Tensor,
        _ algorithms: LinearAlgebra<Real>
    ) {
        let (diagonal, below) = (diagonal.pointer(as: Real.self), below.pointer(as: Real.self))
        let (permutation, info) = (permutation.pointer(as: Int64.self), info.pointer(as: Int64.self))
        forEachMatrix(a, steps: 1) { (index, block: Block<Real>) in
            let first = index * block.rows
            info[index] = Int64(
                algorithms.ldl(
                    block, diagonal: diagonal + first, below: below + first, permutation: permutation + first))
        }
    }

    func solveTriangular(_ t: Tensor, isUpper: Bool, isUnit: Bool, fromRight: Bool, into x: Tensor) {
        onScalars(of: x.dtype) {
            CPU.solveTriangular(t, isUpper, isUnit, fromRight, x, $0)
        } double: {
            CPU.solveTriangular(t, isUpper, isUnit, fromRight, x, $0)
        }
    }

    private static func solveTriangular<Real>(
        _ t: Tensor, _ isUpper: Bool, _ isUnit: Bool, _ fromRight: Bool, _ x: Tensor,
        _ algorithms: LinearAlgebra<Real>
    ) {
        let lead = Shape(x.shape.dropLast(2))
        let strides = t.leadingStrides(to: lead)
        let start = t.pointer(as: Real.self)
        let (n, row, column) = (t.shape[t.rank - 1], t.strides[t.rank - 2], t.strides[t.rank - 1])
        forEachMatrix(x, steps: 1) { (index, block: Block<Real>) in
            var (rest, offset) = (index, 0)
            for axis in stride(from: lead.count - 1, through: 0, by: -1) {
                offset += rest % lead[axis] * strides[axis]
                rest /= lead[axis]
            }
            let triangle = Block<Real>(start + offset, n, n, row: row, column: column)
            if fromRight {
                algorithms.solveFromRight(triangle, isUpper: isUpper, isUnit: isUnit, block)
            } else {
                algorithms.solve(triangle, isUpper: isUpper, isUnit: isUnit, block)
            }
        }
    }

    func solveLU(_ lu: Tensor, permutation: Tensor, transposed: Bool, into x: Tensor) {
        onScalars(of: x.dtype) {
            CPU.solveLU(lu, permutation, transposed, x, $0)
        } double: {
            CPU.solveLU(lu, permutation, transposed, x, $0)
        }
    }

    private static func solveLU<Real>(
        _ lu: Tensor, _ permutation: Tensor, _ transposed: Bool, _ x: Tensor,
        _ algorithms: LinearAlgebra<Real>
    ) {
        let n = lu.shape[lu.rank - 1]
        let (factors, permutation) = (lu.pointer(as: Real.self), permutation.pointer(as: Int64.self))
        forEachMatrix(x, steps: 2) { (index, x: Block<Real>) in
            let lu = Block<Real>(factors + index * n * n, n, n)
            let permutation = permutation + index * n
            Arena.with(Real.self, n * x.columns) { arena in
                let moved = Block<Real>(arena.take(n * x.columns), n, x.columns)
                if transposed {
                    algorithms.solve(lu.transposed, isUpper: false, isUnit: false, x)
                    algorithms.solve(lu.transposed, isUpper: true, isUnit: true, x)
                    for i in 0..<n { moved.at(Int(permutation[i])).update(from: x.at(i), count: x.columns) }
                    x.copy(from: moved)
                } else {
                    for i in 0..<n { moved.at(i).update(from: x.at(Int(permutation[i])), count: x.columns) }
                    x.copy(from: moved)
                    algorithms.solve(lu, isUpper: false, isUnit: true, x)
                    algorithms.solve(lu, isUpper: true, isUnit: false, x)
                }
            }
        }
    }

    func qr(_ a: Tensor, into q: Tensor, _ r: Tensor) {
        onScalars(of: a.dtype) {
            CPU.qr(a, q, r, $0)
        } double: {
            CPU.qr(a, q, r, $0)
        }
    }

    private static func qr<Real>(
        _ a: Tensor, _ q: Tensor, _ r: Tensor, _ algorithms: LinearAlgebra<Real>
    ) {
        let (q, r) = (Matrices<Real>(q), Matrices<Real>(r))
        forEachMatrix(a, steps: 4) { (index, block: Block<Real>) in
            algorithms.qr(block, q: q[index], r: r[index])
        }
    }

    func symmetricEigen(_ a: Tensor, into values: Tensor, vectors: Tensor?) {
        onScalars(of: a.dtype) {
            CPU.symmetricEigen(a, values, vectors, $0)
        } double: {
            CPU.symmetricEigen(a, values, vectors, $0)
        }
    }

    private static func symmetricEigen<Real>(
        _ a: Tensor, _ values: Tensor, _ vectors: Tensor?, _ algorithms: LinearAlgebra<Real>
    ) {
        let vectors = vectors.map(Matrices<Real>.init)
        let values = values.pointer(as: Real.self)
        forEachMatrix(a, steps: 9) { (index, block: Block<Real>) in
            algorithms.symmetricEigen(
                block, values: values + index * block.rows, vectors: vectors?[index])
        }
    }

    func svd(_ a: Tensor, into values: Tensor, u: Tensor?, v: Tensor?) {
        onScalars(of: a.dtype) {
            CPU.svd(a, values, u, v, $0)
        } double: {
            CPU.svd(a, values, u, v, $0)
        }
    }

    private static func svd<Real>(
        _ a: Tensor, _ values: Tensor, _ u: Tensor?, _ v: Tensor?, _ algorithms: LinearAlgebra<Real>
    ) {
        let (u, v) = (u.map(Matrices<Real>.init), v.map(Matrices<Real>.init))
        let values = values.pointer(as: Real.self)
        forEachMatrix(a, steps: 20) { (index, block: Block<Real>) in
            algorithms.svd(
                block, values: values + index * Swift.min(block.rows, block.columns), u: u?[index],
                v: v?[index])
        }
    }

    private func onScalars(
        of dtype: DType, single: (LinearAlgebra<Float>) -> Void, double: (LinearAlgebra<Double>) -> Void
    ) {
        if dtype == .float32 { single(LinearAlgebra()) } else { double(LinearAlgebra()) }
    }

    /// Calls `body` for each of the matrices in the last two axes of the contiguous `a`, several at a time.
    ///
    /// - Parameter steps: about the multiplications that one takes, as a multiple of its elements times its shorter side.
    private static func forEachMatrix<Real>(
        _ a: Tensor, steps: Double, _ body: (Int, Block<Real>) -> Void
    ) {
        let matrices = Matrices<Real>(a)
        let elements = Double(matrices.rows) * Double(matrices.columns)
        let products = elements * Double(Swift.min(matrices.rows, matrices.columns)) * steps
        let work = Double(matrices.count) * (products / 4 + elements + 500)
        parallelFor(pieces: matrices.count, work: Int(Swift.min(work, 1e15))) { body($0, matrices[$0]) }
    }

    /// The matrices in the last two axes of a contiguous tensor.
    private struct Matrices<Real: LinearAlgebraScalar> {
        let start: UnsafeMutablePointer<Real>
        let count: Int
        let rows: Int
        let columns: Int

        init(_ tensor: Tensor) {
            start = tensor.pointer(as: Real.self)
            rows = tensor.shape[tensor.rank - 2]
            columns = tensor.shape[tensor.rank - 1]
            count = Shape(tensor.shape.dropLast(2)).elements
        }

        subscript(_ index: Int) -> Block<Real> { Block(start + index * rows * columns, rows, columns) }
    }
}
