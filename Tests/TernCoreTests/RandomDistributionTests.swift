import Foundation
import TernCore
import TernTestSupport
import Testing

private let draws: [(name: String, draw: @Sendable (Int, Generator) -> Tensor)] = [
    ("exponential", { .exponential([$0], generator: $1) }),
    ("laplace float64", { .laplace([$0], dtype: .float64, generator: $1) }),
    ("cauchy", { .cauchy([$0], generator: $1) }),
    ("gumbel", { .gumbel([$0], generator: $1) }),
    ("geometric", { .geometric([$0], probability: 0.3, generator: $1) }),
    ("logNormal", { .logNormal([$0], generator: $1) }),
    ("bernoulli", { bernoulli(.full([$0], 0.3), generator: $1) }),
    ("poisson", { poisson(.full([$0], 30.0), generator: $1) }),
    ("gamma", { gamma(.full([$0], 0.7), generator: $1) }),
    ("beta", { beta(.full([$0], 2.0), Tensor(0.5), generator: $1) }),
    ("binomial", { binomial(.full([$0], 100.0), Tensor(0.4), generator: $1) }),
    ("multinomial", { multinomial(.ones([$0]), count: $0, generator: $1) }),
    ("multinomial replacing", { multinomial(.ones([100]), count: $0, replacing: true, generator: $1) }),
    ("shuffled", { Tensor.arange($0).shuffled(generator: $1) }),
    ("randomChoice", { Tensor.arange(100).randomChoice($0, generator: $1) }),
    ("uniform like", { .uniform(like: .zeros([$0]), generator: $1) }),
    ("normal like", { .normal(like: .zeros([$0], dtype: .float64), generator: $1) }),
    ("randomIntegers like", { .randomIntegers(like: .zeros([$0], dtype: .uint8), in: 3..<200, generator: $1) }),
]

@Test("a seed decides the numbers, for any number of threads, and a generator moves on", arguments: draws.indices)
func seedsDecide(index: Int) {
    let (name, draw) = draws[index]
    let threads = threadCount
    defer { threadCount = threads }
    threadCount = 1
    let generator = Generator(seed: 7)
    let one = draw(6000, generator)
    #expect(draw(6000, generator) != one, "\(name) gives the same again")
    threadCount = 3
    #expect(draw(6000, Generator(seed: 7)) == one, "\(name)")
    #expect(draw(6000, Generator(seed: 8)) != one, "\(name)")
    #expect(draw(1, Generator(seed: 8)).count == 1)
    #expect(name.hasPrefix("multinomial") || draw(0, Generator(seed: 8)).count == 0)
}

private let count = 20_000

