// Distributions whose distribution function has an inverse that is known: applied to even numbers of float64, so that each
// element takes the same part of the stream.
extension Tensor {
    /// Numbers of an exponential distribution, of density `rate exp(-rate x)`. PyTorch's `exponential_`.
    ///
    /// ```swift
    /// Tensor.exponential([1000], rate: 4).mean()   // about 0.25
    /// ```
    public static func exponential(
        _ shape: Shape, rate: Double = 1, dtype: DType = .float32, generator: Generator = .default
    ) -> Tensor {
        check(rate, "rate", "exponential")
        return inverse(shape, dtype, generator, "exponential", ["rate": rate]) { -(-$0).log1p() / rate }
    }

    /// Numbers of a Laplace distribution, of density `exp(-|x - mean| / scale) / (2 scale)`. PyTorch's
    /// `torch.distributions.Laplace`.
    public static func laplace(
        _ shape: Shape, mean: Double = 0, scale: Double = 1, dtype: DType = .float32, generator: Generator = .default
    ) -> Tensor {
        check(scale, "scale", "laplace")
        return inverse(shape, dtype, generator, "laplace", ["mean": mean, "scale": scale]) { u in
            let centred = centred(u)
            return mean - centred.sign() * (centred.abs() * -2).log1p() * scale
        }
    }

    /// Numbers of a Cauchy distribution, of density `scale / (pi (scale^2 + (x - median)^2))`: it has no mean. PyTorch's
    /// `cauchy_`.
    public static func cauchy(
        _ shape: Shape, median: Double = 0, scale: Double = 1, dtype: DType = .float32, generator: Generator = .default
    ) -> Tensor {
        check(scale, "scale", "cauchy")
        return inverse(shape, dtype, generator, "cauchy", ["median": median, "scale": scale]) { u in
            let angle = centred(u) * Double.pi
            return median + angle.sin() / angle.cos() * scale
        }
    }

    /// Numbers of a Gumbel distribution, of the largest of many: `-log(-log(u))`. PyTorch's `torch.distributions.Gumbel`.
    public static func gumbel(
        _ shape: Shape, location: Double = 0, scale: Double = 1, dtype: DType = .float32,
        generator: Generator = .default
    ) -> Tensor {
        check(scale, "scale", "gumbel")
        return inverse(shape, dtype, generator, "gumbel", ["location": location, "scale": scale]) { u in
            location - (-(centred(u) + 0.5).log()).log() * scale
        }
    }

    /// How many trials a success of the given probability takes, at least 1. PyTorch's `geometric_`.
    public static func geometric(
        _ shape: Shape, probability: Double, dtype: DType = .float32, generator: Generator = .default
    ) -> Tensor {
        if !(probability > 0 && probability <= 1) {
            mistake("geometric", "probability must be above 0 and at most 1, got \(probability)")
        }
        if dtype == .bool { mistake("geometric", "expects a type of numbers, got bool") }
        checkSizes(shape, "geometric")
        let trials = asOneOperation {
            let failure = Tensor(-probability, dtype: .float64).log1p()
            let u = Tensor.uniform(shape, dtype: .float64, generator: generator)
            return maximum(((-u).log1p() / failure).ceil(), 1).converted(to: dtype)
        }
        return trials.output(of: "geometric", from: [], attributes: ["probability": probability])
    }

    /// Numbers whose logarithms have a normal distribution. PyTorch's `log_normal_`, whose defaults these are.
    public static func logNormal(
        _ shape: Shape, mean: Double = 1, standardDeviation: Double = 2, dtype: DType = .float32,
        generator: Generator = .default
    ) -> Tensor {
        if !dtype.isFloatingPoint { mistake("logNormal", "expects a floating-point type, got \(dtype)") }
        checkDeviation(standardDeviation, "logNormal")
        checkSizes(shape, "logNormal")
        let numbers = asOneOperation {
            normal(
                shape, mean: mean, standardDeviation: standardDeviation, dtype: .float64, generator: generator
            ).exp().converted(to: dtype)
        }
        return numbers.output(
            of: "logNormal", from: [], attributes: ["mean": mean, "standardDeviation": standardDeviation])
    }

    /// Even numbers of `range`, numbers of a normal distribution, or integers of `range`, of the shape and type of `other`.
    /// PyTorch's `rand_like`, `randn_like` and `randint_like`.
    public static func uniform(
        like other: Tensor, in range: Range<Double> = 0..<1, generator: Generator = .default
    ) -> Tensor {
        uniform(other.shape, in: range, dtype: other.dtype, generator: generator)
    }
    /// Numbers of a normal distribution in the shape and type of another tensor. PyTorch's `torch.randn_like`.
    public static func normal(
        like other: Tensor, mean: Double = 0, standardDeviation: Double = 1, generator: Generator = .default
    ) -> Tensor {
        normal(
            other.shape, mean: mean, standardDeviation: standardDeviation, dtype: other.dtype, generator: generator)
    }
    /// Integers drawn evenly from `range`, in the shape and type of another tensor. PyTorch's `torch.randint_like`.
    public static func randomIntegers(
        like other: Tensor, in range: Range<Int>, generator: Generator = .default
    ) -> Tensor {
        randomIntegers(other.shape, in: range, dtype: other.dtype, generator: generator)
    }

    /// Even numbers of 0 ..< 1, centred: inside of -1/2 ... 1/2 and of both signs alike.
    private static func centred(_ u: Tensor) -> Tensor { u + (0x1p-54 - 0.5) }

    private static func inverse(
        _ shape: Shape, _ dtype: DType, _ generator: Generator, _ name: StaticString, _ attributes: OperationAttributes,
        _ function: (_ u: Tensor) -> Tensor
    ) -> Tensor {
        if !dtype.isFloatingPoint { mistake("\(name)", "expects a floating-point type, got \(dtype)") }
        checkSizes(shape, "\(name)")
        let numbers = asOneOperation {
            function(uniform(shape, dtype: .float64, generator: generator)).converted(to: dtype)
        }
        return numbers.output(of: name, from: [], attributes: attributes)
    }

    private static func check(_ number: Double, _ parameter: String, _ name: String) {
        if !(number > 0 && number.isFinite) { mistake(name, "\(parameter) must be above 0 and finite, got \(number)") }
    }
}
