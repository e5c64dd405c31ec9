import Tern
import Testing

/// LeNet in its present form: rectifiers and maxima.
private final class DigitLeNet: Module {
    let conv1 = Conv2d(1, 6, kernelSize: 5, padding: 2), conv2 = Conv2d(6, 16, kernelSize: 5)
    let fc1 = Linear(400, 120), fc2 = Linear(120, 84), fc3 = Linear(84, 10)

    func forward(_ images: Tensor) -> Tensor {
        var x = maxPool2d(relu(conv1(images)), 2)
        x = maxPool2d(relu(conv2(x)), 2).flattened(from: 1)
        return fc3(relu(fc2(relu(fc1(x)))))
    }
}

/// Two convolutions with batch normalization.
private final class DigitCNN: Module {
    let conv1 = Conv2d(1, 8, kernelSize: 3, padding: 1), norm1 = BatchNorm2d(8)
    let conv2 = Conv2d(8, 16, kernelSize: 3, padding: 1), norm2 = BatchNorm2d(16)
    let fc = Linear(16 * 7 * 7, 10)

    func forward(_ images: Tensor) -> Tensor {
        var x = maxPool2d(relu(norm1(conv1(images))), 2)
        x = maxPool2d(relu(norm2(conv2(x))), 2).flattened(from: 1)
        return fc(x)
    }
}

@Suite("Mixed precision")
struct MixedPrecisionTests {
    private static let digits = SyntheticDigits(trainCount: 4096, testCount: 1000)

    /// The accuracy after two epochs on drawn digits.
    private func accuracy(_ model: any Module<Tensor, Tensor>, _ type: DType?) -> Double {
        seed(1)
        model.train()
        let optimizer = Adam(model.parameters, learningRate: 2e-3)
        let scaler = GradientScaler()
        func scores(_ images: Tensor) -> Tensor {
            let images = images.converted(to: .float32) / 255
            guard let type else { return model(images) }
            return autocast(type) { model(images) }
        }
        for epoch in 0..<2 {
            for (images, labels) in Self.digits.train.shuffled(seed: UInt64(epoch)).batched(64) {
                optimizer.zeroGradients()
                let loss = crossEntropy(scores(images).converted(to: .float32), labels)
                if type == .float16 {
                    scaler.scaled(loss).backward()
                    scaler.step(optimizer)
                } else {
                    loss.backward()
                    optimizer.step()
                }
            }
        }
        model.eval()
        let accuracy = Accuracy()
        for (images, labels) in Self.digits.test.batched(250) {
            withoutGradients { accuracy.update(scores(images), labels) }
        }
        return accuracy.value
    }

    @Test(
        "LeNet and a CNN with batch normalization train in halves to the accuracy of float32",
        arguments: ["LeNet", "CNN"])
    func training(name: String) {
        func fresh() -> any Module<Tensor, Tensor> {
            seed(0)
            return name == "LeNet" ? DigitLeNet() : DigitCNN()
        }
        let single = accuracy(fresh(), nil)
        #expect(single > 0.8, "\(name) in float32: \(single)")
        for type in [DType.bfloat16, .float16] {
            let half = accuracy(fresh(), type)
            #expect(abs(half - single) < 0.02, "\(name): \(half) in \(type), \(single) in float32")
        }
    }

    @Test("a model of halves takes half the memory, and is trained with a state in float32")
    func halfModel() {
        seed(0)
        let model = Linear(64, 64)
        let bytes = model.parameters.map { $0.value.count * $0.value.dtype.byteCount }.reduce(0, +)
        model.to(.bfloat16)
        #expect(model.parameters.map { $0.value.count * $0.value.dtype.byteCount }.reduce(0, +) * 2 == bytes)
        let optimizer = Adam(model.parameters, learningRate: 1e-3)
        let x = Tensor.normal([8, 64]).converted(to: .bfloat16)
        mseLoss(model(x), x).backward()
        optimizer.step()
        #expect(optimizer.groups[0].states.allSatisfy { $0.slots.allSatisfy { $0.dtype == .float32 } })
        #expect(model.parameters.allSatisfy { $0.value.dtype == .bfloat16 })
    }
}
