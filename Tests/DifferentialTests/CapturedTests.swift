import Tern
import Testing

/// That operations say what they read: a captured graph of one must not take what was computed from its operands for a
/// constant.
@Suite("Captured operations")
struct CapturedTests {
    @Test("nothing that depends on an operand is a constant of a captured graph")
    func constants() {
        var drawn: Set<String> = []
        for seed in 1...400 {
            let program = Builder.program(UInt64(seed))
            let values = program.run(program.inputs.map(\.value))
            // A histogram without edges reads the range of its values as numbers, and closeness is no tensor.
            let readers = ["histogram", "allClose"]
            for step in program.steps where step.op.isDifferentiable && !readers.contains(step.op.name) {
                let operands = step.operands.map { values[$0] }
                // Nearer to 0: within every domain.
                let others = operands.map { $0.dtype.isFloatingPoint ? $0 * 0.5 : $0 }
                let (first, second) = (graph(step, operands), graph(step, others))
                drawn.insert(step.op.name)
                let isSame =
                    first.constants.count == second.constants.count
                    && zip(first.constants, second.constants).allSatisfy { $0.bytes == $1.bytes }
                #expect(isSame, "\(Program.line(step, program.values))\n\(first)\n\(second)")
            }
        }
        #expect(drawn.count > 100)
    }

    private func graph(_ step: Program.Step, _ operands: [Tensor]) -> Graph {
        seed(1)
        let inputs = operands.enumerated().map { Graph.Named("v\($0)", $1) }
        return Graph(
            step.op.name, inputs, parameters: { [] }, buffers: { [] },
            { step.run(operands).enumerated().map { Graph.Named("result\($0)", $1) } })
    }
}
