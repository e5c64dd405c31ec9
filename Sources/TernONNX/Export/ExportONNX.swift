import TernCore
import TernFormats
import TernNN

/// Writes a model as an ONNX file: for onnxruntime, a browser or a phone.
///
/// ```swift
/// model.eval()
/// try exportONNX(model, example: Tensor.zeros([1, 1, 28, 28]), to: "lenet.onnx", dynamicAxes: ["input": [0: "batch"]])
/// ```
///
/// The model runs once on the example, in evaluation, and its operations become nodes with the path of the module that
/// they ran in. Parameters and buffers are initializers under their names in the state dictionary; what depends on neither
/// inputs nor parameters is one node `Constant`. Recurrent layers are the nodes `LSTM`, `GRU` and `RNN`, whose gates nodes before
/// them put in ONNX's order; attention is written by its definition. PyTorch's `torch.onnx.export`.
///
/// - Parameters:
///   - model: has the mode of each of its modules back afterwards.
///   - example: as the model's input; its sizes are those of the file, but for the dynamic ones.
///   - path: the file.
///   - opset: of the standard's operators, 17 to 21.
///   - dynamicAxes: for an input (`input`; of several, `input.0` and so on) the axes whose sizes are not fixed, and what they
///     are called. The model runs once more for each, with another size: numbers that change with it are computed in the
///     file. Of inputs that are one tensor, a tuple of up to four, or an array of them.
///   - documentation: of the model, in the file.
///   - largestFile: in bytes. Values that are more stand in `path` with `.data` behind it. No file can hold more than 2 GB.
/// - Throws: ``ONNXError/unexportable(_:)`` with all operations that ONNX has no nodes for, and the modules that they ran
///   in; ``ONNXError/file(_:)`` if the file cannot be written. Nothing is written then.
public func exportONNX<Model: Module>(
    _ model: Model, example: Model.Input, to path: String, opset: Int = 18,
    dynamicAxes: [String: [Int: String]] = [:], documentation: String = "", largestFile: Int = 2_000_000_000
) throws(ONNXError) {
    if !(17...21).contains(opset) { mistake("exportONNX", "expects an opset in 17...21, got \(opset)") }
    let modes = model.modules.compactMap { ($0 as? any ModeDependent).map { ($0, $0.isTraining) } }
    model.eval()
    defer { for (module, mode) in modes { module.isTraining = mode } }
    let base = captureGraph(of: model, example)
    var sizes: [(DynamicSize, String)] = []
    for (name, axes) in dynamicAxes.sorted(by: { $0.key < $1.key }) {
        guard let input = base.inputs.firstIndex(where: { $0.name == name }) else {
            mistake("exportONNX", "has dynamic axes of '\(name)', and the inputs are \(base.inputs.map(\.name))")
        }
        for (axis, label) in axes.sorted(by: { $0.key < $1.key }) {
            let rank = base.inputs[input].tensor.rank
            if !(0..<rank).contains(axis) {
                mistake("exportONNX", "has dynamic axis \(axis) of '\(name)', which has \(rank) axes")
            }
            sizes.append((DynamicSize(input: input, axis: axis), label))
        }
    }
    // Axes of one name have one size.
    var variants: [(size: DynamicSize, value: Int, graph: Graph)] = []
    var labels: [String: DynamicSize] = [:]
    for (size, label) in sizes where labels[label] == nil {
        labels[label] = size
        var tensors = base.inputs.map(\.tensor)
        var value = 0
        for (other, name) in sizes where name == label {
            tensors[other.input] = resized(tensors[other.input], axis: other.axis)
            value = tensors[other.input].shape[other.axis]
        }
        variants.append((size, value, captureGraph(of: model, input(of: Model.self, tensors))))
    }
    let message = try exported(SymbolicGraph(base, variants), opset, sizes, documentation)
    try write(message, to: path, largest: min(largestFile, 2_000_000_000))
}

/// With another size along an axis: one less, or one more of a size that cannot be less.
private func resized(_ x: Tensor, axis: Int) -> Tensor {
    let size = x.shape[axis]
    if size > 2 { return x.sliced(from: 0, to: size - 1, axis: axis).contiguous() }
    if size == 0 { mistake("exportONNX", "expects an example with elements, got shape \(x.shape)") }
    return concatenated([x, x.sliced(from: 0, to: 1, axis: axis)], axis: axis)
}

