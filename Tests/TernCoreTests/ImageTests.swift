import TernCore
import TernTestSupport
import Testing

/// A wrong use, and what is said about it.
private let mistakes: [(message: String, body: @Sendable () -> Void)] = [
    (
        "interpolated: expects an input [N, C, L], [N, C, H, W] or [N, C, D, H, W], got [2, 3]",
        { _ = interpolated(Tensor.ones([2, 3]), scale: 2) }
    ),
    ("interpolated: expects 2 sizes for shape [1, 1, 4, 4], or one, got [1, 2, 3]", { _ = image(size: [1, 2, 3]) }),
    ("interpolated: expects sizes of at least 1, got shape [1, 1, 4, 4] and size 0", { _ = image(size: [0]) }),
    (
        "interpolated: expects scales that are positive and finite, got [2.0, -1.0]",
        { _ = interpolated(Tensor.ones([1, 1, 4, 4]), scale: [2, -1]) }
    ),
    (
        "interpolated: knows alignCorners and antialias with linear and bicubic only, got nearest",
        { _ = interpolated(Tensor.ones([1, 1, 4, 4]), size: [2], alignCorners: true) }
    ),
    (
        "interpolated: expects a floating-point input or one of uint8 for linear, got int64",
        { _ = interpolated(Tensor.ones([1, 1, 4, 4], dtype: .int64), size: [2], mode: .linear) }
    ),
    (
        "gridSample: expects one floating-point type, got float32 and float64",
        { _ = gridSample(Tensor.ones([1, 1, 4, 4]), Tensor.ones([1, 2, 2, 2], dtype: .float64)) }
    ),
    ("gridSample: knows bicubic for images only, got [1, 1, 2, 2, 2]", { _ = cubicVolume() }),
    (
        "affineGrid: expects theta [N, 2, 3] for a size [N, C, H, W] or [N, 3, 4] for [N, C, D, H, W], got [1, 2, 3] and "
            + "[2, 1, 4, 4]", { _ = affineGrid(Tensor.ones([1, 2, 3]), size: [2, 1, 4, 4]) }
    ),
    (
        "pixelShuffle: expects channels that factor 2 times itself divides, got [1, 3, 4, 4]",
        { _ = pixelShuffle(Tensor.ones([1, 3, 4, 4]), 2) }
    ),
    (
        "channelShuffle: expects groups that divide the 4 channels, got 3",
        { _ = channelShuffle(Tensor.ones([1, 4, 2]), groups: 3) }
    ),
    (
        "fold: expects channels times 4 and 3 * 3 patches for output size [4, 4], got [1, 4, 8] (kernel size [2, 2], "
            + "stride [1, 1], padding [0, 0], dilation [1, 1])",
        { _ = fold(Tensor.ones([1, 4, 8]), outputSize: 4, kernelSize: 2) }
    ),
    (
        "unfolded: expects a size of 0...3 along axis 0 of shape [3] and a step of at least 1, got size 4 and step 1",
        { _ = Tensor.ones([3]).unfolded(axis: 0, size: 4, step: 1) }
    ),
    ("maxPool1d: expects an input [N, C, L], got [4]", { _ = maxPool1d(Tensor.ones([4]), 2) }),
    (
        "avgPool3d: expects a floating-point input, got int64",
        { _ = avgPool3d(Tensor.arange(8).reshaped([1, 2, 2, 2]), 2) }
    ),
    (
        "maxPool3d: expects padding of at most half the kernel size [1, 2, 2], got [1, 1, 1]",
        { _ = maxPool3d(Tensor.ones([1, 4, 4, 4]), [1, 2, 2], padding: 1) }
    ),
    (
        "maxUnpool1d: index 4 (at place 1 of the indices) is out of range for size 4 of shape [4]",
        { _ = maxUnpool1d(Tensor.ones([1, 1, 2]), Tensor(shape: [1, 1, 2], values: [0, 4]), 2) }
    ),
    (
        "lpPool2d: expects a power that is positive and finite, got -1.0",
        { _ = lpPool2d(Tensor.ones([1, 4, 4]), 2, power: -1) }
    ),
]

private func image(size: [Int]) -> Tensor { interpolated(Tensor.ones([1, 1, 4, 4]), size: size) }

private func cubicVolume() -> Tensor {
    gridSample(Tensor.ones([1, 1, 2, 2, 2]), Tensor.ones([1, 1, 1, 1, 3]), mode: .bicubic)
}