@Test("continuous distributions have their distribution functions")
func continuousDistributions() {
    let generator = Generator(seed: 2025)
    let known: [(String, Tensor, (Double) -> Double)] = [
        ("exponential", .exponential([count], rate: 2.5, generator: generator), { 1 - exp(-2.5 * $0) }),
        ("exponential half", .exponential([count], dtype: .float16, generator: generator), { 1 - exp(-$0) }),
        (
            "laplace", .laplace([count], mean: 1, scale: 2, generator: generator),
            { $0 < 1 ? exp(($0 - 1) / 2) / 2 : 1 - exp((1 - $0) / 2) / 2 }
        ),
        (
            "cauchy", .cauchy([count], median: -1, scale: 0.5, generator: generator),
            { 0.5 + atan(($0 + 1) / 0.5) / .pi }
        ),
        ("gumbel", .gumbel([count], location: 1, scale: 3, generator: generator), { exp(-exp((1 - $0) / 3)) }),
        (
            "logNormal", .logNormal([count], mean: 0.5, standardDeviation: 0.25, generator: generator),
            { $0 <= 0 ? 0 : NormalCurve.below((log($0) - 0.5) / 0.25) }
        ),
        ("gamma 1", gamma(.full([count], 1.0), generator: generator), { 1 - exp(-$0) }),
        ("gamma 0.5", gamma(.full([count], 0.5), generator: generator), { erf($0.squareRoot()) }),
        ("gamma 3", gamma(.full([count], 3.0), generator: generator), { 1 - exp(-$0) * (1 + $0 + $0 * $0 / 2) }),
        ("beta 2, 1", beta(.full([count], 2.0), Tensor(1), generator: generator), { $0 * $0 }),
        (
            "beta 0.5, 0.5", beta(.full([count], 0.5), Tensor(0.5), generator: generator),
            { 2 / Double.pi * asin($0.squareRoot()) }
        ),
    ]
    for (name, sample, below) in known {
        let far = distance(sample, below)
        // Halves have few values, which are steps of the sample's distribution.
        #expect(far < (sample.dtype == .float16 ? 2.2 : 1.95), "\(name): \(far)")
    }
    for shape in [0.02, 8.5, 400] {
        let sample = gamma(Tensor.full([count], shape, dtype: .float64), generator: generator)
        expectMoments(
            sample, mean: shape, variance: shape, fourth: 3 * shape * shape + 6 * shape, "gamma \(shape)")
    }
    // Of small concentrations nearly all numbers are near 0 or 1, and none is NaN.
    let edges = beta(Tensor.full([1000], 0.001), Tensor(0.001), generator: generator)
    #expect(edges.isFinite().all().item(as: Bool.self))
    #expect(abs(edges.mean().item() - 0.5) < 0.1)
}

