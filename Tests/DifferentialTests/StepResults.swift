import Tern

extension Program.Step {
    /// The outputs for these operands, and behind them the gradients of the operands of floating-point type for random
    /// gradients of the outputs.
    ///
    /// - Parameters:
    ///   - layout: how the outputs' gradients lie in memory.
    ///   - rounding: how much smaller these are made, see ``Tensor/moved(by:_:)``.
    ///   - function: what to run, the step itself if absent.
    func results(
        _ operands: [Tensor], layout: MemoryLayout? = nil, rounding: Double = 0,
        of function: (([Tensor]) -> [Tensor])? = nil
    ) -> [Tensor] {
        let tape = GradientTape()
        let sources = operands.map { $0.dtype.isFloatingPoint ? tape.watch($0.detached) : $0 }
        let outputs = tape.record { (function ?? run)(sources) }
        let differentiable = outputs.enumerated().filter { $1.requiresGradient && $1.dtype.isFloatingPoint }
        let watched = sources.filter { $0.dtype.isFloatingPoint }
        guard !differentiable.isEmpty else { return outputs.map(\.detached) }
        let weights = differentiable.map { index, output in
            let weights = Tensor.weights(output.shape, UInt64(index)).moved(by: rounding, index).converted(
                to: output.dtype)
            return layout?.apply(to: weights) ?? weights
        }
        let gradients: [Tensor?]
        if differentiable.count == 1 {
            gradients = tape.gradient(
                of: differentiable[0].element, with: watched, gradient: weights[0], unconnected: .zero)
        } else {
            let total = tape.record {
                zip(differentiable, weights).map { ($0.element * $1).sum() }.reduce(Tensor(0, dtype: .float64), +)
            }
            gradients = tape.gradient(of: total, with: watched, unconnected: .zero)
        }
        return outputs.map(\.detached) + gradients.map { $0! }
    }

    /// What results are held against.
    struct Reference {
        /// Those of operands in order, in `float64` where types can be compared.
        var expected: [Tensor]
        /// The same for operands that are a little smaller, as rounding would make them.
        let moved: [Tensor]
        /// Those of ``Op/terms``, if there are any.
        let terms: [Tensor]?
    }

    func reference(_ operands: [Tensor], _ dtype: DType) -> Reference {
        let exact = op.precision == .typed ? dtype : .float64
        let plain = operands.map { $0.detached.floating(exact).contiguous() }
        let moved = plain.enumerated().map { $1.dtype.isFloatingPoint ? $1.moved(by: dtype.rounding, $0) : $1 }
        return Reference(
            expected: results(plain), moved: results(moved, rounding: dtype.rounding),
            terms: op.terms.map { results(plain, of: $0) })
    }

    /// What differs between results and what they should be, by more than rounding explains.
    func difference(_ results: [Tensor], _ reference: Reference) -> String? {
        let expected = reference.expected
        if results.count != expected.count { return "\(results.count) results, expected \(expected.count)" }
        for (index, result) in results.enumerated() {
            let isOutput = index < self.results.count
            let text = result.difference(
                expected[index], reference.moved[index], terms: isOutput ? nil : reference.terms?[index],
                isElementwise: isOutput && op.precision == .elementwise)
            if let text { return "\(isOutput ? "output \(index)" : "gradient \(index - self.results.count)") \(text)" }
        }
        return nil
    }
}

extension DType {
    /// Half the distance from 1 to the next number.
    var rounding: Double { self == .float32 ? 0x1p-24 : 0x1p-53 }
}

extension Tensor {
    /// Numbers in -1 ..< 1 that are the same in each type.
    static func weights(_ shape: Shape, _ seed: UInt64) -> Tensor {
        var random = SplitMix(state: seed)
        return Tensor(
            shape: shape, values: (0..<shape.elements).map { _ in Double(Float.random(in: -1..<1, using: &random)) })
    }

    /// Each element a little smaller, by up to 8 roundings.
    fileprivate func moved(by rounding: Double, _ seed: Int) -> Tensor {
        if rounding == 0 { return self }
        return self * (1 - Tensor.weights(shape, UInt64(seed)).abs() * (8 * rounding)).converted(to: dtype)
    }

    fileprivate func difference(
        _ expected: Tensor, _ moved: Tensor, terms: Tensor?, isElementwise: Bool
    ) -> String? {
        if shape != expected.shape { return "has shape \(shape), expected \(expected.shape)" }
        if dtype.isFloatingPoint != expected.dtype.isFloatingPoint { return "is \(dtype), expected \(expected.dtype)" }
        if !dtype.isFloatingPoint {
            if dtype != expected.dtype { return "is \(dtype), expected \(expected.dtype)" }
            return bytes == expected.bytes ? nil : "is \(Program.text(self)), expected \(Program.text(expected))"
        }
        let (found, right, near) = (numbers, expected.numbers, moved.shape == shape ? moved.numbers : numbers)
        let unit = 128 * Swift.max(dtype.rounding, expected.dtype.rounding)
        let (tiny, huge) = dtype == .float32 ? (1e-36, 1e30) : (1e-300, 1e300)
        var (largest, movement) = (0.0, 0.0)
        for (right, near) in zip(right, near) where right.isFinite && near.isFinite {
            largest = Swift.max(largest, Swift.abs(right))
            movement = Swift.max(movement, Swift.abs(right - near))
        }
        // Output, its square and difference, or mean, deviation, its mean product with gradients and difference: each
        // is rounded once, and a function's last place may be wrong by some.
        let term = terms?.numbers.lazy.filter(\.isFinite).map { Swift.abs($0) }.max() ?? 0
        let rounded = 8 * Swift.max(dtype.rounding, expected.dtype.rounding) * term
        for index in found.indices {
            let (found, right, near) = (found[index], right[index], near[index])
            // At the edge of what a type holds, or of where a function is defined, rounding decides.
            if found == right || found.isNaN && right.isNaN || Swift.abs(right) > huge { continue }
            if right.isFinite != near.isFinite || right.isNaN != near.isNaN { continue }
            let allowed =
                isElementwise
                ? 64 * Swift.abs(right - near) + unit * Swift.abs(right) : 64 * movement + unit * largest
            if Swift.abs(found - right) <= allowed + rounded + tiny { continue }
            return "is \(found) at element \(index) of \(shape) \(dtype), expected \(right) within \(allowed + rounded)"
        }
        return nil
    }
}
