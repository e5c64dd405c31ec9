/// What is known of the parts of a tridiagonal or bidiagonal matrix, while they are merged pair by pair (Cuppen 1981;
/// Gu and Eisenstat 1995, LAPACK's `laed` and `lasd`).
///
/// A part has some rows, each of which stands for a value and, in each basis, its vector: elements of the columns of that
/// part, zeros elsewhere. Rows stay unordered until the end, beside the order of their values.
struct DivideAndConquer<Real: LinearAlgebraScalar> {
    /// The eigenvectors; or the left and the right singular vectors.
    let bases: [Block<Real>]
    let values: UnsafeMutablePointer<Double>
    /// The rows of a part, at the places of that part, so that their values rise.
    let order: UnsafeMutablePointer<Int>
    /// What is added to couple parts is z z^T, where z has an element a row.
    let z: UnsafeMutablePointer<Double>

    /// Rows or columns of parts that are not cut further.
    static var leaf: Int { 32 }
    static var epsilon: Double { Real.self == Float.self ? 0x1p-24 : 0x1p-53 }
    /// What is no more than this is 0 beside the elements of the matrix, whose largest is between 1 and 2.
    static var tolerance: Double { 8 * epsilon }

    /// The diagonal and what is beside it, times a power of two that makes it so. The least numbers, whose squares are no
    /// numbers, become 0. `nil` of zeros.
    static func scaled(_ diagonal: [Double], _ beside: [Double]) -> (d: [Double], e: [Double], scale: Double)? {
        let largest = (diagonal + beside).reduce(0) { Swift.max($0, Swift.abs($1)) }
        if largest == 0 { return nil }
        let scale = Double(sign: .plus, exponent: -largest.exponent, significand: 1)
        func scaled(_ x: Double) -> Double { Swift.abs(x * scale) < 0x1p-500 ? 0 : x * scale }
        return (diagonal.map(scaled), beside.map(scaled), scale)
    }

    /// Roots, or poles, of a piece of the work.
    private static var piece: Int { 16 }

    /// Runs `body` for the parts of `count` rows and columns that are not cut, then `merge` for neighbouring parts, small
    /// ones first. Parts begin at these columns, whatever the number of threads.
    static func divide(
        _ count: Int, leaf body: (Range<Int>) -> Void, merge: (_ first: Int, _ split: Int, _ end: Int) -> Void
    ) {
        var levels = 0
        while count >> levels > leaf { levels += 1 }
        func bound(_ part: Int) -> Int { (count * part) >> levels }
        let work = Int(Double(count * leaf * leaf) * 20 * Cost.rotation)
        parallelFor(pieces: 1 << levels, work: work) { body(bound($0)..<bound($0 + 1)) }
        for level in 0..<levels {
            let parts = 1 << (levels - level - 1)
            func merged(_ part: Int) {
                merge(
                    bound(part << (level + 1)), bound((2 * part + 1) << level), bound((part + 1) << (level + 1)))
            }
            // Of a few parts each is work for all threads.
            if parts <= 2 {
                for part in 0..<parts { merged(part) }
            } else {
                parallelFor(pieces: parts, work: count * count / parts * Int(Cost.secularEquation)) { merged($0) }
            }
        }
    }

