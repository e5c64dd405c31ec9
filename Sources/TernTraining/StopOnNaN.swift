/// A metric that is no longer a finite number: training that goes on from there is lost.
///
/// ```swift
/// try StopOnNaN.check(["loss": loss.item()], step: step)      // loss is nan at step 120
/// ```
public struct StopOnNaN: Error, Equatable, Sendable, CustomStringConvertible {
    /// Its name.
    public var metric: String
    /// NaN or an infinity.
    public var value: Double
    /// The step that it was found at.
    public var step: Int

    /// - Parameters:
    ///   - metric: its name.
    ///   - value: NaN or an infinity.
    ///   - step: the step that it was found at.
    public init(metric: String, value: Double, step: Int) {
        self.metric = metric
        self.value = value
        self.step = step
    }

    /// Throws for the first metric that is NaN or infinite. Keras's `TerminateOnNaN`.
    public static func check(_ metrics: KeyValuePairs<String, Double>, step: Int) throws(StopOnNaN) {
        for (metric, value) in metrics where !value.isFinite {
            throw StopOnNaN(metric: metric, value: value, step: step)
        }
    }

    public static func == (lhs: StopOnNaN, rhs: StopOnNaN) -> Bool {
        lhs.metric == rhs.metric && lhs.step == rhs.step && lhs.value.bitPattern == rhs.value.bitPattern
    }

    public var description: String { "\(metric) is \(value) at step \(step)" }
}
