/// Householder reflections `H_0 H_1 ...`, whose vectors are the rows of a matrix: H_k = I - tau_k v_k^T v_k.
struct Reflections<Real: LinearAlgebraScalar> {
    /// Row k is v_k: zeros, a 1 at `k + offset`, and what it is made of.
    let vectors: Block<Real>
    let taus: UnsafeMutablePointer<Real>
    /// Where the first vector begins.
    var offset = 0

    static var panel: Int { 32 }
    var count: Int { vectors.rows }
}

extension LinearAlgebra {
    /// Scratch elements of ``apply(_:transposed:_:_:)`` to a matrix of `rows` rows.
    static func scratchToApply(rows: Int) -> Int { 2 * 32 * 32 + 2 * rows * 32 }

    /// `x = x (I - V T V^T)` for the panel of reflections from `first` on, `width` of them, or with `T^T`.
    private func apply(
        _ v: Block<Real>, _ t: Block<Real>, transposed: Bool, _ x: Block<Real>,
        _ scratch: UnsafeMutablePointer<Real>
    ) {
        let product = Block<Real>(scratch, x.rows, v.rows)
        let scaled = Block<Real>(scratch + x.rows * v.rows, x.rows, v.rows)
        multiply(x, v.transposed, into: product)
        negate(product, into: product)
        multiply(product, transposed ? t.transposed : t, into: scaled)
        multiply(scaled, v, into: x, adding: true)
    }

    /// T of a panel: V^T T V is what its reflections together subtract.
    private func triangle(
        _ v: Block<Real>, _ taus: UnsafeMutablePointer<Real>, _ scratch: UnsafeMutablePointer<Real>
    ) -> Block<Real> {
        let size = v.rows * v.rows
        let gram = Block<Real>(scratch, v.rows, v.rows)
        multiply(v, v.transposed, into: gram)
        kernels.block_reflection(v.rows, gram.start, taus, scratch + size)
        return Block<Real>(scratch + size, v.rows, v.rows)
    }

    /// Makes `x` the transpose of the first columns of the product of the reflections: an orthogonal matrix, one row for
    /// each column. As many rows as reflections at least, unless the product is that of fewer.
    func formTransposed(
        _ reflections: Reflections<Real>, into x: Block<Real>, _ scratch: UnsafeMutablePointer<Real>
    ) {
        x.setIdentity()
        multiply(x, byTransposeOf: reflections, isIdentity: true, scratch)
    }

    /// `x = x (H_0 H_1 ...)^T`.
    func multiply(
        _ x: Block<Real>, byTransposeOf reflections: Reflections<Real>, isIdentity: Bool = false,
        _ scratch: UnsafeMutablePointer<Real>
    ) {
        let size = Reflections<Real>.panel
        let panels = (reflections.count + size - 1) / size
        for panel in (0..<panels).reversed() {
            let first = panel * size
            let width = Swift.min(size, reflections.count - first)
            let start = first + reflections.offset
            if start >= x.columns || isIdentity && start >= x.rows { continue }
            let v = reflections.vectors.part(first, start, width, x.columns - start)
            let t = triangle(v, reflections.taus + first, scratch)
            // Rows before are still those of the identity, which have zeros there.
            apply(v, t, transposed: true, x.from(isIdentity ? start : 0, start), scratch + 2 * size * size)
        }
    }

    /// Householder's QR of the matrix whose transpose is `w`: row j becomes column j of R on and before the diagonal, and
    /// what is behind it has no meaning. The vectors of the reflections are laid down beside.
    func qr(_ w: Block<Real>, _ reflections: Reflections<Real>, _ scratch: UnsafeMutablePointer<Real>) {
        let (n, m) = (w.rows, w.columns)
        let size = Reflections<Real>.panel
        reflections.vectors.fill(0)
        for first in stride(from: 0, to: reflections.count, by: size) {
            let width = Swift.min(size, reflections.count - first)
            kernels.qr(width, m - first, w.at(first, first), w.row, reflections.taus + first)
            for j in first..<first + width {
                let vector = reflections.vectors.at(j, j)
                vector[0] = 1
                (vector + 1).update(from: w.at(j, j + 1), count: m - j - 1)
            }
            if first + width >= n { break }
            let v = reflections.vectors.part(first, first, width, m - first)
            let t = triangle(v, reflections.taus + first, scratch)
            apply(v, t, transposed: false, w.from(first + width, first), scratch + 2 * size * size)
        }
    }

    /// The QR factors of `a`: `q` gets as many columns as it has, of `r` all rows.
    func qr(_ a: Block<Real>, q: Block<Real>, r: Block<Real>) {
        let (m, n) = (a.rows, a.columns)
        let count = Swift.min(m, n)
        Arena.with(
            Real.self, n * m, count * m, count, q.columns * m, Self.scratchToApply(rows: Swift.max(m, n))
        ) {
            arena in
            let w = Block<Real>(arena.take(n * m), n, m)
            let reflections = Reflections<Real>(
                vectors: Block<Real>(arena.take(count * m), count, m), taus: arena.take(count))
            let transposedQ = Block<Real>(arena.take(q.columns * m), q.columns, m)
            let scratch = arena.take(Self.scratchToApply(rows: Swift.max(m, n)), Real.self)
            transpose(a, into: w)
            qr(w, reflections, scratch)
            r.fill(0)
            for i in 0..<Swift.min(r.rows, n) { for j in i..<n { r[i, j] = w[j, i] } }
            formTransposed(reflections, into: transposedQ, scratch)
            transpose(transposedQ, into: q)
        }
    }
}
