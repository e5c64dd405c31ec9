import Tern
import TernTestSupport
import Testing

@Suite("Reducing on a plateau")
struct ReduceOnPlateauTests {
    static func optimizer(_ rates: Double...) -> SGD {
        SGD(groups: rates.map { ParameterGroup([Parameter(Tensor.zeros([1]))], SGD.Rule(learningRate: $0)) })
    }

    @Test("the rates of all groups fall after the patience, by the factor and to the minimum")
    func reduces() {
        let optimizer = Self.optimizer(1, 0.1)
        let plateau = ReduceOnPlateau(optimizer, factor: 0.5, patience: 1, cooldown: 1, minimumRate: 0.06)
        #expect(plateau.best == .infinity)
        #expect([3, 2, 2].map { plateau.update($0) } == [false, false, false])
        #expect(plateau.best == 2 && plateau.sinceBest == 1)
        #expect(plateau.update(.nan) && optimizer.learningRates == [0.5, 0.06])
        #expect(plateau.cooldownLeft == 1)
        #expect([2, 2, 2].map { plateau.update($0) } == [false, false, true])
        #expect(optimizer.learningRates == [0.25, 0.06])
    }

    @Test("a group that is added later has the last one's minimum")
    func addedGroup() {
        let optimizer = Self.optimizer(1)
        let plateau = ReduceOnPlateau(optimizer, patience: 0, minimumRates: [0.5])
        optimizer.groups.append(ParameterGroup([Parameter(Tensor.zeros([1]))], SGD.Rule(learningRate: 0.7)))
        plateau.update(.nan)
        #expect(optimizer.learningRates == [0.5, 0.5])
        #expect(plateau.update(.nan) == false)
    }

    @Test("wrong settings stop with a message")
    func mistakes() async {
        await #expect(processExitsWith: .success) {
            func expect(_ message: String, _ body: () -> Void) {
                let ending = endingOfCopy(body)
                #expect(ending.message == message, "\(ending)")
            }
            let sgd = ReduceOnPlateauTests.optimizer(0.1)
            expect("ReduceOnPlateau: factor must be in 0..<1, got 1.0") { _ = ReduceOnPlateau(sgd, factor: 1) }
            expect("ReduceOnPlateau: patience must be at least 0, got -1") { _ = ReduceOnPlateau(sgd, patience: -1) }
            expect("ReduceOnPlateau: cooldown must be at least 0, got -1") { _ = ReduceOnPlateau(sgd, cooldown: -1) }
            expect("ReduceOnPlateau: threshold must be at least 0, got nan") {
                _ = ReduceOnPlateau(sgd, threshold: .absolute(.nan))
            }
            expect("ReduceOnPlateau: epsilon must be at least 0, got -1.0") { _ = ReduceOnPlateau(sgd, epsilon: -1) }
            expect("ReduceOnPlateau: a minimum rate must be at least 0, got -1.0") {
                _ = ReduceOnPlateau(sgd, minimumRate: -1)
            }
            expect("ReduceOnPlateau: expects a minimum rate for each of 1 groups, got 2") {
                _ = ReduceOnPlateau(sgd, minimumRates: [1, 2])
            }
        }
    }
}
