import TernCore

/// The progress of an epoch on one line, as Keras shows it: steps, a bar, the time left, the time of a step and metrics.
///
/// ```swift
/// var progress = ProgressBar(total: 938)
/// for ... {
///     progress.advance(["accuracy": accuracy, "loss": loss])
/// }
/// progress.finish(["test accuracy": 0.9826])
/// ```
///
/// ```
/// 938/938 ━━━━━━━━━━━━━━━━━━━━ 2s 2ms/step - accuracy: 0.9760 - loss: 0.0801 - test accuracy: 0.9826
/// ```
///
/// On a terminal the line is redrawn, at most every 0.05 s; elsewhere (a file, a pipe) only the finished line is written.
/// Where a terminal is too narrow, the bar is shorter, and an ellipsis stands for the last metrics; the finished line goes
/// on below. The time of a step leaves out the first one, which pays for what happens once.
public struct ProgressBar {
    /// Where a bar is drawn.
    public typealias Surroundings = TerminalSurroundings

    /// The number of steps, if it is known.
    public let total: Int?
    /// Steps done.
    public private(set) var current = 0

    private let surroundings: Surroundings
    /// The steps that were done before.
    private let first: Int
    private let start: Double
    private var afterFirstStep: Double?
    private var lastDrawn: Double?
    private static let redrawInterval = 0.05

    /// - Parameters:
    ///   - total: the number of steps; `nil` if it is not known, which shows no bar and no time left. A negative number is
    ///     taken for unknown too, and a line says so.
    ///   - first: the steps that were done before, where an epoch goes on in its middle: they are counted, and take no
    ///     time.
    ///   - surroundings: the standard output, unless a test says otherwise.
    public init(total: Int?, startingAt first: Int = 0, surroundings: Surroundings = .standard) {
        self.total = total.flatMap { $0 < 0 ? nil : $0 }
        self.first = max(0, first)
        current = self.first
        self.surroundings = surroundings
        start = surroundings.now()
        if let total, total < 0 {
            surroundings.write("ProgressBar: total must be at least 0, got \(total): taken for unknown\n")
        }
        if first < 0 {
            surroundings.write("ProgressBar: startingAt must be at least 0, got \(first): taken for 0\n")
        }
    }

    /// Counts a step and shows the metrics, in their order.
    public mutating func advance(_ metrics: @autoclosure () -> KeyValuePairs<String, Double> = [:]) {
        advance { metrics().map { ($0.key, $0.value) } }
    }

    mutating func advance(with metrics: () -> [(name: String, value: Double)]) {
        if current < .max { current += 1 }
        let now = surroundings.now()
        if afterFirstStep == nil { afterFirstStep = now }
        if !surroundings.isTerminal { return }
        if let lastDrawn, now >= lastDrawn, now - lastDrawn < Self.redrawInterval { return }
        lastDrawn = now
        draw(metrics(), now, isFinished: false)
    }

    /// Writes the final line, with the time that all took.
    public mutating func finish(_ metrics: KeyValuePairs<String, Double> = [:]) {
        finish(metrics.map { (name: $0.key, value: $0.value) })
    }

    /// The same with metrics that are named elsewhere, such as `Evaluation.values`.
    public mutating func finish(_ metrics: [(name: String, value: Double)]) {
        draw(metrics, surroundings.now(), isFinished: true)
    }

    private func draw(_ metrics: [(name: String, value: Double)], _ now: Double, isFinished: Bool) {
        let step = secondsPerStep(now)
        let left = total.map { step * max(0, Double($0) - Double(current)) } ?? 0
        let time =
            isFinished || total == nil
            ? ProgressText.number(max(0, now - start), 0) + "s" : ProgressText.duration(left)
        let line = ProgressLine(
            count: ProgressText.count(current, of: total), share: total.map { ProgressText.share(current, of: $0) },
            fields: [.init(value: time), .init(value: ProgressText.stepTime(step))]
                + metrics.map { .init(name: $0.name.printable, value: ProgressText.metric($0.value)) })
        if !surroundings.isTerminal {
            surroundings.write(line.plain + "\n")
        } else {
            // A terminal that is full to its last column may wrap before the line is done.
            let lines = line.lines(
                columns: max(2, surroundings.columns()) - 1, isFinished: isFinished, isColored: surroundings.isColored)
            // What a longer line left behind is erased.
            surroundings.write("\r" + lines.joined(separator: "\u{1B}[K\n") + "\u{1B}[K" + (isFinished ? "\n" : ""))
        }
    }

    /// The mean time of a step without the first one.
    private func secondsPerStep(_ now: Double) -> Double {
        let steps = current - first
        guard steps > 0 else { return 0 }
        guard steps > 1, let afterFirstStep else { return max(0, now - start) }
        return max(0, now - afterFirstStep) / Double(steps - 1)
    }
}
