import CTernKernels

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
    ///   - dtype: `float32` (multiples of 2^-24 of the range) or `float64` (2^-53).
    ///   - generator: where the numbers come from; the thread's default generator otherwise.
    public static func uniform(
        _ shape: Shape, in range: Range<Double> = 0..<1, dtype: DType = .float32, generator: Generator = .default
    ) -> Tensor {
        let largest = dtype == .float32 ? Double(Float.greatestFiniteMagnitude) : .greatestFiniteMagnitude
        if range.isEmpty || !(range.lowerBound >= -largest && range.upperBound <= largest) {
            mistake("uniform", "expects a range that is not empty and finite in \(dtype), got \(range)")
        }
        // The width of a range may be more than the type holds: then half of it is drawn from, and doubled.
        let isWide = range.upperBound / 2 - range.lowerBound / 2 > largest / 2
        let (from, to) = isWide ? (range.lowerBound / 2, range.upperBound / 2) : (range.lowerBound, range.upperBound)
        let result = floats(shape, dtype, generator, "uniform") { state, first, n, output in
            Kernels.random.uniform(dtype.kernelType, state.key, state.counter, first, n, from, to, output)
        }
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
        return floats(shape, dtype, generator, "normal") { state, first, n, output in
            Kernels.random.normal(
                dtype.kernelType, state.key, state.counter, first, n, mean, standardDeviation, output)
        }
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
        let distribution = TruncatedNormalDistribution(bounds)
        let result = uniform(shape, dtype: .float64, generator: generator)
        let values = result.pointer(as: Double.self)
        elementwiseLoop(result.count, nanosecondsPerElement: 15) { start, n in
            for i in start..<start + n {
                values[i] = mean + standardDeviation * distribution.quantile(values[i])
            }
        }
        return result.converted(to: dtype)
    }

    /// 1 with the given probability, otherwise 0. PyTorch's `torch.bernoulli`.
    public static func bernoulli(
        _ shape: Shape, probability: Double = 0.5, dtype: DType = .float32, generator: Generator = .default
    ) -> Tensor {
        if !(0...1).contains(probability) {
            mistake("bernoulli", "probability must be in 0...1, got \(probability)")
        }
        return random(shape, .bool, wordsPerElement: 1, generator, "bernoulli") { state, first, n, output in
            Kernels.random.bernoulli(
                state.key, state.counter, first, n, probability, output.assumingMemoryBound(to: UInt8.self))
        }.converted(to: dtype)
    }

    /// Integers drawn evenly from `range`. PyTorch's `torch.randint`.
    ///
    /// ```swift
    /// Tensor.randomIntegers([10], in: 1..<7)   // ten throws of a die
    /// ```
    ///
    /// - Parameter dtype: an integer type that holds the range.
    public static func randomIntegers(
        _ shape: Shape, in range: Range<Int>, dtype: DType = .int64, generator: Generator = .default
    ) -> Tensor {
        let limits: ClosedRange<Int>
        switch dtype {
        case .uint8: limits = 0...255
        case .int32: limits = Int(Int32.min)...Int(Int32.max)
        case .int64: limits = .min ... .max
        default: mistake("randomIntegers", "expects an integer type, got \(dtype)")
        }
        if range.isEmpty || !limits.contains(range.lowerBound) || !limits.contains(range.upperBound - 1) {
            mistake("randomIntegers", "expects a range that is not empty and fits \(dtype), got \(range)")
        }
        let size = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound))
        return random(shape, dtype, wordsPerElement: 2, generator, "randomIntegers") { state, first, n, output in
            Kernels.random.integers(
                dtype.kernelType, state.key, state.counter, first, n, Int64(range.lowerBound), size, output)
        }
    }

    /// The integers `0..<count` in random order, all orders alike; an `int64`. PyTorch's `torch.randperm`.
    public static func permutation(_ count: Int, generator: Generator = .default) -> Tensor {
        if count < 0 { mistake("permutation", "expects a count that is not negative, got \(count)") }
        let result = arange(count)
        let values = UnsafeMutableBufferPointer(start: result.pointer(as: Int64.self), count: count)
        let words = random([count, 2], .int32, wordsPerElement: 1, generator, "permutation") {
            state, first, n, output in
            Kernels.random.bits(
                state.key, state.counter, first, n, output.assumingMemoryBound(to: UInt32.self))
        }
        words.withUnsafeBytes { bytes in
            // Fisher and Yates: each place gets one of those that are left.
            for last in stride(from: count - 1, to: 0, by: -1) {
                let bits = bytes.loadUnaligned(fromByteOffset: last * 8, as: UInt64.self)
                values.swapAt(last, Int(bits.multipliedFullWidth(by: UInt64(last + 1)).high))
            }
        }
        return result
    }

    private static func floats(
        _ shape: Shape, _ dtype: DType, _ generator: Generator, _ operation: String,
        _ fill: (Generator.State, _ first: Int, _ n: Int, UnsafeMutableRawPointer) -> Void
    ) -> Tensor {
        if !dtype.isFloatingPoint { mistake(operation, "expects a floating-point type, got \(dtype)") }
        return random(shape, dtype, wordsPerElement: dtype == .float64 ? 2 : 1, generator, operation, fill)
    }

    /// A tensor filled in pieces that are independent of threads.
    private static func random(
        _ shape: Shape, _ dtype: DType, wordsPerElement: Int, _ generator: Generator, _ operation: String,
        _ fill: (Generator.State, _ first: Int, _ n: Int, UnsafeMutableRawPointer) -> Void
    ) -> Tensor {
        checkSizes(shape, operation)
        let result = Tensor(uninitialized: shape, dtype: dtype)
        let state = generator.reserve(result.count * wordsPerElement)
        elementwiseLoop(result.count, nanosecondsPerElement: 2) { start, n in
            fill(state, start, n, result.impl.pointer + start * dtype.byteCount)
        }
        return result
    }

    private static func checkDeviation(_ deviation: Double, _ operation: String) {
        if !(deviation >= 0) {
            mistake(operation, "standardDeviation must be at least 0, got \(deviation)")
        }
    }
}
