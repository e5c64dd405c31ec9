// Random numbers with parameters of their own for each element, and random choices. No gradient flows through.

/// 1 with the probability that each element gives, otherwise 0, of the same shape and type. PyTorch's `torch.bernoulli`.
///
/// ```swift
/// bernoulli(Tensor([0, 1, 1]))   // [0, 1, 1]
/// ```
public func bernoulli(_ probabilities: Tensor, generator: Generator = .default) -> Tensor {
    checkFloating(probabilities, "bernoulli")
    let result = asOneOperation {
        checkElements(probabilities, in: 0...1, "probabilities", "bernoulli")
        return Tensor.uniform(probabilities.shape, dtype: .float64, generator: generator).less(than: probabilities)
            .converted(to: probabilities.dtype)
    }
    return result.output(of: "bernoulli", from: [probabilities])
}

/// Numbers of Poisson distributions whose means are the elements, of the same shape and type. PyTorch's `torch.poisson`.
///
/// Hörmann, "The transformed rejection method for generating Poisson random variables", 1993; for small means the inverse of
/// the distribution function.
public func poisson(_ rates: Tensor, generator: Generator = .default) -> Tensor {
    checkFloating(rates, "poisson")
    let result = asOneOperation {
        checkElements(rates, in: 0...0x1p52, "rates", "poisson")
        return sampled(.poisson, [rates], rates.shape, generator).converted(to: rates.dtype)
    }
    return result.output(of: "poisson", from: [rates])
}

/// Numbers of gamma distributions with the given shapes (concentrations) and a rate of 1, of the same shape and type; divided
/// by a rate they have that. PyTorch's `torch._standard_gamma` and `torch.distributions.Gamma`.
///
/// Marsaglia and Tsang, "A simple method for generating gamma variables", 2000.
public func gamma(_ concentrations: Tensor, generator: Generator = .default) -> Tensor {
    checkFloating(concentrations, "gamma")
    let result = asOneOperation {
        checkPositive(concentrations, "concentrations", "gamma")
        return exp(sampled(.logGamma, [concentrations], concentrations.shape, generator))
            .converted(to: concentrations.dtype)
    }
    return result.output(of: "gamma", from: [concentrations])
}

/// Numbers in 0...1 of beta distributions, of density `x^(a - 1) (1 - x)^(b - 1)` but for a factor. PyTorch's
/// `torch.distributions.Beta`.
///
/// - Parameters: `a` and `b` broadcast.
public func beta(_ a: Tensor, _ b: Tensor, generator: Generator = .default) -> Tensor {
    let shape = Tensor.broadcastShape(a, b, "beta")
    let type = a.dtype.promoted(with: b.dtype)
    for parameter in [a, b] { checkFloating(parameter, "beta") }
    let result = asOneOperation {
        for parameter in [a, b] { checkPositive(parameter, "concentrations", "beta") }
        // x / (x + y) of two gamma numbers, by their logarithms: neither underflows.
        let x = sampled(.logGamma, [a], shape, generator)
        let y = sampled(.logGamma, [b], shape, generator)
        return sigmoid(x - y).converted(to: type)
    }
    return result.output(of: "beta", from: [a, b])
}

/// How many of so many trials succeed, with a probability for each element. PyTorch's `torch.binomial`.
///
/// Hörmann, "The generation of binomial random variates", 1993; for few expected successes the trials until each.
///
/// - Parameters:
///   - counts: whole numbers that are not negative; broadcasts with `probabilities`, whose type the result has.
///   - probabilities: in 0...1; broadcasts with `counts`.
///   - generator: where the random numbers come from.
public func binomial(_ counts: Tensor, _ probabilities: Tensor, generator: Generator = .default) -> Tensor {
    let shape = Tensor.broadcastShape(counts, probabilities, "binomial")
    checkFloating(probabilities, "binomial")
    let result = asOneOperation {
        checkElements(counts, in: 0...0x1p52, "counts", "binomial")
        checkElements(probabilities, in: 0...1, "probabilities", "binomial")
        return sampled(.binomial, [counts, probabilities], shape, generator).converted(to: probabilities.dtype)
    }
    return result.output(of: "binomial", from: [counts, probabilities])
}

