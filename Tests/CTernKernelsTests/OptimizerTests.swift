import CTernKernels
import Testing

private func kernels(_ level: TernLevel, _ type: TernType) -> TernOptimizerKernels {
    tern_kernels(level, type).pointee.optimizer!.pointee
}

/// Ten steps of a kernel and of a scalar rule on the same gradients.
private func steps<T: Real>(
    _ n: Int, states: Int, tolerance: Double, _: T.Type,
    kernel: (_ step: Int, _ g: [T], _ p: inout [T], _ state: UnsafeMutablePointer<T>) -> Void,
    rule: (_ step: Int, _ g: Double, _ p: inout Double, _ state: inout [Double]) -> Void
) {
    var numbers = TestNumbers(31)
    var p: [T] = numbers.reals(n)
    var state = [T](repeating: 0, count: n * states)
    var reference = p.map { Double($0) }
    var referenceState = [[Double]](repeating: [Double](repeating: 0, count: states), count: n)
    for step in 1...10 {
        let g: [T] = numbers.reals(n)
        state.withUnsafeMutableBufferPointer { kernel(step, g, &p, $0.baseAddress!) }
        for i in 0..<n { rule(step, Double(g[i]), &reference[i], &referenceState[i]) }
    }
    for i in 0..<n {
        #expect(isClose(p[i], reference[i], tolerance: tolerance))
        for s in 0..<states { #expect(isClose(state[s * n + i], referenceState[i][s], tolerance: tolerance)) }
    }
}

@Suite("Optimizer updates") struct OptimizerTests {
    @Test("SGD", arguments: availableLevels, [1, 7, 16, 70])
    func sgd(level: TernLevel, n: Int) {
        func check<T: Real>(_: T.Type, tolerance: Double) {
            for (momentum, dampening, nesterov, decay) in [
                (0.0, 0.0, false, 0.0), (0.0, 0.0, false, 0.1), (0.9, 0.0, false, 0.0), (0.9, 0.0, true, 0.05),
                (0.8, 0.3, false, 0.05),
            ] {
                steps(n, states: momentum == 0 ? 0 : 1, tolerance: tolerance, T.self) { step, g, p, state in
                    var rule = TernSGD(
                        learning_rate: 0.1, momentum: momentum, dampening: dampening, weight_decay: decay,
                        nesterov: nesterov, first_step: step == 1)
                    if momentum == 0 {
                        kernels(level, T.type).sgd(&rule, n, g, &p, nil)
                    } else {
                        if step == 1 { state.update(repeating: .nan, count: n) }  // not read in the first step
                        kernels(level, T.type).sgd(&rule, n, g, &p, state)
                    }
                } rule: { step, g, p, state in
                    var g = g + decay * p
                    if momentum != 0 {
                        state[0] = step == 1 ? g : momentum * state[0] + (1 - dampening) * g
                        g = nesterov ? g + momentum * state[0] : state[0]
                    }
                    p -= 0.1 * g
                }
            }
        }
        check(Float.self, tolerance: 2e-6)
        check(Double.self, tolerance: 1e-14)
    }

    @Test("Adagrad", arguments: availableLevels, [1, 7, 16, 70])
    func adagrad(level: TernLevel, n: Int) {
        func check<T: Real>(_: T.Type, tolerance: Double) {
            for decay in [0.0, 0.1] {
                steps(n, states: 1, tolerance: tolerance, T.self) { step, g, p, state in
                    var rule = TernAdagrad(
                        learning_rate: 0.02 / Double(step), weight_decay: decay, epsilon: 1e-8)
                    kernels(level, T.type).adagrad(&rule, n, g, &p, state)
                } rule: { step, g, p, state in
                    let g = g + decay * p
                    state[0] += g * g
                    p -= 0.02 / Double(step) * g / (state[0].squareRoot() + 1e-8)
                }
            }
        }
        check(Float.self, tolerance: 2e-6)
        check(Double.self, tolerance: 1e-13)
    }

    @Test("Adam, AdamW and AMSGrad", arguments: availableLevels, [1, 7, 16, 70])
    func adam(level: TernLevel, n: Int) {
        func check<T: Real>(_: T.Type, tolerance: Double) {
            for (decay, decoupled, amsgrad) in [
                (0.0, false, false), (0.1, false, true), (0.1, true, false), (0.01, true, true),
            ] {
                steps(n, states: 3, tolerance: tolerance, T.self) { step, g, p, state in
                    var rule = TernAdam(
                        learning_rate: 0.02, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weight_decay: decay,
                        decoupled_decay: decoupled, step: Double(step))
                    if amsgrad {
                        kernels(level, T.type).adam(&rule, n, g, &p, state, state + n, state + 2 * n)
                    } else {
                        kernels(level, T.type).adam(&rule, n, g, &p, state, state + n, nil)
                    }
                } rule: { step, g, p, state in
                    var g = g
                    if decoupled { p *= 1 - 0.02 * decay } else { g += decay * p }
                    state[0] = 0.9 * state[0] + 0.1 * g
                    state[1] = 0.99 * state[1] + 0.01 * g * g
                    if amsgrad { state[2] = max(state[2], state[1]) }
                    var (power1, power2) = (1.0, 1.0)
                    for _ in 0..<step { (power1, power2) = (power1 * 0.9, power2 * 0.99) }
                    let second = (amsgrad ? state[2] : state[1]) / (1 - power2)
                    p -= 0.02 * state[0] / (1 - power1) / (second.squareRoot() + 1e-8)
                }
            }
        }
        check(Float.self, tolerance: 2e-6)
        check(Double.self, tolerance: 1e-13)
    }
}
