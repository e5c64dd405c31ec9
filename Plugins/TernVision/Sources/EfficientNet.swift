import TernCore
import TernLayers
import TernNN

/// Inverted residual blocks whose channels are weighted by what the whole image holds: Tan and Le, "EfficientNet: rethinking model
/// scaling for convolutional neural networks", 2019. torchvision's `EfficientNet`, whose state dictionaries load:
/// ``efficientNetB0(classes:dropout:dropPath:)``.
///
/// Shapes, with `N` batch and `C` classes: images [N, 3, H, W] -> logits [N, C]. Convolutions start normal with variance
/// `2 / (outputs * kernel area)`, the linear layer uniform between -1 / sqrt(C) and 1 / sqrt(C).
public final class EfficientNet: Module {
    struct Stage: Hashable {
        let expansion, kernelSize, stride, outputs, count: Int
    }

    let features, classifier: Sequential
    private let stages: [Stage]
    private let dropPath: Double

    init(_ stages: [Stage], classes: Int, dropout: Double, dropPath: Double) {
        checkClasses(classes, "EfficientNet")
        (self.stages, self.dropPath) = (stages, dropPath)
        var layers: [Sequential.Layer] = [normalized(3, 32, stride: 2, SiLU())]
        let blocks = stages.reduce(0) { $0 + $1.count }
        var (inputs, block) = (32, 0)
        for stage in stages {
            layers.append(
                Sequential(
                    (0..<stage.count).map { index in
                        defer { (inputs, block) = (stage.outputs, block + 1) }
                        // The deeper, the likelier to be left out.
                        return MBConv(
                            stage, inputs, stride: index == 0 ? stage.stride : 1,
                            dropPath: dropPath * Double(block) / Double(blocks))
                    }))
        }
        layers.append(normalized(inputs, 4 * inputs, 1, SiLU()))
        features = Sequential(layers)
        let bound = 1 / Double(classes).squareRoot()
        classifier = Sequential {
            Dropout(dropout)
            Linear(
                4 * inputs, classes, weightInitializer: .uniform(-bound, bound), biasInitializer: .zeros)
        }
    }

    public func forward(_ images: Tensor) -> Tensor {
        checkImages(images, "EfficientNet")
        return classifier(features(images).mean(axes: [2, 3]))
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("features", features)
        visitor.visit("classifier", classifier)
    }
}

/// A block of ``EfficientNet``. torchvision's `MBConv`.
final class MBConv: Module {
    private let layers: Sequential
    private let dropPath: DropPath
    private let isResidual: Bool

    init(_ stage: EfficientNet.Stage, _ inputs: Int, stride: Int, dropPath probability: Double) {
        let inner = inputs * stage.expansion
        layers = Sequential {
            if inner != inputs { normalized(inputs, inner, 1, SiLU()) }
            normalized(inner, inner, stage.kernelSize, stride: stride, groups: inner, SiLU())
            SqueezeExcitation(inner, max(1, inputs / 4))
            normalized(inner, stage.outputs, 1)
        }
        dropPath = DropPath(probability)
        isResidual = stride == 1 && inputs == stage.outputs
    }

    func forward(_ input: Tensor) -> Tensor { isResidual ? dropPath(layers(input)) + input : layers(input) }

    func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("block", layers)
        visitor.visit("stochastic_depth", dropPath)
    }
}

/// Each channel times a weight in 0...1 that follows from the means of all channels: `x * sigmoid(fc2(silu(fc1(mean(x)))))`. Hu et
/// al., "Squeeze-and-excitation networks", 2018. torchvision's `SqueezeExcitation`, with the activation of ``EfficientNet``.
///
/// Shapes: x [N, C, H, W] -> [N, C, H, W]; `fc1` and `fc2` are convolutions 1 x 1 to `S` channels and back.
public final class SqueezeExcitation: Module {
    let fc1, fc2: Conv2d

    /// - Parameters:
    ///   - channels: of the input.
    ///   - squeezed: the channels between the two convolutions.
    public init(_ channels: Int, _ squeezed: Int) {
        fc1 = convolution(channels, squeezed, 1, bias: true)
        fc2 = convolution(squeezed, channels, 1, bias: true)
    }

    public func forward(_ input: Tensor) -> Tensor {
        if input.rank != 4 { mistake("SqueezeExcitation", "expects an input [N, C, H, W], got \(input.shape)") }
        return input * sigmoid(fc2(silu(fc1(input.mean(axes: [2, 3], keepAxes: true)))))
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("fc1", fc1)
        visitor.visit("fc2", fc2)
    }
}

/// The smallest ``EfficientNet``, 5.3 million parameters with 1000 classes. torchvision's `efficientnet_b0`.
///
/// - Parameters:
///   - classes: the number of outputs.
///   - dropout: before the linear layer.
///   - dropPath: the probability to leave the last block out in training; earlier ones have less.
public func efficientNetB0(classes: Int = 1000, dropout: Double = 0.2, dropPath: Double = 0.2) -> EfficientNet {
    EfficientNet(
        [
            .init(expansion: 1, kernelSize: 3, stride: 1, outputs: 16, count: 1),
            .init(expansion: 6, kernelSize: 3, stride: 2, outputs: 24, count: 2),
            .init(expansion: 6, kernelSize: 5, stride: 2, outputs: 40, count: 2),
            .init(expansion: 6, kernelSize: 3, stride: 2, outputs: 80, count: 3),
            .init(expansion: 6, kernelSize: 5, stride: 1, outputs: 112, count: 3),
            .init(expansion: 6, kernelSize: 5, stride: 2, outputs: 192, count: 4),
            .init(expansion: 6, kernelSize: 3, stride: 1, outputs: 320, count: 1),
        ], classes: classes, dropout: dropout, dropPath: dropPath)
}

extension EfficientNet: RebuildableModule {
    public static let blueprint = Blueprint<EfficientNet>(
        "[N, 3, H, W] -> [N, classes]", .init("stages", \.stages),
        .init("num_classes", \.classifier.classes, in: .sizes),
        .init("dropout", \.classifier.dropout, in: 0...1), .init("stochastic_depth", \.dropPath, in: 0...1)
    ) { stages, classes, dropout, dropPath in
        if !(1...64).contains(stages.count) { throw ConfigurationError("expects 1 to 64 stages, got \(stages.count)") }
        return EfficientNet(stages, classes: classes, dropout: dropout, dropPath: dropPath)
    }
}

extension EfficientNet.Stage: SettingConvertible {
    static var settingKind: String { "a list of expansion, kernel size, stride, outputs and count, each in 1...4096" }
    var settingValue: SettingValue { [expansion, kernelSize, stride, outputs, count].settingValue }
    static func fromSetting(_ value: SettingValue) -> EfficientNet.Stage? {
        guard let sizes = [Int].fromSetting(value), sizes.count == 5, sizes.allSatisfy((1...4096).contains),
            sizes[4] <= 64
        else { return nil }
        return EfficientNet.Stage(
            expansion: sizes[0], kernelSize: sizes[1], stride: sizes[2], outputs: sizes[3], count: sizes[4])
    }
}

extension SqueezeExcitation: RebuildableModule {
    public static let blueprint = Blueprint<SqueezeExcitation>(
        "[N, C, H, W] -> [N, C, H, W]", .init("input_channels", \.channels, in: .sizes),
        .init("squeeze_channels", \.squeezed, in: .sizes)
    ) { SqueezeExcitation($0, $1) }

    private var channels: Int { fc1.inputChannels }
    private var squeezed: Int { fc1.outputChannels }
}