/// Indices drawn with probabilities in proportion to weights: `count` from each row. An `int64` of shape [count] or
/// [N, count]. PyTorch's `torch.multinomial`; of `softmax(logits)`, replacing, Keras's `random.categorical`.
///
/// ```swift
/// multinomial(Tensor([0, 3, 0]), count: 2, replacing: true)   // [1, 1]
/// ```
///
/// - Parameters:
///   - weights: [C] or [N, C]; finite, not negative, and not all 0 in a row.
///   - count: how many indices are drawn from each row.
///   - replacing: whether an index may be drawn again; otherwise a row needs as many weights above 0 as are drawn.
///   - generator: where the random numbers come from.
public func multinomial(
    _ weights: Tensor, count: Int, replacing: Bool = false, generator: Generator = .default
) -> Tensor {
    if !(1...2).contains(weights.rank) {
        mistake("multinomial", "expects weights of shape [C] or [N, C], got \(weights.shape)")
    }
    if count < 0 { mistake("multinomial", "expects a count that is not negative, got \(count)") }
    let result = asOneOperation {
        checkElements(weights, in: 0...Double.greatestFiniteMagnitude, "weights", "multinomial")
        let w = weights.converted(to: .float64).reshaped([-1, weights.shape[weights.rank - 1]])
        let (rows, classes) = (w.shape[0], w.shape[1])
        let positive = rows == 0 ? 0 : classes == 0 ? 0 : Int(w.countNonZero(axes: 1).min().item())
        if rows > 0, count > 0, positive < (replacing ? 1 : count) {
            mistake(
                "multinomial",
                "expects at least \(replacing ? 1 : count) weights above 0 in a row, got \(positive)")
        }
        var shape = weights.shape
        shape[shape.count - 1] = count
        if count == 0 || rows == 0 { return Tensor.zeros(shape, dtype: .int64) }
        if !replacing {
            // Whose exponential waiting time ends first.
            let times = Tensor.exponential(w.shape, dtype: .float64, generator: generator)
            return which(w.equal(to: 0), Double.infinity, times / w).topK(count, largest: false).indices.reshaped(shape)
        }
        // Scaled, so that no sum overflows.
        let sums = (w / w.max(axes: 1, keepAxes: true)).cumulativeSum(axis: 1)
        let total = sums[.all, (classes - 1)...]
        let drawn = Tensor.uniform([rows, count], dtype: .float64, generator: generator) * total
        // Rounded up to the whole, a number belongs to the last weight above 0.
        let last = searchSorted(sums, total)
        return minimum(searchSorted(sums, drawn, right: true), last).reshaped(shape)
    }
    return result.output(of: "multinomial", from: [weights], attributes: ["count": count, "replacing": replacing])
}

extension Tensor {
    /// The slices along `axis` in random order, all orders alike. Keras's `random.shuffle`.
    ///
    /// ```swift
    /// Tensor.arange(5).shuffled(axis: 0, generator: Generator(seed: 1)).sorted().values   // [0, 1, 2, 3, 4]
    /// ```
    public func shuffled(axis: Int = 0, generator: Generator = .default) -> Tensor {
        let position = axisOrScalar(axis, "shuffled")
        if rank == 0 { return self }
        return selected(Tensor.permutation(shape[position], generator: generator), axis: position)
    }

    /// `count` slices along `axis`, drawn at random. NumPy's `random.choice`.
    ///
    /// - Parameters:
    ///   - count: how many slices are drawn.
    ///   - axis: the axis of the slices, from the end if negative.
    ///   - replacing: whether a slice may be drawn again.
    ///   - weights: what the probabilities of the slices are in proportion to; all alike if absent.
    ///   - generator: where the random numbers come from.
    public func randomChoice(
        _ count: Int, axis: Int = 0, replacing: Bool = true, weights: Tensor? = nil, generator: Generator = .default
    ) -> Tensor {
        let position = self.axis(axis, "randomChoice")
        let size = shape[position]
        if count < 0 { mistake("randomChoice", "expects a count that is not negative, got \(count)") }
        if count > 0 && size == 0 || !replacing && count > size {
            mistake("randomChoice", "cannot draw \(count) of \(size) slices (axis \(axis) of shape \(shape))")
        }
        let places: Tensor
        if let weights {
            if weights.shape != [size] {
                mistake("randomChoice", "expects weights of shape [\(size)], got \(weights.shape)")
            }
            places = multinomial(weights, count: count, replacing: replacing, generator: generator)
        } else if replacing {
            places = Tensor.randomIntegers([count], in: 0..<Swift.max(1, size), generator: generator)
        } else {
            places = Tensor.permutation(size, generator: generator)[..<count]
        }
        return selected(places, axis: position)
    }
}

/// Numbers of a distribution that are drawn by rejection, of `float64`.
private func sampled(
    _ distribution: SampledDistribution, _ parameters: [Tensor], _ shape: Shape, _ generator: Generator
) -> Tensor {
    let result = Tensor(uninitialized: shape, dtype: .float64)
    let spread = parameters.map { $0.converted(to: .float64).expanded(to: shape).packed }
    result.backend.sample(distribution, spread, generator.reserve(result.count * 4), into: result)
    return result
}

private func checkFloating(_ parameter: Tensor, _ name: String) {
    if !parameter.dtype.isFloatingPoint { mistake(name, "expects a floating-point type, got \(parameter.dtype)") }
}

private func checkElements(_ x: Tensor, in range: ClosedRange<Double>, _ what: String, _ name: String) {
    if x.count == 0 { return }
    for extreme in [x.min().item(), x.max().item()] where !range.contains(extreme) {
        let limits = range.upperBound < 2 ? "in 0...1" : "finite and at least 0"
        mistake(name, "\(what) must be \(limits), got \(extreme)")
    }
}

private func checkPositive(_ x: Tensor, _ what: String, _ name: String) {
    if x.count == 0 { return }
    for extreme in [x.min().item(), x.max().item()] where !(extreme > 0 && extreme.isFinite) {
        mistake(name, "\(what) must be above 0 and finite, got \(extreme)")
    }
}
