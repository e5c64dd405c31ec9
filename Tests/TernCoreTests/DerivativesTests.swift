import TernCore
import Testing

@Suite("Derivatives as functions")
struct DerivativesTests {
    let matrix = signedValues([3, 2])
    let point = signedValues([2], seed: 2)

    /// [2] -> [3], with a Jacobian that is known: diag(1 - tanh^2) A.
    private func layer(_ x: Tensor) -> Tensor { tanh(matmul(matrix, x)) }
    private var layerJacobian: Tensor { (1 - square(layer(point))).unsqueezed(axes: 1) * matrix }

    @Test("vjp and jvp are products with the Jacobian from the left and from the right")
    func products() {
        let (left, right) = (signedValues([3], seed: 3), signedValues([2], seed: 4))
        let (value, gradient) = vjp(at: point, cotangent: left, of: layer)
        #expect(value.allClose(to: layer(point)))
        #expect(!value.requiresGradient && !gradient.requiresGradient)
        #expect(gradient.allClose(to: matmul(left, layerJacobian)))
        let (again, tangent) = jvp(at: point, tangent: right, of: layer)
        #expect(again.allClose(to: value))
        #expect(tangent.allClose(to: matmul(layerJacobian, right)))
    }

    @Test("jacobian has the value's axes, then the point's")
    func jacobians() {
        #expect(jacobian(at: point, of: layer).allClose(to: layerJacobian))
        let x = signedValues([2, 3])
        #expect(jacobian(at: x) { $0.sum(axes: 1) }.shape == [2, 2, 3])
        #expect(jacobian(at: x) { _ in Tensor.ones([2]) } == Tensor.zeros([2, 2, 3], dtype: .float64))
    }

    @Test("hessian and hvp agree with the formula")
    func hessians() {
        // f = sum x^3 + x0 x1: H = diag(6 x) + [[0, 1], [1, 0]]
        func f(_ x: Tensor) -> Tensor { (x * x * x).sum() + x[0] * x[1] }
        let off = Tensor([[0, 1], [1, 0]] as [[Double]])
        let expected = Tensor.eye(2, dtype: .float64) * (point * 6) + off
        let vector = signedValues([2], seed: 5)
        #expect(hessian(at: point, of: f).allClose(to: expected))
        #expect(hvp(at: point, vector: vector, of: f).allClose(to: matmul(expected, vector)))
    }

    @Test("the Hessian of a linear function is zero")
    func linear() {
        #expect(hessian(at: point) { ($0 * 3).sum() } == Tensor.zeros([2, 2], dtype: .float64))
    }

    @Test("a derivative does not count what else depends on the point")
    func noConfusion() {
        // d/dx [x * d/dy (x y) at y = x] = d/dx [x * x] = 2 x
        let slope = valueAndGradient(at: Tensor(3)) { x in
            x * valueAndGradient(at: x) { y in x * y }.gradient
        }
        #expect(slope.gradient.item() == 6)
    }

    @Test("a function that does not depend on its point has derivatives of 0")
    func constant() {
        let x = Tensor([1, 2])
        let constant: (Tensor) -> Tensor = { _ in Tensor(5) }
        let (value, gradient) = valueAndGradient(at: x, of: constant)
        #expect(value.item() == 5 && gradient == [0, 0])
        #expect(hessian(at: x, of: constant) == Tensor.zeros([2, 2]))
        #expect(hvp(at: x, vector: x, of: constant) == [0, 0])
        #expect(jacobian(at: x, of: constant) == [0, 0])
        #expect(vjp(at: x, cotangent: Tensor(1), of: constant).gradient == [0, 0])
        #expect(jvp(at: x, tangent: x, of: constant).tangent.item() == 0)
        let tape = GradientTape()
        let source = tape.watch(x)
        #expect(tape.gradient(of: Tensor(5), with: source, unconnected: .zero) == [0, 0])
    }

