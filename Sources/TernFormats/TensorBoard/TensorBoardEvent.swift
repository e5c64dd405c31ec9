/// What a record of a TensorBoard event file says: that something was logged at a step.
///
/// Source: `event.proto` and `summary.proto` in <https://github.com/tensorflow/tensorboard>.
public struct TensorBoardEvent: Equatable, Sendable {
    /// What a record says.
    public enum Content: Equatable, Sendable {
        /// The first event of a file: `brain.Event:2`.
        case fileVersion(String)
        /// Values that were logged at the step.
        case summary([SummaryValue])
        /// A run goes on at the event's step: what it logged before at this step or later, in this file or in earlier
        /// ones, does not count.
        case sessionStart
        /// What TensorBoard knows beside this, such as graphs.
        case other
    }

    /// Seconds since 1970.
    public var time: Double
    /// The step that it was logged at.
    public var step: Int
    /// What was logged.
    public var content: Content

    /// - Parameters:
    ///   - time: seconds since 1970.
    ///   - step: the step that it was logged at.
    ///   - content: what was logged.
    public init(time: Double, step: Int, _ content: Content) {
        self.time = time
        self.step = step
        self.content = content
    }
}

/// A value that was logged under a name.
public struct SummaryValue: Equatable, Sendable {
    /// The kinds of values that TensorBoard shows.
    public enum Content: Equatable, Sendable {
        /// A number.
        case scalar(Float)
        /// A picture.
        case image(SummaryImage)
        /// A histogram.
        indirect case histogram(SummaryHistogram)
        /// Markdown, as TensorBoard shows it.
        case text([String])
    }

    /// The name that TensorBoard shows it under; what stands before a `/` is its group.
    public var tag: String
    /// The value.
    public var content: Content

    /// - Parameters:
    ///   - tag: the name that TensorBoard shows it under.
    ///   - content: the value.
    public init(_ tag: String, _ content: Content) {
        self.tag = tag
        self.content = content
    }
}

/// A picture as the bytes of a PNG file.
public struct SummaryImage: Equatable, Sendable {
    /// In pixels.
    public var width: Int32
    /// In pixels.
    public var height: Int32
    /// 1 (grey), 2 (grey and alpha), 3 (RGB) or 4 (RGBA).
    public var channels: Int32
    /// The bytes of the PNG file.
    public var encoded: [UInt8]

    /// - Parameters:
    ///   - width: in pixels.
    ///   - height: in pixels.
    ///   - channels: 1 (grey), 2 (grey and alpha), 3 (RGB) or 4 (RGBA).
    ///   - encoded: the bytes of the PNG file.
    public init(width: Int, height: Int, channels: Int, encoded: [UInt8]) {
        self.width = Int32(clamping: width)
        self.height = Int32(clamping: height)
        self.channels = Int32(clamping: channels)
        self.encoded = encoded
    }
}
