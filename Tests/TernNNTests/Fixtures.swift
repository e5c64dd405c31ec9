import TernCore
import TernNN

/// A layer that finds its members by reflection: `y = x W + b`.
final class Dense: Module {
    let weight: Parameter
    let bias: Parameter?
    private let note = "not a member"
    let constant = Tensor.ones([3])

    init(_ inputs: Int, _ outputs: Int, bias: Bool = true) {
        weight = Parameter(Tensor.full([inputs, outputs], 0.5))
        self.bias = bias ? Parameter(Tensor.zeros([outputs])) : nil
    }

    func forward(_ x: Tensor) -> Tensor {
        let y = matmul(x, weight.value)
        return bias.map { y + $0.value } ?? y
    }

    var settingsDescription: String { "\(weight.shape[0]), \(weight.shape[1])" }
}

/// A module with a mode and buffers.
final class Counter: Module, ModeDependent {
    var isTraining = true
    let count = Buffer(Tensor.zeros([2]))
    let scratch = Buffer(Tensor.zeros([1]), persistent: false)

    func forward(_ x: Tensor) -> Tensor {
        if isTraining { count.update { $0 += 1 } }
        return x
    }
}

/// A layer that takes its size from the first input.
final class LazyScale: Module {
    let factor = Parameter(pending: [-1], name: "LazyScale.factor")

    func forward(_ x: Tensor) -> Tensor {
        if !factor.hasValue { factor.initialize(.ones, shape: [x.shape[1]]) }
        return x * factor.value
    }
}

final class Network: Module {
    let first = Dense(2, 3)
    let counter = Counter()
    let second = Dense(3, 1, bias: false)

    func forward(_ x: Tensor) -> Tensor { second(counter(relu(first(x)))) }
}
