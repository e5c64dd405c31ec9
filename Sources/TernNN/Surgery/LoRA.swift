import TernCore

/// Trains a small addition to the weights of chosen layers and leaves the model itself alone: `W + alpha / rank * B A`, with `W`
/// [out, in], `A` [rank, in] and `B` [out, rank]. Hu et al., "LoRA: low-rank adaptation of large language models", 2021.
///
/// ```swift
/// let lora = LoRA(model, layers: "fc*", rank: 4)
/// let optimizer = Adam(lora.parameters, learningRate: 1e-3)
/// ...
/// let adapter = lora.stateDictionary()    // "fc1.lora_A.weight", "fc1.lora_B.weight"
/// lora.merge()                            // now the weights hold the sum, at no cost
/// ```
///
/// The addition is a parametrization of `weight`, so any layer that has one of two axes or more can have it: `Linear`,
/// `Embedding`, convolutions, whose other axes count as `in` together, and those of others. `A` starts uniform between
/// -1 / sqrt(in) and 1 / sqrt(in), and `B` at 0: the model computes at first what it computed before. All its parameters are
/// frozen. The names are those of PEFT's files, without their prefix:
/// `file.tensors().renamed("base_model.model.**", to: "**")`.
///
/// Each step computes the sum and the gradient of the whole weight, which costs little beside the layer on a batch. There is
/// no dropout before `A`.
public final class LoRA {
    /// The parameters that are trained: `A` and `B` of each layer.
    public var parameters: [Parameter] { adapters.flatMap { [$0.addition.a, $0.addition.b] } }
    /// The paths of the layers.
    public var layers: [String] { adapters.map(\.path) }
    /// Whether the weights hold the sum.
    public private(set) var isMerged = false

    private struct Adapter {
        let path: String
        let weight: Parameter
        let addition: LowRankAddition
        var list: ParametrizationList
        /// What `merge()` has set.
        var merged: Tensor?
    }
    private var adapters: [Adapter] = []
    /// Those that were trainable before.
    private let frozen: [Parameter]

    /// - Parameters:
    ///   - model: its parameters are frozen, and the layers compute with the adapted weights from now on.
    ///   - pattern: which of the modules that have a `weight` of two axes or more.
    ///   - rank: the number of rows of `A`.
    ///   - alpha: the addition's factor times `rank`; `rank` if absent.
    public init(_ model: some Module, layers pattern: NamePattern = "**", rank: Int = 8, alpha: Double? = nil) {
        if rank < 1 { mistake("LoRA", "rank must be positive, got \(rank)") }
        var chosen: [(path: String, weight: Parameter)] = []
        model.walk(unique: true) { path, _, members in
            let path = String(path.dropLast())
            guard pattern.matches(path), !members.modules.contains(where: { $0.name == "parametrizations.weight" })
            else { return }
            let weight = members.parameters.first { $0.name == "weight" }?.parameter
            if let weight, weight.shape.count > 1 { chosen.append((path, weight)) }
        }
        if chosen.isEmpty {
            mistake(
                "LoRA",
                "no layer of \(model.typeName) with a path like '\(pattern.description)' has a weight of two axes or more"
            )
        }
        frozen = model.parameters.filter(\.requiresGradient)
        model.freeze()
        for (path, weight) in chosen where !adapters.contains(where: { $0.weight === weight }) {
            let addition = LowRankAddition(weight.shape, weight.dtype, rank, (alpha ?? Double(rank)) / Double(rank))
            let list = ParametrizationList(weight, .single(addition))
            list.install(in: weight)
            adapters.append(Adapter(path: path, weight: weight, addition: addition, list: list))
        }
    }

    /// Puts the sums into the weights: the model computes the same as without LoRA's cost, and its state dictionary is that
    /// of a plain model. Its layers' additions cannot be trained until ``unmerge()``.
    public func merge() {
        if isMerged { mistake("merge", "the weights are merged already") }
        isMerged = true
        for index in adapters.indices {
            let adapter = adapters[index]
            adapter.list.remove(from: adapter.weight, keepsValue: true)
            adapter.weight.requiresGradient = false
            adapters[index].merged = adapter.weight.value
        }
    }

    /// Takes the additions out of the weights again, which have the same bits as before.
    public func unmerge() {
        if !isMerged { mistake("unmerge", "the weights are not merged") }
        for adapter in adapters where !adapter.weight.value.sharesMemory(with: adapter.merged!) {
            mistake("unmerge", "\(adapter.path).weight has changed since it was merged")
        }
        isMerged = false
        for index in adapters.indices {
            adapters[index].merged = nil
            adapters[index].list.install(in: adapters[index].weight)
        }
    }

    /// Takes everything out of the model, which is as it was before; trainable parameters are trainable again. After
    /// ``merge()`` the weights keep the sums.
    public func remove() {
        if !isMerged { for adapter in adapters { adapter.list.remove(from: adapter.weight, keepsValue: false) } }
        for parameter in frozen { parameter.requiresGradient = true }
        adapters = []
        isMerged = false
    }

    /// The values of `A` and `B` alone: `path.lora_A.weight` and `path.lora_B.weight`.
    public func stateDictionary() -> [String: Tensor] {
        var state: [String: Tensor] = [:]
        for (name, parameter) in named { state[name] = parameter.value.detached }
        return state
    }

    /// Sets all `A` and `B` to the values of `state`. Everything is checked before anything is changed.
    ///
    /// - Throws: ``/TernCore/StateDictionaryError`` with all that does not fit.
    public func loadStateDictionary(_ state: [String: Tensor]) throws(StateDictionaryError) {
        if isMerged { mistake("LoRA.loadStateDictionary", "the weights are merged: unmerge them first") }
        var reader = StateReader(state.mapValues(StateValue.tensor))
        let values = named.map { ($0.parameter, reader.tensor($0.name, shape: $0.parameter.shape)) }
        let error = reader.error("LoRA")
        if !error.isEmpty { throw error }
        for (parameter, value) in values { parameter.value = value.detached.converted(to: parameter.dtype) }
    }

    private var named: [(name: String, parameter: Parameter)] {
        adapters.flatMap { adapter in
            let prefix = adapter.path.isEmpty ? "" : adapter.path + "."
            return [(prefix + "lora_A.weight", adapter.addition.a), (prefix + "lora_B.weight", adapter.addition.b)]
        }
    }
}

/// `W + scale * B A`.
private final class LowRankAddition: Module {
    let a: Parameter
    let b: Parameter
    private let rank: Int
    private let scale: Double

    init(_ shape: Shape, _ dtype: DType, _ rank: Int, _ scale: Double) {
        (self.rank, self.scale) = (rank, scale)
        a = Parameter(pending: [rank, -1], name: "LoRA.lora_A")
        b = Parameter(pending: [-1, rank], name: "LoRA.lora_B")
        a.convert(to: dtype)
        b.convert(to: dtype)
        if !shape.contains(-1) { materialize(shape) }
    }

    func forward(_ weight: Tensor) -> Tensor {
        if !a.hasValue { materialize(weight.shape) }
        return weight + matmul(b.value, a.value).reshaped(weight.shape) * scale
    }

    private func materialize(_ shape: Shape) {
        a.initialize(.layerDefault, shape: [rank, shape.dropFirst().reduce(1, *)])
        b.initialize(.zeros, shape: [shape[0], rank])
    }

    func visitMembers(_ visitor: inout some ModuleVisitor) {
        visitor.visit("lora_A", a)
        visitor.visit("lora_B", b)
    }

    var settingsDescription: String { "rank=\(rank), scale=\(scale)" }
}
