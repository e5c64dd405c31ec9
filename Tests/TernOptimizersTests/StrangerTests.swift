import TernCore
import TernNN
import TernOptimizers
import TernTestSupport
import Testing

/// A layer as it is often written first: the parameter is made when the size is known.
private final class Lazily: Module {
    var weight: Parameter?

    func forward(_ x: Tensor) -> Tensor {
        if weight == nil { weight = Parameter(Tensor.ones([x.shape[1]])) }
        return x * weight!.value
    }
}

private final class Net: Module {
    let fixed = Parameter(Tensor.ones([1]))
    var blocks: [Lazily] = []
    let extra = Registry()

    func forward(_ x: Tensor) -> Tensor {
        var y = x * fixed.value
        for block in blocks { y = block(y) }
        if let bias = extra.parameter("bias") { y = y + bias.value }
        return y
    }
}

@Suite("Parameters that are newer than the optimizer")
struct StrangerTests {
    static let advice =
        "Make the optimizer after the model's first call, or let the layer declare them as Parameter(pending:name:)"

    enum Origin: String, CaseIterable, Codable {
        case lazily, appended, registered, inALaterStep
    }

    /// Trains until the parameter that is newer than the optimizer has a gradient.
    private static func train(_ origin: Origin, tape: Bool) {
        let net = Net()
        let x = Tensor.ones([1, 2])
        if origin == .lazily { net.blocks = [Lazily()] }
        let optimizer = SGD(net.parameters, learningRate: 0.1)
        func step() {
            if tape {
                let tape = GradientTape()
                let loss = tape.record { net(x).sum() }
                optimizer.step(tape.gradients(of: loss))
            } else {
                net(x).sum().backward()
                optimizer.step()
            }
        }
        if origin == .inALaterStep { for _ in 0..<3 { step() } }
        switch origin {
        case .lazily: break
        case .appended, .inALaterStep: net.blocks.append(Lazily())
        case .registered: net.extra.register("bias", Parameter(Tensor.zeros([1])))
        }
        step()
    }

    @Test("stop the first step that would leave them out", arguments: Origin.allCases, [false, true])
    func stop(origin: Origin, tape: Bool) async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [origin, tape] in
            Self.train(origin, tape: tape)
        }.expectMessage(
            "step: finds parameters that are newer than the optimizer and would never be trained: "
                + (origin == .registered ? "Net.bias" : "Net.blocks.0.weight")
                + ". \(Self.advice), or add a group with them")
    }

    @Test("do not stop where someone trains them, or nobody wants to")
    func allowed() {
        let net = Net()
        let optimizer = SGD(net.parameters, learningRate: 0.1)
        func step() {
            net(Tensor.ones([1, 2])).sum().backward()
            optimizer.step()
            optimizer.zeroGradients()
        }
        step()
        // Another group.
        net.blocks.append(Lazily())
        _ = net(Tensor.ones([1, 2]))
        optimizer.groups.append(ParameterGroup(net.blocks[0].parameters, .init(learningRate: 0.01)))
        step()
        // Frozen.
        net.blocks.append(Lazily())
        _ = net(Tensor.ones([1, 2]))
        net.blocks[1].freeze()
        step()
        // Another optimizer's.
        net.blocks.append(Lazily())
        _ = net(Tensor.ones([1, 2]))
        _ = SGD(net.blocks[2].parameters, learningRate: 0.01)
        step()
        // Without a gradient, and of another model.
        net.blocks.append(Lazily())
        net.blocks[3].weight = Parameter(Tensor.ones([2]))
        net.fixed.gradient = [1]
        optimizer.step()
        net.blocks.removeLast()
        let other = Lazily()
        other(Tensor.ones([1, 2])).sum().backward()
        step()
        #expect(net.blocks[0].weight!.value != Tensor.ones([2]) && net.blocks[1].weight!.value == Tensor.ones([2]))
    }

    @Test("may be there from the start and left out on purpose")
    func leftOut() {
        let net = Net()
        net.blocks = [Lazily()]
        _ = net(Tensor.ones([1, 2]))
        let optimizer = SGD(net.namedParameters.filter { $0.name == "fixed" }.map(\.parameter), learningRate: 0.1)
        _ = Lazily()(Tensor.ones([1, 2]))
        net(Tensor.ones([1, 2])).sum().backward()
        optimizer.step()
        #expect(net.fixed.value != [1] && net.blocks[0].weight!.value == [1, 1])
    }

    @Test("are a part of what an empty list is about")
    func emptyList() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = SGD(Lazily().parameters, learningRate: 1)
        }.expectMessage(
            "SGD: expects at least one parameter, got an empty list. A plain Tensor is not a parameter, and a layer that "
                + "makes its own in the first call has none before. \(Self.advice)")
    }

    @Test("the lists of a model's parameters may be asked for by several threads at the same time")
    func threads() async {
        let net = Net()
        await withTaskGroup { group in
            for _ in 0..<4 { group.addTask { for _ in 0..<500 { _ = net.parameters } } }
        }
        #expect(net.parameters.count == 1)
    }
}

extension Net: @unchecked Sendable {}
