import BilinearPooling
import SpatialPyramidPooling
import Tern
import TernAttention
import TernRecurrent
import TernTesting

@testable import TernVision

let pluginRows =
    recurrentRows + attentionRows + visionRows + [
        LayerRow("SpatialPyramidPooling") {
            try checkLayer(
                SpatialPyramidPooling(levels: [3, 1], mode: .average), numbers([2, 3, 5, 6]), outputShapes: [[2, 30]])
        },
        LayerRow("BilinearPooling") {
            try checkLayer(
                BilinearPooling(epsilon: 1e-6), inputs: [numbers([2, 3, 4, 3]), numbers([2, 2, 4, 3], seed: 6)],
                unprinted: ["isNormalized"]
            ) { layer, inputs in layer(x: inputs[0], y: inputs[1]) }
        },
    ]

private let batchBehind: [LayerCheck: String] = [
    .batchInvariance: "the batch is the second axis", .emptyBatch: "the batch is the second axis",
]
private let steps = numbers([2, 5, 3])

private let recurrentRows = [
    LayerRow("LSTM") {
        try checkLayer(
            LSTM(3, 4, layers: 2, batchFirst: true, dropout: 0.2, bidirectional: true, projectionSize: 2),
            inputs: [steps], outputShapes: [[2, 5, 4]]
        ) { layer, inputs in layer(inputs[0]).output }
    },
    LayerRow("LSTM") {
        try checkLayer(
            LSTM(4, bias: false), inputs: [steps, numbers([1, 5, 4]), numbers([1, 5, 4], seed: 6)],
            outputShapes: [[2, 5, 4], [1, 5, 4], [1, 5, 4]], except: batchBehind, unprinted: unsetInRecurrent
        ) { layer, inputs in layer(inputs[0], LSTMState(hidden: inputs[1], cell: inputs[2])) }
    },
    LayerRow("GRU") {
        try checkLayer(
            GRU(3, 4, layers: 2, batchFirst: true, dropout: 0.2, bidirectional: true), inputs: [steps],
            unprinted: unsetInRecurrent
        ) { layer, inputs in layer(inputs[0]).output }
    },
    LayerRow("GRU") {
        try checkLayer(
            GRU(4, bias: false), inputs: [steps, numbers([1, 5, 4])], except: batchBehind, unprinted: unsetInRecurrent
        ) { layer, inputs in layer(inputs[0], inputs[1]) }
    },
    LayerRow("RNN") {
        try checkLayer(
            RNN(3, 4, layers: 2, activation: .relu, batchFirst: true, dropout: 0.2, bidirectional: true),
            inputs: [steps], unprinted: unsetInRecurrent
        ) { layer, inputs in layer(inputs[0]).output }
    },
    LayerRow("RNN") {
        try checkLayer(
            RNN(4, bias: false), inputs: [steps, numbers([1, 5, 4])], except: batchBehind, unprinted: unsetInRecurrent
        ) { layer, inputs in layer(inputs[0], inputs[1]) }
    },
    LayerRow("LSTMCell") {
        try checkLayer(
            LSTMCell(4, 5, bias: false), inputs: [numbers([3, 4]), numbers([3, 5]), numbers([3, 5], seed: 6)],
            outputShapes: [[3, 5], [3, 5]], unprinted: unsetInRecurrent
        ) { layer, inputs in layer(inputs[0], LSTMState(hidden: inputs[1], cell: inputs[2])) }
    },
    LayerRow("GRUCell") {
        try checkLayer(GRUCell(5), inputs: [numbers([3, 4]), numbers([3, 5])], unprinted: unsetInRecurrent) {
            layer, inputs in layer(inputs[0], inputs[1])
        }
    },
    LayerRow("RNNCell") {
        try checkLayer(
            RNNCell(4, 5, activation: .relu), inputs: [numbers([3, 4]), numbers([3, 5])], unprinted: unsetInRecurrent
        ) { layer, inputs in layer(inputs[0], inputs[1]) }
    },
]

/// Settings that are not shown where they are the defaults, or that follow from the class.
private let unsetInRecurrent: Set<String> = ["stack", "step"]

private let tokens = numbers([2, 3, 4])
private let memory = numbers([2, 5, 4], seed: 6)

