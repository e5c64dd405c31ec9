import Foundation
import TernCore

/// The progress of a long training on a terminal: curves of its metrics, throughput, the time left, the learning rate and
/// the last checkpoints, with what is printed above.
///
/// ```swift
/// let view = LiveView(epochs: epochs, stepsPerEpoch: loader.count)
/// for epoch in 0..<epochs {
///     for (images, labels) in loader {
///         ...
///         view.advance(["loss": loss.item()], examples: labels.count, learningRate: optimizer.learningRate)
///     }
///     view.endEpoch(["loss": meanLoss.value], validation: ["loss": validationLoss, "accuracy": validationAccuracy])
///     view.saved(try checkpoints.save(training))
/// }
/// view.finish()
/// ```
///
/// ```
/// loss  ⠒⠒ training 0.0712  o validation 0.0934
/// 0.6 ┤⡆
///     │⢣
/// 0.4 ┤⠘⡄
///     │ ⠱⡀  o
/// 0.2 ┤  ⠈⠢⢄⣀     o
///     │      ⠉⠒⠤⠤⣀⣀⣀⣀⡠⣀⣀o
/// 0.0 ┤
///     └┴─────────┴───────────
///      0       1,000
/// Epoch 3/5 712/938 ━━━━━━━━━━━━━━━━━━━━ 1s 4ms/step - loss: 0.0712
/// 10s left - 15,512 examples/s - learning rate 0.00121 - 13s since the start
/// saved: checkpoint-000002.safetensors at step 1876
/// ```
///
/// Each metric has a chart: a line of training, whose values are means where there are more steps than columns, and an `o`
/// at each of validation. It is drawn at most every 0.2 s, and of it what changed, in the terminal's size at that moment; a
/// small one shows fewer charts, or none. Whatever else is written to the terminal goes through ``print(_:)``, or it is in
/// the way. The cursor is never left hidden, even if the process is stopped.
///
/// Elsewhere (a file, a pipe) it writes what is printed, the checkpoints, and a line for each epoch, as on a terminal too:
/// those stay above the charts.
public final class LiveView {
    private let epochs, stepsPerEpoch: Int?
    private let surroundings: TerminalSurroundings
    private let start: Double
    private var block = TerminalBlock()
    private var lastDrawn: Double?
    private var isFinished = false

    private var epoch: Int
    private var step: Int
    /// Whether the epoch is done and the next one has not begun.
    private var isEpochDone = false
    private let firstStep: Int
    private var totalSteps: Int
    private var charts: [TerminalChart] = []
    private var latest: [(name: String, value: Double)] = []
    private var learningRate: Double?
    private var checkpoints: [String] = []
    private var times: EpochTimes

    private static let redrawInterval = 0.2

    /// - Parameters:
    ///   - epochs: how many there will be; `nil` if it is not known, which shows no time left.
    ///   - stepsPerEpoch: `nil` if it is not known, which shows no bar besides.
    ///   - position: where a training goes on.
    ///   - surroundings: the standard output, unless a test says otherwise.
    public init(
        epochs: Int?, stepsPerEpoch: Int?, startingAt position: TrainingPosition = TrainingPosition(),
        surroundings: TerminalSurroundings = .standard
    ) {
        self.epochs = epochs.flatMap { $0 < 0 ? nil : $0 }
        self.stepsPerEpoch = stepsPerEpoch.flatMap { $0 < 0 ? nil : $0 }
        self.surroundings = surroundings
        // As far as a checkpoint's counts go: they can grow on.
        let counts = 0...1 << 52
        epoch = position.epoch.limited(to: counts)
        step = position.step.limited(to: counts)
        firstStep = position.totalSteps.limited(to: counts)
        totalSteps = firstStep
        start = surroundings.now()
        times = EpochTimes(now: surroundings.now)
    }

    /// Counts a step of training.
    ///
    /// - Parameters:
    ///   - metrics: the values of the step, in the order of their charts.
    ///   - examples: how many it was of.
    ///   - learningRate: the one that is used now.
    public func advance(
        _ metrics: KeyValuePairs<String, Double>, examples: Int = 0, learningRate: Double? = nil
    ) {
        advance(with: metrics.map { ($0.key, $0.value) }, examples: examples, learningRate: learningRate)
    }

    func advance(with metrics: [(name: String, value: Double)], examples: Int, learningRate: Double?) {
        beginNextEpoch()
        step += 1
        totalSteps += 1
        times.lap(examples: examples)
        self.learningRate = learningRate ?? self.learningRate
        latest = metrics.map { ($0.name.printable, $0.value) }
        for (name, value) in latest { charts[chart(name)].training.append(value, at: totalSteps) }
        draw()
    }

    /// Ends an epoch, after its validation.
    ///
    /// - Parameters:
    ///   - metrics: of training, over the epoch; by default the last step's.
    ///   - validation: under the names of training, so that they stand in one chart.
    public func endEpoch(
        _ metrics: KeyValuePairs<String, Double> = [:], validation: KeyValuePairs<String, Double> = [:]
    ) {
        endEpoch(with: metrics.map { ($0.key, $0.value) }, validation: validation.map { ($0.key, $0.value) })
    }

    func endEpoch(with metrics: [(name: String, value: Double)], validation: [(name: String, value: Double)]) {
        beginNextEpoch()
        var values = metrics.map { (name: $0.name.printable, value: $0.value) }
        if values.isEmpty { values = latest }
        for (name, value) in validation {
            charts[chart(name.printable)].validation.append(value, at: totalSteps)
            values.append(("validation " + name.printable, value))
        }
        let lines = epochLines(values)
        times.endEpoch()
        isEpochDone = true
        write(lines)
    }

