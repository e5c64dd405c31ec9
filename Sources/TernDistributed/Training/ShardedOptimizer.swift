import Foundation
import TernCore
import TernNN
import TernOptimizers

/// An optimizer whose memory the ranks share: each updates some of the parameters and remembers what belongs to these alone; then
/// it sends them to the others. ZeRO's stage 1 (Rajbhandari et al., "ZeRO: memory optimizations toward training trillion parameter
/// models", 2020); PyTorch's `ZeroRedundancyOptimizer`.
///
/// ```swift
/// let sharded = ShardedOptimizer(Adam(model.parameters), among: group)
/// let training = TrainingState(model: model)
/// training.keep(sharded.state(of: model), as: "optimizer")
/// for batch in loader.sharded(by: group) {
///     _ = try parallel.backward(batch) { images, labels in crossEntropy(model(images), labels) }
///     try sharded.step()
///     sharded.zeroGradients()
/// }
/// ```
///
/// The weights are those that the optimizer alone gives, bit for bit; each rank holds about `1 / group.size` of its state, as the
/// sizes of the parameters allow. Each step sends the updated parameters besides the gradients.
public final class ShardedOptimizer<Base: Optimizer> {
    /// What computes: its settings may be changed, and schedules drive it. Its own `step()` is not called.
    public let base: Base
    /// The ranks.
    public let group: Communicator
    /// The rank of each parameter, in the order of the groups.
    private let owners: [Int]

    /// - Parameters:
    ///   - base: of the same parameters and settings on all ranks, before its first step.
    ///   - group: the ranks.
    public init(_ base: Base, among group: Communicator) {
        (self.base, self.group) = (base, group)
        let parameters = base.groups.flatMap(\.parameters)
        var owners = parameters.map { _ in 0 }
        var loads = Array(repeating: 0, count: group.size)
        let sizes = parameters.map { $0.hasValue ? $0.value.count : 0 }
        for index in sizes.indices.sorted(by: { (sizes[$1], $0) < (sizes[$0], $1) }) {
            owners[index] = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) }!
            loads[owners[index]] += max(sizes[index], 1)
        }
        self.owners = owners
    }

    private var parameters: [Parameter] { base.groups.flatMap(\.parameters) }

    /// One update of every parameter that has a gradient, which must be the same on all ranks.
    public func step() throws(CommunicationError) {
        let parameters = parameters
        let gradients = parameters.map(\.gradient)
        for (parameter, owner) in zip(parameters, owners) where owner != group.rank { parameter.gradient = nil }
        base.step()
        for (parameter, gradient) in zip(parameters, gradients) { parameter.gradient = gradient }
        let updated = parameters.indices.filter { gradients[$0] != nil && parameters[$0].requiresGradient }
        try share(updated.map { (parameters[$0], owners[$0]) })
    }

    private func share(_ updated: [(parameter: Parameter, owner: Int)]) throws(CommunicationError) {
        if group.isAlone || updated.isEmpty { return }
        let values = updated.map { parameter, owner in
            let value = Incoming(parameter.shape, parameter.dtype)
            if owner == group.rank { value.copy(parameter.value) }
            return value
        }
        try group.run(
            "ShardedOptimizer.step",
            [
                { transfers in
                    transfers.keep(values)
                    for (value, (_, owner)) in zip(values, updated) {
                        try transfers.broadcast(value.bytes, from: owner)
                    }
                }
            ])
        for (value, (parameter, owner)) in zip(values, updated) where owner != group.rank {
            parameter.update { $0 = value.tensor }
        }
    }

    /// Forgets the gradients.
    public func zeroGradients() { base.zeroGradients() }

    /// The whole state, for checkpoints: that of the optimizer alone, so a training goes on with another number of ranks, or
    /// without sharing. Rank 0 gathers it; all ranks make the checkpoint together.
    ///
    /// - Parameter model: has all parameters of the optimizer.
    public func state(of model: any Module) -> any Stateful { ShardedState(optimizer: self, model: model) }

    fileprivate func forgetOthers() {
        var index = 0
        for place in base.groups.indices {
            for number in base.groups[place].parameters.indices {
                if owners[index] != group.rank { base.groups[place].states[number] = ParameterState() }
                index += 1
            }
        }
    }
}

private struct ShardedState<Base: Optimizer>: Stateful {
    let optimizer: ShardedOptimizer<Base>
    let model: any Module

    var savedState: [String: StateValue] {
        let own = optimizer.base.state(of: model).savedState
        let group = optimizer.group
        return stoppingOnError("ShardedOptimizer.state") { () throws(CommunicationError) in
            if group.rank != 0 {
                var writer = ByteWriter()
                writer.append(own)
                let data = writer.data
                try group.send(
                    Tensor(shape: [data.count], dtype: .uint8) { bytes in bytes.copyBytes(from: data) }, to: 0)
                return own
            }
            var all = own
            for other in 1..<max(group.size, 1) {
                var reader = ByteReader(try group.receive(from: other).withUnsafeBytes { Data($0) })
                all.merge(reader.state()) { own, _ in own }
            }
            return all
        }
    }

    func restoring(from reader: inout StateReader) -> () -> Void {
        let change = optimizer.base.state(of: model).restoring(from: &reader)
        return {
            change()
            optimizer.forgetOthers()
        }
    }
}