@Suite("Poolings and operations on images")
struct ImageTests {
    @Test("a wrong use stops with the values that broke the rule")
    func messages() async {
        await #expect(processExitsWith: .success) {
            threadCount = 1
            for (message, body) in mistakes {
                let ending = endingOfCopy(body)
                #expect(ending.message == message, "\(ending)")
            }
        }
    }

    @Test("images of bytes are interpolated with one rounding, and stay within the type")
    func bytes() {
        let x = Tensor(shape: [1, 1, 2, 3], values: [0, 255, 7, 255, 0, 100] as [UInt8])
        for mode in [InterpolationMode.linear, .bicubic] {
            let exact = interpolated(x.converted(to: .float64), size: [5, 7], mode: mode)
            let bytes = interpolated(x, size: [5, 7], mode: mode)
            #expect(bytes.dtype == .uint8)
            #expect(abs(bytes.converted(to: .float64) - clamp(exact, min: 0, max: 255)).max().item() <= 0.5 + 1e-4)
        }
        // What PyTorch 2.13 gives, which rounds one axis after the other.
        let expected = Tensor([
            0, 36, 146, 255, 149, 42, 7, 25, 54, 142, 230, 138, 46, 16, 128, 128, 128, 128, 96, 64, 54, 230, 201, 113,
            25,
            54, 82, 91, 255, 219, 109, 0, 43, 86, 100,
        ])
        let bytes = interpolated(x, size: [5, 7], mode: .linear).converted(to: .float32).flattened()
        #expect(abs(bytes - expected).max().item() <= 1)
    }

    @Test("elements are taken as they are by the nearest, whatever their type")
    func nearest() {
        for dtype in DType.allCases {
            let x = Tensor([0, 1, 1, 0], dtype: dtype).reshaped([1, 1, 4])
            let doubled = interpolated(x, scale: 2)
            #expect(doubled == Tensor([0, 0, 1, 1, 1, 1, 0, 0], dtype: dtype).reshaped([1, 1, 8]), "\(dtype)")
        }
        #expect(1 / interpolated(Tensor([[[-0.0, 1]]]), scale: 2)[0, 0, 1].item() == -.infinity)
    }

    @Test("a window of an axis is a view")
    func views() {
        let x = Tensor.arange(12).reshaped([3, 4])
        let windows = x.T.unfolded(axis: 0, size: 2, step: 1)
        #expect(windows.sharesMemory(with: x))
        #expect(windows.shape == [3, 3, 2])
        #expect(windows[1] == Tensor(shape: [3, 2], values: [1, 2, 5, 6, 9, 10]))
        #expect(Tensor(3).unfolded(axis: 0, size: 1, step: 1) == Tensor([3]))
    }

    @Test("an image that gets larger and smaller by the same whole scale is the image again")
    func thereAndBack() {
        let x = Tensor.normal([2, 3, 5, 7])
        #expect(interpolated(interpolated(x, scale: 3), scale: [1.0 / 3], mode: .nearestExact) == x)
        #expect(
            pixelUnshuffle(pixelShuffle(Tensor.normal([2, 8, 3, 4], generator: Generator(seed: 1)), 2), 2)
                == Tensor.normal([2, 8, 3, 4], generator: Generator(seed: 1)))
    }

    @Test("a grid of the whole image gives the image")
    func identity() {
        let x = Tensor.normal([2, 3, 4, 5], dtype: .float64)
        let theta = Tensor([[1, 0, 0], [0, 1, 0]] as [[Double]]).expanded(to: [2, 2, 3])
        for alignCorners in [false, true] {
            let grid = affineGrid(theta, size: x.shape, alignCorners: alignCorners)
            for mode in GridSamplingMode.allCases {
                for padding in GridPadding.allCases {
                    let y = gridSample(x, grid, mode: mode, padding: padding, alignCorners: alignCorners)
                    #expect(abs(y - x).max().item() < 1e-12)
                }
            }
        }
    }

    @Test("what is outside is not read: infinite pixels do not reach beyond their neighbours")
    func outside() {
        let x = Tensor([.infinity, 1, 1, .nan]).reshaped([1, 1, 2, 2])
        let grid: Tensor = [[[[5, 5], [-9, 0], [1, -1]]]]
        #expect(gridSample(x, grid)[0, 0, 0] == [0, 0, 0.25])
    }

    @Test("of a window that lies in the padding alone the index is -1")
    func nothing() {
        let (values, indices) = maxPool3dWithIndices(Tensor.ones([1, 1, 1, 1]), 2, padding: 1, dilation: 2)
        #expect(values.item() == -.infinity && indices.item() == -1)
        let gradient = vjp(at: Tensor.ones([1, 1, 1]), cotangent: Tensor([[[1]]])) {
            maxPool1d($0, 2, padding: 1, dilation: 2)
        }
        #expect(gradient.gradient.item() == 0)
    }
}