    /// Makes the parts before and behind a row one.
    ///
    /// - Parameters:
    ///   - split: the first row and column of the second part.
    ///   - ends: of the columns, in each basis.
    ///   - negligible: what is no more than this in z is 0.
    ///   - middle: the row between the two parts of a bidiagonal matrix, whose value is 0. Then values are singular: their
    ///     squares are the poles.
    func merge(_ rows: Range<Int>, split: Int, ends: [Int], negligible: Double, middle: Int? = nil) {
        var deflation = Deflation(rows, split, middle)
        deflate(&deflation, ends, negligible)
        let (kept, deflated) = (deflation.kept, deflation.deflated)
        let k = kept.count
        let first = rows.lowerBound
        let valuesOfDeflated = deflated.map { values[$0] }
        if k == 0 {
            for (place, row) in deflated.enumerated() { order[first + place] = row }
            return
        }
        let size = rows.count
        let columns = Swift.max(rows.upperBound, ends.max()!) - first
        Arena.with(Double.self, k, k, k, k, k, k) { arena in
            let equation = SecularEquation(
                count: k, a: arena.take(k), b: arena.take(k), weights: arena.take(k),
                epsilon: Swift.max(Self.epsilon / 16, 0x1p-53), origins: arena.take(k), offsets: arena.take(k))
            let restored = arena.take(k, Double.self)
            for (i, row) in kept.enumerated() {
                var value = values[row]
                var element = z[row]
                if middle != nil {
                    // The first pole is 0; the next stays away from it.
                    if i == 0, Swift.abs(element) < Self.tolerance { element = Self.tolerance }
                    if i == 1 { value = Swift.max(value, Self.tolerance / 2) }
                }
                z[row] = element
                equation.a[i] = value
                equation.b[i] = middle == nil ? 0.5 : value
                equation.weights[i] = element * element
            }
            let pieces = (k + Self.piece - 1) / Self.piece
            let pairs = Double(k) * Double(k)
            func inPieces(_ cost: Double, _ body: (Range<Int>) -> Void) {
                parallelFor(pieces: pieces, work: Int(pairs * cost)) { piece in
                    body(piece * Self.piece..<Swift.min(k, (piece + 1) * Self.piece))
                }
            }
            inPieces(Cost.secularEquation) { roots in
                Arena.with(Double.self, k) { arena in
                    let distances = arena.take(k, Double.self)
                    for j in roots { equation.solve(j, distances) }
                }
            }
            inPieces(Cost.secularPass) { equation.restoreWeights($0, into: restored) }
            for (i, row) in kept.enumerated() {
                let size = Swift.max(0, restored[i]).squareRoot()
                restored[i] = z[row] < 0 ? -size : size
            }
            Arena.with(Real.self, k * k, size * columns) { arena in
                let coefficients = Block<Real>(arena.take(k * k), k, k)
                let gathered = arena.take(size * columns, Real.self)
                let places = deflation.places
                for (index, basis) in bases.enumerated() {
                    let isLeft = middle != nil && index == 0
                    inPieces(Cost.secularPass) { roots in
                        Arena.with(Double.self, k) { arena in
                            let vector = arena.take(k, Double.self)
                            for j in roots {
                                let factor = 1 / equation.vector(of: j, restored, isLeft: isLeft, into: vector)
                                let line = coefficients.at(j)
                                for i in 0..<k { line[places[i]] = Real(vector[i] * factor) }
                            }
                        }
                    }
                    replace(deflation, basis, split, ends[index], coefficients, gathered)
                }
            }
            for j in 0..<k {
                let (value, offset) = (equation.a[equation.origins[j]], equation.offsets[j])
                values[first + j] =
                    middle == nil ? value + offset : value + offset / (value + (value * value + offset).squareRoot())
            }
        }
        for (i, value) in valuesOfDeflated.enumerated() { values[first + k + i] = value }
        merge(first..<first + k, first + k..<rows.upperBound, into: order + first)
    }

    /// What of two parts stays as it is, and what does not.
    private struct Deflation {
        let rows: Range<Int>
        let split: Int
        let middle: Int?
        /// Rows with rising values, of which vectors are made anew, and those that stay.
        var kept: [Int] = []
        var deflated: [Int] = []
        /// Of each row 0 if its vectors are of the first part alone, 2 of the second, 1 of both.
        var kinds: [Int]
        /// How many kept rows are of each kind, and where they stand when they are put in order of that.
        private(set) var counts = (first: 0, both: 0, second: 0)
        private(set) var places: [Int] = []

        init(_ rows: Range<Int>, _ split: Int, _ middle: Int?) {
            (self.rows, self.split, self.middle) = (rows, split, middle)
            kinds = rows.map { $0 < split ? 0 : 2 }
        }

        /// The values that stay rise when all is found.
        mutating func end(_ values: UnsafeMutablePointer<Double>) {
            deflated.sort { (values[$0], $0) < (values[$1], $1) }
            let keptKinds = kept.map { kinds[$0 - rows.lowerBound] }
            func count(_ kind: Int) -> Int { keptKinds.reduce(0) { $1 == kind ? $0 + 1 : $0 } }
            counts = (count(0), count(1), count(2))
            var next = [0, counts.first, counts.first + counts.both]
            places = keptKinds.map { kind in
                defer { next[kind] += 1 }
                return next[kind]
            }
        }
    }

