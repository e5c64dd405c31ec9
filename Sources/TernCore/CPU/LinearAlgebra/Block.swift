import CTernKernels

/// The types that linear algebra computes in.
protocol LinearAlgebraScalar: BinaryFloatingPoint, TensorScalar, BitwiseCopyable {}
extension Float: LinearAlgebraScalar {}
extension Double: LinearAlgebraScalar {}

/// A matrix in memory, or a part of one.
struct Block<Real: LinearAlgebraScalar> {
    var start: UnsafeMutablePointer<Real>
    var rows: Int
    var columns: Int
    /// Elements from one row to the next, and from one column to the next.
    var row: Int
    var column = 1

    /// Contiguous.
    @inline(__always)
    init(_ start: UnsafeMutablePointer<Real>, _ rows: Int, _ columns: Int) {
        self.init(start, rows, columns, row: columns)
    }

    @inline(__always)
    init(_ start: UnsafeMutablePointer<Real>, _ rows: Int, _ columns: Int, row: Int, column: Int = 1) {
        (self.start, self.rows, self.columns, self.row, self.column) = (
            start, rows, columns, row, column
        )
    }

    @inline(__always)
    subscript(_ i: Int, _ j: Int) -> Real {
        get { start[i * row + j * column] }
        nonmutating set { start[i * row + j * column] = newValue }
    }

    @inline(__always)
    func at(_ i: Int, _ j: Int = 0) -> UnsafeMutablePointer<Real> { start + i * row + j * column }

    /// What is left from a row and a column on.
    @inline(__always)
    func from(_ i: Int, _ j: Int) -> Block {
        Block(at(i, j), rows - i, columns - j, row: row, column: column)
    }

    @inline(__always)
    func part(_ i: Int, _ j: Int, _ rows: Int, _ columns: Int) -> Block {
        Block(at(i, j), rows, columns, row: row, column: column)
    }

    @inline(__always)
    var transposed: Block { Block(start, columns, rows, row: column, column: row) }

    /// Sets all elements; the columns must lie side by side.
    func fill(_ value: Real) {
        for i in 0..<rows { at(i).update(repeating: value, count: columns) }
    }

    func copy(from other: Block) {
        for i in 0..<rows { at(i).update(from: other.at(i), count: columns) }
    }

    func setIdentity() {
        fill(0)
        for i in 0..<Swift.min(rows, columns) { self[i, i] = 1 }
    }

    /// Whether all elements are finite, and the largest magnitude.
    var magnitude: (isFinite: Bool, largest: Double) {
        var largest: Real = 0
        for i in 0..<rows {
            let line = at(i)
            for j in 0..<columns {
                let value = Swift.abs(line[j])
                if !(value <= largest) { largest = value }
                if !largest.isFinite { return (false, .nan) }
            }
        }
        return (true, Double(largest))
    }
}

/// Memory to work in, handed out piece by piece. Only valid within ``withArena(_:_:)``.
struct Arena {
    private var next: UnsafeMutableRawPointer
    private let end: UnsafeMutableRawPointer

    /// What `take` needs for so many elements.
    static func bytes<Real>(_ count: Int, _ type: Real.Type) -> Int {
        (count * MemoryLayout<Real>.stride + 127) / 64 * 64
    }

    /// Calls `body` with an arena for arrays of the type, of these numbers of elements.
    static func with<Real>(_ type: Real.Type, _ counts: Int..., body: (inout Arena) -> Void) {
        let bytes = counts.reduce(64) { $0 + Arena.bytes($1, type) }
        Allocator.withScratch(bytes) { memory in
            var arena = Arena(next: memory, end: memory + bytes)
            body(&arena)
        }
    }

    private init(next: UnsafeMutableRawPointer, end: UnsafeMutableRawPointer) {
        (self.next, self.end) = (next, end)
    }

    /// Aligned to 64 bytes; not initialized.
    mutating func take<Element>(_ count: Int, _ type: Element.Type = Element.self)
        -> UnsafeMutablePointer<Element>
    {
        let result = next.assumingMemoryBound(to: type)
        next += Arena.bytes(count, type)
        precondition(next <= end, "more scratch memory is taken than was asked for")
        return result
    }
}

/// What the algorithms of linear algebra are made of: products and inner loops of one type.
struct LinearAlgebra<Real: LinearAlgebraScalar> {
    let kernels = Kernels.of(Real.dtype).linalg
    private let gemm = Kernels.of(Real.dtype).gemm

    /// Rows and columns of a block that is factored by inner loops alone.
    static var blockSize: Int { 64 }
    /// Columns that are solved for at a time: a piece of the work.
    static var stripSize: Int { 128 }

