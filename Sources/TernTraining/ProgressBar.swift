import Foundation
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
    /// Where the line goes and what the time is: a terminal and the clock, or what a test puts there.
    public struct Surroundings {
        /// Whether the line can be redrawn.
        public var isTerminal: Bool
        /// Whether a terminal's bar has colours.
        public var isColored: Bool
        /// How many columns the terminal has; asked again for each line, because windows are resized.
        public var columns: () -> Int
        public var write: (String) -> Void
        /// Seconds from any fixed moment.
        public var now: () -> Double

        public init(
            isTerminal: Bool, isColored: Bool = true, columns: @escaping () -> Int = { 80 },
            write: @escaping (String) -> Void, now: @escaping () -> Double
        ) {
            self.isTerminal = isTerminal
            self.isColored = isColored
            self.columns = columns
            self.write = write
            self.now = now
        }

        /// The standard output and the system's clock. The width is the terminal's, else what `COLUMNS` says, else 80. A
        /// terminal that `TERM` calls dumb, or does not name, is written to like a file; one has no colours where
        /// `NO_COLOR` is set and not empty (<https://no-color.org>).
        public static var standard: Surroundings {
            let environment = ProcessInfo.processInfo.environment
            return Surroundings(
                isTerminal: isatty(1) == 1 && !["", "dumb"].contains(environment["TERM"] ?? ""),
                isColored: (environment["NO_COLOR"] ?? "").isEmpty,
                columns: { terminalColumns ?? 80 },
                write: { text in
                    // Through the same buffer as `print`, so that lines keep their order in a file.
                    print(text, terminator: "")
                    flushStandardOutput()
                },
                now: { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 })
        }

        private static var terminalColumns: Int? {
            var size = winsize()
            if ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
            return ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        }
    }

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
        if current < .max { current += 1 }
        let now = surroundings.now()
        if afterFirstStep == nil { afterFirstStep = now }
        if !surroundings.isTerminal { return }
        if let lastDrawn, now >= lastDrawn, now - lastDrawn < Self.redrawInterval { return }
        lastDrawn = now
        draw(Array(metrics()), now, isFinished: false)
    }

    /// Writes the final line, with the time that all took.
    public mutating func finish(_ metrics: KeyValuePairs<String, Double> = [:]) {
        finish(metrics.map { (name: $0.key, value: $0.value) })
    }

    /// The same with metrics that are named elsewhere, such as `Evaluation.values`.
    public mutating func finish(_ metrics: [(name: String, value: Double)]) {
        draw(metrics.map { (key: $0.name, value: $0.value) }, surroundings.now(), isFinished: true)
    }

    private func draw(_ metrics: [(key: String, value: Double)], _ now: Double, isFinished: Bool) {
        let step = secondsPerStep(now)
        let left = total.map { step * max(0, Double($0) - Double(current)) } ?? 0
        let time =
            isFinished || total == nil ? Self.number(max(0, now - start), 0) + "s" : Self.duration(left)
        let fields =
            [ProgressLine.Field(value: time), ProgressLine.Field(value: Self.stepTime(step))]
            + metrics.map { ProgressLine.Field(name: $0.key.printable, value: Self.metric($0.value)) }
        let count = total.map { total in
            let (current, total) = (String(current), String(total))
            return String(repeating: " ", count: max(0, total.count - current.count)) + "\(current)/\(total)"
        }
        let share = total.map { $0 == 0 ? 1 : min(1, Double(current) / Double($0)) }
        let line = ProgressLine(count: count ?? "\(current)/Unknown", share: share, fields: fields)
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

    private static func metric(_ value: Double) -> String {
        // Numbers of twenty digits are read by nobody.
        abs(value) > 1e-3 && (abs(value) < 1e9 || value.isInfinite) ? number(value, 4) : scientific(value)
    }

    private static func duration(_ seconds: Double) -> String {
        let s = Int(seconds, in: 0...Int.max)
        if s > 3600 { return "\(s / 3600):" + String(format: "%02d:%02d", s % 3600 / 60, s % 60) }
        if s > 60 { return "\(s / 60):" + String(format: "%02d", s % 60) }
        return "\(s)s"
    }

    private static func stepTime(_ seconds: Double) -> String {
        if seconds >= 1 || seconds == 0 { return number(seconds, 0) + "s/step" }
        if seconds >= 1e-3 { return number(seconds * 1e3, 0) + "ms/step" }
        return number(seconds * 1e6, 0) + "us/step"
    }

    private static func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

    private static func scientific(_ value: Double) -> String { String(format: "%.4e", value) }
}
