extension LinearAlgebra {
    /// The singular values of `a`, which is lost, in falling order, and U and V^T with as many columns and rows as they
    /// have, both or none. NaN where an element is not finite.
    ///
    /// A tall matrix is that of its QR's R, a wide one that of its transpose. Householder reflections make the square one
    /// bidiagonal, with two passes over what is left for each column; then implicit QR steps make it diagonal, without a
    /// shift where that would cost small values their digits (Demmel and Kahan 1990, LAPACK's `bdsqr`), whose rotations the
    /// vectors go through many at a time. If vectors of a large matrix are asked for, those are the parts that divide and
    /// conquer merges (`bdsdc`).
    func svd(_ a: Block<Real>, values: UnsafeMutablePointer<Real>, u: Block<Real>?, v: Block<Real>?) {
        let (m, n) = (a.rows, a.columns)
        let count = Swift.min(m, n)
        let (isFinite, largest) = a.magnitude
        if !isFinite {
            values.update(repeating: .nan, count: count)
            u?.fill(.nan)
            v?.fill(.nan)
            return
        }
        if count == 0 {
            u?.setIdentity()
            v?.setIdentity()
            return
        }
        let scale = normalizingScale(largest)
        if scale != 1 { for i in 0..<m { for j in 0..<n { a[i, j] *= Real(scale) } } }
        if m == n {
            Arena.with(Real.self, n * n) { arena in
                let left = Block<Real>(arena.take(n * n), n, n)
                svdOfSquare(a, values, u == nil ? nil : left, v)
                if let u { transpose(left, into: u) }
            }
        } else if m > n {
            svdOfTall(a, values, u, v)
        } else {
            // A = U S V^T where A^T = V S U^T.
            Arena.with(Real.self, m * n, n * (v?.rows ?? 0), m * m) { arena in
                let flipped = Block<Real>(arena.take(n * m), n, m)
                transpose(a, into: flipped)
                let left = v.map { Block<Real>(arena.take(n * $0.rows), n, $0.rows) }
                let right = u.map { _ in Block<Real>(arena.take(m * m), m, m) }
                svdOfTall(flipped, values, left, right)
                if let u, let right { transpose(right, into: u) }
                if let v, let left { transpose(left, into: v) }
            }
        }
        if scale != 1 { for i in 0..<count { values[i] = Real(Double(values[i]) / scale) } }
    }

    /// Of more rows than columns.
    private func svdOfTall(
        _ a: Block<Real>, _ values: UnsafeMutablePointer<Real>, _ u: Block<Real>?, _ v: Block<Real>?
    ) {
        let (m, n) = (a.rows, a.columns)
        let width = u?.columns ?? n
        Arena.with(Real.self, m * width, n * n, n * n, m * n) { arena in
            let q = Block<Real>(arena.take(m * width), m, width)
            let r = Block<Real>(arena.take(n * n), n, n)
            let left = Block<Real>(arena.take(n * n), n, n)
            qr(a, q: q, r: r)
            svdOfSquare(r, values, u == nil ? nil : left, v)
            guard let u else { return }
            multiply(q.part(0, 0, m, n), left.transposed, into: u.part(0, 0, m, n))
            u.part(0, n, m, width - n).copy(from: q.part(0, n, m, width - n))
        }
    }

    /// - Parameters:
    ///   - left: gets U^T.
    ///   - right: gets V^T.
    private func svdOfSquare(
        _ a: Block<Real>, _ values: UnsafeMutablePointer<Real>, _ left: Block<Real>?,
        _ right: Block<Real>?
    ) {
        let n = a.rows
        var diagonal = [Double](repeating: 0, count: n)
        var beside = [Double](repeating: 0, count: n)
        let pieces = n / Self.passRows + 2
        let scratchCount = Self.scratchToApply(rows: n)
        Arena.with(Real.self, n * n, n * n, n, n, n, n, n, n, pieces * n, scratchCount) { arena in
            let lefts = Reflections<Real>(
                vectors: Block<Real>(arena.take(n * n), n, n), taus: arena.take(n))
            let rights = Reflections<Real>(
                vectors: Block<Real>(arena.take(n * n), n, n), taus: arena.take(n), offset: 1)
            let lines = [arena.take(n, Real.self), arena.take(n, Real.self), arena.take(n, Real.self)]
            let sums = Block<Real>(arena.take(pieces * n), pieces, n)
            bidiagonalize(a, lefts, rights, lines, sums, &diagonal, &beside)
            guard let left, let right else {
                var none: (Rotations<Real>, Rotations<Real>)?
                BidiagonalSVD(diagonal, beside, isSingle: Real.self == Float.self).solve(&diagonal, &none)
                for (place, value) in diagonal.map(Swift.abs).sorted(by: >).enumerated() {
                    values[place] = Real(value)
                }
                return
            }
            let scratch = arena.take(scratchCount, Real.self)
            let order: [Int]
            if n > Self.leastToDivide {
                order = decompose(&diagonal, beside, left, right)
                multiply(left, byTransposeOf: lefts, scratch)
                multiply(right, byTransposeOf: rights, scratch)
            } else {
                formTransposed(lefts, into: left, scratch)
                formTransposed(rights, into: right, scratch)
                order = diagonalize(&diagonal, beside, left, right)
            }
            let negative = Kernels.of(Real.dtype).unary(.negate)
            for (block, memory, mayTurn) in [(left, lefts.vectors, false), (right, rights.vectors, true)] {
                for (place, index) in order.enumerated() {
                    if mayTurn, diagonal[index] < 0 {
                        negative(n, block.at(index), 1, memory.at(place))
                    } else {
                        memory.at(place).update(from: block.at(index), count: n)
                    }
                }
                block.copy(from: memory)
            }
            for (place, index) in order.enumerated() { values[place] = Real(Swift.abs(diagonal[index])) }
        }
    }

