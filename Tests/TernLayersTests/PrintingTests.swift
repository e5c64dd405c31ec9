import TernCore
import TernLayers
import TernNN
import Testing

@Suite("Printed forms")
struct PrintingTests {
    /// PyTorch 2.13's, from `print(torch.nn.Linear(2, 2))` and so on; its `Softplus` has settings that ours has not.
    static let cases: [(@Sendable () -> any Module, String)] = [
        ({ Linear(2, 2) }, "Linear(in_features=2, out_features=2, bias=True)"),
        ({ Linear(2, 2, bias: false) }, "Linear(in_features=2, out_features=2, bias=False)"),
        (
            { Conv2d(1, 6, kernelSize: 5, padding: 2) },
            "Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1), padding=(2, 2))"
        ),
        (
            { Conv2d(6, 16, kernelSize: [3, 5], stride: 2, dilation: 2, groups: 2, bias: false) },
            "Conv2d(6, 16, kernel_size=(3, 5), stride=(2, 2), dilation=(2, 2), groups=2, bias=False)"
        ),
        (
            { Conv2d(6, 16, kernelSize: 3, padding: .same) },
            "Conv2d(6, 16, kernel_size=(3, 3), stride=(1, 1), padding=same)"
        ),
        ({ MaxPool2d(2) }, "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)"),
        (
            { MaxPool2d([2, 3], stride: 1, padding: 1) },
            "MaxPool2d(kernel_size=(2, 3), stride=1, padding=1, dilation=1, ceil_mode=False)"
        ),
        ({ AvgPool2d(2) }, "AvgPool2d(kernel_size=2, stride=2, padding=0)"),
        ({ AvgPool2d([2, 3], stride: [1, 2]) }, "AvgPool2d(kernel_size=(2, 3), stride=(1, 2), padding=0)"),
        ({ AdaptiveAvgPool2d(4) }, "AdaptiveAvgPool2d(output_size=4)"),
        ({ AdaptiveMaxPool2d([2, 1]) }, "AdaptiveMaxPool2d(output_size=(2, 1))"),
        (
            { BatchNorm2d(32) },
            "BatchNorm2d(32, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)"
        ),
        (
            { BatchNorm1d(3, epsilon: 1e-3, momentum: nil, affine: false) },
            "BatchNorm1d(3, eps=0.001, momentum=None, affine=False, bias=False, track_running_stats=True)"
        ),
        ({ Dropout(0.5) }, "Dropout(p=0.5, inplace=False)"),
        ({ Flatten() }, "Flatten(start_dim=1, end_dim=-1)"),
        ({ Identity() }, "Identity()"),
        ({ ReLU() }, "ReLU()"),
        ({ LeakyReLU(slope: 0.3) }, "LeakyReLU(negative_slope=0.3)"),
        ({ Sigmoid() }, "Sigmoid()"),
        ({ Tanh() }, "Tanh()"),
        ({ GELU() }, "GELU(approximate='none')"),
        ({ GELU(approximation: .tanh) }, "GELU(approximate='tanh')"),
        ({ SiLU() }, "SiLU()"),
        ({ Softplus() }, "Softplus()"),
        ({ ELU() }, "ELU(alpha=1.0)"),
        ({ LogSigmoid() }, "LogSigmoid()"),
        ({ Softsign() }, "Softsign()"),
        ({ Mish() }, "Mish()"),
        ({ Hardsigmoid() }, "Hardsigmoid()"),
        ({ Hardswish() }, "Hardswish()"),
        ({ Hardtanh() }, "Hardtanh(min_val=-1.0, max_val=1.0)"),
        ({ ReLU6() }, "ReLU6()"),
        ({ SELU() }, "SELU()"),
        ({ CELU() }, "CELU(alpha=1.0)"),
        ({ PReLU() }, "PReLU(num_parameters=1)"),
        ({ GLU() }, "GLU(dim=-1)"),
        ({ Threshold(0.1, 20.5) }, "Threshold(threshold=0.1, value=20.5)"),
        ({ Softshrink() }, "Softshrink(0.5)"),
        ({ Hardshrink() }, "Hardshrink(0.5)"),
        ({ Tanhshrink() }, "Tanhshrink()"),
        ({ Softmin(axis: 1) }, "Softmin(dim=1)"),
        ({ Softmax2d() }, "Softmax2d()"),
        ({ RReLU() }, "RReLU(lower=0.125, upper=0.3333333333333333)"),
        ({ Softmax(axis: 1) }, "Softmax(dim=1)"),
        ({ LogSoftmax() }, "LogSoftmax(dim=-1)"),
    ]

    @Test("of layers are PyTorch's", arguments: cases)
    func layers(make: @Sendable () -> any Module, expected: String) {
        #expect(make().description == expected)
    }
}
