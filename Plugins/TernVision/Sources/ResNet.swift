import TernCore
import TernLayers
import TernNN

/// Blocks of convolutions with ways around them: He et al., "Deep residual learning for image recognition", 2015.
/// torchvision's `ResNet`, whose state dictionaries load: ``resnet18(classes:stem:)``, ``resnet34(classes:stem:)`` and
/// ``resnet50(classes:stem:)``.
///
/// Shapes, with `N` batch and `C` classes: images [N, 3, H, W] -> logits [N, C]. Convolutions start normal with variance
/// `2 / (outputs * kernel area)`, batch norms with weight 1 and bias 0.
public final class ResNet: Module {
    /// What the images pass first.
    public enum Stem: String, SettingConvertible, CaseIterable {
        /// A convolution 7 x 7 and a pooling, both of stride 2: for images of about 224 x 224.
        case imageNet
        /// A convolution 3 x 3 of stride 1: for images of about 32 x 32.
        case small
    }

    /// What a network is made of.
    enum Block: String, SettingConvertible, CaseIterable {
        /// Two convolutions 3 x 3.
        case basic
        /// Convolutions 1 x 1, 3 x 3 and 1 x 1 to four times the channels.
        case bottleneck

        var expansion: Int { self == .basic ? 1 : 4 }
    }

    let conv1: Conv2d
    let bn1: BatchNorm2d
    let pool: MaxPool2d?
    let stages: [Sequential]
    let fc: Linear

    init(_ block: Block, _ counts: [Int], classes: Int, stem: Stem) {
        checkClasses(classes, "ResNet")
        conv1 = stem == .imageNet ? convolution(3, 64, 7, stride: 2) : convolution(3, 64, 3)
        bn1 = BatchNorm2d(64)
        pool = stem == .imageNet ? MaxPool2d(3, stride: 2, padding: 1) : nil
        var inputs = 64
        stages = counts.enumerated().map { stage, count in
            let channels = 64 << stage
            return Sequential(
                (0..<count).map { index in
                    defer { inputs = channels * block.expansion }
                    return ResNetBlock(block, inputs, channels, stride: stage > 0 && index == 0 ? 2 : 1)
                })
        }
        fc = Linear(inputs, classes)
    }

    public func forward(_ images: Tensor) -> Tensor {
        checkImages(images, "ResNet")
        var x = relu(bn1(conv1(images)))
        if let pool { x = pool(x) }
        for stage in stages { x = stage(x) }
        return fc(x.mean(axes: [2, 3]))
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("conv1", conv1)
        visitor.visit("bn1", bn1)
        visitor.visit("maxpool", pool)
        for (index, stage) in stages.enumerated() { visitor.visit("layer\(index + 1)", stage) }
        visitor.visit("fc", fc)
    }
}

/// A block of a ``ResNet``: `relu(x + f(x))`, where `x` passes a convolution 1 x 1 if `f` changes its shape.
final class ResNetBlock: Module {
    let parts: [(convolution: Conv2d, norm: BatchNorm2d)]
    private let downsample: Sequential?

    init(_ block: ResNet.Block, _ inputs: Int, _ channels: Int, stride: Int) {
        let outputs = channels * block.expansion
        let sizes: [(inputs: Int, outputs: Int, kernelSize: Int, stride: Int)]
        switch block {
        case .basic: sizes = [(inputs, channels, 3, stride), (channels, channels, 3, 1)]
        case .bottleneck:
            sizes = [(inputs, channels, 1, 1), (channels, channels, 3, stride), (channels, outputs, 1, 1)]
        }
        parts = sizes.map {
            (convolution($0.inputs, $0.outputs, $0.kernelSize, stride: $0.stride), BatchNorm2d($0.outputs))
        }
        downsample = stride != 1 || inputs != outputs ? normalized(inputs, outputs, 1, stride: stride) : nil
    }

    func forward(_ input: Tensor) -> Tensor {
        var x = input
        for (index, part) in parts.enumerated() {
            x = part.norm(part.convolution(x))
            if index < parts.count - 1 { x = relu(x) }
        }
        return relu(x + (downsample.map { $0(input) } ?? input))
    }

    func visitMembers(_ visitor: inout some ModuleVisitor) {
        for (index, part) in parts.enumerated() {
            visitor.visit("conv\(index + 1)", part.convolution)
            visitor.visit("bn\(index + 1)", part.norm)
        }
        visitor.visit("downsample", downsample)
    }
}

/// A ``ResNet`` of 18 layers, 11.7 million parameters with 1000 classes. torchvision's `resnet18`.
public func resnet18(classes: Int = 1000, stem: ResNet.Stem = .imageNet) -> ResNet {
    ResNet(.basic, [2, 2, 2, 2], classes: classes, stem: stem)
}

/// A ``ResNet`` of 34 layers, 21.8 million parameters with 1000 classes. torchvision's `resnet34`.
public func resnet34(classes: Int = 1000, stem: ResNet.Stem = .imageNet) -> ResNet {
    ResNet(.basic, [3, 4, 6, 3], classes: classes, stem: stem)
}

/// A ``ResNet`` of 50 layers, 25.6 million parameters with 1000 classes. torchvision's `resnet50`.
public func resnet50(classes: Int = 1000, stem: ResNet.Stem = .imageNet) -> ResNet {
    ResNet(.bottleneck, [3, 4, 6, 3], classes: classes, stem: stem)
}

extension ResNet: RebuildableModule {
    public static let blueprint = Blueprint<ResNet>(
        "[N, 3, H, W] -> [N, classes]", .init("block", \.block), .init("layers", \.counts, in: 1...256),
        .init("num_classes", \.fc.outFeatures, in: .sizes), .init("stem", \.stem)
    ) { block, counts, classes, stem in
        if !(1...8).contains(counts.count) { throw ConfigurationError("expects 1 to 8 stages, got \(counts.count)") }
        return ResNet(block, counts, classes: classes, stem: stem)
    }

    private var block: Block { (stages[0].first as? ResNetBlock)?.parts.count == 3 ? .bottleneck : .basic }
    private var counts: [Int] { stages.map(\.count) }
    private var stem: Stem { pool == nil ? .small : .imageNet }
}
