extension LinearAlgebra {
    /// The lower triangular factor of a symmetric matrix, of which only the lower triangle is read, in place; zeros above.
    /// The columns are factored from the left in blocks, and each is subtracted from what is right of it by products.
    ///
    /// - Returns: the order of the first leading minor that is not positive, where it stops; 0 if there is none.
    func cholesky(_ a: Block<Real>) -> Int {
        let n = a.rows
        var failure = 0
        if n == 0 { return 0 }
        // Of the upper factor the rows lie side by side, as inner loops and products want them.
        let size = n <= 2 * Self.blockSize ? n : Self.blockSize
        Arena.with(Real.self, n * n, size * n) { arena in
            let u = Block<Real>(arena.take(n * n), n, n)
            let negative = Block<Real>(arena.take(size * n), size, n)
            transpose(a, into: u)
            for first in stride(from: 0, to: n, by: size) {
                let rows = Swift.min(size, n - first)
                let done = kernels.cholesky(rows, u.at(first, first), u.row)
                if done < rows {
                    failure = first + done + 1
                    break
                }
                let rest = first + rows
                if rest == n { break }
                let right = u.part(first, rest, rows, n - rest)
                solve(u.part(first, first, rows, rows).transposed, isUpper: false, isUnit: false, right)
                negate(right, into: negative)
                let blocks = (n - rest + size - 1) / size
                let work = rows * right.columns * right.columns / 2 / Cost.productsPerNanosecond
                parallelFor(pieces: blocks, work: work) { block in
                    // On and right of the diagonal.
                    let start = block * size
                    let height = Swift.min(size, n - rest - start)
                    multiply(
                        negative.part(0, start, rows, height).transposed, right.from(0, start),
                        into: u.part(rest + start, rest + start, height, n - rest - start), adding: true)
                }
            }
            transpose(u, into: a)
        }
        for i in 0..<n - 1 { a.at(i, i + 1).update(repeating: 0, count: n - 1 - i) }
        return failure
    }
}