    private func beginNextEpoch() {
        if isEpochDone { (epoch, step, isEpochDone) = (epoch + 1, 0, false) }
    }

    /// Prints a message, of one line or more.
    public func print(_ message: String) {
        write(message.split(separator: "\n", omittingEmptySubsequences: false).map(\.printable))
    }

    /// Shows a checkpoint that was saved.
    public func saved(_ path: String) {
        let text = "\(URL(fileURLWithPath: path).lastPathComponent.printable) at step \(totalSteps)"
        if surroundings.isTerminal {
            checkpoints = [text] + checkpoints.prefix(2)
            draw()
        } else {
            write(["saved: " + text])
        }
    }

    /// Draws the last state, which stays. Of an epoch that was not ended there is a line too.
    public func finish() {
        if isFinished { return }
        if step > 0 && !isEpochDone { write(epochLines(latest)) } else { draw(isForced: true) }
        isFinished = true
    }

    /// The number of a metric's chart.
    private func chart(_ name: String) -> Int {
        if let index = charts.firstIndex(where: { $0.name == name }) { return index }
        charts.append(TerminalChart(name: name))
        return charts.count - 1
    }

    /// Writes lines that stay.
    private func write(_ lines: [String]) {
        if isFinished || !surroundings.isTerminal {
            surroundings.write(lines.map { $0 + "\n" }.joined())
        } else {
            draw(above: lines, isForced: true)
        }
    }

    private func draw(above: [String] = [], isForced: Bool = false) {
        if isFinished || !surroundings.isTerminal { return }
        let now = surroundings.now()
        if !isForced, let lastDrawn, now >= lastDrawn, now - lastDrawn < Self.redrawInterval { return }
        lastDrawn = now
        // A terminal that is full to its last column may wrap before the line is done; the cursor rests in a row below.
        let columns = max(2, surroundings.columns())
        let lines = layout(now).lines(
            columns: columns - 1, rows: max(2, surroundings.rows()) - 1, isColored: surroundings.isColored)
        if let frame = block.frame(lines, above: above, columns: columns) { surroundings.write(frame) }
    }

    private func layout(_ now: Double) -> LiveViewLayout {
        let left = stepsPerEpoch.map { times.secondsPerStep * Double(max(0, $0 - step)) }
        return LiveViewLayout(
            charts: charts, steps: firstStep...axisEnd,
            progress: progress(time: left.map(ProgressText.duration), latest), details: details(now),
            checkpoints: checkpoints)
    }

    /// The last step of the charts' axis: a round number, so that curves move only now and then, but no later than the
    /// training's own end.
    private var axisEnd: Int {
        let steps = max(1, totalSteps - firstStep)
        var unit = 1
        while unit <= steps / 10 { unit *= 10 }
        let round = [100, 125, 160, 200, 250, 320, 400, 500, 640, 800, 1000].lazy.map { unit * $0 / 100 }
        let end = firstStep + (round.first { $0 >= steps } ?? steps)
        let (planned, isTooMuch) = (epochs ?? 0).multipliedReportingOverflow(by: stepsPerEpoch ?? 0)
        return isTooMuch || planned < totalSteps ? end : min(end, planned)
    }

    /// What stays of an epoch.
    private func epochLines(_ values: [(name: String, value: Double)]) -> [String] {
        let line = progress(time: ProgressText.number(times.secondsOfEpoch, 0) + "s", values)
        if !surroundings.isTerminal { return [line.plain] }
        return line.lines(
            columns: max(2, surroundings.columns()) - 1, isFinished: true, isColored: surroundings.isColored)
    }

    private func progress(time: String?, _ values: [(name: String, value: Double)]) -> ProgressLine {
        ProgressLine(
            count: "Epoch \(epoch + 1)" + (epochs.map { "/\($0) " } ?? " ")
                + ProgressText.count(step, of: stepsPerEpoch),
            share: stepsPerEpoch.map { ProgressText.share(step, of: $0) },
            fields: [time, ProgressText.stepTime(times.secondsPerStep)].compactMap { $0 }.map { .init(value: $0) }
                + values.map { .init(name: $0.name, value: ProgressText.metric($0.value)) })
    }

    private func details(_ now: Double) -> [ProgressLine.Field] {
        var texts: [String] = []
        let epochsLeft = epochs.map { $0 - epoch - (isEpochDone ? 1 : 0) } ?? 0
        if let stepsPerEpoch, epochsLeft > 0 {
            let steps = Double(stepsPerEpoch) * Double(epochsLeft) - (isEpochDone ? 0 : Double(step))
            let left = times.secondsPerStep * steps + times.secondsBetweenEpochs * Double(epochsLeft)
            texts.append(ProgressText.duration(left) + " left")
        }
        if times.examplesPerSecond > 0 {
            texts.append("\(Int(times.examplesPerSecond, in: 0...Int.max)) examples/s")
        }
        if let learningRate { texts.append("learning rate " + String(format: "%.3g", learningRate)) }
        texts.append(ProgressText.duration(now - start) + " since the start")
        return texts.enumerated().map { ProgressLine.Field(value: ($0 == 0 ? "" : "- ") + $1) }
    }
}

extension Int {
    fileprivate func limited(to range: ClosedRange<Int>) -> Int {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
