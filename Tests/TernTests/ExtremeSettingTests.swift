import Tern
import TernTestSupport
import Testing

/// What takes sizes and settings outside of TernCore: called with each extreme value. It may give a result, or stop with a
/// message of its own.
private let settings: [(name: String, body: @Sendable (_ n: Int, _ m: Int) -> Void)] = [
    ("Linear", { _ = Linear($0, $1)(Tensor.ones([1, 3])) }),
    ("Linear, lazy", { n, _ in _ = Linear(n)(Tensor.ones([1, 3])) }),
    ("Conv2d", { _ = Conv2d($0, $1, kernelSize: 1)(Tensor.ones([1, 3, 2, 2])) }),
    ("Conv2d, kernel", { _ = Conv2d(1, 1, kernelSize: Size2d($0, $1))(Tensor.ones([1, 1, 2, 2])) }),
    (
        "Conv2d, groups",
        { n, m in _ = Conv2d(3, 3, kernelSize: 1, stride: Size2d(m), groups: n)(Tensor.ones([1, 3, 2, 2])) }
    ),
    ("Conv1d", { _ = Conv1d($0, kernelSize: $1)(Tensor.ones([1, 3, 2])) }),
    ("ConvTranspose2d", { _ = ConvTranspose2d($0, $1, kernelSize: 1)(Tensor.ones([1, 3, 2, 2])) }),
    (
        "ConvTranspose2d, groups",
        { n, m in _ = ConvTranspose2d(3, kernelSize: 1, stride: Size2d(m), groups: n)(Tensor.ones([1, 3, 2, 2])) }
    ),
    ("DepthwiseConv2d", { _ = DepthwiseConv2d(kernelSize: Size2d($0), multiplier: $1)(Tensor.ones([1, 3, 2, 2])) }),
    ("ZeroPad2d", { _ = ZeroPad2d([$0, $1])(Tensor.ones([1, 3, 2, 2])) }),
    ("Cropping2d", { _ = Cropping2d([$0, $1])(Tensor.ones([1, 3, 2, 2])) }),
    ("BatchNorm2d", { n, _ in _ = BatchNorm2d(n)(Tensor.ones([2, 3, 2, 2])) }),
    ("MaxPool2d", { _ = MaxPool2d(Size2d($0, $1))(Tensor.ones([1, 3, 4, 4])) }),
    ("AvgPool2d", { _ = AvgPool2d(Size2d($0, $1))(Tensor.ones([1, 3, 4, 4])) }),
    ("Flatten", { _ = Flatten(from: $0, to: $1)(Tensor.ones([1, 3, 4])) }),
    ("Softmax", { n, _ in _ = Softmax(axis: n)(Tensor.ones([1, 3])) }),
    ("Fans", { _ = Fans(of: [$0, $1, 2]) }), ("Initializer", { _ = Initializer.xavierUniform()([$0, $1]) }),
    ("CosineSchedule", { _ = CosineSchedule(from: 1, steps: $0)[$1] }),
    ("CosineRestartsSchedule", { _ = CosineRestartsSchedule(from: 1, steps: $0)[$1] }),
    ("CosineRestartsSchedule, longer", { _ = CosineRestartsSchedule(from: 1, steps: $0, stretch: 1.01)[$1] }),
    ("CyclicSchedule", { _ = CyclicSchedule(from: 0, to: 1, stepsUp: $0)[$1] }),
    ("CyclicSchedule, down", { _ = CyclicSchedule(from: 0, to: 1, stepsUp: 1, stepsDown: $0)[$1] }),
    ("OneCycleSchedule", { _ = OneCycleSchedule(maximum: 1, steps: $0)[$1] }),
    ("PolynomialSchedule", { _ = PolynomialSchedule(from: 1, steps: $0, isCyclic: true)[$1] }),
    ("StepSchedule", { _ = StepSchedule(from: 1, every: $0)[$1] }),
    ("warm-up", { _ = StepSchedule(from: 1, every: 3).warmedUp(steps: $0)[$1] }),
    ("ConfusionMatrix", { n, m in ConfusionMatrix(classes: n).update(Tensor([m]), Tensor([m])) }),
    (
        "Mean",
        { n, m in
            let mean = Mean()
            mean.update(1, count: n)
            mean.update(1, count: m)
        }
    ),
]

@Suite(
    "Extreme settings", .disabled(if: isAddressSanitized, "the sanitizer needs the addresses that are taken away"))
struct ExtremeSettingTests {
    @Test("no size or count of a layer, schedule or metric ends the program but with a message")
    func all() async {
        await #expect(processExitsWith: .success) {
            threadCount = 1
            limitMemory(to: 2 << 30)
            for (name, body) in settings {
                for n in [Int.min, -1, 0, 1, 3, Int(Int32.max), 1 << 40, .max] {
                    for (a, b) in [(n, 2), (2, n), (n, n)] {
                        let ending = endingOfCopy { body(a, b) }
                        let isFine = ending.status == 0 || ending.message?.contains(": ") == true
                        #expect(isFine, "\(name), \(a), \(b): \(ending)")
                    }
                }
            }
        }
    }
}