private enum NormalCurve {
    static func below(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
}

/// The sum of squared deviations of counts from what probabilities give, less its mean and in units of its deviation. Rare
/// values are taken together.
private func deviation(_ values: [Int], _ probability: (Int) -> Double) -> Double {
    var counts: [Int: Int] = [:]
    for value in values { counts[value, default: 0] += 1 }
    var (square, cells, rest, expectedRest) = (0.0, 0.0, values.count, Double(values.count))
    for value in 0...(values.max()! + 20) {
        let expected = probability(value) * Double(values.count)
        if expected < 8 { continue }
        let found = counts[value] ?? 0
        square += (Double(found) - expected) * (Double(found) - expected) / expected
        (cells, rest, expectedRest) = (cells + 1, rest - found, expectedRest - expected)
    }
    if expectedRest > 8 {
        square += (Double(rest) - expectedRest) * (Double(rest) - expectedRest) / expectedRest
        cells += 1
    }
    return (square - (cells - 1)) / (2 * Swift.max(1, cells - 1)).squareRoot()
}

@Test("counts have their probabilities")
func countingDistributions() {
    let generator = Generator(seed: 77)
    func integers(_ sample: Tensor) -> [Int] { sample.array(of: Int.self) }
    for mean in [0.3, 4, 9.5, 10, 35.5, 800] {
        let sample = integers(poisson(Tensor.full([count], mean, dtype: .float64), generator: generator))
        let far = deviation(sample) { (k: Int) -> Double in
            let logarithm: Double = Double(k) * log(mean) - mean - lgamma(Double(k) + 1)
            return exp(logarithm)
        }
        #expect(far < 4, "poisson \(mean): \(far)")
    }
    let trials: [(n: Double, p: Double)] = [(5, 0.3), (30, 0.1), (30, 0.5), (400, 0.25), (60, 0.95), (12, 0.9)]
    for (n, p) in trials {
        let sample = integers(binomial(Tensor.full([count], n), Tensor(p, dtype: .float64), generator: generator))
        let far = deviation(sample) { k in
            let successes = Double(k)
            if successes > n { return 0 }
            let failures = n - successes
            let ways: Double = lgamma(n + 1) - lgamma(successes + 1) - lgamma(failures + 1)
            let logarithm: Double = ways + successes * log(p) + failures * log(1 - p)
            return exp(logarithm)
        }
        #expect(far < 4, "binomial \(n), \(p): \(far)")
    }
    let geometric = integers(Tensor.geometric([count], probability: 0.3, dtype: .int64, generator: generator))
    #expect(deviation(geometric) { $0 < 1 ? 0 : 0.3 * pow(0.7, Double($0 - 1)) } < 4)
    #expect(Tensor.geometric([50], probability: 1, generator: generator) == Tensor.ones([50]))
    #expect(poisson(Tensor.zeros([9]), generator: generator) == Tensor.zeros([9]))
    #expect(binomial(Tensor([7, 7]), Tensor([0, 1]), generator: generator) == Tensor([0, 7]))

    let probabilities = Tensor([0, 1, 0.25, 0.75])
    let coins = bernoulli(probabilities.expanded(to: [count, 4]), generator: generator)
    let shares = coins.mean(axes: 0).array(of: Double.self)
    #expect(shares[0] == 0 && shares[1] == 1)
    for index in 2...3 { #expect(abs(shares[index] - probabilities[index].item()) < 5 * 0.44 / 141) }
    #expect(bernoulli(Tensor([0.5], dtype: .float16), generator: generator).dtype == .float16)
}

@Test("indices are drawn in proportion to weights, with and without replacing")
func drawnIndices() {
    let generator = Generator(seed: 5)
    let weights = Tensor([[1, 0, 3, 4], [2, 2, 0, 0]])
    let replaced = multinomial(weights, count: count, replacing: true, generator: generator)
    #expect(replaced.shape == [2, count])
    #expect(deviation(replaced[0].array()) { [0.125, 0, 0.375, 0.5, 0][Swift.min($0, 4)] } < 4)
    #expect(deviation(replaced[1].array()) { [0.5, 0.5, 0][Swift.min($0, 2)] } < 4)

    // Two of three without replacing: the second in proportion to what is left.
    let pairs = multinomial(Tensor([[1, 2, 3]]).expanded(to: [6000, 3]), count: 2, generator: generator)
    let cells = (pairs[.all, 0] * 3 + pairs[.all, 1]).array(of: Int.self)
    let shares = [1.0 / 6, 2.0 / 6, 3.0 / 6]
    let far = deviation(cells) { cell in
        let (i, j) = (cell / 3, cell % 3)
        return i > 2 || i == j ? 0 : shares[i] * shares[j] / (1 - shares[i])
    }
    #expect(far < 4, "\(far)")
    let all = multinomial(Tensor.ones([40]), count: 40, generator: generator)
    #expect(all.sorted().values == Tensor.arange(40))

    let rows = Tensor.arange(12).reshaped([6, 2])
    let shuffled = rows.shuffled(generator: generator)
    #expect(shuffled != rows && shuffled.sorted(axis: 0).values == rows)
    #expect((shuffled[.all, 1] - shuffled[.all, 0]) == Tensor.ones([6], dtype: .int64))
    #expect(rows.randomChoice(6, replacing: false, generator: generator).sorted(axis: 0).values == rows)
    #expect(
        rows.randomChoice(3, axis: 1, weights: Tensor([0, 1]), generator: generator)
            == rows.selected(Tensor([1, 1, 1] as [Int]), axis: 1))
}

@Test("parameters without a distribution stop with their value")
func wrongDistributionParameters() async {
    expectMessage(
        "exponential: rate must be above 0 and finite, got 0.0",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.exponential([2], rate: 0)
        })
    expectMessage(
        "bernoulli: probabilities must be in 0...1, got 1.5",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = bernoulli(Tensor([0.5, 1.5]))
        })
    expectMessage(
        "poisson: rates must be finite and at least 0, got -1.0",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = poisson(Tensor([-1, 2]))
        })
    expectMessage(
        "gamma: concentrations must be above 0 and finite, got nan",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = gamma(Tensor([1, .nan]))
        })
    expectMessage(
        "multinomial: expects at least 3 weights above 0 in a row, got 2",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = multinomial(Tensor([[1, 1, 1], [0, 1, 1]]), count: 3)
        })
    expectMessage(
        "randomChoice: cannot draw 4 of 3 slices (axis 0 of shape [3, 2])",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([3, 2]).randomChoice(4, replacing: false)
        })
}
