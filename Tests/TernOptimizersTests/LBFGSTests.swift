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

    /// Liu and Nocedal's recursion, vector by vector.
    private static func descended(_ start: Tensor, by rate: Double, history: Int, _ slope: (Tensor) -> Tensor) -> Tensor
    {
        var (x, gradient) = (start, slope(start))
        var direction = -gradient
        var step = min(1, 1 / abs(gradient).sum().item()) * rate * direction
        var pairs: [(s: Tensor, y: Tensor)] = []
        for _ in 0..<11 {
            x = x + step
            let last = gradient
            gradient = slope(x)
            pairs = (pairs + [(step, gradient - last)]).suffix(history)
            direction = -gradient
            var shares: [Double] = []
            for (s, y) in pairs.reversed() {
                shares.append(matmul(s, direction).item() / matmul(s, y).item())
                direction = direction - shares.last! * y
            }
            let (s, y) = pairs.last!
            direction = direction * (matmul(s, y).item() / matmul(y, y).item())
            for ((s, y), share) in zip(pairs, shares.reversed()) {
                direction = direction + (share - matmul(y, direction).item() / matmul(s, y).item()) * s
            }
            step = rate * direction
        }
        return x + step
    }

    @Test("goes where the recursion goes, with the same bits for any number of threads", arguments: [1, 4, 100])
    func recursion(history: Int) {
        let count = 20_000
        let stiffness = Tensor.linspace(1, 50, count: count, dtype: .float64)
        let start = Tensor.linspace(-1, 2, count: count, dtype: .float64)
        let expected = Self.descended(start, by: 0.7, history: history) { stiffness * $0 + pow($0, 3) }
        func end(_ type: DType, threads: Int) -> Tensor {
            let usual = threadCount
            threadCount = threads
            defer { threadCount = usual }
            // Two parameters, of which one ends within a piece of work.
            let parts = [start[..<7001], start[7001...].reshaped([-1, 1])].map { Parameter($0.converted(to: type)) }
            let optimizer = LBFGS(parts, learningRate: 0.7, maximumIterations: 4, historySize: history)
            for _ in 0..<3 {
                optimizer.step {
                    let x = concatenated(parts.map { $0.value.flattened() })
                    return (stiffness.converted(to: type) * square(x) / 2 + pow(x, 4) / 4).sum()
                }
            }
            return concatenated(parts.map { $0.value.detached.flattened() })
        }
        // In float32 the recursion itself, vector by vector, ends 2e-3 away.
        for (type, tolerance) in [(DType.float64, 1e-10), (.float32, 4e-3)] {
            let ends = [1, 3].map { end(type, threads: $0) }
            #expect(ends[0] == ends[1])
            #expect(ends[0].converted(to: .float64).allClose(to: expected, absoluteTolerance: tolerance))
        }
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
