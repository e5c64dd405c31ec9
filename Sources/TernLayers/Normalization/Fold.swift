import TernCore
import TernNN

/// Moves batch normalizations of a model in evaluation into the weights and biases of the layers before them: the model
/// computes the same, up to rounding, with fewer passes over memory. PyTorch's `fuse_modules` and
/// `torch.fx.experimental.optimization.fuse`.
///
/// With `s = weight / sqrt(runningVariance + epsilon)` of each channel, the layer before gets the weights `W * s` and the bias
/// `(b - runningMean) * s + bias`, and the batch normalization has no parameters and gives what it gets from then on.
///
/// ```swift
/// model.eval()
/// let folding = fold(model, tracing: Tensor.zeros([1, 3, 32, 32]))
/// folding.folded        // [("0", "1"), ("3", "4"), ...]: the layer and the batch normalization that it took in
/// folding.left          // [("7", "its input is not the output of one convolution or linear layer")]
/// ```
///
/// Layers that take one in are `Linear`, convolutions, depthwise and transposed ones. Which belong together is seen in the
/// operations that the model runs for `input`, as ``/TernNN/captureGraph(of:_:)`` shows them, so modules of your own need
/// nothing for it. A batch normalization is left alone if the output before it is read by something else too, if one of the two
/// runs more than once or belongs to a parametrization or other layers as well, and if it normalizes with statistics of the
/// batch. The model itself changes, as its layers cannot be copied: fold what you have saved, or load what is to be folded.
/// Its state dictionary has a `bias` for each layer that took one in and nothing of what was folded; optimizers do not know the
/// new biases. A `Sequential` of foldable layers can be saved; of a model whose blueprint makes its batch normalizations anew,
/// saving throws.
///
/// - Parameters:
///   - model: in evaluation; stops otherwise.
///   - input: one that the model takes; its values do not matter, its shape only where the model's way depends on it.
/// - Returns: what was folded, and what was left alone.
@discardableResult
public func fold<Model: Module>(_ model: Model, tracing input: Model.Input) -> Folding {
    checkEvaluation(of: model, "fold")
    let graph = captureGraph(of: model, input)
    return Folding(model, graph)
}

/// Stops if a module is in training.
func checkEvaluation(of model: some Module, _ operation: String) {
    for (path, module) in model.namedModules {
        if (module as? any ModeDependent)?.isTraining == true {
            mistake(operation, "expects a model in evaluation, but '\(path)' is in training: call eval() first")
        }
    }
}

extension Graph.Operation {
    /// The path of the module that it ran in, below the model.
    var pathBelowModel: String {
        modulePath.split(separator: ".", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
    }
}

/// What ``fold(_:tracing:)`` did to a model.
public struct Folding {
    /// The paths of layers and of the batch normalizations that they took in, in the order in which they run.
    public private(set) var folded: [(layer: String, batchNorm: String)] = []
    /// The paths of batch normalizations that the model ran and that stay, with the reasons.
    public private(set) var left: [(batchNorm: String, reason: String)] = []

    /// Nothing.
    init() {}

    fileprivate init(_ model: some Module, _ graph: Graph) {
        let modules = Dictionary(uniqueKeysWithValues: model.namedModules.map { ($0.name, $0.module) })
        let uses = Uses(graph, of: model)
        for (index, operation) in graph.operations.enumerated() where operation.name == "batchNorm" {
            let path = operation.pathBelowModel
            guard let norm = modules[path] as? BatchNorm else { continue }
            switch Folding.layer(before: index, norm, graph, modules, uses) {
            case .success(let (layerPath, layer)):
                layer.takeIn(norm)
                folded.append((layerPath, path))
            case .failure(let obstacle):
                if !left.contains(where: { $0.batchNorm == path }) { left.append((path, obstacle.reason)) }
            }
        }
    }

    private static func layer(
        before index: Int, _ norm: BatchNorm, _ graph: Graph, _ modules: [String: any Module], _ uses: Uses
    ) -> Result<(path: String, layer: any NormalizationFolding), Obstacle> {
        let operation = graph.operations[index]
        guard case .output(let former, _) = operation.inputs[0],
            let layer = modules[graph.operations[former].pathBelowModel] as? any NormalizationFolding,
            layer.operations.contains(graph.operations[former].name)
        else { return .failure("its input is not the output of one convolution or linear layer") }
        if operation.attributes["training"] != .bool(false) || norm.runningMean == nil {
            return .failure("it normalizes with statistics of the batch")
        }
        if uses.ofValues[operation.inputs[0]] != 1 {
            return .failure("the output before it is read by something else too")
        }
        let layerPath = graph.operations[former].pathBelowModel
        let parts: [(any Module, String, [String])] = [
            (layer, layerPath, layer.operations), (norm, operation.pathBelowModel, [operation.name]),
        ]
        for (module, modulePath, names) in parts {
            if !module.namedChildren.isEmpty { return .failure("'\(modulePath)' has parametrizations") }
            let isRepeated = graph.operations.count { $0.pathBelowModel == modulePath && names.contains($0.name) } != 1
            if isRepeated || uses.isShared(module) {
                return .failure("'\(modulePath)' runs more than once or shares its parameters")
            }
        }
        return .success((layerPath, layer))
    }

