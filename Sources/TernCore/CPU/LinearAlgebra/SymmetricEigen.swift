extension LinearAlgebra {
    /// Rows that one piece of a pass over a matrix has.
    static var passRows: Int { 64 }

    /// The eigenvalues of a symmetric matrix in rising order, and if `vectors` is there its eigenvectors as the columns of
    /// that. Only the lower triangle of `a` is read, and lost. NaN where an element is not finite.
    ///
    /// Householder reflections make the matrix tridiagonal, each with one pass over what is left; then implicit QL or QR
    /// steps with Wilkinson's shift make it diagonal, whose rotations the vectors go through many at a time (LAPACK's
    /// `sytrd` and `steqr`). If vectors of a large matrix are asked for, those are the parts that divide and conquer
    /// merges (`stedc`).
    func symmetricEigen(_ a: Block<Real>, values: UnsafeMutablePointer<Real>, vectors: Block<Real>?) {
        let n = a.rows
        if n == 0 { return }
        for i in 0..<n { for j in i + 1..<Swift.max(n, i + 1) { a[i, j] = a[j, i] } }
        let (isFinite, largest) = a.magnitude
        if !isFinite {
            values.update(repeating: .nan, count: n)
            vectors?.fill(.nan)
            return
        }
        let scale = normalizingScale(largest)
        if scale != 1 { for i in 0..<n { for j in 0..<n { a[i, j] *= Real(scale) } } }
        var diagonal = [Double](repeating: 0, count: n)
        var beside = [Double](repeating: 0, count: n)
        let scratchCount = Self.scratchToApply(rows: n)
        Arena.with(Real.self, n * n, n * n, n, n, n, n, n, scratchCount) { arena in
            let reflections = Reflections<Real>(
                vectors: Block<Real>(arena.take(n * n), n, n), taus: arena.take(n), offset: 1)
            let basis = Block<Real>(arena.take(n * n), n, n)
            let lines = (arena.take(n, Real.self), arena.take(n, Real.self), arena.take(n, Real.self))
            let scratch = arena.take(scratchCount, Real.self)
            tridiagonalize(a, reflections, lines, &diagonal, &beside)
            let order: [Int]
            if vectors != nil, n > Self.leastToDivide {
                order = decompose(&diagonal, beside, into: basis)
                multiply(basis, byTransposeOf: reflections, scratch)
            } else {
                var rotations: Rotations<Real>?
                if vectors != nil {
                    formTransposed(reflections, into: basis, scratch)
                    rotations = Rotations(basis)
                }
                order = diagonalize(&diagonal, &beside, &rotations)
            }
            for (place, index) in order.enumerated() {
                values[place] = Real(diagonal[index] / scale)
                if let vectors {
                    // A row of the basis is an eigenvector.
                    let row = basis.at(index)
                    reflections.vectors.at(place).update(from: row, count: n)
                    if place == n - 1 { transpose(reflections.vectors, into: vectors) }
                }
            }
        }
    }

    /// A power of two that takes the largest magnitude to a size whose squares are normal numbers; 1 if it is so already.
    func normalizingScale(_ largest: Double) -> Double {
        let limit = Real.self == Float.self ? 30 : 300
        if largest == 0 || Swift.abs(Int(largest.exponent)) <= limit { return 1 }
        return Double(sign: .plus, exponent: -largest.exponent, significand: 1)
    }

    /// Q^T A Q tridiagonal. Reflection k makes zeros of column k below the element under the diagonal. The update of the
    /// rest, A - v w^T - w v^T, waits for the next reflection: with its vector z, one pass updates the rest and gives A z.
    private func tridiagonalize(
        _ a: Block<Real>, _ reflections: Reflections<Real>,
        _ lines: (UnsafeMutablePointer<Real>, UnsafeMutablePointer<Real>, UnsafeMutablePointer<Real>),
        _ diagonal: inout [Double], _ beside: inout [Double]
    ) {
        let n = a.rows
        var (v, w, next) = lines
        let vectors = reflections.vectors
        vectors.fill(0)
        v.update(repeating: 0, count: n)
        w.update(repeating: 0, count: n)
        for k in 0..<n {
            let row = a.at(k)
            diagonal[k] = Double(row[k] - 2 * v[k] * w[k])
            reflections.taus[k] = 0
            if k == n - 1 { break }
            // Column k below the diagonal, which is row k behind it.
            let z = vectors.at(k, k + 1)
            let count = n - k - 1
            let (vk, wk) = (v[k], w[k])
            for j in k + 1..<n { vectors[k, j] = row[j] - vk * w[j] - wk * v[j] }
            let tau = Real(kernels.reflection(count, z, &beside[k]))
            reflections.taus[k] = tau
            let first = k + 1
            let rest = a.from(first, first)
            pass(rest, from: first) { start, rows in
                kernels.update(
                    rows, count, rest.at(start), rest.row, v + first + start, w + first, w + first + start,
                    v + first, z,
                    next + first + start)
            }
            // w = tau (A z - tau / 2 (z^T A z) z)
            var product: Real = 0
            for j in 0..<count { product += next[first + j] * z[j] }
            let half = tau * tau * product / 2
            for j in 0..<count {
                next[first + j] = tau * next[first + j] - half * z[j]
                v[first + j] = z[j]
            }
            swap(&w, &next)
        }
    }

    /// Runs `body` for pieces of the rows of what is left of a matrix from row `first` on. Pieces end at the same rows in
    /// every pass, so that they meet the same core.
    @inline(__always)
    func pass(_ rest: Block<Real>, from first: Int, _ body: (_ start: Int, _ rows: Int) -> Void) {
        let size = Self.passRows
        let pieces = (first + rest.rows + size - 1) / size - first / size
        let work = Int(Double(rest.rows * rest.columns) * Cost.matrixPass)
        parallelFor(pieces: pieces, work: work) { piece in
            let start = Swift.max(first, (first / size + piece) * size)
            let end = Swift.min(first + rest.rows, (first / size + piece + 1) * size)
            body(start - first, end - start)
        }
    }

    /// Rows from which on vectors are found by divide and conquer.
    static var leastToDivide: Int { 2 * DivideAndConquer<Real>.leaf }

    /// The eigenvalues of a tridiagonal matrix in place of its diagonal, and its eigenvectors as the rows of `basis`.
    ///
    /// Without the element beside the diagonal that couples two parts, and its magnitude on the diagonal next to it, they
    /// are two matrices; what is added to them is `|beside| (e_i + e_j) (e_i + e_j)^T`, or with a minus sign between.
    ///
    /// - Returns: the rows in rising order of the values.
    private func decompose(_ diagonal: inout [Double], _ beside: [Double], into basis: Block<Real>) -> [Int] {
        let n = diagonal.count
        guard let (d, e, scale) = DivideAndConquer<Real>.scaled(diagonal, beside) else {
            basis.setIdentity()
            return Array(0..<n)
        }
        var z = [Double](repeating: 0, count: n)
        var order = [Int](repeating: 0, count: n)
        basis.fill(0)
        diagonal.withUnsafeMutableBufferPointer { values in
            z.withUnsafeMutableBufferPointer { z in
                order.withUnsafeMutableBufferPointer { order in
                    let (values, z, order) = (values.baseAddress!, z.baseAddress!, order.baseAddress!)
                    let parts = DivideAndConquer(bases: [basis], values: values, order: order, z: z)
                    DivideAndConquer<Real>.divide(n) { rows in
                        var (part, inside) = (Array(d[rows]), Array(e[rows]))
                        if rows.lowerBound > 0 { part[0] -= Swift.abs(e[rows.lowerBound - 1]) }
                        if rows.upperBound < n { part[rows.count - 1] -= Swift.abs(e[rows.upperBound - 1]) }
                        let block = basis.part(rows.lowerBound, rows.lowerBound, rows.count, rows.count)
                        block.setIdentity()
                        var rotations: Rotations<Real>? = Rotations(block)
                        let sorted = diagonalize(&part, &inside, &rotations)
                        for (i, row) in rows.enumerated() {
                            (values[row], order[row]) = (part[i], rows.lowerBound + sorted[i])
                        }
                    } merge: { first, split, end in
                        // z is normalized in thought, and |coupling| (z^T z) with it.
                        let coupling = e[split - 1]
                        let root = Swift.abs(coupling).squareRoot()
                        for row in first..<end {
                            z[row] =
                                row < split
                                ? root * Double(basis[row, split - 1])
                                : (coupling < 0 ? -root : root) * Double(basis[row, split])
                        }
                        parts.merge(
                            first..<end, split: split, ends: [end],
                            negligible: DivideAndConquer<Real>.tolerance / (2.squareRoot() * root))
                    }
                }
            }
        }
        for i in diagonal.indices { diagonal[i] /= scale }
        return order
    }

    /// The eigenvalues of a tridiagonal matrix in place of its diagonal; the rotations that make them are gathered.
    ///
    /// - Returns: the rows in rising order of the values.
    private func diagonalize(
        _ diagonal: inout [Double], _ beside: inout [Double], _ rotations: inout Rotations<Real>?
    ) -> [Int] {
        let n = diagonal.count
        let epsilon = Real.self == Float.self ? 0x1p-26 : 0x1p-53
        diagonal.withUnsafeMutableBufferPointer { d in
            beside.withUnsafeMutableBufferPointer { e in
                var steps = 60 * n
                var start = 0
                while start < n {
                    // A block that does not fall apart.
                    var end = start
                    while end < n - 1 {
                        let size = Swift.abs(e[end])
                        if size <= epsilon * Swift.abs(d[end]).squareRoot() * Swift.abs(d[end + 1]).squareRoot()
                            || size < 0x1p-1000
                        {
                            e[end] = 0
                            break
                        }
                        end += 1
                    }
                    if end == start {
                        start += 1
                        continue
                    }
                    if steps == 0 {
                        // Never seen: said by NaN rather than by wrong values.
                        d.update(repeating: .nan)
                        break
                    }
                    steps -= 1
                    // Towards the end where the smaller numbers are.
                    if Swift.abs(d[end]) < Swift.abs(d[start]) {
                        stepDown(d, e, start, end, &rotations)
                    } else {
                        stepUp(d, e, start, end, &rotations)
                    }
                }
            }
        }
        rotations?.apply()
        return diagonal.indices.sorted { (diagonal[$0], $0) < (diagonal[$1], $1) }
    }

    /// A QL step of the block `first...last`, from its end to its start, where the off-diagonal becomes small.
    private func stepUp(
        _ d: UnsafeMutableBufferPointer<Double>, _ e: UnsafeMutableBufferPointer<Double>, _ first: Int,
        _ last: Int,
        _ rotations: inout Rotations<Real>?
    ) {
        var g = (d[first + 1] - d[first]) / (2 * e[first])
        let r = (g * g + 1).squareRoot()
        g = d[last] - d[first] + e[first] / (g + (g < 0 ? -r : r))
        var (s, c, p) = (1.0, 1.0, 0.0)
        rotations?.begin(at: last - 1, step: -1)
        for i in (first..<last).reversed() {
            let (f, b) = (s * e[i], c * e[i])
            let rotation = planeRotation(g, f)
            (c, s) = (rotation.c, rotation.s)
            if i != last - 1 { e[i + 1] = rotation.r }
            g = d[i + 1] - p
            let r = (d[i] - g) * s + 2 * c * b
            p = s * r
            d[i + 1] = g + p
            g = c * r - b
            rotations?.append(c, -s)
        }
        d[first] -= p
        e[first] = g
        rotations?.end()
    }

    /// A QR step of the block, from its start to its end.
    private func stepDown(
        _ d: UnsafeMutableBufferPointer<Double>, _ e: UnsafeMutableBufferPointer<Double>, _ first: Int,
        _ last: Int,
        _ rotations: inout Rotations<Real>?
    ) {
        var g = (d[last - 1] - d[last]) / (2 * e[last - 1])
        let r = (g * g + 1).squareRoot()
        g = d[first] - d[last] + e[last - 1] / (g + (g < 0 ? -r : r))
        var (s, c, p) = (1.0, 1.0, 0.0)
        rotations?.begin(at: first, step: 1)
        for i in first..<last {
            let (f, b) = (s * e[i], c * e[i])
            let rotation = planeRotation(g, f)
            (c, s) = (rotation.c, rotation.s)
            if i != first { e[i - 1] = rotation.r }
            g = d[i] - p
            let r = (d[i + 1] - g) * s + 2 * c * b
            p = s * r
            d[i] = g + p
            g = c * r - b
            rotations?.append(c, s)
        }
        d[last] -= p
        e[last - 1] = g
        rotations?.end()
    }
}
