// The tables of interpolation: which inputs each output is made of, and with what weights. PyTorch's formulas.

/// Where the places of outputs lie among those of inputs along an axis.
struct AxisScale {
    let input: Int
    let output: Int
    /// The inputs that a step from output to output passes.
    let step: Double
    /// Whether the centres of the first and last elements lie on each other, not their outer edges.
    let alignsCorners: Bool

    /// - Parameter scale: outputs an input, if it was given: it need not be the quotient of the sizes.
    init(input: Int, output: Int, scale: Double?, alignsCorners: Bool) {
        self.input = input
        self.output = output
        self.alignsCorners = alignsCorners
        step =
            alignsCorners
            ? (output > 1 ? Double(input - 1) / Double(output - 1) : 0)
            : scale.map { 1 / $0 } ?? Double(input) / Double(output)
    }

    /// The place of an output's centre, in inputs; 0 is the centre of the first.
    func place(_ output: Int) -> Double {
        alignsCorners ? step * Double(output) : step * (Double(output) + 0.5) - 0.5
    }
}

extension AxisTaps {
    /// The nearest input, with the edges (or, `isExact`, the centres) of outputs. Computed in `float32`, as PyTorch does for
    /// every type: at ties the rounding decides.
    static func nearest(_ scale: AxisScale, isExact: Bool) -> AxisTaps {
        let (step, shift) = (Float(scale.step), Float(isExact ? 0.5 : 0))
        // An axis that keeps its size is kept, whatever scale was given.
        let isKept = scale.input == scale.output && !isExact
        return AxisTaps(scale, taps: 1) { output, add in
            let place = Double(((Float(output) + shift) * step).rounded(.down))
            add(isKept ? output : Int(place, in: 0...scale.input - 1), 1)
        }
    }

    /// The two inputs around, by their distances.
    static func linear(_ scale: AxisScale) -> AxisTaps {
        AxisTaps(scale, taps: 2) { output, add in
            if scale.input == scale.output { return add(output, 1) }
            let place = Swift.max(0, scale.place(output))
            let first = Int(place, in: 0...scale.input - 1)
            let share = Swift.min(1, place - Double(first))
            add(first, 1 - share)
            add(first + 1, share)
        }
    }

    /// Cubic convolution of the four inputs around, with `a = -0.75`; beyond the ends are the outermost inputs.
    static func cubic(_ scale: AxisScale) -> AxisTaps {
        AxisTaps(scale, taps: 4) { output, add in
            let place = scale.place(output)
            let first = Swift.min(Int(place.rounded(.down), in: -2...scale.input), scale.input - 1)
            let share = Swift.min(Swift.max(place - Double(first), 0), 1)
            for tap in -1...2 { add(first + tap, CubicKernel(a: -0.75).weight(share - Double(tap))) }
        }
    }

    /// A triangle or a cubic kernel (`a = -0.5`) that is widened to cover the inputs of an output where there are more
    /// inputs than outputs, its weights scaled to a sum of 1.
    static func antialiased(_ scale: AxisScale, isCubic: Bool) -> AxisTaps {
        let stretch = Swift.max(1, scale.step)
        let support = (isCubic ? 2 : 1) * stretch
        let taps = Swift.min(scale.input, Int((2 * support).rounded(.up), in: 0...Int(Int32.max)) + 1)
        return AxisTaps(scale, taps: taps) { output, add in
            let centre = scale.step * (Double(output) + 0.5)
            let first = Int(centre - support + 0.5, in: 0...scale.input - 1)
            let last = Swift.max(first + 1, Int(centre + support + 0.5, in: 0...scale.input))
            let weights = (first..<last).map { input in
                let distance = (Double(input) - centre + 0.5) / stretch
                return isCubic ? CubicKernel(a: -0.5).weight(distance) : Swift.max(0, 1 - Swift.abs(distance))
            }
            let total = weights.reduce(0, +)
            for (place, weight) in weights.enumerated() { add(first + place, total == 0 ? weight : weight / total) }
        }
    }

    /// - Parameters:
    ///   - taps: the most inputs of an output.
    ///   - fill: adds each output's inputs in rising order. Those beyond the ends count for the outermost.
    private init(
        _ scale: AxisScale, taps: Int, _ fill: (_ output: Int, _ add: (_ input: Int, _ weight: Double) -> Void) -> Void
    ) {
        let taps = Swift.min(taps, scale.input)
        self.init(input: scale.input, taps: taps)
        var weights = [Double](repeating: 0, count: scale.output * taps)
        for output in 0..<scale.output {
            var (first, count) = (0, 0)
            fill(output) { input, weight in
                let input = Swift.min(Swift.max(input, 0), scale.input - 1)
                if count == 0 { first = input }
                weights[output * taps + input - first] += weight
                count = input - first + 1
            }
            firsts.append(Int32(first))
            counts.append(Int32(count))
        }
        self.weights = weights
    }

    /// The table of the transpose: which outputs an input is part of, with the same weights. They are consecutive, as no
    /// `firsts` fall; one that no output is made of gets a weight of 0.
    var transposed: AxisTaps {
        var (starts, ends) = ([Int32](repeating: Int32.max, count: input), [Int32](repeating: 0, count: input))
        for output in firsts.indices {
            for place in Int(firsts[output])..<Int(firsts[output] + counts[output]) {
                starts[place] = Swift.min(starts[place], Int32(output))
                ends[place] = Int32(output) + 1
            }
        }
        for place in 0..<input where ends[place] == 0 {
            starts[place] = place == 0 ? 0 : ends[place - 1] - 1
            ends[place] = starts[place] + 1
        }
        let lengths = Swift.zip(starts, ends).map { $1 - $0 }
        let width = Int(lengths.max() ?? 0)
        var result = AxisTaps(input: output, taps: width, firsts: starts, counts: lengths)
        result.weights = [Double](repeating: 0, count: input * width)
        for output in firsts.indices {
            for tap in 0..<Int(counts[output]) {
                let place = Int(firsts[output]) + tap
                result.weights[place * width + output - Int(starts[place])] = weights[output * taps + tap]
            }
        }
        return result
    }
}

/// The kernel of cubic convolution (Keys 1981): piecewise cubic, 1 at 0, and 0 at the other integers.
struct CubicKernel {
    let a: Double

    func weight(_ distance: Double) -> Double {
        let x = Swift.abs(distance)
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
    }
}
