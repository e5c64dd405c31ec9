import Tern

/// How the training is shown: by a line for each epoch, or with `--dashboard` by curves.
struct Display {
    private let options: Options
    private let steps: Int
    private let view: LiveView?
    private var bar: ProgressBar?

    /// - Parameter steps: those of an epoch.
    init(_ options: Options, steps: Int, startingAt position: TrainingPosition) {
        (self.options, self.steps) = (options, steps)
        view = options.dashboard ? LiveView(epochs: options.epochs, stepsPerEpoch: steps, startingAt: position) : nil
    }

    mutating func beginEpoch(_ position: TrainingPosition) {
        if view != nil { return }
        print("Epoch \(position.epoch + 1)/\(options.epochs)")
        bar = ProgressBar(total: steps, startingAt: position.step)
    }

    /// - Parameters:
    ///   - loss: of this step.
    ///   - means: the accuracy and the loss of the epoch so far.
    mutating func advance(loss: Double, means: (accuracy: Double, loss: Double), rate: Double, examples: Int) {
        bar?.advance(["accuracy": means.accuracy, "loss": means.loss])
        view?.advance(["loss": loss, "accuracy": means.accuracy], examples: examples, learningRate: rate)
    }

    mutating func endEpoch(means: (accuracy: Double, loss: Double), testAccuracy: Double) {
        bar?.finish(["accuracy": means.accuracy, "loss": means.loss, "test accuracy": testAccuracy])
        view?.endEpoch(
            ["loss": means.loss, "accuracy": means.accuracy], validation: ["accuracy": testAccuracy])
    }

    func saved(_ path: String) { view?.saved(path) }

    /// Ends what is shown, in the middle of an epoch perhaps.
    mutating func finish(means: (accuracy: Double, loss: Double)? = nil) {
        if let means { bar?.finish(["accuracy": means.accuracy, "loss": means.loss]) }
        view?.finish()
    }
}