private let attentionRows = [
    LayerRow("MultiheadAttention") {
        try checkLayer(
            MultiheadAttention(
                4, heads: 2, dropout: 0.2, addsKeyAndValueBias: true, addsZeroAttention: true, batchFirst: true),
            inputs: [tokens, memory], outputShapes: [[2, 3, 4]]
        ) { layer, inputs in layer(inputs[0], inputs[1]) }
    },
    LayerRow("MultiheadAttention") {
        try checkLayer(
            MultiheadAttention(4, heads: 2, bias: false, keyFeatures: 3, valueFeatures: 5, batchFirst: true),
            inputs: [tokens, numbers([2, 6, 3]), numbers([2, 6, 5])], unprinted: ["dropout", "addsZeroAttention"]
        ) { layer, inputs in layer(inputs[0], inputs[1], inputs[2]) }
    },
    LayerRow("TransformerEncoderLayer") {
        try checkLayer(
            TransformerEncoderLayer(
                4, heads: 2, feedForwardSize: 6, dropout: 0.2, activation: .gelu, batchFirst: true, normFirst: true),
            inputs: [tokens], unprinted: unsetInAttention
        ) { layer, inputs in layer(inputs[0]) }
    },
    LayerRow("TransformerEncoder") {
        try checkLayer(
            TransformerEncoder(2, norm: LayerNorm(4)) {
                TransformerEncoderLayer(4, heads: 2, feedForwardSize: 6, dropout: 0.2, batchFirst: true)
            }, inputs: [tokens], unprinted: unsetInAttention
        ) { layer, inputs in layer(inputs[0], isCausal: true) }
    },
    LayerRow("TransformerDecoderLayer") {
        try checkLayer(
            TransformerDecoderLayer(4, heads: 2, feedForwardSize: 6, dropout: 0.2, batchFirst: true, normFirst: true),
            inputs: [tokens, memory], unprinted: unsetInAttention
        ) { layer, inputs in layer(inputs[0], inputs[1]) }
    },
    LayerRow("TransformerDecoder") {
        try checkLayer(
            TransformerDecoder(2, norm: LayerNorm(4)) {
                TransformerDecoderLayer(4, heads: 2, feedForwardSize: 6, dropout: 0.2, batchFirst: true)
            }, inputs: [tokens, memory], unprinted: unsetInAttention
        ) { layer, inputs in layer(inputs[0], inputs[1], isCausal: true) }
    },
    LayerRow("Transformer") {
        try checkLayer(
            Transformer(
                4, heads: 2, encoderLayers: 1, decoderLayers: 1, feedForwardSize: 6, dropout: 0.2, batchFirst: true),
            inputs: [memory, tokens], outputShapes: [[2, 3, 4]], unprinted: unsetInAttention
        ) { layer, inputs in layer(inputs[0], inputs[1]) }
    },
    LayerRow("GPTBlock") {
        try checkLayer(GPTBlock(4, heads: 2, feedForwardSize: 6, dropout: 0.2, bias: false), inputs: [tokens]) {
            layer, inputs in layer(inputs[0])
        }
    },
    LayerRow("GPT") {
        try checkLayer(
            GPT(vocabulary: 7, context: 6, modelSize: 4, heads: 2, layers: 2, dropout: 0.1),
            inputs: [Tensor([[1, 0, 4], [6, 3, 1]], dtype: .int64)], outputShapes: [[2, 3, 7]],
            unprinted: ["scalesGradientByFrequency", "normType"]
        ) { layer, inputs in layer(inputs[0]) }
    },
]

/// Settings that are not shown where they are the defaults, or that the layers below show.
private let unsetInAttention: Set<String> = ["normFirst", "addsZeroAttention", "feedForward"]

/// Networks, as small as their kind can be.
private let visionRows = [
    LayerRow("ResNet") {
        try checkLayer(
            ResNet(.bottleneck, [1], classes: 3, stem: .small), numbers([2, 3, 5, 6]),
            except: printsAsPyTorch.merging([
                .gradients: "a step meets the kink of one of its many ReLUs",
                .secondGradients: "a step meets the kink of one of its many ReLUs",
            ]) { $1 })
    },
    LayerRow("EfficientNet") {
        try checkLayer(
            EfficientNet(
                [EfficientNet.Stage(expansion: 2, kernelSize: 3, stride: 1, outputs: 4, count: 2)], classes: 3,
                dropout: 0.2, dropPath: 0.2), numbers([2, 3, 8, 6]), except: printsAsPyTorch)
    },
    LayerRow("SqueezeExcitation") {
        try checkLayer(SqueezeExcitation(3, 2), numbers([2, 3, 5, 6]), unprinted: unset)
    },
    LayerRow("VGG") {
        try checkLayer(
            VGG([1, 1, 1, 1, 2], classes: 2, batchNorm: true, dropout: 0.2, widths: [2, 2, 3, 2, 2], hiddenSize: 4),
            numbers([2, 3, 32, 32]), outputShapes: [[2, 2]], except: printsAsPyTorch)
    },
    LayerRow("MobileNetV2") {
        try checkLayer(
            MobileNetV2(classes: 2, widthMultiplier: 0.01, dropout: 0.3), numbers([2, 3, 16, 16]),
            outputShapes: [[2, 2]], except: printsAsPyTorch)
    },
    LayerRow("UNet") {
        try checkLayer(
            UNet(3, classes: 2, features: 2, depth: 2), numbers([2, 3, 8, 9]), outputShapes: [[2, 2, 8, 9]],
            except: printsAsPyTorch)
    },
    LayerRow("VisionTransformer") {
        try checkLayer(
            VisionTransformer(
                imageSize: 6, patchSize: 3, layers: 1, heads: 2, hiddenSize: 4, feedForwardSize: 6, dropout: 0.2,
                attentionDropout: 0.1, classes: 3), numbers([2, 3, 6, 6]),
            except: printsAsPyTorch.merging([.names: "torchvision has the head in a container of its own"]) { $1 })
    },
]

private let printsAsPyTorch: [LayerCheck: String] = [
    .printedForm: "whole networks and their blocks print their layers alone, as torchvision's do"
]
