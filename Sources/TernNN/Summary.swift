import TernCore

/// What ``summary(of:inputShape:dtype:)`` found out about a model; printing it shows the table.
public struct ModelSummary: Sendable, CustomStringConvertible {
    /// One call of a layer.
    public struct Row: Sendable, Equatable {
        /// The type with a running number for each type, such as `Conv2d-2`.
        public var name: String
        /// Those of the tensors that the input, and the output, consist of: one each for most layers.
        public var inputShapes: [Shape]
        /// Shapes of the tensors that the output consists of: one for most layers.
        public var outputShapes: [Shape]
        /// Elements of the layer's own parameters and statistics that no row above has counted.
        public var parameters: Int
        /// Floating-point operations of products and convolutions in this call: 2 for each multiplication and addition,
        /// as PyTorch's `FlopCounterMode` counts. Those of a layer below that has a row are counted there.
        public var flops: Int
    }

    /// In the order of the calls.
    public var rows: [Row]
    /// Elements of the parameters that are not frozen.
    public var trainableParameters: Int
    /// Parameters that are frozen.
    public var frozenParameters: Int
    /// Elements of floating-point buffers, such as the running mean and variance of batch normalization.
    public var statistics: Int
    /// Floating-point operations of one forward pass, those outside of the layers with a row included.
    public var flops: Int
    /// Bytes of the input, of all outputs and their gradients, and of parameters and statistics.
    public var inputBytes: Int
    /// Bytes of all outputs and their gradients.
    public var forwardBackwardBytes: Int
    /// Bytes of parameters and statistics.
    public var parameterBytes: Int

    /// Elements of frozen parameters and of statistics.
    public var nonTrainableParameters: Int { frozenParameters + statistics }

    /// Trainable and not trainable, each counted once however often it is shared: Keras's count. PyTorch counts parameters
    /// alone, ``trainableParameters`` + ``frozenParameters``.
    public var totalParameters: Int { trainableParameters + nonTrainableParameters }

    /// Bytes of the input, of outputs and their gradients, and of parameters.
    public var totalBytes: Int { inputBytes + forwardBackwardBytes + parameterBytes }

    public var description: String {
        let cells = rows.map { row in
            [row.name, joined(row.inputShapes), joined(row.outputShapes), grouped(row.parameters), grouped(row.flops)]
        }
        let titles = ["Layer (type)", "Input Shape", "Output Shape", "Param #", "FLOPs"]
        let table = TextTable(titles, cells, names: 3)
        let rule = String(repeating: "-", count: table.width)
        var lines = table.framed
        lines.append("Total parameters: \(grouped(totalParameters))")
        lines.append("Trainable parameters: \(grouped(trainableParameters))")
        let note = statistics > 0 ? " (of which \(grouped(statistics)) running statistics)" : ""
        lines.append("Non-trainable parameters: \(grouped(nonTrainableParameters))\(note)")
        lines.append("Floating-point operations: \(grouped(flops))")
        lines.append(rule)
        lines.append("Input size (MB): \(megabytes(inputBytes))")
        lines.append("Forward/backward size (MB): \(megabytes(forwardBackwardBytes))")
        lines.append("Parameter size (MB): \(megabytes(parameterBytes))")
        lines.append("Estimated total size (MB): \(megabytes(totalBytes))")
        lines.append(rule)
        return lines.joined(separator: "\n")
    }
}

/// Runs a model once on zeros and tells what its layers do, with how many parameters and how much memory.
///
/// ```swift
/// let figures = summary(of: LeNet(), inputShape: [1, 1, 28, 28])
/// print(figures)            // the table
/// figures.totalParameters   // 61706
/// ```
///
/// A layer is a module without modules below, or one with parameters of its own; it has a row for each of its calls.
/// The run is in evaluation mode and unrecorded; it changes nothing, but for layers that take their size from the first
/// input.
///
/// - Parameters:
///   - model: takes one tensor and gives one.
///   - inputShape: with the batch.
///   - dtype: of the zeros.
public func summary(
    of model: some Module<Tensor, Tensor>, inputShape: Shape, dtype: DType = .float32
) -> ModelSummary {
    summary(of: model, Tensor.zeros(inputShape, dtype: dtype))
}

