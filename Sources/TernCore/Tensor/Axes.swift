/// Axes of a tensor, by number and from the end if negative: one, a list, or a range.
///
/// ```swift
/// let x = Tensor.ones([2, 3, 4])
/// x.sum(axes: -1).shape         // [2, 3]
/// x.sum(axes: [0, -1]).shape    // [3]
/// x.sum(axes: 1..<x.rank)       // [12, 12]
/// ```
public protocol Axes: Sendable {
    /// The numbers as they were given: held as a ``Shape``, which needs no memory of its own.
    var axisNumbers: Shape { get }
}

extension Int: Axes {
    public var axisNumbers: Shape { Shape(repeating: self, count: 1) }
}

extension Array: Axes where Element == Int {
    public var axisNumbers: Shape { Shape(self) }
}

extension Range: Axes where Bound == Int {
    public var axisNumbers: Shape { Shape(self) }
}

extension ClosedRange: Axes where Bound == Int {
    public var axisNumbers: Shape { Shape(self) }
}
