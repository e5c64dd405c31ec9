import Tern

// The convolutional networks of the Keras tutorial. Keras starts convolutions and dense layers Glorot uniform (`xavierUniform`)
// with biases 0; its batch norm has another epsilon than PyTorch's, and its LeakyReLU another slope.

/// Layers that see pictures, and layers that tell their class.
///
/// Shapes: images [N, 3, 32, 32] -> logits [N, 10].
final class CNN: Module {
    let features, head: Sequential

    init(features: Sequential, head: Sequential) { (self.features, self.head) = (features, head) }

    func forward(_ images: Tensor) -> Tensor { head(features(images)) }
}

/// Four convolutions and a dense layer, each with batch norm and LeakyReLU: 592,554 parameters, of which 640 are the running
/// statistics.
func fullCNN() -> CNN {
    var features: [Sequential.Layer] = []
    for (inputs, outputs, stride) in [(3, 32, 1), (32, 32, 2), (32, 64, 1), (64, 64, 2)] {
        features += [
            convolution(inputs, outputs, kernelSize: 3, stride: stride), BatchNorm2d(outputs, epsilon: 1e-3),
            LeakyReLU(slope: 0.3),
        ]
    }
    return CNN(
        features: Sequential(features),
        head: Sequential {
            Flatten()
            dense(4096, 128)
            BatchNorm1d(128, epsilon: 1e-3)
            LeakyReLU(slope: 0.3)
            Dropout(0.5)
            dense(128, 10)
        })
}

/// Two convolutions and a dense layer: 490 + 1,820 + 12,810 = 15,120 parameters.
func smallCNN() -> CNN {
    CNN(
        features: Sequential {
            convolution(3, 10, kernelSize: 4, stride: 2)  // [N, 10, 16, 16]
            convolution(10, 20, kernelSize: 3, stride: 2)  // [N, 20, 8, 8]
        },
        head: Sequential {
            Flatten()
            dense(1280, 10)
        })
}

private func convolution(_ inputs: Int, _ outputs: Int, kernelSize: Int, stride: Int) -> Conv2d {
    Conv2d(
        inputs, outputs, kernelSize: Size2d(kernelSize), stride: Size2d(stride), padding: .same,
        weightInitializer: .xavierUniform(), biasInitializer: .zeros)
}

private func dense(_ inputs: Int, _ outputs: Int) -> Linear {
    Linear(inputs, outputs, weightInitializer: .xavierUniform(), biasInitializer: .zeros)
}
