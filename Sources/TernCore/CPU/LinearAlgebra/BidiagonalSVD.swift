/// The singular values of an upper bidiagonal matrix by implicit QR steps.
struct BidiagonalSVD {
    private var d: [Double]
    private var e: [Double]
    private let epsilon: Double
    private let tolerance: Double
    /// What is smaller is 0.
    private let threshold: Double

    init(_ diagonal: [Double], _ beside: [Double], isSingle: Bool) {
        (d, e) = (diagonal, beside)
        epsilon = isSingle ? 0x1p-26 : 0x1p-53
        tolerance = 10 * epsilon
        // No singular value but zeros is smaller than about the least mu.
        var mu = Swift.abs(diagonal[0])
        var least = mu
        for i in diagonal.indices.dropFirst() where least > 0 {
            mu = Swift.abs(diagonal[i]) * (mu / (mu + Swift.abs(beside[i - 1])))
            least = Swift.min(least, mu.isNaN ? 0 : mu)
        }
        let n = Double(diagonal.count)
        threshold = Swift.max(tolerance * least / n.squareRoot(), 6 * n * n * 0x1p-1022)
    }

    /// Sets `values` to the singular values, some with a minus sign: then V's column has the other sign.
    ///
    /// - Parameter rotations: gather what the rows of U^T and V^T go through.
    consuming func solve<Real>(
        _ values: inout [Double], _ rotations: inout (Rotations<Real>, Rotations<Real>)?
    ) {
        var solver = self
        solver.run(&rotations)
        values = solver.d
    }

    private mutating func run<Real>(_ rotations: inout (Rotations<Real>, Rotations<Real>)?) {
        var steps = 6 * d.count * d.count + 60
        var last = d.count - 1
        // The block of the last step, and whether it was gone through from its start.
        var block = (first: -1, last: -1)
        var goesDown = true
        while last > 0, steps > 0 {
            if Swift.abs(e[last - 1]) <= threshold {
                e[last - 1] = 0
                last -= 1
                continue
            }
            var first = last - 1
            var largest = Swift.max(Swift.abs(d[last]), Swift.abs(d[first]), Swift.abs(e[first]))
            while first > 0, Swift.abs(e[first - 1]) > threshold {
                first -= 1
                largest = Swift.max(largest, Swift.abs(d[first]), Swift.abs(e[first]))
            }
            if first > 0 { e[first - 1] = 0 }
            if first > block.last || last < block.first || block.last < 0 {
                goesDown = Swift.abs(d[first]) >= Swift.abs(d[last])
            }
            block = (first, last)
            guard let least = leastOrSplit(first, last, goesDown) else { continue }
            steps -= last - first
            var shift = 0.0
            if Double(d.count) * tolerance * (least / largest) > Swift.max(epsilon, 0.01 * tolerance) {
                let end = goesDown ? Swift.abs(d[first]) : Swift.abs(d[last])
                shift =
                    goesDown
                    ? Self.leastSingularValue(d[last - 1], e[last - 1], d[last])
                    : Self.leastSingularValue(d[first], e[first], d[first + 1])
                // Too small to change anything.
                if end > 0, (shift / end) * (shift / end) < epsilon { shift = 0 }
            }
            switch (shift == 0, goesDown) {
            case (true, true): stepDownWithoutShift(first, last, &rotations)
            case (true, false): stepUpWithoutShift(first, last, &rotations)
            case (false, true): stepDown(first, last, shift, &rotations)
            case (false, false): stepUp(first, last, shift, &rotations)
            }
            let end = goesDown ? last - 1 : first
            if Swift.abs(e[end]) <= threshold { e[end] = 0 }
        }
        // Never seen: said by NaN rather than by wrong values.
        if last > 0 { d = [Double](repeating: .nan, count: d.count) }
    }

    /// An estimate of the least singular value of a block; `nil` if an element beside the diagonal became 0 because it is
    /// small beside its neighbours.
    private mutating func leastOrSplit(_ first: Int, _ last: Int, _ goesDown: Bool) -> Double? {
        let end = goesDown ? last - 1 : first
        if Swift.abs(e[end]) <= tolerance * Swift.abs(d[goesDown ? last : first]) {
            e[end] = 0
            return nil
        }
        var mu = Swift.abs(d[goesDown ? first : last])
        var least = mu
        for step in 0..<last - first {
            let index = goesDown ? first + step : last - 1 - step
            if Swift.abs(e[index]) <= tolerance * mu {
                e[index] = 0
                return nil
            }
            mu = Swift.abs(d[goesDown ? index + 1 : index]) * (mu / (mu + Swift.abs(e[index])))
            least = Swift.min(least, mu)
        }
        return least
    }