    /// Finds which values stay as they are: because their element of z is negligible, or because they are so close that a
    /// rotation makes it so.
    private func deflate(_ deflation: inout Deflation, _ ends: [Int], _ negligible: Double) {
        let (rows, split) = (deflation.rows, deflation.split)
        if let middle = deflation.middle {
            values[middle] = 0
            deflation.kept.append(middle)
            deflation.kinds[middle - rows.lowerBound] = 1
        }
        var pending: Int?
        for row in inOrder(rows.lowerBound..<(deflation.middle ?? split), split..<rows.upperBound) {
            if Swift.abs(z[row]) <= negligible {
                deflation.deflated.append(row)
                continue
            }
            if let last = pending {
                let r = (z[row] * z[row] + z[last] * z[last]).squareRoot()
                let (c, s) = (z[row] / r, -z[last] / r)
                if Swift.abs((values[row] - values[last]) * c * s) <= Self.tolerance {
                    (z[row], z[last]) = (r, 0)
                    for (basis, end) in zip(bases, ends) {
                        basis.rotate(last, row, c, s, columns: rows.lowerBound..<end)
                    }
                    let (i, j) = (last - rows.lowerBound, row - rows.lowerBound)
                    if deflation.kinds[i] != deflation.kinds[j] { deflation.kinds[j] = 1 }
                    (values[last], values[row]) = (
                        values[last] * c * c + values[row] * s * s, values[last] * s * s + values[row] * c * c
                    )
                    deflation.deflated.append(last)
                } else {
                    deflation.kept.append(last)
                }
            }
            pending = row
        }
        if let pending { deflation.kept.append(pending) }
        deflation.end(values)
    }

    /// The rows at two ranges of places, so that their values rise.
    private func inOrder(_ first: Range<Int>, _ second: Range<Int>) -> [Int] {
        [Int](unsafeUninitializedCapacity: first.count + second.count) { rows, count in
            var (i, j) = (first.lowerBound, second.lowerBound)
            count = first.count + second.count
            for place in 0..<count {
                let takesFirst =
                    j == second.upperBound || i < first.upperBound && values[order[i]] <= values[order[j]]
                rows[place] = takesFirst ? order[i] : order[j]
                if takesFirst { i += 1 } else { j += 1 }
            }
        }
    }

    /// The same of rows that stand in order.
    private func merge(_ first: Range<Int>, _ second: Range<Int>, into places: UnsafeMutablePointer<Int>) {
        for row in first { order[row] = row }
        for row in second { order[row] = row }
        for (place, row) in inOrder(first, second).enumerated() { places[place] = row }
    }

    /// New vectors in a basis: combinations of the kept ones with these coefficients, row by row, and behind them the
    /// deflated ones. What is only of one part is multiplied in its columns only.
    private func replace(
        _ deflation: Deflation, _ basis: Block<Real>, _ split: Int, _ end: Int, _ coefficients: Block<Real>,
        _ memory: UnsafeMutablePointer<Real>
    ) {
        let first = deflation.rows.lowerBound
        let (kept, places, counts) = (deflation.kept, deflation.places, deflation.counts)
        let k = kept.count
        let algorithms = LinearAlgebra<Real>()
        let stays = Block<Real>(memory, deflation.deflated.count, end - first)
        for (i, row) in deflation.deflated.enumerated() {
            stays.at(i).update(from: basis.at(row, first), count: stays.columns)
        }
        let before = Block<Real>(memory + stays.rows * stays.columns, counts.first + counts.both, split - first)
        let behind = Block<Real>(before.start + before.rows * before.columns, counts.both + counts.second, end - split)
        for (place, row) in zip(places, kept) {
            if place < before.rows { before.at(place).update(from: basis.at(row, first), count: before.columns) }
            if place >= counts.first {
                behind.at(place - counts.first).update(from: basis.at(row, split), count: behind.columns)
            }
        }
        algorithms.multiply(
            coefficients.part(0, 0, k, before.rows), before, into: basis.part(first, first, k, before.columns))
        algorithms.multiply(
            coefficients.part(0, counts.first, k, behind.rows), behind,
            into: basis.part(first, split, k, behind.columns))
        basis.part(first + k, first, stays.rows, stays.columns).copy(from: stays)
    }
}

extension Block {
    /// Turns two rows into `c row + s other` and `c other - s row`.
    func rotate(_ row: Int, _ other: Int, _ c: Double, _ s: Double, columns: Range<Int>) {
        let (x, y, c, s) = (at(row), at(other), Real(c), Real(s))
        for j in columns { (x[j], y[j]) = (c * x[j] + s * y[j], c * y[j] - s * x[j]) }
    }
}
