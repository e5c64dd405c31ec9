import TernCore
import TernNN
import TernOptimizers
import TernTestSupport
import Testing

@Suite("L-BFGS")
struct LBFGSTests {
    private static func bowl(_ model: Two) -> Tensor {
        (square(model.first.value - [3, -1]) * [1, 10]).sum() + square(model.second.value + 2).sum()
    }

    @Test(
        "finds the lowest place of a bowl", arguments: [nil, LBFGS.LineSearch.strongWolfe], [DType.float32, .float64])
    func bowl(lineSearch: LBFGS.LineSearch?, type: DType) {
        let model = Two()
        model.to(type)
        let optimizer = LBFGS(model.parameters, learningRate: 0.5, lineSearch: lineSearch)
        for _ in 0..<5 { optimizer.step { Self.bowl(model) } }
        #expect(model.first.value.allClose(to: Tensor([3, -1], dtype: type), absoluteTolerance: 1e-4))
        #expect(model.second.value.allClose(to: Tensor([-2], dtype: type), absoluteTolerance: 1e-4))
        #expect(model.first.dtype == type)
    }

    @Test("half types are computed in float32", arguments: [DType.float16, .bfloat16])
    func halves(type: DType) {
        let model = Two()
        model.to(type)
        let optimizer = LBFGS(model.parameters, learningRate: 0.5, lineSearch: .strongWolfe)
        let before = Self.bowl(model).item()
        for _ in 0..<3 { optimizer.step { Self.bowl(model) } }
        #expect(model.first.dtype == type && Self.bowl(model).item() < before / 100)
    }

    @Test("a state that was saved goes on to the same bits", arguments: [nil, LBFGS.LineSearch.strongWolfe])
    func resume(lineSearch: LBFGS.LineSearch?) throws {
        func make(_ model: Two) -> LBFGS {
            LBFGS(model.parameters, learningRate: 0.1, maximumIterations: 3, historySize: 3, lineSearch: lineSearch)
        }
        func loss(_ model: Two) -> Tensor { Self.bowl(model) + pow(model.first.value, 4).sum() }
        let (model, copy) = (Two(), Two())
        let (optimizer, other) = (make(model), make(copy))
        for _ in 0..<4 {
            try copy.loadStateDictionary(model.stateDictionary())
            try other.restore(optimizer.savedState)
            #expect(other.savedState == optimizer.savedState)
            #expect(optimizer.step { loss(model) } == other.step { loss(copy) })
            #expect(model.stateDictionary() == copy.stateDictionary())
            #expect(other.savedState == optimizer.savedState)
        }
        #expect(optimizer.savedState["pairs"] == 3)
        let wrong = LBFGS([model.second, model.first], historySize: 2)
        let before = wrong.savedState
        let error = #expect(throws: StateDictionaryError.self) { try wrong.restore(optimizer.savedState) }
        #expect(error?.description.contains("shapes: expects [1], [2], got [2], [1]") == true)
        #expect(error?.description.contains("pairs: expects an integer in 0...2") == true)
        #expect(wrong.savedState == before)
    }

    @Test("a parameter that the loss does not depend on stays as it is")
    func unused() {
        let model = Two()
        let optimizer = LBFGS(model.parameters)
        optimizer.step { square(model.first.value).sum() }
        #expect(model.second.value == [3] && model.first.value != [1, 2])
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LBFGS(Two().parameters, historySize: 0)
        }.expectMessage("LBFGS: historySize must be at least 1, got 0")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let parameter = Parameter(Tensor.zeros([2]))
            _ = LBFGS([parameter, parameter])
        }.expectMessage("LBFGS: has a parameter of shape [2] twice: a parameter belongs to one group, once")
    }
}
