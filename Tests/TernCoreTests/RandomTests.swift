import CTernKernels
import Testing

@testable import TernCore

@Test("the block function gives Random123's known answer, in Swift and in the kernels")
func knownBlock() {
    let expected: [UInt32] = [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
    let block = Philox.block(Generator.State(key: 0))
    #expect((0..<4).map { block[$0] } == expected)
    var words = [UInt32](repeating: 0, count: 4)
    Kernels.randomBits(0, 0, 0, 4, &words)
    #expect(words == expected)
}

@Test("Swift and the kernels draw the same bits, for any key, counter and start")
func swiftAndKernelsAgree() {
    for (key, counter) in [(1, 0), (0xdead_beef_0123_4567, 0xffff_fffe), (UInt64.max, UInt64.max - 3)] {
        var blocks: [UInt32] = []
        for i in 0..<40 {
            let block = Philox.block(Generator.State(key: key, counter: counter &+ UInt64(i)))
            blocks += (0..<4).map { block[$0] }
        }
        for (first, n) in [(0, 160), (1, 1), (3, 90), (37, 5)] {
            var words = [UInt32](repeating: 0, count: n)
            Kernels.randomBits(key, counter, first, n, &words)
            #expect(words == Array(blocks[first..<first + n]))
        }
    }
}

private let draws: [(name: String, draw: @Sendable (Shape, Generator) -> Tensor)] = [
    ("uniform", { .uniform($0, in: -1..<3, generator: $1) }),
    ("uniform float64", { .uniform($0, dtype: .float64, generator: $1) }),
    ("normal", { .normal($0, generator: $1) }),
    ("normal float64", { .normal($0, dtype: .float64, generator: $1) }),
    ("truncatedNormal", { .truncatedNormal($0, generator: $1) }),
    ("bernoulli", { .bernoulli($0, probability: 0.3, generator: $1) }),
    ("randomIntegers", { .randomIntegers($0, in: -5..<6, generator: $1) }),
    ("randomIntegers uint8", { .randomIntegers($0, in: 0..<256, dtype: .uint8, generator: $1) }),
    ("permutation", { .permutation($0.elements, generator: $1) }),
]

@Test("a seed decides the numbers, for any number of threads", arguments: draws.indices)
func threadsAgree(index: Int) {
    let (name, draw) = draws[index]
    let threads = threadCount
    defer { threadCount = threads }
    // Large enough to run in parallel.
    let shape: Shape = [3, 50_001]
    threadCount = 1
    let one = draw(shape, Generator(seed: 7))
    threadCount = 2
    #expect(draw(shape, Generator(seed: 7)) == one, "\(name)")
    #expect(draw(shape, Generator(seed: 8)) != one, "\(name)")
    #expect(draw([0], Generator(seed: 7)).count == 0)
    #expect(draw([1], Generator(seed: 7)).count == 1)
}

@Test("a generator goes on behind the numbers it gave, and can be put back", arguments: draws.indices)
func generatorMoves(index: Int) {
    let (name, draw) = draws[index]
    let generator = Generator(seed: 3)
    let first = draw([100], generator)
    let state = generator.state
    let second = draw([100], generator)
    #expect(first != second, "\(name)")
    generator.state = state
    #expect(draw([100], generator) == second, "\(name)")
}

@Test("the default generator of a thread is seeded by seed")
func defaultGenerator() {
    seed(11)
    let first = Tensor.normal([5])
    seed(11)
    #expect(Tensor.normal([5]) == first)
    #expect(Tensor.normal([5], generator: Generator(seed: 11)) == first)
}

/// Expects the mean and variance of a large sample within five standard errors. `fourth` is the fourth central moment.
func expectMoments(_ sample: Tensor, mean: Double, variance: Double, fourth: Double, _ name: String) {
    let values = sample.array(of: Double.self)
    let n = Double(values.count)
    let average = values.reduce(0, +) / n
    let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    #expect(abs(average - mean) < 5 * (variance / n).squareRoot(), "mean of \(name): \(average)")
    #expect(
        abs(spread - variance) < 5 * ((fourth - variance * variance) / n).squareRoot(), "variance of \(name): \(spread)"
    )
}

/// The largest distance between the sample's distribution and `below`; above 1.95 / sqrt(n) once in a thousand samples.
func distance(_ sample: Tensor, _ below: (Double) -> Double) -> Double {
    let values = sample.array(of: Double.self).sorted()
    let n = Double(values.count)
    return values.enumerated().map { rank, value in
        max(abs(below(value) - Double(rank) / n), abs(below(value) - Double(rank + 1) / n))
    }.max()! * n.squareRoot()
}

