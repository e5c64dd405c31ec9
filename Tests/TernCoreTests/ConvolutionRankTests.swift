import TernCore
import Testing

@Suite("Convolutions of every rank")
struct ConvolutionRankTests {
    @Test("a sequence is an image of height 1, and an image a volume of depth 1")
    func ranks() {
        let x = numbers([3, 4, 20], dtype: .float32)
        let (weight, bias) = (numbers([6, 2, 3], seed: 2, dtype: .float32), numbers([6], seed: 3, dtype: .float32))
        let sequence = conv1d(x, weight, bias, stride: 2, padding: 1, dilation: 2, groups: 2)
        let image = conv2d(
            x.unsqueezed(axes: 2), weight.unsqueezed(axes: 2), bias, stride: [1, 2], padding: [0, 1], dilation: [1, 2],
            groups: 2)
        #expect(sequence == image.squeezed(axes: 2))
        let volume = conv3d(
            x.reshaped([3, 4, 1, 1, 20]), weight.reshaped([6, 2, 1, 1, 3]), bias, stride: [1, 1, 2],
            padding: [0, 0, 1], dilation: [1, 1, 2], groups: 2)
        #expect(sequence == volume.reshaped(sequence.shape))
    }

    @Test("a transposed convolution is the transpose of the convolution")
    func transpose() {
        let weight = numbers([4, 3, 2, 3, 2], seed: 2)
        let x = numbers([2, 3, 5, 4, 6])
        let y = conv3d(x, weight, stride: [2, 1, 3], padding: 1)
        let g = numbers(y.shape, seed: 3)
        let back = convTranspose3d(g, weight, stride: [2, 1, 3], padding: 1, outputPadding: [1, 0, 0])
        #expect(back.shape == x.shape)
        let (left, right): (Double, Double) = ((back * x).sum().item(), (g * y).sum().item())
        #expect(Swift.abs(left - right) < 1e-9)
    }

    @Test("padding same gives ceil(size / stride), and transposed size * stride, for every kernel and stride")
    func same() {
        for kernel in 1...4 {
            for stride in 1...4 {
                for size in 1...7 {
                    let weight = Tensor.ones([1, 1, kernel])
                    let y = conv1d(Tensor.ones([1, 1, size]), weight, stride: stride, padding: .same)
                    #expect(y.shape == [1, 1, (size + stride - 1) / stride])
                    let z = convTranspose1d(Tensor.ones([1, 1, size]), weight, stride: stride, padding: .same)
                    #expect(z.shape == [1, 1, size * stride])
                }
            }
        }
    }

    @Test("the same bits on one thread and on several", arguments: [0, 1, 2])
    func threads(_ which: Int) {
        let x = numbers([4, 16, 6, 12, 14], dtype: .float32)
        let weight = numbers([24, 16, 3, 3, 3], seed: 2, dtype: .float32)
        let count = threadCount
        defer { threadCount = count }
        let results = [1, 2, 5].map { threads in
            threadCount = threads
            let tape = GradientTape()
            let (input, filters) = (tape.watch(x), tape.watch(weight))
            let y = tape.record {
                switch which {
                case 0: conv3d(input, filters, stride: 2, padding: 1)
                case 1: convTranspose3d(input, filters.transposed(0, 1), stride: [2, 1, 1])
                default: conv1d(input.flattened(from: 2), filters.flattened(from: 2), padding: 3)
                }
            }
            let gradients = tape.gradient(of: y, with: [input, filters], gradient: Tensor.ones(like: y))
            return [y] + gradients.map { $0! }
        }
        #expect(results[0] == results[1] && results[0] == results[2])
    }

    @Test("sizes and paddings say what they are")
    func sizes() {
        #expect(Size3d(1, 2, 3) == [1, 2, 3] && Size3d(2) == 2 && Size2d(1, 2) != [2, 1])
        #expect("\(Size1d(4)) \([1, 2] as Size2d) \(3 as Size3d)" == "[4] [1, 2] [3, 3, 3]")
        #expect(Size2d(1, 2).height == 1 && Size2d(1, 2).width == 2)
        #expect(Padding1d.explicit(before: 1, after: 2).description == "[1, 2]")
        #expect(
            Padding3d.explicit(front: 1, back: 2, top: 3, bottom: 4, left: 5, right: 6).description
                == "[1, 2, 3, 4, 5, 6]")
        #expect(Padding2d.valid == 0 && Padding2d(1) == [1, 1] && Padding2d.same.description == "same")
    }

    @Test("messages have the values")
    func messages() async {
        expectMessage(
            "conv1d: expects an input [N, C, L] or [C, L] and a weight [O, C / groups, K], got [4] and [1, 1, 3]",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = conv1d(Tensor.ones([4]), Tensor.ones([1, 1, 3]))
            })
        expectMessage(
            "convTranspose2d: expects 2 input channels, got 3 (input [1, 3, 4, 4], weight [2, 5, 3, 3])",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = convTranspose2d(Tensor.ones([1, 3, 4, 4]), Tensor.ones([2, 5, 3, 3]))
            })
        expectMessage(
            "convTranspose2d: expects output padding of at least 0 that is below the stride or the dilation, got [1, 1] "
                + "(stride [1, 2], dilation [1, 1])",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = convTranspose2d(
                    Tensor.ones([1, 2, 4, 4]), Tensor.ones([2, 5, 3, 3]), stride: [1, 2], outputPadding: 1)
            })
        expectMessage(
            "Size3d: expects [depth, height, width], got [1, 2]",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = conv3d(Tensor.ones([1, 2, 4, 4, 4]), Tensor.ones([2, 2, 1, 1, 1]), stride: [1, 2])
            })
        expectMessage(
            "padded: cannot pad axis 1 of shape [2, 3] by (-2, -2) with constant(0.0)",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = Tensor.ones([2, 3]).padded([(-2, -2)])
            })
    }
}
