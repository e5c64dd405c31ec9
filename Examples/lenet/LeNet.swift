import Tern

// The two variants of LeNet that the tutorials build. Both start as PaddlePaddle starts them: convolutions normal with
// variance 2 / fan-in, linear layers Xavier uniform, biases zero.

private func convolution(_ inputs: Int, _ outputs: Int, kernelSize: Size2d, padding: Padding2d = 0) -> Conv2d {
    Conv2d(
        inputs, outputs, kernelSize: kernelSize, padding: padding, weightInitializer: .kaimingNormal(),
        biasInitializer: .zeros)
}

private func fullyConnected(_ inputs: Int, _ outputs: Int) -> Linear {
    Linear(inputs, outputs, weightInitializer: .xavierUniform(), biasInitializer: .zeros)
}

/// LeNet as a class, with max pooling and nothing between the linear layers: 61,610 parameters.
///
/// Shapes: images [N, 1, 28, 28] -> logits [N, 10].
final class LeNetMax: Module {
    let conv1 = convolution(1, 6, kernelSize: 3, padding: 1)
    let conv2 = convolution(6, 16, kernelSize: 5)
    let fc1 = fullyConnected(400, 120), fc2 = fullyConnected(120, 84), fc3 = fullyConnected(84, 10)

    func forward(_ images: Tensor) -> Tensor {
        var x = maxPool2d(sigmoid(conv1(images)), 2)
        x = maxPool2d(sigmoid(conv2(x)), 2).flattened(from: 1)
        return fc3(fc2(fc1(x)))
    }
}

/// LeNet with average pooling and sigmoids throughout: 61,706 parameters.
///
/// Shapes: images [N, 1, 28, 28] -> logits [N, 10].
func sigmoidLeNet() -> Sequential {
    Sequential {
        convolution(1, 6, kernelSize: 5, padding: 2)
        Sigmoid()
        AvgPool2d(2)
        convolution(6, 16, kernelSize: 5)
        Sigmoid()
        AvgPool2d(2)
        Flatten()
        fullyConnected(400, 120)
        Sigmoid()
        fullyConnected(120, 84)
        Sigmoid()
        fullyConnected(84, 10)
    }
}
