import Foundation

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
/// The time of a step leaves out the first one, which pays for what happens once.
public struct ProgressBar {
    /// Where the line goes and what the time is: a terminal and the clock, or what a test puts there.
    public struct Surroundings {
        public var isTerminal: Bool
        public var write: (String) -> Void
        /// Seconds from any fixed moment.
        public var now: () -> Double

        public init(isTerminal: Bool, write: @escaping (String) -> Void, now: @escaping () -> Double) {
            self.isTerminal = isTerminal
            self.write = write
            self.now = now
        }

        /// The standard output and the system's clock.
        public static var standard: Surroundings {
            Surroundings(
                isTerminal: isatty(1) == 1,
                write: { text in
                    // Through the same buffer as `print`, so that lines keep their order in a file.
                    print(text, terminator: "")
                    fflush(nil)
                },
                now: { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 })
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
    private var lastDrawn = -Double.infinity
    private var widestLine = 0
    private static let barWidth = 20
    private static let redrawInterval = 0.05

    /// - Parameters:
    ///   - total: the number of steps; `nil` if it is not known, which shows no bar and no time left.
    ///   - first: the steps that were done before, where an epoch goes on in its middle: they are counted, and take no
    ///     time.
    ///   - surroundings: the standard output, unless a test says otherwise.
    public init(total: Int?, startingAt first: Int = 0, surroundings: Surroundings = .standard) {
        self.total = total
        self.first = first
        current = first
        self.surroundings = surroundings
        start = surroundings.now()
    }

    /// Counts a step and shows the metrics, in their order.
    public mutating func advance(_ metrics: @autoclosure () -> KeyValuePairs<String, Double> = [:]) {
        current += 1
        let now = surroundings.now()
        if current == first + 1 { afterFirstStep = now }
        guard surroundings.isTerminal, now - lastDrawn >= Self.redrawInterval else { return }
        lastDrawn = now
        draw(line(metrics(), now, isFinished: false), end: "")
    }

    /// Writes the final line, with the time that all took.
    public mutating func finish(_ metrics: KeyValuePairs<String, Double> = [:]) {
        draw(line(metrics, surroundings.now(), isFinished: true), end: "\n")
    }

    private mutating func draw(_ line: (text: String, width: Int), end: String) {
        guard surroundings.isTerminal else { return surroundings.write(line.text + end) }
        // Blanks over what a longer line left behind.
        let padding = String(repeating: " ", count: max(0, widestLine - line.width))
        widestLine = max(widestLine, line.width)
        surroundings.write("\r" + line.text + padding + end)
    }

    private func line(
        _ metrics: KeyValuePairs<String, Double>, _ now: Double, isFinished: Bool
    ) -> (text: String, width: Int) {
        var plain = ""
        var colored = ""
        func add(_ text: String, _ color: String? = nil) {
            plain += text
            colored += color.map { "\u{1B}[\($0)m\(text)\u{1B}[0m" } ?? text
        }
        if let total {
            let digits = String(total).count
            let count = String(current)
            add(String(repeating: " ", count: max(0, digits - count.count)) + "\(count)/\(total) ")
            let done = total == 0 ? Self.barWidth : min(Self.barWidth, Self.barWidth * current / total)
            add(String(repeating: "━", count: done), "32")
            add(String(repeating: surroundings.isTerminal ? "━" : "─", count: Self.barWidth - done), "37")
        } else {
            add("\(current)/Unknown")
        }
        let step = secondsPerStep(now)
        if isFinished || total == nil {
            add(" \(Self.number(now - start, 0))s")
        } else if let total {
            add(" " + Self.duration(step * Double(total - current)))
        }
        add(" " + Self.stepTime(step))
        for (name, value) in metrics {
            add(" - \(name): " + (abs(value) > 1e-3 ? Self.number(value, 4) : Self.scientific(value)))
        }
        return (surroundings.isTerminal ? colored : plain, plain.count)
    }

    /// The mean time of a step without the first one.
    private func secondsPerStep(_ now: Double) -> Double {
        let steps = current - first
        guard steps > 0 else { return 0 }
        guard steps > 1, let afterFirstStep else { return now - start }
        return (now - afterFirstStep) / Double(steps - 1)
    }

    private static func duration(_ seconds: Double) -> String {
        let s = Int(seconds)
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