private func input<Model: Module>(of _: Model.Type, _ tensors: [Tensor]) -> Model.Input {
    if let input = tensors[0] as? Model.Input { return input }
    if let input = tensors as? Model.Input { return input }
    let tuple: Any? =
        switch tensors.count {
        case 2: (tensors[0], tensors[1])
        case 3: (tensors[0], tensors[1], tensors[2])
        case 4: (tensors[0], tensors[1], tensors[2], tensors[3])
        default: nil
        }
    if let input = tuple as? Model.Input { return input }
    mistake(
        "exportONNX",
        "knows dynamic axes of inputs that are a tensor, a tuple of two to four or an array, got \(Model.Input.self)")
}

private func exported(
    _ symbols: SymbolicGraph, _ opset: Int, _ dynamic: [(DynamicSize, String)], _ documentation: String
) throws(ONNXError) -> ModelMessage {
    let context = ExportContext(symbols, opset: opset)
    var missing: [String: [String]] = [:]
    for (index, operation) in symbols.base.operations.enumerated() {
        context.begin(index)
        do {
            guard let rule = exportRules[operation.name] else { throw Refusal("") }
            try rule(context)
        } catch {
            let reason = (error as? Refusal)?.reason ?? "\(error)"
            missing[operation.name + (reason.isEmpty ? "" : ", which \(reason)"), default: []].append(
                operation.modulePath)
            // What reads it is not to blame.
            for output in operation.outputs.indices { context.set("", output: output) }
        }
    }
    if !missing.isEmpty { throw .unexportable(missing) }
    let outputs: [String]
    do { outputs = try context.finish() } catch {
        throw .unexportable([(error as? Refusal)?.reason ?? "\(error)": [""]])
    }

    func info(_ name: String, _ dtype: DType, _ sizes: [TensorTypeMessage.Size]) -> ValueInfoMessage {
        var type = TensorTypeMessage()
        type.type = Int64(ONNXType(dtype).rawValue)
        type.sizes = sizes
        var info = ValueInfoMessage()
        info.name = name
        info.type = TypeMessage(kind: .tensor(type))
        return info
    }
    var message = ModelMessage()
    // The format's version that came with the opset.
    message.irVersion = opset >= 21 ? 10 : opset >= 19 ? 9 : 8
    message.producerName = "Tern"
    message.documentation = documentation
    message.operatorSets = [OperatorSetMessage(domain: "", version: Int64(opset))]
    message.graph.name = symbols.base.name
    message.graph.nodes = context.nodes
    message.graph.initializers = context.initializers
    message.graph.inputs = symbols.base.inputs.enumerated().map { number, input in
        info(
            input.name, input.tensor.dtype,
            input.tensor.shape.enumerated().map { axis, size in
                dynamic.first { $0.0 == DynamicSize(input: number, axis: axis) }.map { .named($0.1) }
                    ?? .known(Int64(size))
            })
    }
    message.graph.outputs = zip(outputs, symbols.base.outputs).map { name, output in
        let sizes = symbols.shape(of: output.value).map {
            $0.map { dimension -> TensorTypeMessage.Size in
                switch dimension {
                case .fixed(let size): .known(Int64(size))
                case .dynamic(let places, 1, 0) where places.count == 1:
                    dynamic.first { $0.0 == places[0] }.map { .named($0.1) } ?? .unknown
                case .dynamic: .unknown
                }
            }
        }
        let kind = symbols.base.kind(of: output.value)
        return info(name, kind.dtype, sizes ?? kind.shape.map { _ in .unknown })
    }
    return message
}

private func write(_ message: ModelMessage, to path: String, largest: Int) throws(ONNXError) {
    var message = message
    let size = message.graph.initializers.reduce(0) { $0 + ($1.raw?.count ?? 0) }
    do throws(FormatError) {
        if size > largest {
            // The values in a file beside the model, each at a multiple of a page.
            let dataPath = path + ".data"
            let name = dataPath.split(separator: "/").last.map(String.init) ?? dataPath
            let file = try OutputFile(dataPath)
            var offset = 0
            for index in message.graph.initializers.indices {
                guard let raw = message.graph.initializers[index].raw, raw.count >= 1024 else { continue }
                let gap = (4096 - offset % 4096) % 4096
                try file.append([UInt8](repeating: 0, count: gap))
                offset += gap
                try file.append(Array(raw))
                message.graph.initializers[index].raw = nil
                message.graph.initializers[index].isExternal = true
                message.graph.initializers[index].external = [
                    EntryMessage(key: "location", value: name), EntryMessage(key: "offset", value: "\(offset)"),
                    EntryMessage(key: "length", value: "\(raw.count)"),
                ]
                offset += raw.count
            }
            try file.commit()
        }
        let file = try OutputFile(path)
        try file.append(message.encoded)
        try file.commit()
    } catch {
        throw .file(error)
    }
}
