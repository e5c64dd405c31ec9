/// What a record of a TensorBoard event file says: that something was logged at a step.
///
/// Source: `event.proto` and `summary.proto` in <https://github.com/tensorflow/tensorboard>.
public struct TensorBoardEvent: Equatable, Sendable {
    public enum Content: Equatable, Sendable {
        /// The first event of a file: `brain.Event:2`.
        case fileVersion(String)
        case summary([SummaryValue])
        /// A run goes on at the event's step: what it logged before at this step or later, in this file or in earlier
        /// ones, does not count.
        case sessionStart
        /// What TensorBoard knows beside this, such as graphs.
        case other
    }

    /// Seconds since 1970.
    public var time: Double
    public var step: Int
    public var content: Content

    public init(time: Double, step: Int, _ content: Content) {
        self.time = time
        self.step = step
        self.content = content
    }
}

/// A value that was logged under a name.
public struct SummaryValue: Equatable, Sendable {
    public enum Content: Equatable, Sendable {
        case scalar(Float)
        case image(SummaryImage)
        indirect case histogram(SummaryHistogram)
        /// Markdown, as TensorBoard shows it.
        case text([String])
    }

    public var tag: String
    public var content: Content

    public init(_ tag: String, _ content: Content) {
        self.tag = tag
        self.content = content
    }
}

/// A picture as the bytes of a PNG file.
public struct SummaryImage: Equatable, Sendable {
    public var width: Int32
    public var height: Int32
    /// 1 (grey), 2 (grey and alpha), 3 (RGB) or 4 (RGBA).
    public var channels: Int32
    public var encoded: [UInt8]

    public init(width: Int, height: Int, channels: Int, encoded: [UInt8]) {
        self.width = Int32(clamping: width)
        self.height = Int32(clamping: height)
        self.channels = Int32(clamping: channels)
        self.encoded = encoded
    }
}
