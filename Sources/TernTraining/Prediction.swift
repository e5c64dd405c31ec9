import TernCore
import TernNN

/// What a model gives for batches of inputs, in evaluation mode and without gradients, one below the other. Keras's `predict`.
///
/// ```swift
/// let scores = predict(model, testBatches.map { $0.0 })     // [10000, 10]
/// ```
///
/// Each module below has its own mode back afterwards.
///
/// - Parameters:
///   - model: what is asked; its mode and values stay.
///   - batches: of inputs.
///   - progress: a line that shows how far it is.
/// - Returns: the outputs, joined along their first axis; of no batches [0].
public func predict<Input>(
    _ model: some Module<Input, Tensor>, _ batches: some Sequence<Input>, progress: ProgressBar? = nil
) -> Tensor {
    var progress = progress
    let outputs = model.inEvaluationMode {
        batches.map { input in
            defer { progress?.advance() }
            return model(input)
        }
    }
    progress?.finish()
    return outputs.isEmpty ? Tensor.zeros([0]) : withoutGradients { concatenated(outputs) }
}

/// What a model gives for the rows of `inputs`, in batches.
///
/// ```swift
/// let scores = predict(model, images, batchSize: 256)
/// ```
///
/// - Parameters:
///   - model: what is asked; its mode and values stay.
///   - inputs: [N, ...].
///   - batchSize: how many rows at a time.
///   - showsProgress: whether a line shows how far it is.
public func predict(
    _ model: some Module<Tensor, Tensor>, _ inputs: Tensor, batchSize: Int = 32, showsProgress: Bool = false
) -> Tensor {
    if inputs.rank == 0 { mistake("predict", "expects inputs [N, ...], got a scalar") }
    if batchSize < 1 { mistake("predict", "expects a batchSize of at least 1, got \(batchSize)") }
    // A batch of none tells the shape of the output.
    let batches = inputs.shape[0] == 0 ? [inputs] : inputs.split(size: batchSize)
    return predict(model, batches, progress: showsProgress ? ProgressBar(total: batches.count) : nil)
}
