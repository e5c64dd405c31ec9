import Tern
import TernTesting
import Testing

/// The cases of attention.safetensors, see the script beside it.
struct Golden: Sendable {
    private static let all: [String: [String: Tensor]] = {
        do {
            return try GoldenFile(
                "Goldens/attention.safetensors", madeBy: "python Plugins/TernAttention/Tests/Goldens/make_goldens.py"
            ).groups
        } catch { fatalError("\(error)") }
    }()
    let name: String
    private var tensors: [String: Tensor] { Self.all[name]! }

    func tensors(_ group: String) -> [String: Tensor] {
        let prefix = "\(group)/"
        return Dictionary(
            uniqueKeysWithValues: tensors.filter { $0.key.hasPrefix(prefix) }.map {
                (String($0.key.dropFirst(prefix.count)), $0.value)
            })
    }

    subscript(_ key: String) -> Tensor { tensors[key]! }

    /// PyTorch's weights in a module of ours, without a mapping; outputs and gradients of the inputs, against PyTorch's.
    func check<Layer: Module>(_ layer: Layer, _ dtype: DType, _ call: (Layer, [String: Tensor]) -> [Tensor]) throws {
        layer.eval()
        try layer.loadStateDictionary(tensors("state"))
        layer.to(dtype)
        let tape = GradientTape()
        let inputs = tensors("in").mapValues { $0.dtype.isFloatingPoint ? tape.watch($0.converted(to: dtype)) : $0 }
        let outputs = tape.record { call(layer, inputs) }
        for (index, output) in outputs.enumerated() {
            try close(output, tensors("out")["\(index)"]!, "output \(index)")
        }
        let gradients = tensors("grad").sorted { $0.key < $1.key }
        if gradients.isEmpty { return }
        let found = tape.gradient(
            of: outputs[0], with: gradients.map { inputs[$0.key]! }, gradient: self["cotangent"].converted(to: dtype))
        for ((name, expected), gradient) in zip(gradients, found) {
            try close(try #require(gradient), expected, "gradient of \(name)")
        }
    }

    private func close(_ actual: Tensor, _ expected: Tensor, _ what: String) throws {
        #expect(actual.shape == expected.shape, "\(name): \(what)")
        let tolerance = actual.dtype == .float64 ? 1e-7 : 1e-5
        let largest = abs(expected).max().item()
        let difference = abs(actual.detached.converted(to: .float64) - expected.converted(to: .float64)).max().item()
        #expect(difference <= tolerance * Swift.max(1, largest), "\(name): \(what), \(actual.dtype)")
    }
}
