import TernCore
import TernNN
import Testing

@Suite("Summary", .serialized)
struct SummaryTests {
    @Test("the table shows each call; shared parameters count once; frozen ones and statistics are not trainable")
    func table() {
        final class Shared: Module {
            let layer = Dense(3, 3)
            let counter = Counter()
            func forward(_ x: Tensor) -> Tensor { counter(layer(layer(x))) }
        }
        let model = Shared()
        model.layer.bias!.requiresGradient = false
        let figures = summary(of: model, inputShape: [2, 3])
        #expect(
            figures.description == """
                --------------------------------------------------------------
                Layer (type)   Input Shape   Output Shape      Param #   FLOPs
                ==============================================================
                Dense-1        [2, 3]        [2, 3]                 12      36
                Dense-1        [2, 3]        [2, 3]                  0      36
                Counter-1      [2, 3]        [2, 3]                  3       0
                ==============================================================
                Total parameters: 15
                Trainable parameters: 9
                Non-trainable parameters: 6 (of which 3 running statistics)
                Floating-point operations: 72
                --------------------------------------------------------------
                Input size (MB): 0.00
                Forward/backward size (MB): 0.00
                Parameter size (MB): 0.00
                Estimated total size (MB): 0.00
                --------------------------------------------------------------
                """)
        #expect(figures.totalParameters == 15 && figures.trainableParameters == 9)
        #expect(figures.inputBytes == 24 && figures.forwardBackwardBytes == 144 && figures.parameterBytes == 60)
    }

    @Test("the run leaves modes, statistics and hooks as they were")
    func leavesNoTrace() {
        let model = Network()
        _ = summary(of: model, inputShape: [1, 2])
        #expect(model.counter.isTraining && model.counter.count.value == [0, 0])
        #expect(summary(of: model, inputShape: [1, 2]).rows.count == 3)
    }

    @Test("columns stand below each other whatever characters a name has, and control characters are not printed")
    func widths() {
        var figures = summary(of: Network(), inputShape: [1, 2])
        for (index, name) in ["畳み込み-1", "e\u{301}🐦-1", "a\u{1B}[2J\n-1"].enumerated() {
            figures.rows[index].name = name
        }
        let lines = figures.description.split(separator: "\n").map(String.init)
        #expect(Set(lines[..<6].map(\.displayWidth)).count == 1)
        #expect(!figures.description.contains("\u{1B}") && lines[5].hasPrefix("a\u{FFFD}[2J -1"))
    }
}
