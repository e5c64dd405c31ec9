import Foundation
import TernCore

/// The time of steps, and how many examples a second they make. The first step does not count: it pays for what happens
/// once, such as memory and threads.
///
/// ```swift
/// var watch = Stopwatch()
/// for (images, labels) in loader {
///     ...
///     watch.lap(examples: labels.count)
/// }
/// print("\(Int(watch.examplesPerSecond)) images/s")
/// ```
public struct Stopwatch {
    /// The steps done.
    public private(set) var laps = 0
    /// The seconds of the last step.
    public private(set) var lastLap = 0.0
    /// The seconds of all steps, the first one included.
    public private(set) var seconds = 0.0
    /// The examples of all steps.
    public private(set) var examples = 0

    private let now: () -> Double
    /// When the step under way began; nil while it is stopped.
    private var start: Double?
    /// The part of the step under way that was before it was stopped.
    private var before = 0.0
    private var first = (seconds: 0.0, examples: 0)

    /// Starts.
    ///
    /// - Parameter now: seconds from any fixed moment: the system's clock, unless a test says otherwise.
    public init(now: @escaping () -> Double = { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }) {
        self.now = now
        start = now()
    }

    /// Ends a step and begins the next.
    public mutating func lap(examples count: Int = 0) {
        let end = now()
        lastLap = before + (start.map { end - $0 } ?? 0)
        seconds += lastLap
        examples += count
        laps += 1
        if laps == 1 { first = (lastLap, count) }
        (before, start) = (0, end)
    }

    /// Stops the time, for what is not training: an evaluation, say.
    public mutating func pause() {
        guard let start else { return }
        before += now() - start
        self.start = nil
    }

    /// Goes on after a ``pause()``.
    public mutating func resume() { start = start ?? now() }

    /// The mean time of a step, without the first if there are others.
    public var secondsPerStep: Double {
        laps > 1 ? (seconds - first.seconds) / Double(laps - 1) : seconds
    }

    /// How many examples a second, without the first step if there are others; 0 before the first.
    public var examplesPerSecond: Double {
        let (time, count) = laps > 1 ? (seconds - first.seconds, examples - first.examples) : (seconds, examples)
        return time > 0 ? Double(count) / time : 0
    }
}