/// The same for a given input, such as one of several tensors: a tuple, array, dictionary or struct of them.
///
/// ```swift
/// summary(of: Bilinear(4, 5, 3), (Tensor.zeros([2, 4]), Tensor.zeros([2, 5])))
/// ```
public func summary<Model: Module>(of model: Model, _ input: Model.Input) -> ModelSummary {
    let trace = CallTrace()
    let modules = model.modules
    let handles = modules.flatMap { trace.follow($0) }
    let modes = modules.compactMap { $0 as? any ModeDependent }.map { ($0, $0.isTraining) }
    model.eval()
    defer {
        for (module, isTraining) in modes { module.isTraining = isTraining }
        for handle in handles { handle.remove() }
    }
    withoutGradients { withFloatingPointOperations(trace.count) { _ = model(input) } }

    let parameters = model.parameters
    let statistics = model.buffers.filter { $0.dtype.isFloatingPoint }
    return ModelSummary(
        rows: trace.rows,
        trainableParameters: elements(parameters.filter(\.requiresGradient).map(\.value)),
        frozenParameters: elements(parameters.filter { !$0.requiresGradient }.map(\.value)),
        statistics: elements(statistics.map(\.value)), flops: trace.flops,
        inputBytes: bytes(tensors(in: input, named: "").map(\.tensor)), forwardBackwardBytes: 2 * trace.outputBytes,
        parameterBytes: bytes(parameters.map(\.value)) + bytes(statistics.map(\.value)))
}

/// Collects the calls of the layers that it follows.
private final class CallTrace {
    var rows: [ModelSummary.Row] = []
    var outputBytes = 0
    private(set) var flops = 0
    /// Those of the calls that are running, the innermost last.
    private var running: [Int] = []
    private var numbers: [ObjectIdentifier: Int] = [:]
    private var lastNumber: [String: Int] = [:]
    private var counted: Set<ObjectIdentifier> = []
    /// What computes parameters of the layers: part of them.
    private var isParametrizing: Set<ObjectIdentifier> = []

    func count(_ operations: Int) {
        flops += operations
        if !running.isEmpty { running[running.count - 1] += operations }
    }

    func follow(_ module: any Module) -> [HookHandle] {
        if isParametrizing.contains(ObjectIdentifier(module)) { return [] }
        let members = ModuleMembers(of: module)
        let lists = members.modules.filter { $0.module is ParametrizationList }
        for list in lists { isParametrizing.formUnion(list.module.modules.map { ObjectIdentifier($0) }) }
        let hasParameters = !members.parameters.isEmpty || !lists.isEmpty
        return members.modules.count == lists.count || hasParameters ? hook(module) : []
    }

    private func hook(_ module: some Module) -> [HookHandle] {
        [
            module.addForwardPreHook { _ in self.running.append(0) },
            module.addForwardHook { [unowned module] input, output in
                self.add(
                    module, tensors(in: input, named: "").map(\.tensor), tensors(in: output, named: "").map(\.tensor))
            },
        ]
    }

    private func add(_ module: any Module, _ inputs: [Tensor], _ outputs: [Tensor]) {
        let name = module.typeName
        let id = ObjectIdentifier(module)
        let number = numbers[id] ?? (lastNumber[name] ?? 0) + 1
        if numbers[id] == nil { lastNumber[name] = number }
        numbers[id] = number
        let own = elementsOnce(ModuleMembers(of: module))
        rows.append(
            ModelSummary.Row(
                name: "\(name)-\(number)", inputShapes: inputs.map(\.shape), outputShapes: outputs.map(\.shape),
                parameters: own, flops: running.popLast() ?? 0))
        outputBytes += bytes(outputs)
    }

    /// Elements of the parameters and statistics that were not counted before, those of parametrizations included.
    private func elementsOnce(_ members: ModuleMembers) -> Int {
        var own = 0
        for (_, parameter) in members.parameters where counted.insert(ObjectIdentifier(parameter)).inserted {
            own += parameter.value.count
        }
        for (_, buffer) in members.buffers
        where buffer.dtype.isFloatingPoint && counted.insert(ObjectIdentifier(buffer)).inserted {
            own += buffer.value.count
        }
        for (_, list) in members.modules where isParametrizing.contains(ObjectIdentifier(list)) {
            own += elementsOnce(ModuleMembers(of: list))
        }
        return own
    }
}

/// `[2, 3], [4, 3]`
private func joined(_ shapes: [Shape]) -> String { shapes.map { "\($0)" }.joined(separator: ", ") }

private func elements(_ tensors: [Tensor]) -> Int { tensors.reduce(0) { $0 + $1.count } }

private func bytes(_ tensors: [Tensor]) -> Int { tensors.reduce(0) { $0 + $1.count * $1.dtype.byteCount } }

/// `61,706`
private func grouped(_ number: Int) -> String {
    let digits = String(number)
    return String(
        digits.enumerated().flatMap { index, digit in
            index > 0 && (digits.count - index) % 3 == 0 ? [",", digit] : [digit]
        })
}

/// With two decimals; 1 MB is 1024 * 1024 bytes.
private func megabytes(_ bytes: Int) -> String {
    let hundredths = Int((Double(bytes) / 1_048_576 * 100).rounded(), in: 0...Int.max)
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
}
