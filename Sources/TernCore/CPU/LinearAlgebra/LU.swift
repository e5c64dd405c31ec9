extension LinearAlgebra {
    /// The factors of `P^T A` in place, by Gauss's elimination with row exchanges: below the diagonal L, whose diagonal of
    /// ones is not stored, on and above it U. Panel by panel from the left; what is right of one is brought up to date by a
    /// triangular solve and a product.
    ///
    /// - Parameter permutation: set to where each row was before.
    /// - Returns: the place of the first pivot that is 0, counted from 1, or 0; and -1 for an odd permutation, else 1.
    func lu(_ a: Block<Real>, permutation: UnsafeMutablePointer<Int64>) -> (failure: Int, sign: Int) {
        let (m, n) = (a.rows, a.columns)
        let count = Swift.min(m, n)
        for i in 0..<m { permutation[i] = Int64(i) }
        let size = count <= 64 ? 16 : 32
        var (failure, sign) = (0, 1)
        Arena.with(Real.self, m * size, 2 * size) { arena in
            let memory = arena.take(m * size, Real.self)
            let pivots = UnsafeMutableRawPointer(arena.take(2 * size, Real.self)).assumingMemoryBound(
                to: Int64.self)
            for first in stride(from: 0, to: count, by: size) {
                let width = Swift.min(size, count - first)
                // Transposed, so that columns lie in vectors.
                let panel = Block<Real>(memory, width, m - first)
                let source = a.part(first, first, m - first, width)
                transpose(source, into: panel)
                kernels.lu(width, panel.columns, panel.start, panel.row, pivots)
                transpose(panel, into: source)
                for j in 0..<width {
                    if failure == 0, panel[j, j] == 0 { failure = first + j + 1 }
                    let (row, other) = (first + j, first + Int(pivots[j]))
                    if row == other { continue }
                    sign = -sign
                    swap(&permutation[row], &permutation[other])
                    exchange(a.at(row), a.at(other), first)
                    exchange(a.at(row, first + width), a.at(other, first + width), n - first - width)
                }
                let next = first + width
                if next >= n { break }
                let right = a.part(first, next, width, n - next)
                solve(a.part(first, first, width, width), isUpper: false, isUnit: true, right)
                if next >= m { break }
                let below = panel.from(0, width)
                negate(below, into: below)
                multiply(below.transposed, right, into: a.from(next, next), adding: true)
            }
        }
        return (failure, sign)
    }

    private func exchange(
        _ a: UnsafeMutablePointer<Real>, _ b: UnsafeMutablePointer<Real>, _ count: Int
    ) {
        for i in 0..<count { swap(&a[i], &b[i]) }
    }
}
