import Foundation

extension CPU {
    func sample(
        _ distribution: SampledDistribution, _ parameters: [Tensor], _ state: Generator.State, into y: Tensor
    ) {
        let output = y.pointer(as: Double.self)
        let (first, second) = (parameters[0].pointer(as: Double.self), parameters.last!.pointer(as: Double.self))
        elementwiseLoop(y.count, nanosecondsPerElement: Cost.sample, piece: 1024) { start, n in
            for i in start..<start + n {
                var stream = ElementStream(state, i)
                switch distribution {
                case .logGamma: output[i] = stream.logGamma(first[i])
                case .poisson: output[i] = stream.poisson(first[i])
                case .binomial: output[i] = stream.binomial(first[i], second[i])
                }
            }
        }
    }
}

/// Even numbers for one element, as many as it needs: a stream of blocks whose upper half counts them, where that of whole
/// tensors is 0.
private struct ElementStream {
    private let state: Generator.State
    private var block = SIMD4<UInt32>()
    private var draws: UInt32 = 0

    init(_ state: Generator.State, _ element: Int) {
        self.state = Generator.State(key: state.key, counter: state.counter &+ UInt64(element))
    }

    /// A number inside of 0...1.
    private mutating func next() -> Double {
        let isSecond = draws & 1 == 1
        if !isSecond { block = Philox.block(state, upper: draws / 2 + 1) }
        draws &+= 1
        let bits = isSecond ? UInt64(block.z) | UInt64(block.w) << 32 : UInt64(block.x) | UInt64(block.y) << 32
        return (Double(bits >> 11) + 0.5) * 0x1p-53
    }

    /// The logarithm of a gamma number: Marsaglia and Tsang.
    mutating func logGamma(_ shape: Double) -> Double {
        // Of a shape below 1: one of a larger shape times a power of an even number.
        let boost = shape < 1 ? log(next()) / shape : 0
        let d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = NormalDistribution.quantile(next())
            let root = 1 + c * x
            if root <= 0 { continue }
            let v = root * root * root
            let (u, square) = (next(), x * x)
            // The first bound holds nearly always, and needs no logarithms.
            if u < 1 - 0.0331 * square * square || log(u) < 0.5 * square + d - d * v + d * log(v) {
                return log(d * v) + boost
            }
        }
    }

    mutating func poisson(_ mean: Double) -> Double {
        if mean < 10 {
            // The first count whose distribution function is above an even number.
            let u = next()
            var (count, probability) = (0.0, exp(-mean))
            var below = probability
            while u > below && probability > 0x1p-60 {
                count += 1
                probability *= mean / count
                below += probability
            }
            return count
        }
        // Hörmann's PTRS.
        let (root, logMean) = (mean.squareRoot(), log(mean))
        let b = 0.931 + 2.53 * root
        let a = -0.059 + 0.02483 * b
        let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
        let bound = 0.9277 - 3.6224 / (b - 2)
        while true {
            let (u, v) = (next() - 0.5, next())
            let distance = 0.5 - Swift.abs(u)
            let k = ((2 * a / distance + b) * u + mean + 0.43).rounded(.down)
            if distance >= 0.07 && v <= bound { return k }
            if k < 0 || distance < 0.013 && v > distance { continue }
            let height = log(v * inverseAlpha / (a / (distance * distance) + b))
            if height <= k * logMean - mean - logFactorial(k) { return k }
        }
    }

    mutating func binomial(_ count: Double, _ probability: Double) -> Double {
        let n = count.rounded(.down)
        if probability > 0.5 { return n - binomial(n, 1 - probability) }
        let (p, q) = (probability, 1 - probability)
        if n * p < 10 {
            if p == 0 { return 0 }
            let failure = log1p(-p)
            var (successes, trials) = (0.0, (log(next()) / failure).rounded(.down) + 1)
            while trials <= n {
                successes += 1
                trials += (log(next()) / failure).rounded(.down) + 1
            }
            return successes
        }
        // Hörmann's BTRS.
        let root = (n * p * q).squareRoot()
        let b = 1.15 + 2.53 * root
        let a = -0.0873 + 0.0248 * b + 0.01 * p
        let (centre, bound, alpha) = (n * p + 0.5, 0.92 - 4.2 / b, (2.83 + 5.1 / b) * root)
        let mode = ((n + 1) * p).rounded(.down)
        let top = logFactorial(mode) + logFactorial(n - mode)
        while true {
            let (u, v) = (next() - 0.5, next())
            let distance = 0.5 - Swift.abs(u)
            let k = ((2 * a / distance + b) * u + centre).rounded(.down)
            if distance >= 0.07 && v <= bound { return k }
            if k < 0 || k > n { continue }
            let height = log(v * alpha / (a / (distance * distance) + b))
            if height <= top - logFactorial(k) - logFactorial(n - k) + (k - mode) * log(p / q) { return k }
        }
    }

    /// log(k!), by Stirling's series; the C library's function is not safe between threads.
    private func logFactorial(_ k: Double) -> Double {
        var (x, product) = (k + 1, 1.0)
        while x < 10 {
            product *= x
            x += 1
        }
        let inverse = 1 / x
        let square = inverse * inverse
        let series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)))
        return (x - 0.5) * log(x) - x + 0.918938533204672742 + series - log(product)
    }
}
