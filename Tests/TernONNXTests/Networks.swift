import Tern
import TernAttention
import TernRecurrent
import TernVision
import Testing

/// What is exported: networks of every kind, small, and inputs of several sizes.
struct Network: @unchecked Sendable, CustomTestStringConvertible {
    let name: String
    let make: () -> any Module<Tensor, Tensor>
    /// The first is the example.
    let inputs: [Tensor]
    var dynamicAxes: [Int: String] = [0: "batch"]
    var testDescription: String { name }
}

let networks: [Network] = {
    let generator = Generator(seed: 5)
    func images(_ channels: Int, _ size: Int) -> [Tensor] {
        [2, 1, 5].map { Tensor.normal([$0, channels, size, size], generator: generator) }
    }
    func ids(_ count: Int) -> [Tensor] {
        [(2, 6), (1, 6), (3, 4), (5, 8)].map {
            Tensor.randomIntegers([$0.0, $0.1], in: 0..<count, generator: generator)
        }
    }
    func sequences(_ features: Int) -> [Tensor] {
        [(2, 6), (1, 6), (3, 4), (5, 9)].map { Tensor.normal([$0.0, $0.1, features], generator: generator) }
    }
    let both = [0: "batch", 1: "steps"]
    return [
        Network(
            name: "mlp",
            make: {
                Sequential {
                    Flatten()
                    Linear(16, 12)
                    ReLU()
                    Dropout(0.5)
                    Linear(12, 3)
                    Softmax()
                }
            }, inputs: images(1, 4)),
        Network(name: "lenet", make: { LeNet(isModern: false) }, inputs: images(1, 28)),
        Network(name: "lenet-relu", make: { LeNet(isModern: true) }, inputs: images(1, 28)),
        Network(
            name: "cnn",
            make: {
                Sequential {
                    Conv2d(3, 8, kernelSize: 3, padding: 1, bias: false)
                    BatchNorm2d(8)
                    LeakyReLU(slope: 0.1)
                    MaxPool2d(2)
                    DepthwiseConv2d(8, kernelSize: 3)
                    GroupNorm(2, 8)
                    GELU()
                    AdaptiveAvgPool2d(1)
                    Flatten()
                    LayerNorm([8])
                    Linear(8, 4)
                    LogSoftmax()
                }
            }, inputs: images(3, 16)),
        Network(name: "lstm", make: { Classifier(LSTMLayer()) }, inputs: sequences(4), dynamicAxes: both),
        Network(name: "gru", make: { Classifier(GRULayer()) }, inputs: sequences(4), dynamicAxes: both),
        Network(name: "rnn", make: { Classifier(RNNLayer()) }, inputs: sequences(4), dynamicAxes: both),
        Network(name: "gpt", make: { SmallGPT() }, inputs: ids(11), dynamicAxes: both),
        Network(name: "resnet18", make: { resnet18(classes: 10) }, inputs: images(3, 32)),
        Network(name: "mobilenetv2", make: { MobileNetV2(classes: 10, widthMultiplier: 0.25) }, inputs: images(3, 32)),
        Network(name: "unet", make: { UNet(1, classes: 2, features: 4, depth: 2) }, inputs: images(1, 16)),
    ]
}()

final class LeNet: Module {
    let conv1 = Conv2d(1, 6, kernelSize: 5, padding: 2), conv2 = Conv2d(6, 16, kernelSize: 5)
    let fc1 = Linear(400, 120), fc2 = Linear(120, 84), fc3 = Linear(84, 10)
    let isModern: Bool

    init(isModern: Bool) { self.isModern = isModern }

    func forward(_ images: Tensor) -> Tensor {
        func activated(_ x: Tensor) -> Tensor { isModern ? relu(x) : sigmoid(x) }
        func pooled(_ x: Tensor) -> Tensor { isModern ? maxPool2d(x, 2) : avgPool2d(x, 2) }
        let x = pooled(activated(conv2(pooled(activated(conv1(images))))))
        return fc3(activated(fc2(activated(fc1(x.flattened(from: 1))))))
    }
}

/// What stands at the last step of a recurrent layer, which has 10 features.
private final class Classifier: Module {
    let recurrent: any Module<Tensor, Tensor>
    let head = Linear(10, 3)

    init(_ recurrent: any Module<Tensor, Tensor>) { self.recurrent = recurrent }

    func forward(_ x: Tensor) -> Tensor {
        let y = recurrent(x)
        return head(y[.all, -1])
    }
}

private final class LSTMLayer: Module {
    let lstm = LSTM(4, 5, layers: 2, batchFirst: true, bidirectional: true)
    func forward(_ x: Tensor) -> Tensor { lstm(x).output }
}

private final class GRULayer: Module {
    let gru = GRU(4, 10, layers: 2, batchFirst: true)
    func forward(_ x: Tensor) -> Tensor { gru(x).output }
}

private final class RNNLayer: Module {
    let rnn = RNN(4, 10)
    func forward(_ x: Tensor) -> Tensor { rnn(x.transposed(0, 1)).output.transposed(0, 1) }
}

private final class SmallGPT: Module {
    let gpt = GPT(vocabulary: 11, context: 10, modelSize: 16, heads: 2, layers: 2)
    func forward(_ ids: Tensor) -> Tensor { gpt(ids) }
}