    @Test("what has the derivative 0 is recorded: nothing stops behind it")
    func zeroDerivatives() {
        let functions: [(Tensor) -> Tensor] = [
            sign, floor, ceil, round, { floorDivide($0, 2) }, { floorDivide(2.0, $0) }, { $0.norm(0) },
            { $0.norm(0, axes: 0, keepAxes: true) }, { pow($0, 0) },
        ]
        for function in functions {
            let x = Variable(Tensor([-1.5, 2, 7]))
            function(x.value).sum().backward()
            #expect(x.gradient == [0, 0, 0])
            #expect(hessian(at: x.value) { function($0).sum() } == Tensor.zeros([3, 3]))
        }
    }

    /// Derivatives with respect to 3 of x x w, as functions of a w that they close over.
    private static let closures: [(name: String, run: @Sendable (Tensor) -> Tensor, slope: Double)] = [
        ("vjp", { w in vjp(at: Tensor(3), cotangent: Tensor(1)) { $0 * $0 * w }.gradient }, 6),
        ("vjp, value", { w in vjp(at: Tensor(3), cotangent: Tensor(1)) { $0 * $0 * w }.value }, 9),
        ("vjp, cotangent", { w in vjp(at: Tensor(3), cotangent: w) { $0 * $0 }.gradient }, 6),
        ("jvp", { w in jvp(at: Tensor(3), tangent: Tensor(1)) { $0 * $0 * w }.tangent }, 6),
        ("jvp, tangent", { w in jvp(at: Tensor(3), tangent: w) { $0 * $0 }.tangent }, 6),
        ("jacobian", { w in jacobian(at: Tensor(3)) { $0 * $0 * w } }, 6),
        ("hessian", { w in hessian(at: Tensor(3)) { $0 * $0 * w } }, 2),
        ("hvp", { w in hvp(at: Tensor(3), vector: Tensor(1)) { $0 * $0 * w } }, 2),
        ("valueAndGradient", { w in valueAndGradient(at: Tensor(3)) { $0 * $0 * w }.gradient }, 6),
        ("a point that is computed", { w in valueAndGradient(at: w) { $0 * $0 * 3 }.gradient }, 6),
    ]

    @Test("a derivative is recorded for what it closes over: with a tape, without, and in a segment that runs twice")
    func closedOver() {
        for (name, run, slope) in Self.closures {
            let w = Variable(Tensor(2))
            (run(w.value) + w.value).backward()
            #expect(w.gradient?.item() == slope + 1, "\(name), backward")
            let tape = GradientTape()
            let result = tape.record { run(w.value) }
            #expect(tape.gradients(of: result)[w]?.item() == slope, "\(name), tape")
            #expect(valueAndGradient(at: Tensor(2), of: run).gradient.item() == slope, "\(name), valueAndGradient")
            w.gradient = nil
            checkpointed(w.value, run).backward()
            #expect(w.gradient?.item() == slope, "\(name), checkpointed")
            #expect(!withoutGradients { run(w.value) }.requiresGradient, "\(name)")
        }
    }

    @Test("jvp is differentiable inside of a tape")
    func nested() {
        let tape = GradientTape()
        let x = tape.watch(Tensor(2))
        let slope = tape.record { jvp(at: x, tangent: Tensor(1)) { $0 * $0 * $0 }.tangent }
        #expect(slope.item() == 12)
        #expect(tape.gradient(of: slope, with: x)?.item() == 12)
    }

    @Test("several points and values")
    func lists() {
        let (x, y) = (Tensor(3), Tensor(5))
        let (values, gradients) = vjp(at: [x, y], cotangents: [Tensor(1), Tensor(10)]) { [$0[0] * $0[1], $0[0]] }
        #expect(values == [Tensor(15), Tensor(3)])
        #expect(gradients == [Tensor(15), Tensor(3)])
        let tangents = jvp(at: [x, y], tangents: [Tensor(1), Tensor(10)]) { [$0[0] * $0[1], $0[0]] }.tangents
        #expect(tangents == [Tensor(35), Tensor(1)])
    }
}

