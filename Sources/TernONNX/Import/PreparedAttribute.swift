import TernCore

/// A setting of a node, ready for its operator.
enum PreparedAttribute: Sendable {
    case integer(Int)
    case real(Double)
    case text(String)
    case tensor(Tensor)
    case graph(CompiledGraph)
    case integers([Int])
    case reals([Double])
    case texts([String])
    case type(TypeMessage)
}

/// A node with its operator, and where its inputs and outputs are among the values of a run.
final class GraphStep: Sendable {
    let definition: ONNXOperator
    let name: String
    let opset: Int
    let attributes: [String: PreparedAttribute]
    /// -1 for one that is left out.
    let inputs: [Int]
    let outputs: [Int]

    init(
        _ definition: ONNXOperator, name: String, opset: Int, attributes: [String: PreparedAttribute], inputs: [Int],
        outputs: [Int]
    ) {
        self.definition = definition
        self.name = name
        self.opset = opset
        self.attributes = attributes
        self.inputs = inputs
        self.outputs = outputs
    }

    /// The graphs among the settings.
    var graphs: [CompiledGraph] {
        attributes.values.compactMap { if case .graph(let graph) = $0 { graph } else { nil } }
    }
}

/// A graph, or one inside of a node, as steps over the places that its values have in a run.
final class CompiledGraph: Sendable {
    let inputs: [Int]
    let inputNames: [String]
    let outputs: [Int]
    let outputNames: [String]
    let steps: [GraphStep]
    /// Constants of this graph and their places.
    let constants: [(place: Int, value: Tensor)]
    /// The places whose values nothing reads after each step.
    let lastUses: [[Int]]
    /// The places that it reads, those of the graphs around it too.
    let reads: Set<Int>

    init(
        inputs: [(name: String, place: Int)], outputs: [(name: String, place: Int)], steps: [GraphStep],
        constants: [(place: Int, value: Tensor)], owned: Set<Int>
    ) {
        self.inputs = inputs.map(\.place)
        inputNames = inputs.map(\.name)
        self.outputs = outputs.map(\.place)
        outputNames = outputs.map(\.name)
        self.steps = steps
        self.constants = constants
        // From the end: what is read first there is read last.
        var isRead = Set(outputs.map(\.place))
        var lastUses = [[Int]](repeating: [], count: steps.count)
        for (index, step) in steps.enumerated().reversed() {
            var places = Set(step.inputs + step.outputs)
            for graph in step.graphs { places.formUnion(graph.reads) }
            for place in places where place >= 0 && isRead.insert(place).inserted {
                if owned.contains(place) { lastUses[index].append(place) }
            }
        }
        self.lastUses = lastUses
        reads = isRead
    }
}
