import TernCore
import TernNN
import Testing

/// An operation as a stranger writes one: base^x.
private func power(_ base: Double, _ x: Tensor) -> Tensor {
    let y = asOneOperation { exp(x * log(Tensor(base)).item()) }
    return y.asOutput(of: "power", from: [x], attributes: ["base": base]) { gradient, operation in
        [gradient * operation.output(y) * log(Tensor(base)).item()]
    }
}

/// a * b + c, of which the derivative computes what is asked for.
private func multiplyAdd(_ a: Tensor, _ b: Tensor, _ c: Tensor) -> Tensor {
    asOneOperation { a * b + c }.asOutput(of: "multiplyAdd", from: [a, b, c]) { gradient, operation in
        [
            operation.needsGradient(0) ? gradient * b : nil, operation.needsGradient(1) ? gradient * a : nil,
            operation.needsGradient(2) ? gradient : nil,
        ]
    }
}

/// x / (1 + |x|), computed on memory, on all threads.
private func softened(_ x: Tensor) -> Tensor {
    let shape = x.shape
    let piece = 100
    let y = x.withUnsafeBuffer(of: Double.self) { x in
        Tensor(shape: shape, of: Double.self) { y in
            parallelFor(pieces: (x.count + piece - 1) / piece, nanoseconds: 1e6) { index in
                for i in index * piece..<min(x.count, (index + 1) * piece) { y[i] = x[i] / (1 + abs(x[i])) }
            }
        }
    }
    return y.asOutput(of: "softened", from: [x]) { gradient, _ in [gradient / square(1 + abs(x))] }
}

private final class Powers: Module {
    let weight = Parameter(Tensor([1, 2]))
    func forward(_ x: Tensor) -> Tensor { power(2, x * weight.value) }
}

@Suite("Operations from outside", .serialized)
struct OperationTests {
    @Test("have gradients, and gradients of gradients")
    func gradients() throws {
        let x = Tensor([0.5, -1, 2], dtype: .float64)
        let (a, b, c) = (x, x + 1, x * 3)
        try checkGradient({ power(3, $0[0]) }, at: [x])
        try checkSecondGradient({ power(3, $0[0]) }, at: [x])
        try checkGradient({ multiplyAdd($0[0], $0[1], $0[2]) }, at: [a, b, c])
        try checkSecondGradient({ multiplyAdd($0[0], $0[1], $0[2]) }, at: [a, b, c])
    }

    @Test("may compute on memory and on all threads, with gradients of gradients and the same bits")
    func onMemory() throws {
        let threads = threadCount
        defer { threadCount = threads }
        let x = Tensor.arange(1230).converted(to: .float64).reshaped([30, 41]) / 100 - 6
        let y = softened(x.transposed())
        #expect(y == softsign(x.transposed()))
        for count in 1...3 {
            threadCount = count
            #expect(softened(x.transposed()) == y)
        }
        try checkGradient({ softened($0[0]) }, at: [x[0..<3, 0..<2]])
        try checkSecondGradient({ softened($0[0]) }, at: [x[0..<3, 0..<2]])
        #expect(softened(Tensor(shape: [0, 3], values: [Double]())).shape == [0, 3])
    }

    @Test("ask for no gradient that nobody needs, and record nothing where none is needed")
    func needs() {
        let weight = Variable(Tensor([1, 2]))
        multiplyAdd(weight.value, Tensor([3, 4]), Tensor([0, 0])).sum().backward()
        #expect(weight.gradient == [3, 4])
        #expect(!power(2, Tensor([1])).requiresGradient)
        #expect(withoutGradients { !power(2, weight.value).requiresGradient })
    }

    @Test("appear in profiles as one, with time, attributes, module and derivative")
    func profile() throws {
        let model = Powers()
        let profile = Profile { model(Tensor([1, 2])).sum().backward() }
        let operation = try #require(profile.events.first { $0.kind == .operation && $0.name == "power" })
        #expect(operation.attributes == ["base": 2.0] && operation.modulePath == "Powers" && operation.duration > 0)
        #expect(!profile.events.contains { $0.name == "exp" })
        let derivative = try #require(profile.events.first { $0.kind == .derivative && $0.name == "power" })
        #expect(derivative.modulePath == "Powers" && derivative.inputShapes == [[2]])
    }

    @Test("appear in graphs as one")
    func graph() {
        #expect(
            captureGraph(of: Powers(), Tensor([1, 2])).description == """
                Powers(input: float32 [2])
                  %0 = *(input, weight) -> float32 [2]   Powers
                  %1 = power(%0; base=2.0) -> float32 [2]   Powers
                  output: %1
                """)
    }

    @Test("anomaly mode names them, their shapes and their module, forward and backward")
    func anomalies() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            withAnomalyDetection { _ = Powers()(Tensor([1, 1000])) }
        }.expectAnomaly("Powers: anomaly: power gave infinity at [1] (input [2], output [2], base=2.0)")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            withAnomalyDetection {
                let x = Variable(Tensor([0, 1]))
                let y = asOneOperation { x.value * 1 }.asOutput(of: "broken", from: [x.value]) { gradient, _ in
                    [gradient / Tensor([0, 1])]
                }
                y.sum().backward()
            }
        }.expectAnomaly("anomaly: the derivative of broken gave infinity at [0] for input 0 (gradient [2], input [2])")
    }

    @Test("a gradient of the wrong shape stops with the operation's name")
    func wrongShape() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let x = Variable(Tensor([0, 1]))
            let y = asOneOperation { x.value * 1 }.asOutput(of: "broken", from: [x.value]) { _, _ in [Tensor([1])] }
            y.sum().backward()
        }.expectAnomaly("broken.backward: must give a gradient of shape [2] for input 0, got [1]")
    }
}

extension ExitTest.Result? {
    fileprivate func expectAnomaly(_ message: String) {
        let text = self.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
        #expect(text.contains("Fatal error: \(message)\n"), "got: \(text.prefix(400))")
    }
}