    private struct Obstacle: Error, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        let reason: String
        init(stringLiteral reason: String) { self.reason = reason }
    }

    /// How often the values of a graph are read, and which modules have and which operations read each parameter and buffer.
    private struct Uses {
        private(set) var ofValues: [Graph.Value: Int] = [:]
        private var owners: [ObjectIdentifier: Int] = [:]
        private var values: [ObjectIdentifier: Graph.Value] = [:]

        init(_ graph: Graph, of model: some Module) {
            for value in graph.operations.flatMap(\.inputs) + graph.outputs.map(\.value) {
                ofValues[value, default: 0] += 1
            }
            for (_, module) in model.namedModules {
                var members = OwnMembers()
                module.visitMembers(&members)
                for member in members.ids { owners[member, default: 0] += 1 }
            }
            let parameters = Dictionary(uniqueKeysWithValues: model.namedParameters.map { ($0.name, $0.parameter) })
            for (index, parameter) in graph.parameters.enumerated() {
                if let object = parameters[parameter.name] { values[ObjectIdentifier(object)] = .parameter(index) }
            }
        }

        /// Whether another module has a parameter or buffer of this one, or more than one operation reads it.
        func isShared(_ module: any Module) -> Bool {
            let (parameters, buffers) = (module.parameters, module.buffers)
            let members = parameters.map { $0 as AnyObject } + buffers.map { $0 as AnyObject }
            return members.contains { member in
                let id = ObjectIdentifier(member)
                return owners[id] != 1 || values[id].map { ofValues[$0] != 1 } ?? false
            }
        }
    }
}

/// The parameters and buffers of a module, without those of its children.
private struct OwnMembers: ModuleVisitor {
    private(set) var ids: [ObjectIdentifier] = []

    mutating func visit(_ name: String, _ parameter: Parameter) { ids.append(ObjectIdentifier(parameter)) }
    mutating func visit(_ name: String, _ buffer: Buffer) { ids.append(ObjectIdentifier(buffer)) }
    mutating func visit(_ name: String, _ module: any Module) {}
}

/// A layer whose output's channels are scaled and shifted by its weight and bias.
protocol NormalizationFolding: Module<Tensor, Tensor> {
    /// What the layer computes by.
    var operations: [String] { get }
    var weight: Parameter { get }
    var bias: Parameter? { get set }
    /// Factors of the output's channels, [C], as they are broadcast against the weight.
    func weightFactors(_ factors: Tensor) -> Tensor
}

extension NormalizationFolding {
    fileprivate func takeIn(_ norm: BatchNorm) {
        let type = weight.dtype
        withoutGradients {
            let (factors, addends) = norm.affineMap()
            let old = bias?.value.converted(to: .float64) ?? Tensor.zeros(factors.shape, dtype: .float64)
            weight.value = (weight.value.converted(to: .float64) * weightFactors(factors)).converted(to: type)
            let new = (old * factors + addends).converted(to: type)
            if let bias {
                bias.value = new
            } else {
                bias = Parameter(new, requiresGradient: weight.requiresGradient)
            }
        }
        norm.setFolded()
    }
}

extension BatchNorm {
    /// What it does to each channel in evaluation, in `float64`: factors and addends, [C].
    fileprivate func affineMap() -> (factors: Tensor, addends: Tensor) {
        func wide(_ tensor: Tensor) -> Tensor { tensor.converted(to: .float64) }
        let inverse = rsqrt(wide(runningVariance!.value) + epsilon)
        let factors = weight.map { wide($0.value) * inverse } ?? inverse
        let shift = -wide(runningMean!.value) * factors
        return (factors, bias.map { wide($0.value) + shift } ?? shift)
    }
}

extension Linear: NormalizationFolding {
    var operations: [String] { ["linear"] }

    func weightFactors(_ factors: Tensor) -> Tensor { factors.reshaped([-1, 1]) }
}

extension ConvolutionLayer: NormalizationFolding {
    var operations: [String] { (1...3).flatMap { ["conv\($0)d", "convTranspose\($0)d"] } }

    func weightFactors(_ factors: Tensor) -> Tensor {
        let ones = Array(repeating: 1, count: dimensions)
        guard self is TransposedConvolution<dimensions> else { return factors.reshaped(Shape([-1, 1] + ones)) }
        // The weight is [C, O / groups, K...]: each group of inputs has outputs of its own.
        let (inputs, outputs) = (weight.shape[0] / groups, weight.shape[1])
        return factors.reshaped([groups, 1, outputs]).expanded(to: [groups, inputs, outputs])
            .reshaped(Shape([groups * inputs, outputs] + ones))
    }
}
