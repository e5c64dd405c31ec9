import Tern

// Layers that are each wrong in one way, and checkLayer must say in which.

/// x^2 with a derivative that is too small.
final class WrongGradient: Module {
    func forward(_ x: Tensor) -> Tensor {
        asOneOperation { x * x }.asOutput(of: "halved", from: [x]) { gradient, _ in [gradient * x * 1.9] }
    }
}

/// x^2 with a derivative that is right, and itself has none.
final class WrongSecondGradient: Module {
    func forward(_ x: Tensor) -> Tensor {
        asOneOperation { x * x }.asOutput(of: "square", from: [x]) { gradient, _ in [gradient * x.detached * 2] }
    }
}

/// A registry that leaves a parameter out.
final class HiddenParameter: Module {
    let weight = Parameter(Tensor.ones([3]))
    let bias = Parameter(Tensor.zeros([3]))
    func forward(_ x: Tensor) -> Tensor { x * weight.value + bias.value }
    func visitMembers(_ visitor: inout some ModuleVisitor) { visitor.visit("weight", weight) }
}

final class CollidingNames: Module {
    let first = Parameter(Tensor.ones([3]))
    let second = Parameter(Tensor.ones([3]))
    func forward(_ x: Tensor) -> Tensor { x * first.value + second.value }
    func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("weight", first)
        visitor.visit("weight", second)
    }
}

final class DottedName: Module {
    let first = Parameter(Tensor.ones([3]))
    func forward(_ x: Tensor) -> Tensor { x * first.value }
    func visitMembers(_ visitor: inout some ModuleVisitor) { visitor.visit("the.weight", first) }
}

/// A tensor that is no member, and another one in every layer.
final class LostState: Module {
    let scale = Tensor.uniform([3], in: 1..<2)
    func forward(_ x: Tensor) -> Tensor { x * scale.converted(to: x.dtype) }
}

/// Dropout at all times.
final class ModeIgnored: Module {
    func forward(_ x: Tensor) -> Tensor { dropout(x, probability: 0.5) }
}

/// It says that it distinguishes modes and stays in one.
final class DeafToModes: Module, ModeDependent {
    var isTraining: Bool {
        get { true }
        set {}
    }
    func forward(_ x: Tensor) -> Tensor { x * 2 }
}

/// Statistics that evaluation changes.
final class CountsInEvaluation: Module {
    let calls = Buffer(Tensor(0))
    func forward(_ x: Tensor) -> Tensor {
        calls.value = calls.value + 1
        return x * 2
    }
}

/// A sum whose parts are as many as there are threads.
final class ThreadDependentSum: Module {
    func forward(_ x: Tensor) -> Tensor {
        let factors = Tensor.linspace(0.1, 1.7, count: 41, dtype: x.dtype)
        let rows = (x.unsqueezed(axes: -1) * factors).flattened(from: 1)
        let parts = rows.chunked(into: threadCount, axis: 1).map { $0.sum(axes: 1) }
        return parts.dropFirst().reduce(parts[0], +)
    }
}

/// Doubles the input itself.
final class ChangedInput: Module {
    func forward(_ x: Tensor) -> Tensor {
        if x.dtype == .float32 {
            x.withUnsafeBuffer(of: Float.self) { elements in
                for (index, value) in elements.enumerated() {
                    UnsafeMutablePointer(mutating: elements.baseAddress!)[index] = value * 2
                }
            }
        }
        return x + 1
    }
}

/// One tensor for all outputs.
final class SharedOutput: Module {
    private var scratch: Tensor?
    func forward(_ x: Tensor) -> Tensor {
        let result = x * 3
        if x.dtype != .float32 || result.requiresGradient { return result }
        guard let scratch, scratch.shape == x.shape else {
            self.scratch = result
            return result
        }
        scratch.withUnsafeBuffer(of: Float.self) { old in
            result.withUnsafeBuffer(of: Float.self) { new in
                UnsafeMutablePointer(mutating: old.baseAddress!).update(from: new.baseAddress!, count: new.count)
            }
        }
        return scratch
    }
}

/// Normalizes over the batch, in evaluation too.
final class BatchDependent: Module {
    func forward(_ x: Tensor) -> Tensor { x - x.mean(axes: 0) }
}

/// A closure that holds the layer that holds it.
final class LeakingClosure: Module {
    let weight = Parameter(Tensor.ones([3]))
    private var body: ((Tensor) -> Tensor)?
    init() { body = { $0 * self.weight.value } }
    func forward(_ x: Tensor) -> Tensor { body!(x) }
}

/// A cache that grows with every call.
final class GrowingCache: Module {
    nonisolated(unsafe) private static var seen: [Tensor] = []
    func forward(_ x: Tensor) -> Tensor {
        let y = x * 2
        Self.seen.append(y.detached)
        return y
    }
}

final class LostType: Module {
    func forward(_ x: Tensor) -> Tensor { tanh(x.converted(to: .float32)) }
}

/// Settings, of which one is not shown.
final class UnshownSetting: Module {
    let factor = 3.5
    let isInverted = false
    func forward(_ x: Tensor) -> Tensor { isInverted ? x / factor : x * factor }
    var settingsDescription: String { "inverted=\(isInverted)" }
}

final class ShowsAddress: Module {
    func forward(_ x: Tensor) -> Tensor { x * 2 }
    var settingsDescription: String { "\(Unmanaged.passUnretained(self).toOpaque())" }
}

/// A parameter that comes with the first call.
final class LateParameter: Module {
    var weight: Parameter?
    func forward(_ x: Tensor) -> Tensor {
        if weight == nil { weight = Parameter(Tensor.ones([x.shape[1]], dtype: x.dtype)) }
        return x * weight!.value
    }
}

/// Its child runs without its hooks.
final class BypassedChild: Module {
    let linear = Linear(3, 3)
    func forward(_ x: Tensor) -> Tensor { linear.forward(x) }
}

final class LayoutDependent: Module {
    func forward(_ x: Tensor) -> Tensor { x.isContiguous ? x * 2 : x * 3 }
}

final class RefusesEmptyBatches: Module {
    func forward(_ x: Tensor) -> Tensor { x.shape[0] == 0 ? Tensor.zeros([1, 3], dtype: x.dtype) : x * 2 }
}

/// Trains something that nobody can freeze.
final class Unfreezable: Module {
    private struct Hidden: @unchecked Sendable { let body: () -> Tensor }
    private let hidden: Hidden
    init() {
        let weight = Variable(Tensor.ones([3]))
        hidden = Hidden { weight.value }
    }
    func forward(_ x: Tensor) -> Tensor { x * hidden.body().converted(to: x.dtype) }
}

/// Another shape each time.
final class GrowingOutput: Module {
    private var calls = 0
    func forward(_ x: Tensor) -> Tensor {
        calls += 1
        return concatenated(Array(repeating: x, count: calls), axis: 1)
    }
}

/// Its calls have no place in messages and graphs.
final class Unplaced: Module {
    let weight = Parameter(Tensor.ones([3]))
    func forward(_ x: Tensor) -> Tensor { x * weight.value }
    func callAsFunction(_ x: Tensor) -> Tensor { forward(x) }
}
