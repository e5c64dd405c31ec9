import Foundation
import Tern
import TernAttention
import TernRecurrent
import TernTestSupport
import Testing

@testable import TernONNX

/// Each operation that can be exported, with its settings: what onnxruntime computes of the file, and the importer.
@Suite("Operations as ONNX nodes", .serialized)
struct ExportOperationTests {
    struct Entry: @unchecked Sendable, CustomTestStringConvertible {
        let name: String
        let module: any Module<Tensor, Tensor>
        /// The first is the example; the batch of the others has another size.
        let inputs: [Tensor]
        /// Those that differ in its nodes.
        var opsets: [Int] {
            let differing: Set = [
                "sum", "sum of all", "mean", "max", "min", "product", "logSumExp", "norms", "gelu", "geluTanh",
                "rmsNorm",
            ]
            return differing.contains(name) ? [17, 18, 21] : [18]
        }
        var testDescription: String { name }
    }

    private final class Function: Module {
        let function: (Tensor) -> Tensor
        init(_ function: @escaping (Tensor) -> Tensor) { self.function = function }
        func forward(_ x: Tensor) -> Tensor { function(x) }
    }

    private static func numbers(_ sizes: Int...) -> [Tensor] {
        [2, 3].map { Tensor.normal(Shape([$0] + sizes), generator: Generator(seed: 3)) }
    }

    private static func functions(
        _ inputs: [Tensor], _ list: KeyValuePairs<String, (Tensor) -> Tensor>
    ) -> [Entry] {
        list.map { Entry(name: $0, module: Function($1), inputs: inputs) }
    }

    private static func layers(
        _ inputs: [Tensor], _ list: KeyValuePairs<String, any Module<Tensor, Tensor>>
    ) -> [Entry] {
        list.map { Entry(name: $0, module: $1, inputs: inputs) }
    }

    private static let few = Tensor([0.5, -1, 2, 0.1])

    private static let elementwise = functions(
        numbers(3, 4),
        [
            "sums": { $0 + few - 2 * $0 / (few + 3) }, "promoted": { $0 * Tensor([1, 2, 3, 4] as [Int64]) },
            "powers": { pow(abs($0), few) + pow($0, 3) + square($0) },
            "negated": { -$0 }, "extremes": { maximum(minimum($0, few), -0.5) },
            "fmod": { fmod($0, 0.7) }, "converted": { ($0 * 3).converted(to: .int32) },
            "integer remainder": { ($0 * 9).converted(to: .int64) % 4 },
            "equal": { round($0).equal(to: 0) }, "notEqual": { round($0).notEqual(to: 0) },
            "less": { $0.less(than: 0.1) }, "lessOrEqual": { $0.lessOrEqual(few) },
            "greater": { $0.greater(than: few) }, "greaterOrEqual": { $0.greaterOrEqual(0.3) },
            "logic": { ($0 .> 0).logicalAnd($0 .< 1).logicalOr($0 .< -1).logicalNot() },
            "which": { which($0 .> 0, $0, few) }, "maskedFilled": { $0.maskedFilled($0 .> 0, with: 7) },
            "exp": { exp($0) }, "exp2": { exp2($0) }, "expm1": { expm1($0) }, "log": { log(abs($0) + 0.1) },
            "log1p": { log1p(abs($0)) }, "roots": { sqrt(abs($0)) + rsqrt(abs($0) + 1) },
            "reciprocal": { ($0 + 10).reciprocal() }, "erf": { erf($0) },
            "trigonometry": { sin($0) + cos($0) + tan($0 * 0.3) + asin($0 * 0.1) + acos($0 * 0.1) + atan($0) },
            "hyperbolic": { sinh($0) + cosh($0) + tanh($0) + asinh($0) + acosh(abs($0) + 1.5) + atanh($0 * 0.1) },
            "rounding": { floor($0) + 2 * ceil($0) + 3 * round($0 * 2) + sign($0) + abs($0) },
            "sigmoid": { sigmoid($0) }, "logSigmoid": { logSigmoid($0) }, "relu": { relu($0) }, "silu": { silu($0) },
            "mish": { mish($0) }, "gelu": { gelu($0) }, "geluTanh": { gelu($0, approximation: .tanh) },
            "leakyRelu": { leakyRelu($0, slope: 0.2) }, "elu": { elu($0, alpha: 0.7) },
            "celu": { celu($0, alpha: 0.7) },
            "selu": { selu($0) }, "hardTanh": { hardTanh($0, min: -0.3, max: 0.8) },
            "clamp": { clamp($0, min: -0.3, max: 0.8) }, "hardSigmoid": { hardSigmoid($0) },
            "hardSwish": { hardSwish($0) }, "softplus": { softplus($0) }, "softsign": { softsign($0) },
            "prelu": { prelu($0, Tensor([0.1, 0.2, 0.3])) }, "prelu of one": { prelu($0, Tensor([0.3])) },
        ])

