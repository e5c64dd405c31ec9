import TernCore
import TernNN

/// Makes the running statistics of all batch normalizations of a model anew: the means over `batches`, which go through
/// the model in training mode, without gradients. For a model whose parameters are averages, which no batch has seen.
/// PyTorch's `update_bn`.
///
/// ```swift
/// average.apply()
/// updateBatchNorm(model, loader.lazy.map { $0.0 })
/// ```
///
/// Modes are restored. Without batches the statistics are those of a new layer; a model without running statistics is left
/// alone.
public func updateBatchNorm<Model: Module>(_ model: Model, _ batches: some Sequence<Model.Input>) {
    let modules = model.modules
    let layers = modules.compactMap { $0 as? BatchNorm }.filter { $0.runningMean != nil }
    if layers.isEmpty { return }
    let modes = modules.compactMap { $0 as? any ModeDependent }.map { ($0, $0.isTraining) }
    let shares = layers.map(\.share)
    for layer in layers {
        // One that waits for its first input gets its statistics from that.
        if layer.channels >= 0 {
            layer.runningMean?.fill(0)
            layer.runningVariance?.fill(1)
        }
        layer.batchesTracked?.fill(0)
        layer.share = nil
    }
    model.train()
    withoutGradients { for batch in batches { _ = model(batch) } }
    for (layer, share) in zip(layers, shares) { layer.share = share }
    for (module, isTraining) in modes { module.isTraining = isTraining }
}
