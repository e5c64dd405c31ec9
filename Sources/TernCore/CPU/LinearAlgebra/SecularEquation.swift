/// The equation `1 + sum of w_i / (p_i - x) = 0` with rising poles p and positive weights w. It has a root between each
/// pole and the next, and one behind the last: the eigenvalues of `diag(p) + z z^T` where `w_i = z_i^2`.
///
/// A root is the pole next to it, its origin, and its distance from that: so its distances from all poles have all their
/// digits, on which the orthogonality of vectors rests.
struct SecularEquation {
    let count: Int
    /// `p_i - p_j = (a_i - a_j) (b_i + b_j)`: with b = a of poles that are squares, which keeps their digits; with b = 1/2 of
    /// others.
    let a: UnsafeMutablePointer<Double>
    let b: UnsafeMutablePointer<Double>
    let weights: UnsafeMutablePointer<Double>
    let epsilon: Double
    let origins: UnsafeMutablePointer<Int>
    let offsets: UnsafeMutablePointer<Double>

    private typealias Four = SIMD4<Double>

    @inline(__always)
    private func four(_ p: UnsafeMutablePointer<Double>) -> Four { UnsafeRawPointer(p).loadUnaligned(as: Four.self) }

    @inline(__always)
    private func total(_ x: Four) -> Double { (x[0] + x[1]) + (x[2] + x[3]) }

    @inline(__always)
    private func gap(_ i: Int, _ j: Int) -> Double { (a[i] - a[j]) * (b[i] + b[j]) }

    /// The distances of the poles of a range from a point that is `offset` behind pole `origin`.
    private func measure(
        _ range: Range<Int>, from origin: Int, _ offset: Double, into distances: UnsafeMutablePointer<Double>
    ) {
        let (x, y) = (a[origin], b[origin])
        for i in range { distances[i] = (a[i] - x) * (b[i] + y) - offset }
    }

    /// The sum of the terms of a range, and of their derivatives, at a place that is told as the distances are.
    private func sums(_ range: Range<Int>, _ distances: UnsafeMutablePointer<Double>, _ x: Double) -> (
        value: Double, slope: Double
    ) {
        var (values, slopes) = (Four(), Four())
        var i = range.lowerBound
        while i + 4 <= range.upperBound {
            let inverse = 1 / (four(distances + i) - x)
            let term = four(weights + i) * inverse
            values += term
            slopes += term * inverse
            i += 4
        }
        var (value, slope) = (total(values), total(slopes))
        while i < range.upperBound {
            let inverse = 1 / (distances[i] - x)
            let term = weights[i] * inverse
            value += term
            slope += term * inverse
            i += 1
        }
        return (value, slope)
    }