    private static let shapes = functions(
        numbers(3, 4),
        [
            "sum": { $0.sum(axes: 1) }, "sum of all": { $0.sum() }, "mean": { $0.mean(axes: [-1, 1], keepAxes: true) },
            "max": { $0.max(axes: 2) }, "min": { $0.min(axes: 1, keepAxes: true) },
            "product": { $0.product(axes: -1) }, "logSumExp": { $0.logSumExp(axes: 1) },
            "norms": { $0.norm(1, axes: 1) + $0.norm(2, axes: 1) },
            "argmax": { $0.argmax(axis: 1) }, "argmin": { $0.argmin(axis: -1, keepAxes: true) },
            "argmax of all": { $0.argmax() }, "argmin of all": { $0.argmin(keepAxes: true) },
            "softmax": { softmax($0, axis: 1) }, "logSoftmax": { logSoftmax($0, axis: -1) },
            "reshaped": { $0.reshaped([-1, 2, 6]) }, "flattened": { $0.flattened(from: 1) },
            "permuted": { $0.permuted([2, 0, 1]).contiguous() },
            "expanded": { $0.unsqueezed(axes: 1).expanded(to: [$0.shape[0], 5, 3, 4]) },
            "concatenated": { concatenated([$0, $0 * 2], axis: -1) }, "stacked": { stacked([$0, $0 + 1], axis: 1) },
            "sliced": { $0.sliced(from: 1, to: 3, axis: 2) },
            "steps": { $0[.all, .range(from: 2, to: 0, by: -1), .range(from: 0, to: 4, by: 2)] },
            "element": { $0[.all, 1, -1] }, "squeezed": { $0.sum(axes: 1, keepAxes: true).squeezed(axes: 1) },
            "unsqueezed": { $0.unsqueezed(axes: [0, -1]) }, "flipped": { $0.flipped(axes: [1, 2]) },
            "split": { x in
                let parts = x.split(sizes: [1, 3], axis: 2)
                return parts[0] * parts[1]
            }, "unstacked": { $0.unstacked(axis: 1)[2] }, "chunked": { $0.chunked(into: 2, axis: 2)[1] },
            "padded": { $0.padded([(0, 0), (1, 2), (0, 3)], with: .constant(2)) },
            "selected": { $0.selected(Tensor([2, 0] as [Int64]), axis: 1) },
            "gathered": { $0.gathered($0.argmax(axis: 1, keepAxes: true), axis: 1) },
            "oneHot": { oneHot(abs(round($0)).converted(to: .int64), classes: 9) },
            "cumulativeSum": { $0.cumulativeSum(axis: 1) },
            "topK": { $0.topK(2, axis: 1).values }, "least": { $0.topK(2, largest: false).indices },
            "matmul": { matmul($0, $0.transposed(1, 2)) }, "vector": { matmul($0, few) },
        ])

    private static let products =
        layers(
            numbers(3, 4),
            [
                "linear of more axes": Linear(4, 5), "linear without bias": Linear(4, 2, bias: false),
                "layerNorm": LayerNorm([3, 4], epsilon: 1e-3),
                "plain layerNorm": LayerNorm([4], elementwiseAffine: false),
                "rmsNorm": RMSNorm([4], epsilon: 1e-3),
            ])
        + functions(
            numbers(2, 5, 4),
            [
                "attention": { scaledDotProductAttention($0, $0 * 2, $0 - 1) },
                "causal attention": { scaledDotProductAttention($0, $0 * 2, $0 - 1, isCausal: true) },
                "masked attention": {
                    scaledDotProductAttention(
                        $0, $0, $0, mask: Tensor.ones([5, 5], dtype: .bool).lowerTriangle(diagonal: 1))
                },
                "biased attention": {
                    scaledDotProductAttention($0, $0, $0, mask: Tensor.ones([5, 5]).lowerTriangle())
                },
            ])
        + [
            Entry(
                name: "embedding", module: Embedding(6, 3),
                inputs: [Tensor([[1, 5, 0]] as [[Int64]]), Tensor([[1, 2, 3], [4, 5, 0]] as [[Int64]])])
        ]

    private static let images = layers(
        numbers(4, 9, 8),
        [
            "conv2d": Conv2d(4, 6, kernelSize: 3, padding: 1),
            "strides, dilations, groups": Conv2d(
                4, 6, kernelSize: [3, 2], stride: [2, 1], padding: [0, 2], dilation: [1, 2], groups: 2, bias: false),
            "same padding": Conv2d(4, 3, kernelSize: 4, padding: .same),
            "reflected padding": Conv2d(4, 3, kernelSize: 3, padding: 1, paddingMode: .reflect),
            "convTranspose2d": ConvTranspose2d(
                4, 6, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1, groups: 2),
            "batchNorm": BatchNorm2d(4, epsilon: 1e-3), "plain batchNorm": BatchNorm2d(4, affine: false),
            "groupNorm": GroupNorm(2, 4), "instanceNorm": InstanceNorm2d(4, affine: true),
            "maxPool2d": MaxPool2d(2), "overlapping": MaxPool2d(3, stride: 2, padding: 1),
            "rounded up": MaxPool2d(2, stride: [3, 2], ceilMode: true),
            "avgPool2d": AvgPool2d(3, stride: 2, padding: 1),
            "not counting": AvgPool2d(3, padding: 1, countsPadding: false),
            "whole": AdaptiveAvgPool2d(1), "whole maximum": AdaptiveMaxPool2d(1), "parts": AdaptiveAvgPool2d([3, 4]),
            "nearest": Upsample(scale: [2]), "bilinear": Upsample(scale: [1.5, 2], mode: .linear),
            "corners": Upsample(size: [5, 11], mode: .linear, alignCorners: true),
            "cubic": Upsample(scale: [2], mode: .bicubic), "exact": Upsample(size: [4, 5], mode: .nearestExact),
            "pixelShuffle": PixelShuffle(2), "localResponseNorm": LocalResponseNorm(3),
        ])

