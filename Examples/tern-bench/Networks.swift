import Tern
import TernRecurrent

// The networks of the workloads, as the peers' script has them.

final class LeNet: Module {
    let conv1 = Conv2d(1, 6, kernelSize: 5, padding: 2), conv2 = Conv2d(6, 16, kernelSize: 5)
    let fc1 = Linear(400, 120), fc2 = Linear(120, 84), fc3 = Linear(84, 10)

    func forward(_ images: Tensor) -> Tensor {
        var x = avgPool2d(sigmoid(conv1(images)), 2)
        x = avgPool2d(sigmoid(conv2(x)), 2).flattened(from: 1)
        return fc3(sigmoid(fc2(sigmoid(fc1(x)))))
    }
}

final class LeNetMax: Module {
    let conv1 = Conv2d(1, 6, kernelSize: 3, padding: 1), conv2 = Conv2d(6, 16, kernelSize: 5)
    let fc1 = Linear(400, 120), fc2 = Linear(120, 84), fc3 = Linear(84, 10)

    func forward(_ images: Tensor) -> Tensor {
        var x = maxPool2d(sigmoid(conv1(images)), 2)
        x = maxPool2d(sigmoid(conv2(x)), 2).flattened(from: 1)
        return fc3(fc2(fc1(x)))
    }
}

/// An image's rows as a sequence.
final class RowLSTM: Module {
    let lstm = LSTM(28, 128, batchFirst: true), fc = Linear(128, 10)

    func forward(_ rows: Tensor) -> Tensor { fc(lstm(rows).output[.all, -1]) }
}

/// Two stacked GRU layers over token embeddings, a class a sentence.
final class Words: Module {
    let emb = Embedding(5000, 64), gru = GRU(64, 96, layers: 2, batchFirst: true), fc = Linear(96, 10)

    func forward(_ tokens: Tensor) -> Tensor { fc(gru(emb(tokens)).output[.all, -1]) }
}

func cnn() -> Sequential {
    var layers: [Sequential.Layer] = []
    for (inputs, outputs, stride) in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)] {
        layers.append(Conv2d(inputs, outputs, kernelSize: 3, stride: Size2d(stride), padding: 1))
        layers.append(BatchNorm2d(outputs))
        layers.append(LeakyReLU(slope: 0.3))
    }
    layers.append(Flatten())
    layers.append(Linear(4096, 128))
    layers.append(BatchNorm1d(128))
    layers.append(LeakyReLU(slope: 0.3))
    layers.append(Dropout(0.5))
    layers.append(Linear(128, 10))
    return Sequential(layers)
}

/// ResNet-18 for small images.
func resnet18() -> Sequential {
    func block(_ inputs: Int, _ outputs: Int, _ stride: Int) -> [Sequential.Layer] {
        let shortcut =
            stride == 1 && inputs == outputs
            ? nil
            : Sequential(
                Conv2d(inputs, outputs, kernelSize: 1, stride: Size2d(stride), bias: false), BatchNorm2d(outputs))
        let residual = Residual(projection: shortcut) {
            Conv2d(inputs, outputs, kernelSize: 3, stride: Size2d(stride), padding: 1, bias: false)
            BatchNorm2d(outputs)
            ReLU()
            Conv2d(outputs, outputs, kernelSize: 3, padding: 1, bias: false)
            BatchNorm2d(outputs)
        }
        return [residual, ReLU()]
    }
    return Sequential {
        Conv2d(3, 64, kernelSize: 3, padding: 1, bias: false)
        BatchNorm2d(64)
        ReLU()
        for (inputs, outputs, stride) in [(64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2)] {
            block(inputs, outputs, stride) + block(outputs, outputs, 1)
        }
        AdaptiveAvgPool2d(1)
        Flatten()
        Linear(512, 10)
    }
}

/// Depthwise-separable blocks.
func mobile() -> Sequential {
    func normalized(_ convolution: Conv2d, _ channels: Int) -> [Sequential.Layer] {
        [convolution, BatchNorm2d(channels), ReLU6()]
    }
    func separable(_ inputs: Int, _ outputs: Int, _ stride: Int) -> [Sequential.Layer] {
        let depthwise = Conv2d(
            inputs, inputs, kernelSize: 3, stride: Size2d(stride), padding: 1, groups: inputs, bias: false)
        return normalized(depthwise, inputs)
            + normalized(Conv2d(inputs, outputs, kernelSize: 1, bias: false), outputs)
    }
    return Sequential {
        normalized(Conv2d(3, 32, kernelSize: 3, padding: 1, bias: false), 32)
        for (inputs, outputs, stride) in [(32, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1)] {
            separable(inputs, outputs, stride)
        }
        AdaptiveAvgPool2d(1)
        Flatten()
        Linear(256, 10)
    }
}

func generator() -> Sequential {
    Sequential {
        Linear(64, 3136)
        BatchNorm1d(3136)
        ReLU()
        Unflatten(axis: 1, sizes: [64, 7, 7])
        ConvTranspose2d(64, 32, kernelSize: 4, stride: 2, padding: 1)
        BatchNorm2d(32)
        ReLU()
        ConvTranspose2d(32, 1, kernelSize: 4, stride: 2, padding: 1)
        Tanh()
    }
}

func discriminator() -> Sequential {
    Sequential {
        Conv2d(1, 32, kernelSize: 4, stride: 2, padding: 1)
        LeakyReLU(slope: 0.2)
        Conv2d(32, 64, kernelSize: 4, stride: 2, padding: 1)
        BatchNorm2d(64)
        LeakyReLU(slope: 0.2)
        Flatten()
        Linear(3136, 1)
    }
}
