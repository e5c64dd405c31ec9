import TernCore

/// The sizes of one image [C, H, W] or a batch of them [N, C, H, W].
struct ImageSizes {
    /// N; 1 for one image.
    let count: Int
    let channels: Int
    let height: Int
    let width: Int
    private let isBatch: Bool

    /// Stops if `x` is neither. Transforms of images are for data: they record nothing for gradients.
    init(_ x: Tensor, _ operation: String) {
        if x.rank != 3 && x.rank != 4 {
            mistake(operation, "expects an image [C, H, W] or a batch [N, C, H, W], got \(x.shape)")
        }
        if x.requiresGradient {
            mistake(operation, "is for data and has no derivative: detach the \(x.shape) images first")
        }
        isBatch = x.rank == 4
        count = isBatch ? x.shape[0] : 1
        channels = x.shape[x.rank - 3]
        height = x.shape[x.rank - 2]
        width = x.shape[x.rank - 1]
    }

    /// The elements of an image.
    var elements: Int { channels * height * width }
    /// The elements of a channel.
    var plane: Int { height * width }

    /// The shape of such images with other sizes.
    func shape(channels: Int? = nil, height: Int, width: Int) -> Shape {
        Shape((isBatch ? [count] : []) + [channels ?? self.channels, height, width])
    }
}

/// A value for each channel of an image: `0`, the same for all, or `[0.485, 0.456, 0.406]`.
public struct ChannelValues: Sendable, Hashable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral
{
    let values: [Double]

    /// - Parameter values: one for all channels, or one for each.
    public init(_ values: [Double]) { self.values = values }
    /// One for all channels.
    public init(_ value: Double) { values = [value] }
    /// One for all channels.
    public init(floatLiteral value: Double) { values = [value] }
    /// One for all channels.
    public init(integerLiteral value: Int) { values = [Double(value)] }
    /// One for each channel.
    public init(arrayLiteral elements: Double...) { values = elements }

    /// One for each of so many channels.
    func expanded(to channels: Int, _ operation: String) -> [Double] {
        if values.count == channels { return values }
        if values.count == 1 { return [Double](repeating: values[0], count: channels) }
        mistake(operation, "expects one value or one for each of \(channels) channels, got \(values)")
    }
}

extension Generator {
    func integer(in range: ClosedRange<Int>) -> Int {
        var numbers = self
        return Int.random(in: range, using: &numbers)
    }

    func number(in range: ClosedRange<Double>) -> Double {
        var numbers = self
        return Double.random(in: range, using: &numbers)
    }

    /// True with this probability.
    func isTrue(_ probability: Double) -> Bool {
        var numbers = self
        return Double.random(in: 0..<1, using: &numbers) < probability
    }
}
