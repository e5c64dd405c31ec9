import Foundation
import Tern
import TernCore

/// A convolution of square images, with padding that keeps their size but for the stride.
private struct Convolution {
    let name: String
    var images = 32
    let (inputs, outputs, size, kernel): (Int, Int, Int, Int)
    var stride = 1
    var isDepthwise = false
    var isTransposed = false

    var padding: Int { (kernel - 1) / 2 }
    /// Along one side of the smaller images.
    var reduced: Int { (size + 2 * padding - kernel) / stride + 1 }
    var operations: Double {
        2 * Double(images * outputs * reduced * reduced * kernel * kernel) * Double(isDepthwise ? 1 : inputs)
    }
    /// Inputs, weights and outputs, each once.
    var bytes: Int {
        let images = self.images * (inputs * size * size + outputs * reduced * reduced)
        return 4 * (images + outputs * (isDepthwise ? 1 : inputs) * kernel * kernel)
    }

    var weight: Tensor { .normal([outputs, isDepthwise ? 1 : inputs, kernel, kernel]) }
    /// What it is applied to. Transposed, it goes from the smaller images to the larger ones.
    var input: Tensor {
        isTransposed ? .normal([images, outputs, reduced, reduced]) : .normal([images, inputs, size, size])
    }
    func callAsFunction(_ x: Tensor, _ weight: Tensor) -> Tensor {
        if isTransposed { return convTranspose2d(x, weight, stride: Size2d(stride), padding: Padding2d(padding)) }
        return conv2d(
            x, weight, stride: Size2d(stride), padding: Padding2d(padding), groups: isDepthwise ? inputs : 1)
    }
}

private let convolutions = [
    Convolution(name: "3x3", inputs: 32, outputs: 64, size: 16, kernel: 3),
    Convolution(name: "3x3", inputs: 64, outputs: 64, size: 32, kernel: 3),
    Convolution(name: "3x3", inputs: 256, outputs: 256, size: 8, kernel: 3),
    Convolution(name: "3x3", inputs: 512, outputs: 512, size: 4, kernel: 3),
    Convolution(name: "3x3 stride 2", inputs: 32, outputs: 32, size: 32, kernel: 3, stride: 2),
    Convolution(name: "3x3 stride 2", inputs: 64, outputs: 128, size: 32, kernel: 3, stride: 2),
    Convolution(name: "3x3 stride 2", inputs: 256, outputs: 512, size: 8, kernel: 3, stride: 2),
    Convolution(name: "5x5", images: 16, inputs: 64, outputs: 64, size: 16, kernel: 5),
    Convolution(name: "4x4 stride 2", images: 64, inputs: 32, outputs: 64, size: 14, kernel: 4, stride: 2),
    Convolution(
        name: "4x4 stride 2 transposed", images: 64, inputs: 32, outputs: 64, size: 14, kernel: 4, stride: 2,
        isTransposed: true),
    Convolution(name: "1x1", inputs: 32, outputs: 64, size: 32, kernel: 1),
    Convolution(name: "1x1", inputs: 128, outputs: 128, size: 16, kernel: 1),
    Convolution(name: "1x1", inputs: 256, outputs: 256, size: 8, kernel: 1),
    Convolution(name: "1x1", images: 8, inputs: 512, outputs: 512, size: 14, kernel: 1),
    Convolution(name: "1x1 stride 2", inputs: 64, outputs: 128, size: 32, kernel: 1, stride: 2),
    Convolution(name: "3x3 depthwise", inputs: 32, outputs: 32, size: 32, kernel: 3, isDepthwise: true),
    Convolution(name: "3x3 depthwise", inputs: 128, outputs: 128, size: 16, kernel: 3, isDepthwise: true),
    Convolution(name: "3x3 depthwise", inputs: 256, outputs: 256, size: 8, kernel: 3, isDepthwise: true),
    Convolution(
        name: "3x3 depthwise stride 2", inputs: 64, outputs: 64, size: 32, kernel: 3, stride: 2, isDepthwise: true),
    Convolution(name: "3x3 few channels", inputs: 3, outputs: 32, size: 32, kernel: 3),
    Convolution(name: "5x5 few channels", images: 64, inputs: 1, outputs: 6, size: 28, kernel: 5),
    Convolution(name: "4x4 stride 2 few", images: 64, inputs: 1, outputs: 32, size: 28, kernel: 4, stride: 2),
    Convolution(
        name: "4x4 stride 2 few transposed", images: 64, inputs: 1, outputs: 32, size: 28, kernel: 4, stride: 2,
        isTransposed: true),
]

/// Times convolutions forward and the gradients of their inputs and of their weights, each with its share of what the
/// machine's multiplications and additions alone would reach, and of what its memory alone would. Winograd's algorithm
/// takes fewer multiplications than are counted, so it may reach more than all.
func timeConvolutions() {
    let limit = MachineLimits.multiplyAddRate()
    print(String(format: "%d threads, %.1f GFLOP/s of multiplications and additions", threadCount, limit * 1e-9))
    let heads = ["forward", "inputs", "weights"].map { $0.padding(toLength: 34, withPad: " ", startingAt: 0) }
    print("".padding(toLength: 46, withPad: " ", startingAt: 0) + heads.joined())
    for convolution in convolutions {
        Tern.seed(0)
        let (x, weight) = (Variable(convolution.input), Variable(convolution.weight))
        let seed = Tensor.ones(like: convolution(x.value, weight.value))
        let rounds = max(10, min(300, Int(2e10 / convolution.operations)))
        /// Only what `body` gives a closure for is timed.
        func shortest(_ body: () -> () -> Void) -> Double {
            (0..<rounds).map { _ in
                let step = body()
                let time = seconds(step)
                (x.gradient, weight.gradient) = (nil, nil)
                return time
            }.min()!
        }
        let (plainX, plainWeight) = (convolution.input, convolution.weight)
        let times = [
            shortest { { _ = convolution(plainX, plainWeight) } },
            shortest {
                let y = convolution(x.value, plainWeight)
                return { y.backward(seed) }
            },
            shortest {
                let y = convolution(plainX, weight.value)
                return { y.backward(seed) }
            },
        ]
        let memory = Double(convolution.bytes) / MachineLimits.memoryRate(convolution.bytes)
        let columns = times.map {
            String(
                format: "%7.3f ms %6.1f GFLOP/s %3.0f %% (%2.0f %%) ", $0 * 1e3, convolution.operations / $0 * 1e-9,
                100 * convolution.operations / $0 / limit, 100 * memory / $0)
        }
        let shape = "\(convolution.inputs) -> \(convolution.outputs), \(convolution.size)x\(convolution.size)"
        print("\(convolution.name) \(shape)".padding(toLength: 46, withPad: " ", startingAt: 0) + columns.joined())
    }
}