    /// The singular values of an upper bidiagonal matrix in place of its diagonal, some with a minus sign: then V's column
    /// has the other sign. The rows of U^T and V^T go through the same rotations.
    ///
    /// - Returns: the rows in falling order of the values' magnitudes.
    func diagonalize(
        _ diagonal: inout [Double], _ beside: [Double], _ left: Block<Real>, _ right: Block<Real>
    ) -> [Int] {
        var rotations: (Rotations<Real>, Rotations<Real>)? = (Rotations(left), Rotations(right))
        BidiagonalSVD(diagonal, beside, isSingle: Real.self == Float.self).solve(&diagonal, &rotations)
        rotations?.0.apply()
        rotations?.1.apply()
        return diagonal.indices.sorted { (-Swift.abs(diagonal[$0]), $0) < (-Swift.abs(diagonal[$1]), $1) }
    }

    /// U^T A V upper bidiagonal. A left reflection makes zeros of a column below the diagonal, a right one of a row behind
    /// the element beside it. The updates of the rest, A - u w^T - x v^T, wait until both vectors and the next product
    /// are known: one pass reads, one reads and writes.
    private func bidiagonalize(
        _ a: Block<Real>, _ lefts: Reflections<Real>, _ rights: Reflections<Real>,
        _ lines: [UnsafeMutablePointer<Real>], _ sums: Block<Real>, _ diagonal: inout [Double],
        _ beside: inout [Double]
    ) {
        let n = a.rows
        let (x, v, w) = (lines[0], lines[1], lines[2])
        lefts.vectors.fill(0)
        rights.vectors.fill(0)
        x.update(repeating: 0, count: n)
        v.update(repeating: 0, count: n)
        for k in 0..<n {
            // Column k, with the update by the last right reflection that waits.
            let u = lefts.vectors.at(k)
            let vk = v[k]
            for i in k..<n { u[i] = a[i, k] - x[i] * vk }
            let tau = Real(kernels.reflection(n - k, u + k, &diagonal[k]))
            lefts.taus[k] = tau
            rights.taus[k] = 0
            if k == n - 1 { break }
            let (first, count) = (k + 1, n - k - 1)
            // w = tau A^T u over all rows from k on.
            let rest = Block<Real>(a.at(k, first), n - k, count, row: a.row)
            pass(rest, from: k) { start, rows in
                kernels.combine(
                    rows, count, rest.at(start), rest.row, u + k + start, sums.at((k + start) / Self.passRows)
                )
            }
            var overlap: Real = 0
            for i in k..<n { overlap += u[i] * x[i] }
            for j in 0..<count { w[first + j] = -overlap * v[first + j] }
            let one = Kernels.of(Real.dtype).binary(.add)
            for piece in k / Self.passRows...(n - 1) / Self.passRows {
                one(count, w + first, 1, sums.at(piece), 1, w + first)
            }
            for j in first..<n { w[j] *= tau }
            let z = rights.vectors.at(k)
            let row = a.at(k)
            let xk = x[k]
            for j in first..<n { z[j] = row[j] - xk * v[j] - w[j] }
            let tauOfRow = Real(kernels.reflection(count, z + first, &beside[k]))
            rights.taus[k] = tauOfRow
            let below = a.from(first, first)
            pass(below, from: first) { start, rows in
                kernels.update(
                    rows, count, below.at(start), below.row, x + first + start, v + first, u + first + start,
                    w + first,
                    z + first, sums.start + first + start)
            }
            for i in first..<n {
                x[i] = tauOfRow * sums.start[i]
                v[i] = z[i]
            }
        }
    }
}
