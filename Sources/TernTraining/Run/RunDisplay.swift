/// Shows a training as its ``Verbosity`` says.
struct RunDisplay {
    typealias Values = [(name: String, value: Double)]

    let epochs: Int
    /// The first epoch, the last one and each n-th between have a line.
    let shownEvery: Int
    let verbosity: Verbosity
    let surroundings: TerminalSurroundings
    private var view: LiveView?
    private var bar: ProgressBar?

    init(epochs: Int, shownEvery: Int, verbosity: Verbosity, surroundings: TerminalSurroundings) {
        (self.epochs, self.shownEvery) = (epochs, shownEvery)
        (self.verbosity, self.surroundings) = (verbosity, surroundings)
    }

    /// - Parameter steps: those of the epoch, if it is known.
    mutating func beginEpoch(_ position: TrainingPosition, steps: Int?) {
        switch verbosity {
        case .silent: break
        case .dashboard:
            if view != nil { return }
            view = LiveView(
                epochs: epochs, stepsPerEpoch: steps, startingAt: position, surroundings: surroundings)
        case .bar, .lines:
            let number = position.epoch + 1
            bar = nil
            if number != 1 && number != epochs && number % shownEvery != 0 { return }
            surroundings.write("Epoch \(number)/\(epochs)\n")
            var surroundings = surroundings
            // Then a bar is not redrawn.
            if verbosity == .lines { surroundings.isTerminal = false }
            bar = ProgressBar(total: steps, startingAt: position.step, surroundings: surroundings)
        }
    }

    /// - Parameters:
    ///   - values: of this step.
    ///   - means: of the epoch so far.
    mutating func advance(_ values: Values, means: @autoclosure () -> Values, examples: Int, learningRate: Double?) {
        bar?.advance(with: means)
        view?.advance(with: values, examples: examples, learningRate: learningRate)
    }

    mutating func endEpoch(_ means: Values, validation: Values) {
        bar?.finish(means + validation.map { (HistoryTable.validationPrefix + $0.name, $0.value) })
        bar = nil
        view?.endEpoch(with: means, validation: validation)
    }

    func saved(_ path: String) { view?.saved(path) }

    func print(_ text: String) {
        if let view { view.print(text) } else { surroundings.write(text + "\n") }
    }

    /// Ends what is shown, in the middle of an epoch perhaps.
    mutating func finish(_ means: Values = []) {
        bar?.finish(means)
        bar = nil
        view?.finish()
        view = nil
    }
}
