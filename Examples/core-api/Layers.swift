import Tern
import TernAttention

/// A layer that makes its weights at its first call, when it sees how many features its input has.
///
/// Shapes: x [N, in] -> [N, units].
final class SimpleDense: Module {
    let weight, bias: Parameter
    let activation: (Tensor) -> Tensor

    init(_ units: Int, activation: @escaping (Tensor) -> Tensor = { $0 }) {
        weight = Parameter(pending: [-1, units], name: "SimpleDense.weight")
        bias = Parameter([units], .zeros)
        self.activation = activation
    }

    func forward(_ x: Tensor) -> Tensor {
        if !weight.hasValue {
            weight.initialize(.normal(standardDeviation: 0.05), shape: [x.shape[1], weight.shape[1]])
        }
        return activation(matmul(x, weight.value) + bias.value)
    }
}

/// The same with both sizes said, and no help but that of tensors.
struct NaiveDense {
    let weight, bias: Variable
    let activation: (Tensor) -> Tensor

    init(_ inputs: Int, _ outputs: Int, activation: @escaping (Tensor) -> Tensor) {
        weight = Variable(.uniform([inputs, outputs], in: -0.05..<0.05))
        bias = Variable(.zeros([outputs]))
        self.activation = activation
    }

    func callAsFunction(_ x: Tensor) -> Tensor { activation(matmul(x, weight.value) + bias.value) }
    var weights: [Variable] { [weight, bias] }
}

/// One layer after the other.
struct NaiveSequential {
    let layers: [NaiveDense]

    func callAsFunction(_ x: Tensor) -> Tensor { layers.reduce(x) { $1($0) } }
    var weights: [Variable] { layers.flatMap(\.weights) }
}

/// Two inputs that go through layers of their own before they meet.
final class TwoBranches: Module {
    let title = SimpleDense(16, activation: { relu($0) }), body = SimpleDense(32, activation: { relu($0) })
    let end = SimpleDense(1)

    func forward(_ input: (title: Tensor, body: Tensor)) -> Tensor {
        end(concatenated([title(input.title), body(input.body)], axis: 1))
    }
}

/// One input about which two things are told.
final class TwoHeads: Module {
    let trunk = SimpleDense(64, activation: { relu($0) }), priority = SimpleDense(1), department = SimpleDense(4)

    func forward(_ x: Tensor) -> (priority: Tensor, department: Tensor) {
        let features = trunk(x)
        return (sigmoid(priority(features)), softmax(department(features)))
    }
}

/// A Transformer that writes a sequence after it has read another.
///
/// Shapes: source [N, S] and target [N, T], integers -> logits [N, T, V].
final class SequenceModel: Module {
    let tokens, positions: Embedding
    let transformer: Transformer
    let head: Linear

    init(vocabulary: Int, length: Int, modelSize: Int = 64) {
        (tokens, positions) = (Embedding(vocabulary, modelSize), Embedding(length, modelSize))
        transformer = Transformer(
            modelSize, heads: 4, encoderLayers: 2, decoderLayers: 2, feedForwardSize: 2 * modelSize, dropout: 0,
            batchFirst: true, normFirst: true)
        head = Linear(modelSize, vocabulary)
    }

    func forward(_ input: (source: Tensor, target: Tensor)) -> Tensor {
        func embedded(_ ids: Tensor) -> Tensor { tokens(ids) + positions(Tensor.arange(ids.shape[1])) }
        return head(transformer(embedded(input.source), embedded(input.target), targetIsCausal: true))
    }

    /// What it writes, token by token, each the likeliest.
    func written(after source: Tensor, start: Int) -> Tensor {
        inEvaluationMode {
            var target = Tensor.full([source.shape[0], 1], start, dtype: .int64)
            for _ in 0..<source.shape[1] {
                let next = self((source, target))[.all, -1].argmax(axis: 1)
                target = concatenated([target, next.unsqueezed(axes: 1)], axis: 1)
            }
            return target[.all, 1...]
        }
    }
}
