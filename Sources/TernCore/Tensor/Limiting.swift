extension Int {
    /// A number as an integer of a range: toward zero, and to the nearer end if it lies outside; NaN is the lower end. The
    /// one way from floating point to an integer where a number may be anything: `Int(_:)` stops the process beyond 2^63.
    ///
    /// ```swift
    /// Int(1e20, in: 5...80)      // 80
    /// Int(.nan, in: 5...80)      // 5
    /// ```
    package init(_ value: Double, in range: ClosedRange<Int>) {
        // Int.max is no Double: the comparison is with 2^63, which no integer reaches.
        if value >= Double(range.upperBound) {
            self = range.upperBound
        } else if value > Double(range.lowerBound) {
            self = Int(value)
        } else {
            self = range.lowerBound
        }
    }
}
