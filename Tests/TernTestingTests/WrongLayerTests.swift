import Tern
import TernTestSupport
import TernTesting
import Testing

@Suite("checkLayer finds what is wrong")
struct WrongLayerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let checks: Set<LayerCheck>
        let run: @Sendable () throws -> Void

        init<Layer: Module & SendableMetatype>(
            _ make: @autoclosure @escaping @Sendable () -> Layer, _ checks: Set<LayerCheck>
        ) where Layer.Input == Tensor {
            name = "\(Layer.self)"
            self.checks = checks
            run = { try checkLayer(make(), Tensor.normal([3, 3], generator: Generator(seed: 1))) }
        }

        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(WrongGradient(), [.gradients]),
        Case(WrongSecondGradient(), [.secondGradients]),
        Case(HiddenParameter(), [.names, .floatTypes, .freezing]),
        Case(CollidingNames(), [.names]),
        Case(DottedName(), [.names]),
        Case(LostState(), [.saveAndLoad]),
        Case(ModeIgnored(), [.evaluation, .batchInvariance]),
        Case(DeafToModes(), [.modes]),
        Case(CountsInEvaluation(), [.evaluation, .summary]),
        Case(ThreadDependentSum(), [.threads]),
        Case(ChangedInput(), [.inputs, .floatTypes]),
        Case(SharedOutput(), [.inputs]),
        Case(BatchDependent(), [.batchInvariance]),
        Case(LeakingClosure(), [.leaks]),
        Case(GrowingCache(), [.leaks]),
        Case(LostType(), [.floatTypes, .gradients, .secondGradients]),
        Case(UnshownSetting(), [.printedForm]),
        Case(ShowsAddress(), [.printedForm]),
        Case(LateParameter(), [.lazyShapes, .saveAndLoad]),
        Case(BypassedChild(), [.summary]),
        Case(LayoutDependent(), [.layouts]),
        Case(RefusesEmptyBatches(), [.emptyBatch]),
        Case(Unfreezable(), [.freezing]),
        Case(GrowingOutput(), [.shapes]),
    ]

    @Test("each kind of fault by its check, and by no other that does not follow from it", arguments: cases)
    func finds(_ wrong: Case) throws {
        let failure = try #require(throws: CheckFailure.self) { try wrong.run() }
        let expected = Set(wrong.checks.map(\.rawValue))
        // Other tests may change the number of threads in the midst of any check.
        let isExact = wrong.checks != [.threads]
        #expect(isExact ? failure.checks == expected : failure.checks.isSuperset(of: expected), "\(failure)")
        #expect(failure.subject == wrong.name)
    }

    @Test("calls that have no place in messages and graphs")
    func unplaced() throws {
        let failure = try #require(throws: CheckFailure.self) {
            try checkLayer(Unplaced(), inputs: [numbers([3, 3])]) { layer, inputs in layer(inputs[0]) }
        }
        #expect(failure.checks.contains("graph"), "\(failure)")
    }

    @Test("one error names all that is wrong, what was expected and what came")
    func message() throws {
        let failure = try #require(throws: CheckFailure.self) {
            try checkLayer(UnshownSetting(), Tensor([[1, 2]]), outputShapes: [[2, 1]])
        }
        #expect(
            "\(failure)" == """
                UnshownSetting fails 3 checks:
                  shapes: outputs have the shapes [[1, 2]], expected [[2, 1]]
                  printedForm: 'UnshownSetting(inverted=false)' does not show the setting factor, which is 3.5
                  batchInvariance: needs a batch of at least 2 examples along the first axis, got [[1, 2]]
                """)
    }

    @Test("a check that is left out is not made, and random numbers go on as if there had been none")
    func leftOut() throws {
        seed(3)
        let state = Generator.default.state
        try checkLayer(
            BatchDependent(), Tensor.normal([3, 3], generator: Generator(seed: 1)),
            except: [.batchInvariance: "the mean is that of the batch"])
        #expect(Generator.default.state == state)
    }

    @Test("a layer that stops the program says in which check")
    func stops() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            final class Strict: Module {
                func forward(_ x: Tensor) -> Tensor {
                    if x.shape[0] == 0 { mistake("Strict", "expects examples, got none") }
                    return x * 2
                }
            }
            try checkLayer(Strict(), Tensor([[1, 2], [3, 4]]))
        }.expectMessage("checkLayer(emptyBatch).Strict: Strict: expects examples, got none")
    }
}
