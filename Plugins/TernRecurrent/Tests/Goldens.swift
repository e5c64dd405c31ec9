import Tern
import TernRecurrent
import TernTesting
import Testing

/// A case of `Goldens/recurrent.safetensors`: see the script beside it for what the names mean.
struct Golden: Sendable, CustomTestStringConvertible {
    let name: String
    let tensors: [String: Tensor]

    var testDescription: String { name }

    private static let all: [String: [String: Tensor]] = {
        do {
            return try GoldenFile(
                "Goldens/recurrent.safetensors", madeBy: "python Plugins/TernRecurrent/Tests/Goldens/make_goldens.py"
            ).groups
        } catch { fatalError("\(error)") }
    }()

    init(_ name: String) {
        self.name = name
        tensors = Golden.all[name]!
    }

    static let names = all.keys.sorted()

    subscript(_ name: String) -> Tensor { tensors[name]! }

    /// PyTorch's state dict, as it is.
    var state: [String: Tensor] {
        var state: [String: Tensor] = [:]
        for (name, tensor) in tensors where name.hasPrefix("state/") { state[String(name.dropFirst(6))] = tensor }
        return state
    }

    /// The tensors `name0`, `name1`, ... in a type.
    func list(_ name: String, _ dtype: DType) -> [Tensor] {
        (0..<2).compactMap { tensors["\(name)\($0)"]?.converted(to: dtype) }
    }

    var lengths: [Int]? { tensors["lengths"].map { $0.array(of: Int.self) } }
}

/// A layer with its state as tensors, so that one test serves all.
struct AnyRecurrent {
    let module: any Module
    /// The output and the last states.
    let call: (Tensor, [Tensor]) -> (output: Tensor, states: [Tensor])
    let callPacked: (PackedSequence, [Tensor]) -> (output: PackedSequence, states: [Tensor])

    init(_ layer: LSTM) {
        func state(_ states: [Tensor]) -> LSTMState? {
            states.isEmpty ? nil : LSTMState(hidden: states[0], cell: states[1])
        }
        module = layer
        call = { x, states in
            let (output, last) = layer(x, state(states))
            return (output, [last.hidden, last.cell])
        }
        callPacked = { x, states in
            let (output, last) = layer(x, state(states))
            return (output, [last.hidden, last.cell])
        }
    }

    init(_ layer: GRU) {
        module = layer
        call = { x, states in
            let (output, last) = layer(x, states.first)
            return (output, [last])
        }
        callPacked = { x, states in
            let (output, last) = layer(x, states.first)
            return (output, [last])
        }
    }

    init(_ layer: RNN) {
        module = layer
        call = { x, states in
            let (output, last) = layer(x, states.first)
            return (output, [last])
        }
        callPacked = { x, states in
            let (output, last) = layer(x, states.first)
            return (output, [last])
        }
    }
}

/// The largest difference of two tensors' elements.
func distance(_ a: Tensor, _ b: Tensor) -> Double {
    guard a.shape == b.shape else { return .infinity }
    let differences = zip(a.array(of: Double.self), b.array(of: Double.self)).map { abs($0 - $1) }
    return differences.contains { $0.isNaN } ? .infinity : differences.max() ?? 0
}

func expectClose(
    _ actual: Tensor?, _ expected: Tensor, _ tolerance: Double, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let actual else {
        Issue.record("\(what) is missing", sourceLocation: sourceLocation)
        return
    }
    let distance = distance(actual, expected)
    #expect(
        distance <= tolerance, "\(what) \(actual.shape), expected \(expected.shape), differs by \(distance)",
        sourceLocation: sourceLocation)
}