    /// Finds root `j` by steps to the roots of functions with the two poles around it, whose values and slopes at a place
    /// are the equation's (Li 1993, "Solving secular equations stably and efficiently", LAPACK's `laed4`).
    ///
    /// - Parameter distances: memory for one number a pole.
    func solve(_ j: Int, _ distances: UnsafeMutablePointer<Double>) {
        if count == 1 {
            (origins[0], offsets[0]) = (0, weights[0])
            return
        }
        let isLast = j == count - 1
        let (lower, upper) = isLast ? (j - 1, j) : (j, j + 1)
        let width = gap(upper, lower)
        var reach = 0.0
        if isLast { for i in 0..<count { reach += weights[i] } }
        // Which half of the interval the root is in says which pole is nearer.
        let half = (isLast ? reach : width) / 2
        var origin = j
        measure(0..<count, from: origin, 0, into: distances)
        let middle = 1 + sums(0..<count, distances, half).value
        let others =
            middle - weights[lower] / (distances[lower] - half) - weights[upper] / (distances[upper] - half)
        var (low, high) = (0.0, half)
        if middle < 0, isLast {
            (low, high) = (half, reach)
        } else if middle < 0 {
            origin = upper
            measure(0..<count, from: origin, 0, into: distances)
            (low, high) = (-half, 0)
        }
        // With the other poles' sum as it is in the middle.
        let (near, far) = (distances[lower], distances[upper])
        var x = root(
            others * (near + far) + weights[lower] + weights[upper],
            others * near * far + weights[lower] * far + weights[upper] * near, others, isLarger: isLast)
        if !(x > low && x < high) { x = low + (high - low) / 2 }
        let tolerance = epsilon * (8 + Double(count) / 8)
        var keepsNearPole = !isLast
        var previous = 0.0
        for _ in 0..<200 {
            let (before, behind) = (sums(0..<upper, distances, x), sums(upper..<count, distances, x))
            let value = 1 + before.value + behind.value
            if Swift.abs(value) <= tolerance * (1 + Swift.abs(before.value) + Swift.abs(behind.value)) { break }
            if value < 0 { low = x } else { high = x }
            if value * previous > 0, Swift.abs(value) > Swift.abs(previous) / 10 { keepsNearPole.toggle() }
            previous = value
            let (near, far) = (distances[lower] - x, distances[upper] - x)
            let slope = before.slope + behind.slope
            var c = value - near * before.slope - far * behind.slope
            if isLast {
                c = Swift.abs(c)
            } else if keepsNearPole {
                // The term of the nearer pole as it is.
                c =
                    origin == lower
                    ? value - far * slope + width * (weights[lower] / (near * near))
                    : value - near * slope - width * (weights[upper] / (far * far))
            }
            var step = root(
                (near + far) * value - near * far * slope, near * far * value, c, isLarger: isLast)
            if !(value * step < 0) { step = -value / slope }
            var next = x + step
            if !(next > low && next < high) { next = low + (high - low) / 2 }
            if next == x || next <= low || next >= high { break }
            x = next
        }
        (origins[j], offsets[j]) = (origin, x)
    }

    /// A root of `c x^2 - a x + b`.
    private func root(_ a: Double, _ b: Double, _ c: Double, isLarger: Bool) -> Double {
        if c == 0 { return b / a }
        let square = Swift.abs(a * a - 4 * b * c).squareRoot()
        if isLarger { return a < 0 ? 2 * b / (a - square) : (a + square) / (2 * c) }
        return a > 0 ? 2 * b / (a + square) : (a - square) / (2 * c)
    }

    /// The weights of a range of poles for which the roots that were found are exact (Gu and Eisenstat 1994): vectors made
    /// of them are orthogonal however close roots are.
    func restoreWeights(_ range: Range<Int>, into result: UnsafeMutablePointer<Double>) {
        let last = count - 1
        let (x, y) = (a[origins[last]], b[origins[last]])
        for i in range { result[i] = offsets[last] - (a[i] - x) * (b[i] + y) }
        for j in 0..<last {
            let (x, y, offset) = (a[origins[j]], b[origins[j]], offsets[j])
            func multiply(_ range: Range<Int>, _ pole: Int) {
                let (z, w) = (a[pole], b[pole])
                for i in range { result[i] *= ((a[i] - x) * (b[i] + y) - offset) / ((a[i] - z) * (b[i] + w)) }
            }
            let middle = Swift.max(range.lowerBound, Swift.min(range.upperBound, j + 1))
            multiply(range.lowerBound..<middle, j + 1)
            multiply(middle..<range.upperBound, j)
        }
    }

    /// `z_i / (p_i - x_j)`: the eigenvector, and the right singular vector, of root `j`; or the left singular vector, the
    /// product of the matrix with that.
    ///
    /// - Returns: its norm.
    func vector(
        of j: Int, _ z: UnsafeMutablePointer<Double>, isLeft: Bool, into result: UnsafeMutablePointer<Double>
    ) -> Double {
        measure(0..<count, from: origins[j], offsets[j], into: result)
        for i in 0..<count { result[i] = z[i] / result[i] }
        if isLeft {
            for i in 0..<count { result[i] *= a[i] }
            result[0] = -1
        }
        var (squares, i) = (Four(), 0)
        while i + 4 <= count {
            squares += four(result + i) * four(result + i)
            i += 4
        }
        var square = total(squares)
        for i in i..<count { square += result[i] * result[i] }
        return square.squareRoot()
    }
}
