import TernCore
import TernLayers
import TernNN

/// Convolutions 3 x 3 with poolings between, and three linear layers: Simonyan and Zisserman, "Very deep convolutional networks
/// for large-scale image recognition", 2014. torchvision's `VGG`, whose state dictionaries load: ``vgg11(classes:batchNorm:dropout:)``,
/// ``vgg13(classes:batchNorm:dropout:)``, ``vgg16(classes:batchNorm:dropout:)`` and ``vgg19(classes:batchNorm:dropout:)``.
///
/// Shapes, with `N` batch and `C` classes: images [N, 3, H, W] of 32 x 32 at least -> logits [N, C]. Convolutions start normal with
/// variance `2 / (outputs * kernel area)`, linear layers normal with deviation 0.01, biases 0.
public final class VGG: Module {
    let features, classifier: Sequential
    private let widths: [Int]
    let pool = AdaptiveAvgPool2d(7)

    /// - Parameters:
    ///   - counts: of the convolutions before each pooling.
    ///   - widths: their output channels.
    ///   - hiddenSize: between the linear layers.
    init(
        _ counts: [Int], classes: Int, batchNorm: Bool, dropout: Double, widths: [Int] = [64, 128, 256, 512, 512],
        hiddenSize: Int = 4096
    ) {
        checkClasses(classes, "VGG")
        self.widths = widths
        var layers: [Sequential.Layer] = []
        var inputs = 3
        for (count, outputs) in zip(counts, widths) {
            for _ in 0..<count {
                layers.append(convolution(inputs, outputs, 3, bias: true))
                if batchNorm { layers.append(BatchNorm2d(outputs)) }
                layers.append(ReLU())
                inputs = outputs
            }
            layers.append(MaxPool2d(2))
        }
        features = Sequential(layers)
        func linear(_ inputs: Int, _ outputs: Int) -> Linear {
            Linear(
                inputs, outputs, weightInitializer: .normal(standardDeviation: 0.01), biasInitializer: .zeros)
        }
        classifier = Sequential {
            linear(widths.last! * 7 * 7, hiddenSize)
            ReLU()
            Dropout(dropout)
            linear(hiddenSize, hiddenSize)
            ReLU()
            Dropout(dropout)
            linear(hiddenSize, classes)
        }
    }

    public func forward(_ images: Tensor) -> Tensor {
        checkImages(images, "VGG")
        return classifier(pool(features(images)).flattened(from: 1))
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("features", features)
        visitor.visit("avgpool", pool)
        visitor.visit("classifier", classifier)
    }
}

/// A ``VGG`` of 11 layers, 133 million parameters with 1000 classes. torchvision's `vgg11`, with batch norms `vgg11_bn`.
public func vgg11(classes: Int = 1000, batchNorm: Bool = false, dropout: Double = 0.5) -> VGG {
    VGG([1, 1, 2, 2, 2], classes: classes, batchNorm: batchNorm, dropout: dropout)
}

/// A ``VGG`` of 13 layers. torchvision's `vgg13`, with batch norms `vgg13_bn`.
public func vgg13(classes: Int = 1000, batchNorm: Bool = false, dropout: Double = 0.5) -> VGG {
    VGG([2, 2, 2, 2, 2], classes: classes, batchNorm: batchNorm, dropout: dropout)
}

/// A ``VGG`` of 16 layers. torchvision's `vgg16`, with batch norms `vgg16_bn`.
public func vgg16(classes: Int = 1000, batchNorm: Bool = false, dropout: Double = 0.5) -> VGG {
    VGG([2, 2, 3, 3, 3], classes: classes, batchNorm: batchNorm, dropout: dropout)
}

/// A ``VGG`` of 19 layers. torchvision's `vgg19`, with batch norms `vgg19_bn`.
public func vgg19(classes: Int = 1000, batchNorm: Bool = false, dropout: Double = 0.5) -> VGG {
    VGG([2, 2, 4, 4, 4], classes: classes, batchNorm: batchNorm, dropout: dropout)
}

extension VGG: RebuildableModule {
    public static let blueprint = Blueprint<VGG>(
        "[N, 3, H, W] -> [N, classes]", .init("layers", \.counts, in: 1...256),
        .init("num_classes", \.classifier.classes, in: .sizes), .init("batch_norm", \.hasBatchNorm),
        .init("dropout", \.classifier.dropout, in: 0...1), .init("widths", \.widths, in: 1...1 << 20),
        .init("hidden_size", \.classifier.hiddenSize, in: .sizes)
    ) { counts, classes, batchNorm, dropout, widths, hiddenSize in
        if counts.count != 5 || widths.count != 5 {
            throw ConfigurationError("expects layers and widths of 5 stages, got \(counts.count) and \(widths.count)")
        }
        return VGG(
            counts, classes: classes, batchNorm: batchNorm, dropout: dropout, widths: widths, hiddenSize: hiddenSize)
    }

    /// How many convolutions each stage has; a pooling ends it.
    private var counts: [Int] {
        features.split { $0 is MaxPool2d }.map { stage in stage.count { $0 is Conv2d } }
    }
    private var hasBatchNorm: Bool { features.contains { $0 is BatchNorm2d } }
}
