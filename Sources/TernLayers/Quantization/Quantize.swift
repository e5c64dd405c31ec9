import TernCore
import TernNN

/// Makes a model in evaluation compute in bytes: its `Linear` layers and its convolutions, depthwise ones too, become
/// ``QuantizedLinear``, ``QuantizedConv2d`` and so on, a quarter as large, and faster where the processor multiplies bytes. PyTorch's
/// static post-training quantization: `torch.ao.quantization`'s `prepare`, calibration and `convert`.
///
/// ```swift
/// model.eval()
/// let batches = testBatches.map(\.0)    // some hundred inputs of those to come
/// let quantization = try quantize(model, calibrating: batches)
/// quantization.quantized         // ["conv1", "conv2", "fc1", ...]
/// quantization.left              // [("fc3", "it was left out by name")]
/// let scores = withoutGradients { model(images) }                // called as before
/// ```
///
/// Each output of a layer has a scale for its weights, `max(abs(weight)) / 127`. The ranges of activations are those of the
/// layers' inputs for `batches`, chosen by `method`. Batch normalizations are folded into the layers before them first, see
/// ``fold(_:tracing:)``. A `ReLU`, `LeakyReLU`, `ReLU6` or `Hardtanh` that alone reads a layer's output joins the layer's last pass, and an
/// `Identity` stands in its place; the function `relu` joins, too. Where an output goes to quantized layers alone, through nothing but
/// these, maximum pooling and changes of shape, it is bytes (`uint8`) in between; everything else computes in floats.
/// What follows what is seen in the operations that the model runs for the first batch, so modules of your own need nothing for it.
/// Results have the same bits on every processor and for any number of threads.
///
/// Layers change places, see ``/TernNN/Module/replace(_:with:)``: the model's own code that calls `fc1(x)` calls the quantized layer, what
/// a stored property holds stays in memory, and who reads `fc1.weight` is told that it is not the model's. The state dictionary has the
/// weights as `int8` under their names, and the scales beside them; a `Sequential` is saved as a model file. Optimizers know
/// nothing of it: quantize what is trained, and keep what you may train further.
///
/// - Parameters:
///   - model: in evaluation; stops otherwise. Nothing is changed if an error is thrown.
///   - pattern: the paths of the layers that become bytes, of those that can; `"features.**"`, say.
///   - exceptions: the paths of layers that stay as they are: the last one often, for accuracy.
///   - batches: inputs for calibration; read once.
///   - method: how ranges are chosen from what was seen.
/// - Returns: what was quantized, and what was left alone.
/// - Throws: ``QuantizationError`` without batches, for numbers that are not finite, and if no layer can be quantized.
@discardableResult
public func quantize<Model: Module>(
    _ model: Model, layers pattern: NamePattern = "**", except exceptions: [NamePattern] = [],
    calibrating batches: some Sequence<Model.Input>, by method: CalibrationMethod = .leastSquares
) throws(QuantizationError) -> Quantization {
    checkEvaluation(of: model, "quantize")
    if case .percentile(let share) = method, !(0.5...1).contains(share) {
        mistake("quantize", "expects a percentile in 0.5...1, got \(share)")
    }
    var choice = QuantizationChoice(model, pattern, exceptions)
    let calibrations = choice.layers.map { _ in Calibration() }
    let handles = zip(choice.layers, calibrations).map { $0.layer.observeInputs($1) }
    var first: Model.Input?
    withoutGradients {
        for batch in batches {
            if first == nil { first = batch }
            _ = model(batch)
        }
    }
    for handle in handles { handle.remove() }
    guard let first else { throw .noBatches }
    var ranges: [String: QuantizationParameters] = [:]
    for (layer, calibration) in zip(choice.layers, calibrations) {
        if !calibration.isFinite { throw .notFinite(layer: layer.path) }
        if calibration.sawNumbers {
            ranges[layer.path] = calibration.parameters(by: method)
        } else {
            choice.leave(layer.path, "it was not called for any batch")
        }
    }
    if !choice.layers.isEmpty { choice.leaveReadOutside(captureGraph(of: model, first), of: model) }
    if choice.layers.isEmpty { throw .noLayers(pattern: pattern.description, reasons: choice.reasons) }
    let folding = fold(model, tracing: first)
    let flow = QuantizedFlow(captureGraph(of: model, first), of: model, choice.layers, ranges)
    for (path, layer) in choice.layers {
        let step = flow.steps[path] ?? .init()
        model.replace(path, with: layer.quantized(step.activation, input: ranges[path], output: step.output))
        if let joined = step.joined { model.replace(joined, with: Identity()) }
    }
    // What did nothing to floats may do something to bytes: a layer then gives floats after all.
    let converted = QuantizedFlow.convertedBytes(in: captureGraph(of: model, first))
    for (path, layer) in choice.layers where converted.contains(path) {
        model.replace(path, with: layer.quantized(flow.steps[path]?.activation, input: ranges[path]))
    }
    return Quantization(quantized: choice.layers.map(\.path), left: choice.left, folding: folding)
}

/// Keeps the weights of a model's `Linear` layers as bytes, and makes bytes of each input by its own range, which no calibration
/// has to tell. PyTorch's `quantize_dynamic`.
///
/// ```swift
/// let quantization = try quantizeDynamically(model)   // no batches
/// ```
///
/// Otherwise as ``quantize(_:layers:except:calibrating:by:)``; batch normalizations and ReLUs stay by themselves.
///
/// - Parameters:
///   - model: in evaluation; stops otherwise. Nothing is changed if an error is thrown.
///   - pattern: the paths of the layers that become bytes.
///   - exceptions: the paths of layers that stay as they are.
/// - Returns: what was quantized, and what was left alone.
/// - Throws: ``QuantizationError`` if no layer can be quantized.
@discardableResult
public func quantizeDynamically(
    _ model: some Module, layers pattern: NamePattern = "**", except exceptions: [NamePattern] = []
) throws(QuantizationError) -> Quantization {
    checkEvaluation(of: model, "quantizeDynamically")
    let choice = QuantizationChoice(model, pattern, exceptions) { $0 is Linear }
    if choice.layers.isEmpty { throw .noLayers(pattern: pattern.description, reasons: choice.reasons) }
    for (path, layer) in choice.layers { model.replace(path, with: layer.quantized(input: nil)) }
    return Quantization(quantized: choice.layers.map(\.path), left: choice.left, folding: Folding())
}

/// What ``quantize(_:layers:except:calibrating:by:)`` did to a model.
public struct Quantization {
    /// The paths of the layers that compute in bytes, in the order of the model.
    public let quantized: [String]
    /// The paths of those that could not, or that were left out, with the reasons.
    public let left: [(layer: String, reason: String)]
    /// What became of the batch normalizations.
    public let folding: Folding
}

/// Why a model could not be quantized; nothing was changed.
public enum QuantizationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There was no batch to calibrate with.
    case noBatches
    /// The layer at this path got an input that is not finite.
    case notFinite(layer: String)
    /// No layer has a path like the pattern and can be quantized; the reasons, a layer each.
    case noLayers(pattern: String, reasons: [String])

    public var description: String {
        switch self {
        case .noBatches: "expected at least one batch to calibrate with, got none"
        case .notFinite(let layer): "'\(layer)' got an input that is not finite: its range cannot be shared out"
        case .noLayers(let pattern, let reasons):
            (["no Linear or convolution with a path like '\(pattern)' can be quantized"] + reasons)
                .joined(separator: "\n  ")
        }
    }
}