    /// Of the matrix [[f, g], [0, h]].
    private static func leastSingularValue(_ f: Double, _ g: Double, _ h: Double) -> Double {
        let (f, g, h) = (Swift.abs(f), Swift.abs(g), Swift.abs(h))
        let (low, high) = (Swift.min(f, h), Swift.max(f, h))
        if low == 0 { return 0 }
        if g < high {
            let (s, t, u) = (1 + low / high, (high - low) / high, (g / high) * (g / high))
            return low * (2 / ((s * s + u).squareRoot() + (t * t + u).squareRoot()))
        }
        let ratio = high / g
        if ratio == 0 { return low * high / g }
        let (s, t) = (1 + low / high, (high - low) / high)
        let c =
            1
            / ((1 + (s * ratio) * (s * ratio)).squareRoot() + (1 + (t * ratio) * (t * ratio)).squareRoot())
        return 2 * (low * c) * ratio
    }

    private mutating func stepDownWithoutShift<Real>(
        _ first: Int, _ last: Int, _ rotations: inout (Rotations<Real>, Rotations<Real>)?
    ) {
        begin(&rotations, at: first, step: 1)
        var (c, old) = (1.0, (c: 1.0, s: 0.0))
        for i in first..<last {
            let right = planeRotation(d[i] * c, e[i])
            if i > first { e[i - 1] = old.s * right.r }
            let left = planeRotation(old.c * right.r, d[i + 1] * right.s)
            d[i] = left.r
            (c, old) = (right.c, (left.c, left.s))
            rotations?.0.append(left.c, left.s)
            rotations?.1.append(right.c, right.s)
        }
        let h = d[last] * c
        d[last] = h * old.c
        e[last - 1] = h * old.s
        end(&rotations)
    }

    private mutating func stepUpWithoutShift<Real>(
        _ first: Int, _ last: Int, _ rotations: inout (Rotations<Real>, Rotations<Real>)?
    ) {
        begin(&rotations, at: last - 1, step: -1)
        var (c, old) = (1.0, (c: 1.0, s: 0.0))
        for i in (first + 1...last).reversed() {
            let left = planeRotation(d[i] * c, e[i - 1])
            if i < last { e[i] = old.s * left.r }
            let right = planeRotation(old.c * left.r, d[i - 1] * left.s)
            d[i] = right.r
            (c, old) = (left.c, (right.c, right.s))
            rotations?.0.append(left.c, -left.s)
            rotations?.1.append(right.c, -right.s)
        }
        let h = d[first] * c
        d[first] = h * old.c
        e[first] = h * old.s
        end(&rotations)
    }

    private mutating func stepDown<Real>(
        _ first: Int, _ last: Int, _ shift: Double,
        _ rotations: inout (Rotations<Real>, Rotations<Real>)?
    ) {
        begin(&rotations, at: first, step: 1)
        var f = (Swift.abs(d[first]) - shift) * ((d[first] < 0 ? -1 : 1) + shift / d[first])
        var g = e[first]
        for i in first..<last {
            let right = planeRotation(f, g)
            if i > first { e[i - 1] = right.r }
            f = right.c * d[i] + right.s * e[i]
            e[i] = right.c * e[i] - right.s * d[i]
            g = right.s * d[i + 1]
            d[i + 1] *= right.c
            let left = planeRotation(f, g)
            d[i] = left.r
            f = left.c * e[i] + left.s * d[i + 1]
            d[i + 1] = left.c * d[i + 1] - left.s * e[i]
            if i < last - 1 {
                g = left.s * e[i + 1]
                e[i + 1] *= left.c
            }
            rotations?.0.append(left.c, left.s)
            rotations?.1.append(right.c, right.s)
        }
        e[last - 1] = f
        end(&rotations)
    }

    private mutating func stepUp<Real>(
        _ first: Int, _ last: Int, _ shift: Double,
        _ rotations: inout (Rotations<Real>, Rotations<Real>)?
    ) {
        begin(&rotations, at: last - 1, step: -1)
        var f = (Swift.abs(d[last]) - shift) * ((d[last] < 0 ? -1 : 1) + shift / d[last])
        var g = e[last - 1]
        for i in (first + 1...last).reversed() {
            let left = planeRotation(f, g)
            if i < last { e[i] = left.r }
            f = left.c * d[i] + left.s * e[i - 1]
            e[i - 1] = left.c * e[i - 1] - left.s * d[i]
            g = left.s * d[i - 1]
            d[i - 1] *= left.c
            let right = planeRotation(f, g)
            d[i] = right.r
            f = right.c * e[i - 1] + right.s * d[i - 1]
            d[i - 1] = right.c * d[i - 1] - right.s * e[i - 1]
            if i > first + 1 {
                g = right.s * e[i - 2]
                e[i - 2] *= right.c
            }
            rotations?.0.append(left.c, -left.s)
            rotations?.1.append(right.c, -right.s)
        }
        e[first] = f
        end(&rotations)
    }

    private func begin<Real>(
        _ rotations: inout (Rotations<Real>, Rotations<Real>)?, at first: Int, step: Int
    ) {
        rotations?.0.begin(at: first, step: step)
        rotations?.1.begin(at: first, step: step)
    }

    private func end<Real>(_ rotations: inout (Rotations<Real>, Rotations<Real>)?) {
        rotations?.0.end()
        rotations?.1.end()
    }
}
