import Tern

extension LayerTests {
    /// With the settings that `cases_convolution_layers.py` gives PyTorch's.
    static let convolutions: [String: @Sendable () -> any Module<Tensor, Tensor>] = [
        "Conv1d": { Conv1d(3, 4, kernelSize: 3) },
        "Conv1d-settings": {
            Conv1d(4, 6, kernelSize: 3, stride: 2, padding: 2, dilation: 2, groups: 2, bias: false)
        },
        "Conv1d-same": { Conv1d(2, 3, kernelSize: 4, padding: .same) },
        "Conv1d-reflect": { Conv1d(2, 3, kernelSize: 3, padding: 1, paddingMode: .reflect) },
        "Conv2d-circular": { Conv2d(2, 3, kernelSize: 3, padding: [1, 2], paddingMode: .circular) },
        "Conv2d-replicate": { Conv2d(2, 3, kernelSize: 3, padding: .same, paddingMode: .replicate) },
        "Conv3d": { Conv3d(2, 3, kernelSize: 3, padding: 1) },
        "Conv3d-settings": { Conv3d(2, 4, kernelSize: [1, 2, 3], stride: [1, 2, 1], groups: 2) },
        "ConvTranspose1d": { ConvTranspose1d(3, 4, kernelSize: 4, stride: 2, padding: 1) },
        "ConvTranspose2d": { ConvTranspose2d(3, 2, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1) },
        "ConvTranspose2d-settings": {
            ConvTranspose2d(4, 6, kernelSize: [2, 3], stride: [1, 2], groups: 2, bias: false, dilation: [2, 1])
        },
        "ConvTranspose3d": { ConvTranspose3d(2, 3, kernelSize: 2, stride: 2) },
        "DepthwiseConv1d": { DepthwiseConv1d(3, kernelSize: 3, multiplier: 2) },
        "DepthwiseConv2d": { DepthwiseConv2d(kernelSize: 3, stride: 2, padding: 1) },
        "ZeroPad1d": { ZeroPad1d(.explicit(before: 2, after: 1)) },
        "ZeroPad2d": { ZeroPad2d(.explicit(top: 0, bottom: 2, left: 1, right: -1)) },
        "ZeroPad3d": { ZeroPad3d(1) },
        "ConstantPad1d": { ConstantPad1d(1, value: 2.5) },
        "ConstantPad2d": { ConstantPad2d([2, 1], value: -1) },
        "ConstantPad3d": { ConstantPad3d(1, value: 0.5) },
        "ReflectionPad1d": { ReflectionPad1d(.explicit(before: 2, after: 3)) },
        "ReflectionPad2d": { ReflectionPad2d([2, 1]) },
        "ReflectionPad3d": { ReflectionPad3d(1) },
        "ReplicationPad1d": { ReplicationPad1d(.explicit(before: 2, after: 5)) },
        "ReplicationPad2d": { ReplicationPad2d([2, 1]) },
        "ReplicationPad3d": { ReplicationPad3d(1) },
        "CircularPad1d": { CircularPad1d(.explicit(before: 2, after: 3)) },
        "CircularPad2d": { CircularPad2d([2, 1]) },
        "CircularPad3d": { CircularPad3d(1) },
    ]
}
