import TernCore
import TernLayers
import TernNN

/// A value for each class at each pixel: down through poolings, up again through transposed convolutions, and beside each step up
/// what the step down had seen. Ronneberger, Fischer and Brox, "U-Net: convolutional networks for biomedical image segmentation",
/// 2015; with padding, so that the result has the images' size, and with batch normalization.
///
/// ```swift
/// let model = UNet(3, classes: 2, features: 32, depth: 3)
/// model(Tensor.zeros([1, 3, 64, 48])).shape   // [1, 2, 64, 48]
/// ```
///
/// Shapes, with `N` batch, `C` channels and `K` classes: images [N, C, H, W], at least 2^depth in height and width -> logits
/// [N, K, H, W].
public final class UNet: Module {
    /// The channels of the images.
    public let channels: Int
    let down, up: [Sequential]
    let upsampling: [ConvTranspose2d]
    let pool = MaxPool2d(2)
    let output: Conv2d

    /// - Parameters:
    ///   - channels: of the images.
    ///   - classes: the channels of the output.
    ///   - features: the channels at the images' own size; each step down doubles them.
    ///   - depth: the number of steps down.
    public init(_ channels: Int = 3, classes: Int, features: Int = 64, depth: Int = 4) {
        checkClasses(classes, "UNet")
        for (name, size) in [("channels", channels), ("features", features), ("depth", depth)] where size < 1 {
            mistake("UNet", "\(name) must be positive, got \(size)")
        }
        self.channels = channels
        func twice(_ inputs: Int, _ outputs: Int) -> Sequential {
            Sequential {
                convolution(inputs, outputs, 3)
                BatchNorm2d(outputs)
                ReLU()
                convolution(outputs, outputs, 3)
                BatchNorm2d(outputs)
                ReLU()
            }
        }
        let sizes = (0...depth).map { features << $0 }
        down = zip([channels] + sizes, sizes).map { twice($0, $1) }
        upsampling = (0..<depth).map { ConvTranspose2d(sizes[$0 + 1], sizes[$0], kernelSize: 2, stride: 2) }
        up = (0..<depth).map { twice(2 * sizes[$0], sizes[$0]) }
        output = Conv2d(features, classes, kernelSize: 1)
    }

    public func forward(_ images: Tensor) -> Tensor {
        checkImages(images, channels: channels, "UNet")
        let smallest = 1 << upsampling.count
        if images.shape[2] < smallest || images.shape[3] < smallest {
            mistake("UNet", "expects images of at least \(smallest) x \(smallest) pixels, got \(images.shape)")
        }
        var seen: [Tensor] = []
        var x = down[0](images)
        for level in 1..<down.count {
            seen.append(x)
            x = down[level](pool(x))
        }
        for level in upsampling.indices.reversed() {
            x = upsampling[level](x)
            let beside = seen[level]
            // The last row or column of an odd size was lost on the way down.
            x = x.padded([(0, beside.shape[2] - x.shape[2]), (0, beside.shape[3] - x.shape[3])])
            x = up[level](concatenated([beside, x], axis: 1))
        }
        return output(x)
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("down", down)
        visitor.visit("pool", pool)
        visitor.visit("upsampling", upsampling)
        visitor.visit("up", up)
        visitor.visit("output", output)
    }
}

extension UNet: RebuildableModule {
    public static let blueprint = Blueprint<UNet>(
        "[N, C, H, W] -> [N, classes, H, W]", .init("in_channels", \.channels, in: .sizes),
        .init("num_classes", \.classes, in: .sizes),
        .init("features", \.features, in: 1...1 << 20), .init("depth", \.upsampling.count, in: 1...24)
    ) { UNet($0, classes: $1, features: $2, depth: $3) }

    private var classes: Int { output.outputChannels }
    private var features: Int { output.inputChannels }
}
