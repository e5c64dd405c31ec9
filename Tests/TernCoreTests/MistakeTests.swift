import TernCore
import TernLosses
import TernTestSupport
import Testing

/// A wrong use, and what is said about it.
private struct Mistake: Sendable {
    let message: String
    let body: @Sendable () -> Void

    init(_ message: String, _ body: @escaping @Sendable () -> Void) {
        self.message = message
        self.body = body
    }

    static let all: [Mistake] = [
        // Shapes
        .init("+: cannot broadcast shapes [2, 3] and [2]") { _ = Tensor.ones([2, 3]) + Tensor.ones([2]) },
        .init("reshaped: cannot make shape [4, -1] of the 6 elements of shape [2, 3]") {
            _ = Tensor.ones([2, 3]).reshaped([4, -1])
        },
        .init("expanded: cannot expand shape [2, 3] to [4, 3]") { _ = Tensor.ones([2, 3]).expanded(to: [4, 3]) },
        .init("Tensor: expects 4 values for shape [2, 2], got 3") { _ = Tensor(shape: [2, 2], values: [1, 2, 3]) },
        .init("item: expects a tensor with one element, got shape [2]") { _ = Tensor([1, 2]).item() },
        .init("Shape: a tensor has at most 8 axes, got 9") { _ = Tensor.ones([1, 1, 1, 1, 1, 1, 1, 1, 1]) },
        .init("max: has no value for no elements (shape [0, 3])") { _ = Tensor.ones([0, 3]).max() },
        // Axes
        .init("sum: axis 2 is out of range for shape [2, 3]") { _ = Tensor.ones([2, 3]).sum(axes: 2) },
        .init("mean: got axis 1 twice for shape [2, 3]") { _ = Tensor.ones([2, 3]).mean(axes: [1, -1]) },
        .init("sum: axis 2 is out of range for shape [2, 3]") { _ = Tensor.ones([2, 3]).sum(axes: 0..<3) },
        .init("squeezed: expects size 1 at axis 2, got shape [1, 1, 2]") {
            _ = Tensor.ones([1, 1, 2]).squeezed(axes: [0, -1])
        },
        .init("squeezed: got axis 1 twice for shape [1, 1]") { _ = Tensor.ones([1, 1]).squeezed(axes: [1, -1]) },
        .init("unsqueezed: axis -5 is out of range for shape [2, 3] with 2 new axes") {
            _ = Tensor.ones([2, 3]).unsqueezed(axes: [0, -5])
        },
        .init("unsqueezed: got axis 3 twice for shape [2, 3]") { _ = Tensor.ones([2, 3]).unsqueezed(axes: [3, -1]) },
        .init("softmax: axis -3 is out of range for shape [2, 3]") { _ = softmax(Tensor.ones([2, 3]), axis: -3) },
        .init("permuted: expects every axis of shape [2, 3] once, got [0, 0]") {
            _ = Tensor.ones([2, 3]).permuted([0, 0])
        },
        // Types
        .init("-: is not defined for bool: use logicalNot") { _ = -Tensor([true]) },
        .init("withUnsafeBuffer: the tensor holds float32, not float64") {
            Tensor([1]).withUnsafeBuffer(of: Double.self) { _ in }
        },
        .init("GradientTape.watch: expects a floating-point tensor, got int64") {
            _ = GradientTape().watch(Tensor([1] as [Int]))
        },
        // Operations of networks
        .init("crossEntropy: expects labels in 0..<3, got 7 at row 1") {
            _ = crossEntropy(Tensor.ones([2, 3]), Tensor([0, 7] as [Int]))
        },
        .init("crossEntropy: expects labels in 0..<2, got -1 at element 3 of [2, 2]") {
            _ = crossEntropy(Tensor.ones([2, 2, 2]), Tensor(shape: [2, 2], values: [0, 1, 1, -1] as [Int]))
        },
        .init(
            "crossEntropy: expects integer labels of shape [2] or probabilities of shape [2, 3], got int64 [3]"
        ) { _ = crossEntropy(Tensor.ones([2, 3]), Tensor([0, 1, 1] as [Int])) },
        .init(
            "crossEntropy: expects integer labels of shape [2] or probabilities of shape [2, 3], got float32 [2]: make "
                + "them with dtype: .int64, or convert them with converted(to: .int64)"
        ) { _ = crossEntropy(Tensor.ones([2, 3]), Tensor([0, 1])) },
        .init(
            "matmul: expects one floating-point type, got float64, float32: convert the data with "
                + "converted(to: .float32) (an array of Double makes float64), or the model with to(.float64)"
        ) { _ = matmul(Tensor.ones([2, 3], dtype: .float64), Tensor.ones([3, 2])) },
        .init(
            "linear: expects one floating-point type, got float64, float32, float32: convert the data with "
                + "converted(to: .float32) (an array of Double makes float64), or the model with to(.float64)"
        ) { _ = linear(Tensor.ones([2, 3], dtype: .float64), Tensor.ones([2, 3]), Tensor.ones([2])) },
        .init("isClose: tolerances must be at least 0, got nan (relative) and 1e-08 (absolute)") {
            _ = Tensor([1]).isClose(to: Tensor([1]), relativeTolerance: .nan)
        },
        .init("eye: expects sizes that are not negative, got -1 and -1") { _ = Tensor.eye(-1) },
        .init(
            "valueAndGradient: needs a gradient for a tensor that is not a scalar (shape [2]): reduce it, or pass one"
        ) {
            _ = valueAndGradient(at: Tensor([1, 2])) { $0 * 2 }
        },
        .init("crossEntropy: expects a weight of shape [3], one for each class, got [2]") {
            _ = crossEntropy(Tensor.ones([2, 3]), Tensor([0, 1] as [Int]), weight: Tensor([1, 2]))
        },
        .init(
            "batchNorm: expects more than one value for each channel in training, got input [1, 3]: if it is the last "
                + "batch of an epoch, batched(_:dropLast: true) leaves it out"
        ) {
            _ = batchNorm(Tensor.ones([1, 3]))
        },
        .init("batchNorm: expects a weight of shape [3] and type float32, got float32 [2] (input [4, 3])") {
            _ = batchNorm(Tensor.ones([4, 3]), weight: Tensor([1, 2]))
        },
        .init("dropout: expects a probability in 0...1, got 1.5") { _ = dropout(Tensor([1]), probability: 1.5) },
        // Differentiation
        .init(
            "backward: was called on a tensor that depends on no parameter or watched tensor (shape []): "
                + "was it computed inside withoutGradients, detached, or from plain tensors instead of parameters?"
        ) { Tensor([1, 2]).sum().backward() },
        .init("backward: needs a gradient for a tensor that is not a scalar (shape [2]): reduce it, or pass one") {
            (Variable(Tensor([1, 2])).value * 2).backward()
        },
        .init("backward: expects a gradient of shape [2], got [3]") {
            (Variable(Tensor([1, 2])).value * 2).backward(Tensor([1, 2, 3]))
        },
        .init(
            "backward: was called a second time through a graph whose saved tensors are freed (at sum): "
                + "pass retainGraph: true to the first call, or use a persistent tape"
        ) {
            let loss = exp(Variable(Tensor([1, 2])).value).sum()
            loss.backward()
            loss.backward()
        },
        .init(
            "backward: was called a second time through a graph whose saved tensors are freed (at exp): "
                + "pass retainGraph: true to the first call, or use a persistent tape"
        ) {
            let y = exp(Variable(Tensor([1, 2])).value)
            y.sum().backward()
            (y * y).sum().backward()
        },
        .init(
            "GradientTape.gradient: was called a second time on a single-use tape: "
                + "make it with GradientTape(persistent: true)"
        ) {
            let tape = GradientTape()
            let x = tape.watch(Tensor(3))
            let y = x * x
            _ = tape.gradient(of: y, with: x)
            _ = tape.gradient(of: y, with: x)
        },
        .init(
            "GradientTape.gradients: expects a result that depends on a parameter or a watched tensor, "
                + "got one of shape [2] that does not: was it computed inside withoutGradients, or detached?"
        ) { _ = GradientTape().gradients(of: Tensor([1, 2])) },
        .init(
            "GradientTape.gradient: was called a second time through a graph whose saved tensors are freed (at *): "
                + "pass retainGraph: true to the first call, or use a persistent tape"
        ) {
            let x = GradientTape().watch(Tensor(3))
            let y = x * x
            _ = GradientTape().gradient(of: y, with: x)
            _ = GradientTape().gradient(of: y, with: x)
        },
        .init("gradient: must have the shape of the value, [2], got [3]") {
            Variable(Tensor([1, 2])).gradient = Tensor([1, 2, 3])
        },
        .init("WrongShape.backward: must give a gradient of shape [2] for input 0, got [1]") {
            WrongShape()(Variable(Tensor([1, 2])).value).sum().backward()
        },
        .init("vjp: expects a cotangent of shape [2], got [3]") {
            _ = vjp(at: Tensor([1, 2]), cotangent: Tensor([1, 2, 3])) { $0 * 2 }
        },
        // Anomalies
        .init("anomaly: log gave NaN at [1] (input [2], output [2])") {
            let w = Variable(Tensor([1, -1]))
            withAnomalyDetection { _ = log(w.value) * 2 }
        },
        .init("anomaly: exp gave infinity (input [], output [])") {
            withAnomalyDetection { _ = exp(Tensor(1000)) }
        },
        .init("anomaly: the derivative of sqrt gave NaN at [0] for input 0 (gradient [2], input [2])") {
            let w = Variable(Tensor([0, 1]))
            withAnomalyDetection { (sqrt(w.value) * Tensor([0, 1])).sum().backward() }
        },
    ]
}

private struct WrongShape: CustomFunction {
    func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] { [inputs[0] * 2] }
    func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] { [Tensor([1])] }
}

@Suite("Wrong use")
struct MistakeTests {
    @Test("stops with a message that says what was wrong", arguments: Mistake.all.indices)
    func message(_ index: Int) async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [index] in
            Mistake.all[index].body()
        }.expectMessage(Mistake.all[index].message)
    }
}

@Test("anomaly mode does not blame operations for NaN in the data")
func anomaliesInData() {
    let w = Variable(Tensor([1, 2]))
    withAnomalyDetection { #expect((w.value * Tensor([.nan, 1])).sum().item().isNaN) }
}

@Test("anomaly mode that looks for NaN alone lets infinities pass")
func anomaliesWithoutInfinities() {
    withAnomalyDetection(infinities: false) { #expect(log(Tensor([0])).item() == -.infinity) }
}