    /// `c = a b`, or `c += a b`. Columns of `c` lie side by side.
    func multiply(_ a: Block<Real>, _ b: Block<Real>, into c: Block<Real>, adding: Bool = false) {
        if c.rows == 0 || c.columns == 0 { return }
        var product = TernGemm(
            start: adding ? .TERN_GEMM_ACCUMULATE : .TERN_GEMM_ZERO, rows: c.rows, columns: c.columns,
            depth: a.columns,
            a: a.start, a_row: a.row, a_depth: a.column, b: b.start, b_depth: b.row, b_column: b.column,
            c: c.start,
            c_row: c.row, bias: nil, may_share: false)
        CPU().computeFloats(&product, Real.dtype)
    }

    /// `to = from^T`. Columns of both lie side by side.
    func transpose(_ from: Block<Real>, into to: Block<Real>) {
        let strip = 64
        let work = Int(Double(from.rows * from.columns) * Cost.transpose)
        parallelFor(pieces: (from.rows + strip - 1) / strip, work: work) { piece in
            let first = piece * strip
            kernels.transposed(
                Swift.min(strip, from.rows - first), from.columns, from.at(first), from.row,
                to.at(0, first), to.row)
        }
    }

    /// `to = -from`.
    func negate(_ from: Block<Real>, into to: Block<Real>) {
        let negative = Kernels.of(Real.dtype).unary(.negate)
        for i in 0..<from.rows { negative(from.columns, from.at(i), from.column, to.at(i)) }
    }

    /// `x = t^-1 x` for a triangular `t`, in place: columns of `x` lie side by side. Block by block, what was solved for
    /// is subtracted from the next by a product.
    func solve(_ t: Block<Real>, isUpper: Bool, isUnit: Bool, _ x: Block<Real>) {
        let n = t.rows
        if n == 0 || x.columns == 0 { return }
        let size = Self.blockSize
        let blocks = (n + size - 1) / size
        let strips = (x.columns + Self.stripSize - 1) / Self.stripSize
        let work = Double(n) * Double(n) * Double(x.columns) / Double(Cost.productsPerNanosecond)
        parallelFor(pieces: strips, work: Int(Swift.min(work, 1e15))) { strip in
            let first = strip * Self.stripSize
            let columns = Swift.min(Self.stripSize, x.columns - first)
            if blocks == 1 { return solveBlock(t, isUpper, isUnit, x.part(0, first, n, columns)) }
            Arena.with(Real.self, n * columns) { arena in
                // The negative of what is solved for.
                let negative = Block<Real>(arena.take(n * columns), n, columns)
                for step in 0..<blocks {
                    let start = (isUpper ? blocks - 1 - step : step) * size
                    let rows = Swift.min(size, n - start)
                    let target = x.part(start, first, rows, columns)
                    let (known, count) = isUpper ? (start + rows, n - start - rows) : (0, start)
                    if count > 0 {
                        multiply(
                            t.part(start, known, rows, count), negative.part(known, 0, count, columns),
                            into: target,
                            adding: true)
                    }
                    solveBlock(t.part(start, start, rows, rows), isUpper, isUnit, target)
                    if step + 1 < blocks { negate(target, into: negative.part(start, 0, rows, columns)) }
                }
            }
        }
    }

    /// `x = x t^-1` for a triangular `t`, in place: strips of rows are solved for as columns of `t^T x^T`.
    func solveFromRight(_ t: Block<Real>, isUpper: Bool, isUnit: Bool, _ x: Block<Real>) {
        let n = t.rows
        let strips = (x.rows + Self.stripSize - 1) / Self.stripSize
        let work = Double(n) * Double(n) * Double(x.rows) / Double(Cost.productsPerNanosecond)
        parallelFor(pieces: n == 0 ? 0 : strips, work: Int(Swift.min(work, 1e15))) { strip in
            let first = strip * Self.stripSize
            let rows = Swift.min(Self.stripSize, x.rows - first)
            Arena.with(Real.self, n * rows) { arena in
                let flipped = Block<Real>(arena.take(n * rows), n, rows)
                transpose(x.part(first, 0, rows, n), into: flipped)
                solve(t.transposed, isUpper: !isUpper, isUnit: isUnit, flipped)
                transpose(flipped, into: x.part(first, 0, rows, n))
            }
        }
    }

    private func solveBlock(_ t: Block<Real>, _ isUpper: Bool, _ isUnit: Bool, _ x: Block<Real>) {
        let n = t.rows
        if isUpper {
            // From the last row up it is a lower triangle.
            kernels.solve(
                n, x.columns, t.at(n - 1, n - 1), -t.row, -t.column, isUnit, x.at(n - 1), -x.row)
        } else {
            kernels.solve(n, x.columns, t.start, t.row, t.column, isUnit, x.start, x.row)
        }
    }
}
