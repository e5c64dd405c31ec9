extension LinearAlgebra {
    /// The singular values of an upper bidiagonal matrix in place of its diagonal, and the rows of U^T and V^T.
    ///
    /// A row of the matrix is left out; the parts before and behind it have the columns up to and behind its diagonal
    /// element, so that those before have a column more than rows. In the vectors of the two parts the row that was left
    /// out has the elements of z.
    ///
    /// - Returns: the rows in falling order of the values.
    func decompose(
        _ diagonal: inout [Double], _ beside: [Double], _ left: Block<Real>, _ right: Block<Real>
    ) -> [Int] {
        let n = diagonal.count
        guard let (d, e, scale) = DivideAndConquer<Real>.scaled(diagonal, beside) else {
            left.setIdentity()
            right.setIdentity()
            return Array(0..<n)
        }
        var z = [Double](repeating: 0, count: n)
        var order = [Int](repeating: 0, count: n)
        left.fill(0)
        right.fill(0)
        diagonal.withUnsafeMutableBufferPointer { values in
            z.withUnsafeMutableBufferPointer { z in
                order.withUnsafeMutableBufferPointer { order in
                    let (values, z, order) = (values.baseAddress!, z.baseAddress!, order.baseAddress!)
                    let parts = DivideAndConquer(bases: [left, right], values: values, order: order, z: z)
                    DivideAndConquer<Real>.divide(n) { columns in
                        let rows = columns.lowerBound..<columns.upperBound - (columns.upperBound < n ? 1 : 0)
                        var part = Array(d[rows])
                        let u = left.part(rows.lowerBound, rows.lowerBound, columns.count, columns.count)
                        let v = right.part(rows.lowerBound, rows.lowerBound, columns.count, columns.count)
                        // Of the row that is left out U has a vector of its own, and of the further column V.
                        u.setIdentity()
                        v.setIdentity()
                        let sorted = decomposePart(&part, Array(e[rows]), u, v)
                        for (i, row) in rows.enumerated() {
                            (values[row], order[row]) = (part[i], rows.lowerBound + sorted[i])
                        }
                    } merge: { first, split, end in
                        mergeParts(parts, (d[split - 1], e[split - 1]), first, split, end, isLast: end == n)
                    }
                }
            }
        }
        for i in diagonal.indices { diagonal[i] /= scale }
        return order.reversed()
    }

    /// Of a part, whose values are made to be at least 0. There is an element in its further column if `u` has one.
    ///
    /// - Returns: the rows in rising order of the values.
    private func decomposePart(
        _ d: inout [Double], _ beside: [Double], _ u: Block<Real>, _ v: Block<Real>
    ) -> [Int] {
        let n = d.count
        var e = beside
        if n < v.rows {
            // Rotations of columns take what is in the further one to 0, and make the rest lower bidiagonal; rotations of
            // rows make that upper bidiagonal again.
            var (ofRows, ofColumns) = (Rotations(u), Rotations(v))
            ofColumns.begin(at: 0, step: 1)
            for i in 0..<n {
                let (c, s, r) = planeRotation(d[i], e[i])
                d[i] = r
                if i + 1 < n { (e[i], d[i + 1]) = (s * d[i + 1], c * d[i + 1]) }
                ofColumns.append(c, s)
            }
            ofColumns.end()
            ofColumns.apply()
            ofRows.begin(at: 0, step: 1)
            for i in 0..<n - 1 {
                let (c, s, r) = planeRotation(d[i], e[i])
                d[i] = r
                (e[i], d[i + 1]) = (s * d[i + 1], c * d[i + 1])
                ofRows.append(c, s)
            }
            ofRows.end()
            ofRows.apply()
        }
        let order = diagonalize(&d, e, u.part(0, 0, n, n), v.part(0, 0, n, v.columns))
        for i in 0..<n where d[i] < 0 {
            d[i] = -d[i]
            for j in 0..<v.columns { v[i, j] = -v[i, j] }
        }
        return order.reversed()
    }

    /// - Parameters:
    ///   - middle: the row that was left out.
    ///   - isLast: whether the second part has as many columns as rows.
    private func mergeParts(
        _ parts: DivideAndConquer<Real>, _ middle: (diagonal: Double, beside: Double), _ first: Int, _ split: Int,
        _ end: Int, isLast: Bool
    ) {
        let v = parts.bases[1]
        let last = isLast ? end : end - 1
        for row in first..<split { parts.z[row] = middle.diagonal * Double(v[row, split - 1]) }
        for row in split..<last { parts.z[row] = middle.beside * Double(v[row, split]) }
        if !isLast {
            // Of the two rows of V^T that give 0 in either part, one combination gives 0 in both.
            let (x, y) = (parts.z[split - 1], middle.beside * Double(v[last, split]))
            let size = (x * x + y * y).squareRoot()
            if size > 0 { v.rotate(split - 1, last, x / size, y / size, columns: first..<end) }
            parts.z[split - 1] = size
        }
        parts.merge(
            first..<last, split: split, ends: [last, end], negligible: DivideAndConquer<Real>.tolerance,
            middle: split - 1)
    }
}
