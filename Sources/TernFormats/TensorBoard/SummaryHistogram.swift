import TernCore

/// How many values lie where: TensorBoard's histogram, of buckets whose widths grow with the distance from 0, so that
/// weights and gradients of all sizes are told apart.
///
/// Bucket `i` holds the values `v` with `limits[i - 1] <= v < limits[i]`; what `init(of:)` makes begins with an empty one,
/// which states the lower limit of the next. The limits are 0 and plus and minus 1e-12 * 1.1^k up to 1e20: PyTorch's and
/// TensorFlow's. Values beyond the last are counted in it.
public struct SummaryHistogram: Equatable, Sendable {
    /// The smallest value.
    public var minimum: Double
    /// The largest value.
    public var maximum: Double
    /// The number of values.
    public var count: Double
    /// Of all values.
    public var sum: Double
    /// Of all values.
    public var sumOfSquares: Double
    /// The upper limits of the buckets, rising.
    public var limits: [Double]
    /// How many values each bucket holds.
    public var counts: [Double]

    /// - Parameters:
    ///   - minimum: the smallest value.
    ///   - maximum: the largest value.
    ///   - count: the number of values.
    ///   - sum: of all values.
    ///   - sumOfSquares: of all values.
    ///   - limits: the upper limits of the buckets, rising.
    ///   - counts: how many values each bucket holds.
    public init(
        minimum: Double, maximum: Double, count: Double, sum: Double, sumOfSquares: Double, limits: [Double],
        counts: [Double]
    ) {
        self.minimum = minimum
        self.maximum = maximum
        self.count = count
        self.sum = sum
        self.sumOfSquares = sumOfSquares
        self.limits = limits
        self.counts = counts
    }

    /// The histogram of a tensor's elements. Those that are infinite or NaN are left out.
    public init(of tensor: Tensor) {
        var counter = BucketCounter()
        switch tensor.dtype {
        case .float32: tensor.withUnsafeBuffer(of: Float.self) { for value in $0 { counter.add(Double(value)) } }
        case .float64: tensor.withUnsafeBuffer(of: Double.self) { for value in $0 { counter.add(value) } }
        case .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64, .float16, .bfloat16:
            for value in tensor.array(of: Double.self) { counter.add(value) }
        }
        self = counter.histogram
    }
}

/// Counts values in all buckets.
private struct BucketCounter {
    private var minimum = Double.infinity
    private var maximum = -Double.infinity
    private var count = 0
    private var sum = 0.0
    private var sumOfSquares = 0.0
    /// Of the buckets between each two of the limits: first those of negative values.
    private var counts = [Int](repeating: 0, count: 2 * positiveLimits.count)

    private static let positiveLimits: [Double] = {
        var limits: [Double] = []
        var limit = 1e-12
        while limit < 1e20 {
            limits.append(limit)
            limit *= 1.1
        }
        return limits
    }()

    /// For the sign-less upper 15 bits of a double (the exponent and 4 more), how many limits are below all the doubles
    /// that begin so.
    private static let firstLimits: [UInt16] = (0..<0x8000).map { bits in
        let least = Double(bitPattern: UInt64(bits) << 48)
        return UInt16(positiveLimits.firstIndex { $0 >= least } ?? positiveLimits.count)
    }

    @inline(__always)
    mutating func add(_ value: Double) {
        if !value.isFinite { return }
        minimum = min(minimum, value)
        maximum = max(maximum, value)
        count += 1
        sum += value
        sumOfSquares += value * value
        let magnitude = value.magnitude
        let limits = Self.positiveLimits
        var passed = Int(Self.firstLimits[Int(magnitude.bitPattern >> 48)])
        if value >= 0 {
            while passed < limits.count && limits[passed] <= magnitude { passed += 1 }
            counts[min(limits.count + passed, counts.count - 1)] += 1
        } else {
            // A bucket includes its lower limit, which is the larger magnitude here.
            while passed < limits.count && limits[passed] < magnitude { passed += 1 }
            counts[max(limits.count - 1 - passed, 0)] += 1
        }
    }

    var histogram: SummaryHistogram {
        guard let first = counts.firstIndex(where: { $0 > 0 }), let last = counts.lastIndex(where: { $0 > 0 }) else {
            return SummaryHistogram(
                minimum: 0, maximum: 0, count: 0, sum: 0, sumOfSquares: 0, limits: [0], counts: [0])
        }
        let limits = Self.positiveLimits.reversed().map { -$0 } + [0] + Self.positiveLimits
        return SummaryHistogram(
            minimum: minimum, maximum: maximum, count: Double(count), sum: sum, sumOfSquares: sumOfSquares,
            limits: Array(limits[first...last + 1]), counts: [0] + counts[first...last].map(Double.init))
    }
}
