extension LinearAlgebra {
    /// Bunch and Kaufman's factors of a symmetric matrix, `P^T A P = L D L^T` with blocks of one and two rows in D
    /// ("Some stable methods for calculating inertia and solving symmetric linear systems", 1977). Only the lower triangle is
    /// read; L takes the place of the matrix, zeros and ones included.
    ///
    /// - Parameters:
    ///   - diagonal: set to D's diagonal.
    ///   - below: set to what stands below it: element k is 0 unless rows k and k + 1 are a block of two.
    ///   - permutation: set to where each row was before.
    /// - Returns: the place of the first block that is 0, counted from 1, or 0.
    func ldl(
        _ a: Block<Real>, diagonal: UnsafeMutablePointer<Real>, below: UnsafeMutablePointer<Real>,
        permutation: UnsafeMutablePointer<Int64>
    ) -> Int {
        let n = a.rows
        let bound = Real((1 + 17.0.squareRoot()) / 8)
        var (failure, k) = (0, 0)
        for i in 0..<n { (permutation[i], below[i]) = (Int64(i), 0) }
        // Both triangles of what is left hold the same numbers, so that its columns can be read as rows.
        for i in 0..<n { for j in 0..<i { a[j, i] = a[i, j] } }
        while k < n {
            let own = Swift.abs(a[k, k])
            let (row, largest) = largestElement(of: a.at(k), k + 1..<n)
            if Swift.max(own, largest) == 0 || own.isNaN {
                if failure == 0 { failure = k + 1 }
                diagonal[k] = a[k, k]
                k += 1
                continue
            }
            var (pivot, isPair) = (k, false)
            if own < bound * largest {
                var beside = largestElement(of: a.at(row), k..<row).value
                beside = Swift.max(beside, largestElement(of: a.at(row), row + 1..<n).value)
                if own < bound * largest * (largest / beside) {
                    pivot = row
                    isPair = Swift.abs(a[row, row]) < bound * beside
                }
            }
            exchange(a, isPair ? k + 1 : k, pivot, permutation)
            if isPair { eliminatePair(a, k, diagonal, below) } else { eliminate(a, k, diagonal) }
            k += isPair ? 2 : 1
        }
        for i in 0..<n {
            a[i, i] = 1
            (a.at(i, i) + 1).update(repeating: 0, count: n - 1 - i)
        }
        return failure
    }

    private func largestElement(of row: UnsafeMutablePointer<Real>, _ range: Range<Int>) -> (place: Int, value: Real) {
        var (place, value) = (range.lowerBound, Real(0))
        for j in range where Swift.abs(row[j]) > value { (place, value) = (j, Swift.abs(row[j])) }
        return (place, value)
    }

    /// Exchanges rows and columns `i` and `j`, with the rows of L that are there already.
    private func exchange(_ a: Block<Real>, _ i: Int, _ j: Int, _ permutation: UnsafeMutablePointer<Int64>) {
        if i == j { return }
        swap(&permutation[i], &permutation[j])
        for column in 0..<a.columns { swap(&a.at(i)[column], &a.at(j)[column]) }
        for row in 0..<a.rows { swap(&a.at(row, i)[0], &a.at(row, j)[0]) }
    }

    private func eliminate(_ a: Block<Real>, _ k: Int, _ diagonal: UnsafeMutablePointer<Real>) {
        let pivot = a[k, k]
        diagonal[k] = pivot
        let line = a.at(k)
        for i in k + 1..<a.rows {
            let factor = line[i] / pivot
            let row = a.at(i)
            for j in k + 1..<a.rows { row[j] -= factor * line[j] }
            row[k] = factor
        }
    }

    private func eliminatePair(
        _ a: Block<Real>, _ k: Int, _ diagonal: UnsafeMutablePointer<Real>, _ below: UnsafeMutablePointer<Real>
    ) {
        let side = a[k + 1, k]
        (diagonal[k], diagonal[k + 1], below[k]) = (a[k, k], a[k + 1, k + 1], side)
        let (first, second) = (diagonal[k] / side, diagonal[k + 1] / side)
        let scale = 1 / ((first * second - 1) * side)
        let (upper, lower) = (a.at(k), a.at(k + 1))
        for i in k + 2..<Swift.max(k + 2, a.rows) {
            let left = scale * (second * upper[i] - lower[i])
            let right = scale * (first * lower[i] - upper[i])
            let row = a.at(i)
            for j in k + 2..<a.rows { row[j] -= left * upper[j] + right * lower[j] }
            (row[k], row[k + 1]) = (left, right)
        }
        // The block is D's.
        lower[k] = 0
    }
}
