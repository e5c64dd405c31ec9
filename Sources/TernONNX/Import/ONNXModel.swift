import Foundation
import TernCore
import TernFormats
import TernNN

/// A model from an ONNX file, as a module: to run, to look into, and to train.
///
/// ```swift
/// let model = try ONNXModel(contentsOf: "resnet18.onnx")
/// model.inputs                                     // names, types and shapes
/// let logits = try model.run(["input": images])["output"]!
/// let optimizer = Adam(model.parameters, learningRate: 1e-4)
/// ```
///
/// Initializers of floating-point types with at least one axis are ``/TernNN/Parameter``s under their names, such as
/// `conv1.weight`; scalars, integers and bools, the running statistics of batch normalizations and the first states of
/// recurrent layers are constants, which are buffers. Everything is computed by Tern's own operations, so that gradients
/// flow wherever these have derivatives.
///
/// As a module, it takes the inputs in the order of ``inputs``, and gives the outputs in that of ``outputs``.
///
/// A model is made in evaluation. After ``/TernNN/Module/train()`` it trains as the model in PyTorch would that it was
/// written from, in whatever mode that was written: batch normalizations normalize by the batch and move their running
/// statistics (`momentum` is the share of the old ones, and the variance is the unbiased one), and dropout drops, unless
/// its input `training_mode` says that it does not. To go on with statistics as they are, train without it. What an
/// exporter has folded or left out is gone: for batch normalizations that train, PyTorch's `torch.onnx.export` needs
/// `optimize=False`, or the older one (`dynamo=False`) `training=TrainingMode.TRAINING`.
///
/// A file need not be trusted: what does not hold is an ``ONNXError``, found before anything runs where it can be. ``run(_:)``
/// throws what only the values show; called as a function, the model stops the program there.
public final class ONNXModel: Module, ModeDependent {
    public typealias Input = [Tensor]
    public typealias Output = [Tensor]

    /// An input or an output.
    public struct Port: Sendable, Hashable {
        /// What the file calls it.
        public let name: String
        /// The type of a tensor's elements; nil for what is no tensor.
        public let dtype: DType?
        /// Its sizes, as far as the file tells: numbers, names of sizes that are not fixed, or `?`; nil if not even the
        /// number of axes is known.
        public let shape: [String]?
    }

    /// What a run needs, in the order of the file.
    public let inputs: [Port]
    /// What a run gives, in the order of the file.
    public let outputs: [Port]
    /// Who wrote the file, for whom: `producer_name` and so on, and the metadata.
    public let metadata: [String: String]
    /// The versions of the operators, by domain; that of the standard is empty.
    public let opsets: [String: Int]
    /// How many nodes have each operator, those in functions and inner graphs too.
    public let operatorCounts: [String: Int]

    public var isTraining = false

    private let graph: CompiledGraph
    private let placeCount: Int
    private let limits: ONNXLimits
    private enum Member {
        case parameter(Parameter)
        case buffer(Buffer)
    }
    private let members: [(name: String, place: Int, member: Member)]
    private let bufferPlaces: Set<Int>

    /// Reads a model.
    ///
    /// - Parameters:
    ///   - path: of the file; values that it keeps in others are looked for beside it.
    ///   - operators: what its nodes may be; own ones can be added to the standard's.
    ///   - limits: how much it may ask for.
    ///   - trains: whether the initializer of a name is a parameter. Asked for those of floating-point types; the default
    ///     is that of the type's description.
    /// - Throws: ``ONNXError`` if the file is not readable or no model, if it has operators or types that are unknown (all
    ///   of them), or if its graph does not hold together.
    public convenience init(
        contentsOf path: String, operators: ONNXOperators = .standard, limits: ONNXLimits = ONNXLimits(),
        trains: ((_ name: String, _ value: Tensor) -> Bool)? = nil
    ) throws(ONNXError) {
        let bytes: [UInt8]
        do throws(FormatError) {
            bytes = try contents(ofFile: path, expected: "a model")
        } catch {
            throw .file(error)
        }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        try self.init(bytes, ONNXFolder(file: path, folder: folder), operators, limits, trains)
    }

