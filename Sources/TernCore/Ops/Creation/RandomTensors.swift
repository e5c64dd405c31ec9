// An element depends on the generator's state and its place in the tensor alone, so the bits are the same for any number
// of threads and at every instruction set. Each call moves the generator on behind the blocks it used.
extension Tensor {
    /// Numbers drawn evenly from `range`. PyTorch's `torch.rand`.
    ///
    /// ```swift
    /// Tensor.uniform([2, 3], in: -1..<1)
    /// Tensor.uniform([2, 3], generator: Generator(seed: 42))   // the same in every run
    /// ```
    ///
    /// - Parameters:
    ///   - shape: of the result.
    ///   - range: of the result.
    ///   - dtype: `float32` (multiples of 2^-24 of the range) or `float64` (2^-53).
    ///   - generator: where the numbers come from; the thread's default generator otherwise.
    public static func uniform(
        _ shape: Shape, in range: Range<Double> = 0..<1, dtype: DType = .float32, generator: Generator = .default
    ) -> Tensor {
        let largest = dtype.floating.limits.greatest
        if range.isEmpty || !(range.lowerBound >= -largest && range.upperBound <= largest) {
            mistake("uniform", "expects a range that is not empty and finite in \(dtype), got \(range)")
        }
        // The width of a range may be more than the type holds: then half of it is drawn from, and doubled.
        let isWide = range.upperBound / 2 - range.lowerBound / 2 > largest / 2
        let (from, to) = isWide ? (range.lowerBound / 2, range.upperBound / 2) : (range.lowerBound, range.upperBound)
        let result = floats(shape, dtype, generator, "uniform", .uniform(low: from, high: to))
        return isWide ? result * 2 : result
    }

    /// Numbers of a normal distribution. PyTorch's `torch.randn`.
    ///
    /// ```swift
    /// Tensor.normal([64, 100])                                   // mean 0, variance 1
    /// Tensor.normal([5, 5], mean: 10, standardDeviation: 0.02)
    /// ```
    public static func normal(
        _ shape: Shape, mean: Double = 0, standardDeviation: Double = 1, dtype: DType = .float32,
        generator: Generator = .default
    ) -> Tensor {
        checkDeviation(standardDeviation, "normal")
        return floats(shape, dtype, generator, "normal", .normal(mean: mean, deviation: standardDeviation))
    }

    /// Numbers of a normal distribution, cut off outside of `bounds` standard deviations around the mean: the inverse of its
    /// distribution function, applied to even numbers, so that each element takes the same part of the stream. PyTorch's
    /// `trunc_normal_` and TensorFlow's `truncated_normal`, whose bounds are the default.
    public static func truncatedNormal(
        _ shape: Shape, mean: Double = 0, standardDeviation: Double = 1, bounds: ClosedRange<Double> = -2...2,
        dtype: DType = .float32, generator: Generator = .default
    ) -> Tensor {
        checkDeviation(standardDeviation, "truncatedNormal")
        if !dtype.isFloatingPoint { mistake("truncatedNormal", "expects a floating-point type, got \(dtype)") }
        if bounds.lowerBound == bounds.upperBound {
            mistake("truncatedNormal", "expects bounds that differ, got \(bounds)")
        }
        let distribution = Distribution.truncatedNormal(
            TruncatedNormalDistribution(bounds), mean: mean, deviation: standardDeviation)
        return random(shape, .float64, generator, "truncatedNormal", distribution).converted(to: dtype)
    }

    /// 1 with the given probability, otherwise 0. PyTorch's `torch.bernoulli`.
    public static func bernoulli(
        _ shape: Shape, probability: Double = 0.5, dtype: DType = .float32, generator: Generator = .default
    ) -> Tensor {
        if !(0...1).contains(probability) {
            mistake("bernoulli", "probability must be in 0...1, got \(probability)")
        }
        return random(shape, .bool, generator, "bernoulli", .bernoulli(probability)).converted(to: dtype)
    }

    /// Integers drawn evenly from `range`. PyTorch's `torch.randint`.
    ///
    /// ```swift
    /// Tensor.randomIntegers([10], in: 1..<7)   // ten throws of a die
    /// ```
    ///
    /// - Parameters:
    ///   - shape: of the result.
    ///   - range: not empty; its upper bound is not drawn.
    ///   - dtype: an integer type that holds the range.
    ///   - generator: where the random numbers come from.
    public static func randomIntegers(
        _ shape: Shape, in range: Range<Int>, dtype: DType = .int64, generator: Generator = .default
    ) -> Tensor {
        guard dtype.isInteger, let limits = dtype.integers else {
            mistake("randomIntegers", "expects an integer type, got \(dtype)")
        }
        if range.isEmpty || !limits.contains(Int64(range.lowerBound)) || !limits.contains(Int64(range.upperBound - 1)) {
            mistake("randomIntegers", "expects a range that is not empty and fits \(dtype), got \(range)")
        }
        let size = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound))
        return random(
            shape, dtype, generator, "randomIntegers", .integers(low: Int64(range.lowerBound), count: size))
    }

    /// The integers `0..<count` in random order, all orders alike; an `int64`. PyTorch's `torch.randperm`.
    public static func permutation(_ count: Int, generator: Generator = .default) -> Tensor {
        if count < 0 { mistake("permutation", "expects a count that is not negative, got \(count)") }
        let result = arange(count)
        result.backend.shuffle(result, generator.reserve(count * 2))
        return result.output(of: "permutation", from: [])
    }

    private static func floats(
        _ shape: Shape, _ dtype: DType, _ generator: Generator, _ operation: StaticString, _ distribution: Distribution
    ) -> Tensor {
        if !dtype.isFloatingPoint { mistake("\(operation)", "expects a floating-point type, got \(dtype)") }
        return random(shape, dtype, generator, operation, distribution)
    }

    private static func random(
        _ shape: Shape, _ dtype: DType, _ generator: Generator, _ operation: StaticString, _ distribution: Distribution
    ) -> Tensor {
        checkSizes(shape, "\(operation)")
        let result = Tensor(uninitialized: shape, dtype: dtype)
        result.backend.fill(result, distribution, generator.reserve(result.count * distribution.words(of: dtype)))
        return result.output(of: operation, from: [], attributes: distribution.attributes)
    }

    static func checkDeviation(_ deviation: Double, _ operation: String) {
        if !(deviation >= 0) {
            mistake(operation, "standardDeviation must be at least 0, got \(deviation)")
        }
    }
}
