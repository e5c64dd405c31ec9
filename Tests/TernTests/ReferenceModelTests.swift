import Tern
import TernTestSupport
import Testing

/// LeNet as a chain.
func chainedLeNet() -> Sequential {
    Sequential {
        Conv2d(1, 6, kernelSize: 5, padding: 2)
        Sigmoid()
        AvgPool2d(2)
        Conv2d(6, 16, kernelSize: 5)
        Sigmoid()
        AvgPool2d(2)
        Flatten()
        Linear(400, 120)
        Sigmoid()
        Linear(120, 84)
        Sigmoid()
        Linear(84, 10)
    }
}

/// LeNet as a class: Conv 3x3, max pooling.
final class LeNet: Module {
    let conv1 = Conv2d(1, 6, kernelSize: 3, padding: 1)
    let conv2 = Conv2d(6, 16, kernelSize: 5)
    let fc1 = Linear(400, 120), fc2 = Linear(120, 84), fc3 = Linear(84, 10)

    func forward(_ images: Tensor) -> Tensor {
        var x = maxPool2d(sigmoid(conv1(images)), 2)
        x = maxPool2d(sigmoid(conv2(x)), 2).flattened(from: 1)
        return fc3(fc2(fc1(x)))
    }
}

/// The models of the documents that Tern replaces, and the figures that they report.
@Suite("Reference models", .serialized)
struct ReferenceModelTests {
    @Test("LeNet as a chain has 61,706 parameters")
    func sequentialLeNet() {
        let model = chainedLeNet()
        let figures = summary(of: model, inputShape: [1, 1, 28, 28])
        #expect(
            figures.description == """
                -----------------------------------------------------------------------
                Layer (type)   Input Shape       Output Shape         Param #     FLOPs
                =======================================================================
                Conv2d-1       [1, 1, 28, 28]    [1, 6, 28, 28]           156   235,200
                Sigmoid-1      [1, 6, 28, 28]    [1, 6, 28, 28]             0         0
                AvgPool2d-1    [1, 6, 28, 28]    [1, 6, 14, 14]             0         0
                Conv2d-2       [1, 6, 14, 14]    [1, 16, 10, 10]        2,416   480,000
                Sigmoid-2      [1, 16, 10, 10]   [1, 16, 10, 10]            0         0
                AvgPool2d-2    [1, 16, 10, 10]   [1, 16, 5, 5]              0         0
                Flatten-1      [1, 16, 5, 5]     [1, 400]                   0         0
                Linear-1       [1, 400]          [1, 120]              48,120    96,000
                Sigmoid-3      [1, 120]          [1, 120]                   0         0
                Linear-2       [1, 120]          [1, 84]               10,164    20,160
                Sigmoid-4      [1, 84]           [1, 84]                    0         0
                Linear-3       [1, 84]           [1, 10]                  850     1,680
                =======================================================================
                Total parameters: 61,706
                Trainable parameters: 61,706
                Non-trainable parameters: 0
                Floating-point operations: 833,040
                -----------------------------------------------------------------------
                Input size (MB): 0.00
                Forward/backward size (MB): 0.11
                Parameter size (MB): 0.24
                Estimated total size (MB): 0.35
                -----------------------------------------------------------------------
                """)
    }

    @Test("LeNet as a class has 61,610 parameters and prints as a tree")
    func classLeNet() {
        let model = LeNet()
        let figures = summary(of: model, inputShape: [1, 1, 28, 28])
        #expect(figures.totalParameters == 61_610 && figures.trainableParameters == 61_610)
        #expect(figures.rows.map(\.name) == ["Conv2d-1", "Conv2d-2", "Linear-1", "Linear-2", "Linear-3"])
        #expect(
            model.description == """
                LeNet(
                  (conv1): Conv2d(1, 6, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
                  (conv2): Conv2d(6, 16, kernel_size=(5, 5), stride=(1, 1))
                  (fc1): Linear(in_features=400, out_features=120, bias=True)
                  (fc2): Linear(in_features=120, out_features=84, bias=True)
                  (fc3): Linear(in_features=84, out_features=10, bias=True)
                )
                """)
    }

    @Test("the fully connected network for CIFAR-10 has 646,260 parameters")
    func fullyConnected() {
        let model = Sequential {
            Flatten()
            Linear(200)
            ReLU()
            Linear(150)
            ReLU()
            Linear(10)
            Softmax()
        }
        let figures = summary(of: model, inputShape: [1, 3, 32, 32])
        #expect(figures.totalParameters == 646_260 && figures.nonTrainableParameters == 0)
        #expect(figures.rows.map(\.parameters).filter { $0 > 0 } == [614_600, 30_150, 1_510])
    }

    @Test("the CNN for CIFAR-10 has 592,554 parameters, of which 640 are running statistics")
    func convolutional() {
        var layers: [Sequential.Layer] = []
        for (channels, stride) in [(32, 1), (32, 2), (64, 1), (64, 2)] {
            layers += [
                Conv2d(channels, kernelSize: 3, stride: Size2d(stride), padding: .same),
                BatchNorm2d(momentum: 0.1), LeakyReLU(slope: 0.3),
            ]
        }
        layers += [Flatten(), Linear(128), BatchNorm1d(), LeakyReLU(slope: 0.3), Dropout(0.5), Linear(10), Softmax()]
        let figures = summary(of: Sequential(layers), inputShape: [2, 3, 32, 32])
        #expect(
            figures.description.split(separator: "\n").filter { $0.contains("parameters:") } == [
                "Total parameters: 592,554", "Trainable parameters: 591,914",
                "Non-trainable parameters: 640 (of which 640 running statistics)",
            ])
    }

    @Test("the two-layer convolution example has 15,120 parameters")
    func smallConvolution() {
        let model = Sequential {
            Conv2d(10, kernelSize: 4, stride: 2, padding: .same)
            Conv2d(20, kernelSize: 3, stride: 2, padding: .same)
            Flatten()
            Linear(10)
        }
        let figures = summary(of: model, inputShape: [1, 3, 32, 32])
        #expect(figures.rows.flatMap(\.outputShapes) == [[1, 10, 16, 16], [1, 20, 8, 8], [1, 1280], [1, 10]])
        #expect(figures.rows.map(\.parameters) == [490, 1_820, 0, 12_810] && figures.totalParameters == 15_120)
    }

    @Test("a line through six points is found in 500 epochs of gradient descent")
    func line() {
        let x: Tensor = [[-1], [0], [1], [2], [3], [4]]
        let y: Tensor = [[-3], [-1], [1], [3], [5], [7]]
        let model = Linear(1, 1, weightInitializer: .zeros, biasInitializer: .zeros)
        let optimizer = SGD(model.parameters, learningRate: 0.01)
        var loss = Tensor(0)
        for _ in 0..<500 {
            loss = mseLoss(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.zeroGradients()
        }
        #expect(loss.item() < 1e-4)
        #expect(abs(model.weight.value.item() - 2) < 0.01 && abs(model.bias!.value.item() + 1) < 0.02)
        #expect(summary(of: model, inputShape: [6, 1]).totalParameters == 2)
    }

    @Test("errors name the layer in the model")
    func path() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LeNet()(Tensor.zeros([64, 3, 28, 28]))
        }.expectMessage(
            "LeNet.conv1: conv2d: expects 1 input channels, got 3 (input [64, 3, 28, 28], weight [6, 1, 3, 3])")
    }
}
