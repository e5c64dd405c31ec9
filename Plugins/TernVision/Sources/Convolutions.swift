import TernCore
import TernLayers
import TernNN

/// A convolution for what a rectifier follows: He et al.'s normal distribution by the outputs, no bias unless asked for.
func convolution(
    _ inputs: Int, _ outputs: Int, _ kernelSize: Int, stride: Int = 1, groups: Int = 1, bias: Bool = false
) -> Conv2d {
    Conv2d(
        inputs, outputs, kernelSize: Size2d(kernelSize), stride: Size2d(stride),
        padding: Padding2d((kernelSize - 1) / 2),
        groups: groups, bias: bias, weightInitializer: .kaimingNormal(.fanOut), biasInitializer: .zeros)
}

/// A convolution, batch normalization and perhaps an activation. torchvision's `Conv2dNormActivation`.
func normalized(
    _ inputs: Int, _ outputs: Int, _ kernelSize: Int = 3, stride: Int = 1, groups: Int = 1,
    _ activation: Sequential.Layer? = nil
) -> Sequential {
    Sequential {
        convolution(inputs, outputs, kernelSize, stride: stride, groups: groups)
        BatchNorm2d(outputs)
        if let activation { activation }
    }
}

func checkClasses(_ classes: Int, _ model: String) {
    if classes < 1 { mistake(model, "classes must be positive, got \(classes)") }
}

/// Stops unless `images` are [N, channels, H, W].
func checkImages(_ images: Tensor, channels: Int = 3, _ model: String) {
    if images.rank != 4 || images.shape[1] != channels {
        mistake(model, "expects images [N, \(channels), H, W], got \(images.shape)")
    }
}

// What settings say where a layer was replaced by one of another kind: a copy made of them differs from the model then, and
// saving throws.
extension Sequential {
    /// The outputs of a classifier, which ends with a linear layer.
    var classes: Int { (last as? Linear)?.outFeatures ?? 1 }

    /// The probability of the dropouts in a classifier.
    var dropout: Double { lazy.compactMap { $0 as? Dropout }.first?.probability ?? 0 }

    /// The outputs of the linear layer that it begins with.
    var hiddenSize: Int { (first as? Linear)?.outFeatures ?? 1 }
}