    /// Reads a model from memory, which errors call `name`.
    public convenience init(
        bytes: [UInt8], name: String = "model", operators: ONNXOperators = .standard,
        limits: ONNXLimits = ONNXLimits(), trains: ((_ name: String, _ value: Tensor) -> Bool)? = nil
    ) throws(ONNXError) {
        try self.init(bytes, ONNXFolder(file: name, folder: nil), operators, limits, trains)
    }

    private init(
        _ bytes: [UInt8], _ place: ONNXFolder, _ operators: ONNXOperators, _ limits: ONNXLimits,
        _ trains: ((_ name: String, _ value: Tensor) -> Bool)?
    ) throws(ONNXError) {
        let message: ModelMessage
        do throws(FormatError) {
            message = try ModelMessage(bytes: bytes, file: place.file)
        } catch {
            throw .file(error)
        }
        if message.operatorSets.isEmpty {
            throw .file(FormatError(place.file, expected: "an ONNX model", found: "no version of its operators"))
        }
        var compiler = GraphCompiler(message, operators, place, limits)
        let (graph, initializers) = try compiler.compile()
        self.graph = graph
        self.limits = limits
        placeCount = compiler.placeCount
        var fixed: Set<Int> = []
        var counts: [String: Int] = [:]
        func visit(_ graph: CompiledGraph) {
            for step in graph.steps {
                counts[step.definition.type, default: 0] += 1
                switch step.definition.type {
                case "BatchNormalization": fixed.formUnion(step.inputs.dropFirst(3))
                case "RNN", "GRU", "LSTM": fixed.formUnion(step.inputs.dropFirst(5).prefix(2))
                default: break
                }
                step.graphs.forEach(visit)
            }
        }
        visit(graph)
        operatorCounts = counts
        members = initializers.map { initializer in
            let value = initializer.tensor
            let isFixed = value.rank == 0 || fixed.contains(initializer.place)
            let isTrained = value.dtype.isFloatingPoint && (trains?(initializer.name, value) ?? !isFixed)
            return (
                initializer.name, initializer.place,
                isTrained ? .parameter(Parameter(value)) : .buffer(Buffer(value))
            )
        }
        bufferPlaces = Set(members.compactMap { if case .buffer = $0.member { $0.place } else { nil } })
        let names = Set(initializers.map(\.name))
        inputs = message.graph.inputs.filter { !names.contains($0.name) }.map(Port.init)
        outputs = message.graph.outputs.map(Port.init)
        var metadata = Dictionary(message.metadata.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        for (name, text) in [
            ("producer_name", message.producerName), ("producer_version", message.producerVersion),
            ("domain", message.domain), ("documentation", message.documentation), ("graph", message.graph.name),
        ] where !text.isEmpty {
            metadata[name] = text
        }
        self.metadata = metadata
        opsets = Dictionary(message.operatorSets.map { ($0.domain, Int($0.version)) }, uniquingKeysWith: { $1 })
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        for (name, _, member) in members {
            switch member {
            case .parameter(let parameter): visitor.visit(name, parameter)
            case .buffer(let buffer): visitor.visit(name, buffer)
            }
        }
    }

    public var settingsDescription: String {
        let nodes = operatorCounts.values.reduce(0, +)
        return "inputs=\(inputs.map(\.name)), outputs=\(outputs.map(\.name)), nodes=\(nodes)"
    }

    /// The outputs by name.
    ///
    /// - Parameter inputs: by name, all of them.
    /// - Throws: ``ONNXError`` if an input is missing, unknown or of another type or shape than the model says, or if an
    ///   operator cannot be applied to what it got.
    public func run(_ inputs: [String: Tensor]) throws(ONNXError) -> [String: Tensor] {
        let known = Set(self.inputs.map(\.name))
        if let name = inputs.keys.sorted().first(where: { !known.contains($0) }) {
            throw .input(name: name, reason: "the model has no such input: it has \(known.sorted())")
        }
        let values = try run(values: inputs.mapValues(ONNXValue.tensor))
        var result: [String: Tensor] = [:]
        for (name, value) in values {
            guard case .tensor(let tensor) = value else {
                throw .operation(node: name, type: "output", reason: "is \(value.kind), which run(values:) gives")
            }
            result[name] = tensor
        }
        return result
    }

    /// The outputs by name, whatever they are.
    public func run(values inputs: [String: ONNXValue]) throws(ONNXError) -> [String: ONNXValue] {
        let outputs = try compute(inputs)
        return Dictionary(zip(graph.outputNames, outputs), uniquingKeysWith: { first, _ in first })
    }

    private func compute(_ inputs: [String: ONNXValue]) throws(ONNXError) -> [ONNXValue] {
        let run = GraphRun(
            placeCount: placeCount, limits: limits, isTraining: isTraining, bufferPlaces: bufferPlaces)
        for (_, place, member) in members {
            switch member {
            case .parameter(let parameter): run.set(place, .tensor(parameter.value))
            case .buffer(let buffer): run.set(place, .tensor(buffer.value))
            }
        }
        var arguments: [ONNXValue?] = []
        for port in self.inputs {
            guard let value = inputs[port.name] else { throw .input(name: port.name, reason: "is missing") }
            try port.check(value)
            arguments.append(value)
        }
        let outputs = try run.compute(graph, arguments)
        if !run.nextBuffers.isEmpty {
            for case (_, let place, .buffer(let buffer)) in members {
                if let value = run.nextBuffers[place] { buffer.value = value }
            }
        }
        return outputs
    }

    public func forward(_ input: consuming [Tensor]) -> [Tensor] {
        let tensors = copy input
        if tensors.count != inputs.count {
            mistake("ONNXModel", "expects \(inputs.count) inputs, got \(tensors.count)")
        }
        let names = inputs.map(\.name)
        do throws(ONNXError) {
            return try compute(Dictionary(zip(names, tensors.map(ONNXValue.tensor)), uniquingKeysWith: { $1 })).map {
                guard case .tensor(let tensor) = $0 else {
                    mistake("ONNXModel", "has an output that is \($0.kind): use run(values:)")
                }
                return tensor
            }
        } catch {
            mistake("ONNXModel", "\(error)")
        }
    }

    /// The only output for the only input.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        if outputs.count != 1 { mistake("ONNXModel", "has \(outputs.count) outputs: call it with an array") }
        return self([input])[0]
    }
}

extension ONNXModel.Port {
    init(_ value: ValueInfoMessage) {
        name = value.name
        guard case .tensor(let tensor)? = value.type?.kind else {
            (dtype, shape) = (nil, nil)
            return
        }
        dtype = ONNXType.dtype(tensor.type)
        shape = tensor.sizes?.map {
            switch $0 {
            case .known(let size): "\(size)"
            case .named(let name): name
            case .unknown: "?"
            }
        }
    }

    func check(_ value: ONNXValue) throws(ONNXError) {
        guard case .tensor(let tensor) = value, let dtype else { return }
        if tensor.dtype != dtype {
            throw .input(name: name, reason: "expected \(dtype), got \(tensor.dtype)")
        }
        guard let shape else { return }
        let fits =
            shape.count == tensor.rank
            && zip(shape, tensor.shape).allSatisfy { text, size in Int(text).map { $0 == size } ?? true }
        if !fits {
            let sizes = shape.prefix(16).map(excerpt).joined(separator: ", ")
            throw .input(name: name, reason: "expected shape [\(sizes)], got \(tensor.shape)")
        }
    }
}
