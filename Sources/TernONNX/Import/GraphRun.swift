import TernCore

/// One computation of a model: the values by their places.
final class GraphRun: @unchecked Sendable {
    // Unchecked: a run is of one thread.
    private var values: [ONNXValue?]
    private var stepsLeft: Int
    let limits: ONNXLimits
    let isTraining: Bool
    /// Where the model's buffers are.
    let bufferPlaces: Set<Int>
    /// The next values of buffers, which nodes give them.
    private(set) var nextBuffers: [Int: Tensor] = [:]

    init(placeCount: Int, limits: ONNXLimits, isTraining: Bool, bufferPlaces: Set<Int>) {
        values = Array(repeating: nil, count: placeCount)
        stepsLeft = limits.steps
        self.limits = limits
        self.isTraining = isTraining
        self.bufferPlaces = bufferPlaces
    }

    func set(_ place: Int, _ value: ONNXValue?) { values[place] = value }

    func setBuffer(_ place: Int, _ value: Tensor) {
        values[place] = .tensor(value)
        nextBuffers[place] = value
    }

    /// The values of a graph's outputs for some of its inputs. It may read those of the graphs around it.
    func compute(_ graph: CompiledGraph, _ arguments: [ONNXValue?]) throws(ONNXError) -> [ONNXValue] {
        for (place, argument) in zip(graph.inputs, arguments) { values[place] = argument }
        for (place, value) in graph.constants { values[place] = .tensor(value) }
        for (index, step) in graph.steps.enumerated() {
            do { try compute(step) } catch let error as ONNXError { throw error } catch {
                let reason = (error as? Refusal)?.reason ?? "\(error)"
                throw .operation(node: step.name, type: step.definition.type, reason: reason)
            }
            for place in graph.lastUses[index] { values[place] = nil }
        }
        var outputs: [ONNXValue] = []
        for (index, place) in graph.outputs.enumerated() {
            guard place >= 0, let value = values[place] else {
                throw .operation(
                    node: graph.outputNames[index], type: "output", reason: "is not computed by its node")
            }
            outputs.append(value)
        }
        return outputs
    }

    private func compute(_ step: GraphStep) throws {
        stepsLeft -= 1
        if stepsLeft < 0 { throw Refusal("is beyond the \(limits.steps) nodes that a run may compute") }
        let inputs = step.inputs.map { $0 < 0 ? nil : values[$0] }
        let outputs = try step.definition.body(ONNXCall(step: step, run: self, inputs: inputs))
        for (index, place) in step.outputs.enumerated() where place >= 0 {
            guard index < outputs.count, let value = outputs[index] else {
                throw Refusal("does not compute output \(index)")
            }
            values[place] = value
        }
    }
}