    private static let others =
        layers(
            numbers(4, 10),
            [
                "conv1d": Conv1d(4, 6, kernelSize: 3, stride: 2, padding: 1),
                "convTranspose1d": ConvTranspose1d(4, 2, kernelSize: 3, stride: 2),
                "maxPool1d": MaxPool1d(3), "avgPool1d": AvgPool1d(2), "batchNorm1d": BatchNorm1d(4),
                "linear upsampling": Upsample(scale: [2], mode: .linear),
            ])
        + layers(
            numbers(2, 5, 6, 4),
            [
                "conv3d": Conv3d(2, 4, kernelSize: 3, stride: 2, padding: 1),
                "convTranspose3d": ConvTranspose3d(2, 3, kernelSize: 2, stride: 2),
                "maxPool3d": MaxPool3d(2), "avgPool3d": AvgPool3d(2), "batchNorm3d": BatchNorm3d(2),
            ])
        + ["lstm", "gru", "rnn"].map { name in
            Entry(name: name, module: networks.first { $0.name == name }!.make(), inputs: numbers(6, 4))
        }

    static let all = elementwise + shapes + products + images + others

    @Test("every operation is tried that has a rule")
    func complete() {
        var seen: Set<String> = []
        for entry in Self.all {
            entry.module.eval()
            func capture(_ module: some Module<Tensor, Tensor>) -> Graph { captureGraph(of: module, entry.inputs[0]) }
            seen.formUnion(capture(entry.module).operations.map(\.name))
        }
        #expect(Set(exportRules.keys).subtracting(seen) == [])
    }

    private func export(_ entry: Entry, opset: Int, to path: String) throws {
        func export(_ model: some Module<Tensor, Tensor>) throws {
            try exportONNX(
                model, example: entry.inputs[0], to: path, opset: opset, dynamicAxes: ["input": [0: "batch"]])
        }
        try export(entry.module)
    }

    /// Whether a file gives the same numbers as the module.
    private func expectSame(_ found: Tensor, _ expected: Tensor, _ title: String) {
        #expect(found.dtype == expected.dtype && found.shape == expected.shape, "\(title)")
        if !expected.dtype.isFloatingPoint {
            #expect(found == expected, "\(title)")
        } else {
            let isClose = found.allClose(to: expected, relativeTolerance: 1e-5, absoluteTolerance: 1e-5)
            #expect(isClose, "\(title): \(found) and \(expected)")
        }
    }

    @Test("exported and imported again, they give the same", arguments: all)
    func again(entry: Entry) throws {
        try withTemporaryFolder { folder in
            for opset in entry.opsets {
                try export(entry, opset: opset, to: folder + "/x.onnx")
                entry.module.eval()
                let model = try ONNXModel(contentsOf: folder + "/x.onnx")
                for x in entry.inputs {
                    let expected = withoutGradients { entry.module(x) }
                    let found = try model.run(["input": x])["output"]!
                    expectSame(found, expected, "\(entry.name) in opset \(opset) for \(x.shape)")
                }
            }
        }
    }

    @Test(
        "onnxruntime gives the same",
        .enabled(if: Python.has("onnx", "onnxruntime"), "needs onnx and onnxruntime in TERN_PYTHON"))
    func onnxruntime() throws {
        try withTemporaryFolder { folder in
            var names: [String] = []
            for entry in Self.all {
                for opset in entry.opsets {
                    let name = "\(entry.name), opset \(opset)"
                    names.append("\(name) ok")
                    try export(entry, opset: opset, to: "\(folder)/\(name).onnx")
                    entry.module.eval()
                    for (index, x) in entry.inputs.enumerated() {
                        try NPY.write(x, to: "\(folder)/\(name).\(index).input.npy")
                        try NPY.write(
                            withoutGradients { entry.module(x) }, to: "\(folder)/\(name).\(index).output.npy")
                    }
                }
            }
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("check_exports.py")
            let lines = try Python.run(file: script.path, [folder]).split(separator: "\n").map(String.init)
            #expect(lines.sorted() == names.sorted(), "\(lines.filter { !$0.hasSuffix(" ok") })")
        }
    }
}