@Test("uniform and normal numbers have their distributions", arguments: [DType.float32, .float64])
func distributions(dtype: DType) {
    let generator = Generator(seed: 2024)
    let uniform = Tensor.uniform([100_000], in: -1..<3, dtype: dtype, generator: generator)
    #expect(uniform.min().item() >= -1 && uniform.max().item() < 3)
    expectMoments(uniform, mean: 1, variance: 16.0 / 12, fourth: 256.0 / 80, "uniform")
    #expect(distance(uniform) { ($0 + 1) / 4 } < 1.95)

    let normal = Tensor.normal([100_000], mean: 2, standardDeviation: 3, dtype: dtype, generator: generator)
    expectMoments(normal, mean: 2, variance: 9, fourth: 3 * 81, "normal")
    #expect(distance(normal) { NormalDistribution.below(($0 - 2) / 3) } < 1.95)
    // Neighbours come from one pair of words, and must not know of each other.
    let centred = (normal - 2) / 3
    let pairs = (centred[.every(2)] * centred[.range(from: 1, by: 2)]).mean().item()
    #expect(abs(pairs) < 5 / 50_000.0.squareRoot())

    let truncated = Tensor.truncatedNormal([100_000], dtype: dtype, generator: generator)
    #expect(truncated.min().item() >= -2 && truncated.max().item() <= 2)
    // 1 - 4 phi(2) / (2 Phi(2) - 1), and its fourth moment by the recurrence 3 m2 - 16 phi(2) / (2 Phi(2) - 1).
    expectMoments(truncated, mean: 0, variance: 0.7737413, fourth: 3 * 0.7737413 - 0.9050348, "truncatedNormal")
    let tail = NormalDistribution.below(-2)
    #expect(distance(truncated) { (NormalDistribution.below($0) - tail) / (1 - 2 * tail) } < 1.95)
}

@Test("the quantile of the normal distribution is exact to 15 digits, also in the tails")
func quantiles() {
    // torch.special.ndtri, float64.
    let expected = [
        (1e-10, -6.361340902404056), (1e-300, -37.0470962993612), (0.02, -2.053748910631823),
        (0.3, -0.5244005127080409),
        (0.9, 1.2815515655446004), (0.975, 1.959963984540054),
    ]
    for (p, z) in expected { #expect(abs(NormalDistribution.quantile(p) - z) <= 4e-15 * abs(z), "\(p)") }
    #expect(NormalDistribution.quantile(0.5) == 0)
    #expect(NormalDistribution.quantile(1) == .infinity)
}

@Test("integers, coins and orders are drawn evenly")
func discrete() {
    let generator = Generator(seed: 99)
    func chiSquare(_ counts: [Int], expected: Double) -> Double {
        counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    }
    for dtype in [DType.uint8, .int32, .int64] {
        let throwsOfDie = Tensor.randomIntegers([60_000], in: 1..<7, dtype: dtype, generator: generator)
        #expect(throwsOfDie.dtype == dtype)
        var counts = [Int](repeating: 0, count: 6)
        for value in throwsOfDie.array(of: Int.self) { counts[value - 1] += 1 }
        // 20.5 with 5 degrees of freedom is passed once in a thousand.
        #expect(chiSquare(counts, expected: 10_000) < 20.5)
    }
    let negative = Tensor.randomIntegers([1000], in: Int.min..<0, generator: generator)
    #expect(negative.less(than: 0).all().item(as: Bool.self))

    expectMoments(
        .bernoulli([100_000], probability: 0.2, generator: generator), mean: 0.2, variance: 0.16, fourth: 0.0832,
        "bernoulli")
    #expect(Tensor.bernoulli([1000], probability: 0, generator: generator).sum().item() == 0)
    #expect(Tensor.bernoulli([1000], probability: 1, dtype: .bool, generator: generator).all().item(as: Bool.self))

    var counts: [[Int]: Int] = [:]
    for _ in 0..<6000 { counts[Tensor.permutation(3, generator: generator).array(of: Int.self), default: 0] += 1 }
    #expect(counts.count == 6)
    #expect(chiSquare(Array(counts.values), expected: 1000) < 20.5)
    #expect(Tensor.permutation(500, generator: generator).sorted().values == Tensor.arange(500))
}

@Test("parameters out of range stop with their value")
func wrongParameters() async {
    expectMessage(
        "bernoulli: probability must be in 0...1, got 1.5",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.bernoulli([2], probability: 1.5)
        })
    expectMessage(
        "randomIntegers: expects a range that is not empty and fits uint8, got 0..<257",
        in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.randomIntegers([2], in: 0..<257, dtype: .uint8)
        })
}
