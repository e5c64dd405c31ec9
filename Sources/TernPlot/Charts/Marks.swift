import TernCore

/// The shape that marks a point.
public enum Marker: Sendable, CaseIterable {
    /// A dot.
    case circle
    /// A square.
    case square
    /// A triangle that points up.
    case triangle
    /// A square on its corner.
    case diamond
    /// Two crossed lines.
    case cross
}

/// What is drawn in a ``Chart``, made by writing a ``Line``, ``Points``, ``Bars`` or a ``Histogram`` into it.
public enum Mark: Sendable {
    /// A line through points.
    case line(Line)
    /// Points.
    case points(Points)
    /// Bars with names.
    case bars(Bars)
    /// Counts of numbers.
    case histogram(Histogram)

    /// The name in the legend.
    public var name: String? {
        switch self {
        case .line(let line): line.name
        case .points(let points): points.name
        case .bars(let bars): bars.name
        case .histogram(let histogram): histogram.name
        }
    }

    var color: Int? {
        switch self {
        case .line(let line): line.color
        case .points(let points): points.color
        case .bars(let bars): bars.color
        case .histogram(let histogram): histogram.color
        }
    }
}

/// A curve through points, in the order in which they are given.
///
/// ```swift
/// Line([1, 2, 3], [0.95, 0.97, 0.98], name: "test", marker: .circle)
/// Line(losses)                                                // against 0, 1, 2 ...
/// let x = Tensor.linspace(-4, 4, count: 200)
/// Line(x, relu(x), name: "ReLU")
/// ```
///
/// A value that is NaN or infinite (or not above 0 on a logarithmic axis) is a gap. Any number of points may be given:
/// where there are more than can be seen, each column of pixels keeps its first, lowest, highest and last.
public struct Line: Sendable {
    /// Horizontal places.
    public let x: [Double]
    /// Vertical places; NaN and infinities leave a gap.
    public let y: [Double]
    /// The name in the legend.
    public var name: String?
    /// The shape on the points; on some of them, evenly spread, where there are many.
    public var marker: Marker?
    /// From 0 (none) to below 1: draws the exponential moving average with this weight of the past, corrected for its
    /// start, and the values themselves faintly behind it.
    public var smoothing: Double
    /// Whether the line is dashed.
    public var isDashed: Bool
    /// The number of a colour, from 1; by default each series of a chart has the next one. From 9 on the eight colours come
    /// again, with dashes.
    public var color: Int?

    /// - Parameters:
    ///   - x: as many as `y`.
    ///   - y: NaN and infinities leave a gap.
    ///   - name: in the legend, if given.
    ///   - marker: drawn at each point; none if absent.
    ///   - smoothing: in 0..<1, the share of the past in a running mean that is drawn over the pale original.
    ///   - isDashed: whether the line is dashed.
    ///   - color: the index of a colour of the palette; the next one unless given.
    public init(
        _ x: some Sequence<some TensorScalar>, _ y: some Sequence<some TensorScalar>, name: String? = nil,
        marker: Marker? = nil, smoothing: Double = 0, isDashed: Bool = false, color: Int? = nil
    ) {
        (self.x, self.y) = pairs(x.map(\.asDouble), y.map(\.asDouble), "Line")
        if !(0..<1).contains(smoothing) { mistake("Line", "smoothing must be in 0..<1, got \(smoothing)") }
        checkColor(color, "Line")
        (self.name, self.marker, self.smoothing, self.isDashed) = (name, marker, smoothing, isDashed)
        self.color = color
    }

    /// Values against 0, 1, 2 ...
    public init(
        _ y: some Sequence<some TensorScalar>, name: String? = nil, marker: Marker? = nil, smoothing: Double = 0,
        isDashed: Bool = false, color: Int? = nil
    ) {
        let y = y.map(\.asDouble)
        self.init(
            0..<y.count, y, name: name, marker: marker, smoothing: smoothing, isDashed: isDashed, color: color)
    }

    /// - Parameters:
    ///   - x: shape [N].
    ///   - y: shape [N].
    ///   - name: in the legend, if given.
    ///   - marker: drawn at each point; none if absent.
    ///   - smoothing: in 0..<1, the share of the past in a running mean that is drawn over the pale original, as
    ///     TensorBoard does.
    ///   - isDashed: whether the line is dashed.
    ///   - color: the index of a colour of the palette; the next one unless given.
    @_disfavoredOverload
    public init(
        _ x: Tensor, _ y: Tensor, name: String? = nil, marker: Marker? = nil, smoothing: Double = 0,
        isDashed: Bool = false, color: Int? = nil
    ) {
        self.init(
            vector(x, "Line"), vector(y, "Line"), name: name, marker: marker, smoothing: smoothing,
            isDashed: isDashed, color: color)
    }
}

/// Points that no line connects: a scatter plot.
///
/// ```swift
/// Points(heights, weights, name: "measured")
/// ```
public struct Points: Sendable {
    /// Horizontal places.
    public let x: [Double]
    /// Vertical places.
    public let y: [Double]
    /// The name in the legend.
    public var name: String?
    /// By default, each series of a chart has the next shape.
    public var marker: Marker?
    /// The number of a colour, from 1; by default each series of a chart has the next one.
    public var color: Int?

    /// - Parameters:
    ///   - x: as many as `y`.
    ///   - y: NaN and infinities are left out.
    ///   - name: in the legend, if given.
    ///   - marker: drawn at each point; another shape for each series if absent.
    ///   - color: the index of a colour of the palette; the next one unless given.
    public init(
        _ x: some Sequence<some TensorScalar>, _ y: some Sequence<some TensorScalar>, name: String? = nil,
        marker: Marker? = nil, color: Int? = nil
    ) {
        (self.x, self.y) = pairs(x.map(\.asDouble), y.map(\.asDouble), "Points")
        checkColor(color, "Points")
        (self.name, self.marker, self.color) = (name, marker, color)
    }

    /// - Parameters:
    ///   - x: shape [N].
    ///   - y: shape [N].
    ///   - name: in the legend, if given.
    ///   - marker: drawn at each point; another shape for each series if absent.
    ///   - color: the index of a colour of the palette; the next one unless given.
    @_disfavoredOverload
    public init(_ x: Tensor, _ y: Tensor, name: String? = nil, marker: Marker? = nil, color: Int? = nil) {
        self.init(vector(x, "Points"), vector(y, "Points"), name: name, marker: marker, color: color)
    }
}

func pairs(_ x: [Double], _ y: [Double], _ operation: String) -> ([Double], [Double]) {
    if x.count != y.count {
        mistake(operation, "expects as many x as y, got \(x.count) and \(y.count)")
    }
    return (x, y)
}

func checkColor(_ color: Int?, _ operation: String) {
    if let color, color < 1 { mistake(operation, "color must be at least 1, got \(color)") }
}

/// The elements of a tensor of rank 1.
func vector(_ tensor: Tensor, _ operation: String) -> [Double] {
    if tensor.rank != 1 { mistake(operation, "expects tensors of shape [N], got \(tensor.shape)") }
    return tensor.detached.array(of: Double.self)
}