@Suite("Rematerialization")
struct RematerializationTests {
    private static func block(_ x: Tensor, _ w: Variable) -> Tensor {
        dropout(tanh(matmul(x, w.value)), probability: 0.5) + x
    }

    @Test("a checkpointed segment gives the same bits, random numbers included")
    func sameBits() {
        func gradients(_ run: (Tensor, Variable) -> Tensor) -> [Tensor] {
            seed(7)
            let w = Variable(signedValues([3, 3], seed: 2).converted(to: .float32))
            let tape = GradientTape()
            let x = tape.watch(signedValues([4, 3]).converted(to: .float32))
            let y = tape.record { dropout(run(run(x, w), w), probability: 0.5) }
            let loss = square(y).sum()
            let gradients = tape.gradients(of: loss)
            return [y.detached, gradients[x]!, gradients[w]!, dropout(Tensor.ones([8]))]
        }
        let kept = gradients { Self.block($0, $1) }
        let run = gradients { x, w in checkpointed(x) { Self.block($0, w) } }
        #expect(run == kept)
    }

    @Test("also for gradients of gradients")
    func higherOrder() throws {
        let (x, y) = (signedValues([2, 3]), signedValues([3], seed: 2))
        let function: ([Tensor]) -> Tensor = { checkpointed($0) { tanh($0[0] * $0[1]) * $0[0] } }
        try checkGradient(function, at: [x, y])
        try checkSecondGradient(function, at: [x, y])
    }

    @Test("an input that the segment also captures counts once each way")
    func shared() {
        let w = Variable(Tensor([2, 3]))
        checkpointed(w.value) { $0 * w.value }.sum().backward()
        #expect(w.gradient == [4, 6])
    }

    @Test("a segment has the autocast of its first run in the second one, wherever that is", arguments: [false, true])
    func autocasts(inside: Bool) {
        let (x, w) = (Variable(signedValues([4, 8]).converted(to: .float32)), signedValues([8, 8], seed: 2))
        let weight = w.converted(to: .float32)
        var types: [DType] = []
        func block(_ x: Tensor) -> Tensor {
            let y = matmul(x, weight)
            types.append(y.dtype)
            return square(y.converted(to: .float32))
        }
        func gradient(_ run: (Tensor) -> Tensor) -> Tensor {
            x.gradient = nil
            let y = autocast(.bfloat16, isEnabled: inside) { run(x.value).sum() }
            autocast(.bfloat16, isEnabled: !inside) { y.backward() }
            return x.gradient!
        }
        let kept = gradient(block)
        #expect(gradient { checkpointed($0, block) } == kept)
        #expect(types == Array(repeating: inside ? .bfloat16 : .float32, count: 3))
    }

    @Test("also on another thread, at the place in messages that the first run had")
    func otherThread() {
        let x = Variable(Tensor.ones([1000]))
        let owner = Variable(Tensor(1))
        nonisolated(unsafe) var places: [Bool] = []
        let y = withPathElement(owner) {
            checkpointed(x.value) { x in
                places.append(innermostPathElement === owner)
                return dropout(x, probability: 0.5)
            }
        }
        let kept = y.detached
        onThread { y.sum().backward(retainGraph: true) }
        withPathElement(x) { y.sum().backward() }
        #expect(x.gradient == kept * 2 && places == [true, true, true])
    }

    @Test("nothing between input and output is kept")
    func memory() async {
        await #expect(processExitsWith: .success) {
            let w = Variable(Tensor.ones([1000]))
            let before = memoryStatistics().liveBytes
            let y = checkpointed(w.value) { x in (0..<10).reduce(x) { x, _ in exp(x * 0.1) } }
            #expect(memoryStatistics().liveBytes == before + 4000)
            y.sum().backward()
            #expect(w.gradient != nil)
        }
    }
}
