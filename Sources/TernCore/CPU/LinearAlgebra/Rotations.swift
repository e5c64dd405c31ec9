import CTernKernels

/// Plane rotations of neighbouring rows, gathered sweep by sweep and applied to a matrix many at a time: strips of columns,
/// which fit a cache, go through all of them.
struct Rotations<Real: LinearAlgebraScalar> {
    private var sweeps: [TernSweep] = []
    private var cosines: [Real] = []
    private var sines: [Real] = []
    private let target: Block<Real>
    private let limit: Int

    /// - Parameter target: what is rotated.
    init(_ target: Block<Real>) {
        self.target = target
        limit = Swift.max(4096, 16 * target.rows)
        cosines.reserveCapacity(limit + target.rows)
        sines.reserveCapacity(limit + target.rows)
    }

    /// Begins a sweep whose first rotation is of the rows `first` and `first + 1`, and goes on by `step`.
    mutating func begin(at first: Int, step: Int) {
        sweeps.append(TernSweep(first: first, count: 0, step: step, at: cosines.count))
    }

    @inline(__always)
    mutating func append(_ c: Double, _ s: Double) {
        cosines.append(Real(c))
        sines.append(Real(s))
    }

    mutating func end() {
        sweeps[sweeps.count - 1].count = cosines.count - sweeps[sweeps.count - 1].at
        if cosines.count >= limit { apply() }
    }

    mutating func apply() {
        let width = 64
        let strips = (target.columns + width - 1) / width
        let kernels = LinearAlgebra<Real>().kernels
        let work = Double(cosines.count) * Double(target.columns) * Cost.rotation
        parallelFor(pieces: cosines.isEmpty ? 0 : strips, work: Int(work)) { strip in
            let first = strip * width
            let columns = Swift.min(width, target.columns - first)
            // 256 bytes a row.
            Arena.with(Real.self, target.rows * 64) { arena in
                let scratch = arena.take(target.rows * 64, Real.self)
                kernels.rotate(
                    sweeps.count, sweeps, cosines, sines, target.rows, columns, target.at(0, first),
                    target.row, scratch)
            }
        }
        sweeps.removeAll(keepingCapacity: true)
        cosines.removeAll(keepingCapacity: true)
        sines.removeAll(keepingCapacity: true)
    }
}

/// The rotation that turns (f, g) into (r, 0): `c f + s g = r`.
@inline(__always)
func planeRotation(_ f: Double, _ g: Double) -> (c: Double, s: Double, r: Double) {
    if g == 0 { return (1, 0, f) }
    if f == 0 { return (0, 1, g) }
    let square = f * f + g * g
    if square > 0x1p-900, square < 0x1p900 {
        let r = f < 0 ? -square.squareRoot() : square.squareRoot()
        return (f / r, g / r, r)
    }
    // Times a power of two, so that squares are normal numbers.
    let exponent = Swift.max(Swift.abs(f), Swift.abs(g)).exponent
    let scale = Double(sign: .plus, exponent: Swift.min(1000, -exponent), significand: 1)
    let (a, b) = (f * scale, g * scale)
    let r = a < 0 ? -(a * a + b * b).squareRoot() : (a * a + b * b).squareRoot()
    return (a / r, b / r, r / scale)
}
