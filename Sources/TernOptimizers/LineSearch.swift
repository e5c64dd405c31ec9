import TernCore

/// A place on a line that a function of many variables is searched along.
struct LinePoint {
    /// How far from the start, in lengths of the direction.
    var distance: Double
    var value: Double
    var gradient: Tensor
    /// The derivative along the line.
    var slope: Double
}

/// Searches a line for a place that satisfies the strong Wolfe conditions: the value has fallen by at least `1e-4` of what
/// the slope at the start promised, and the slope is at most 0.9 of that in magnitude. Nocedal and Wright, "Numerical
/// optimization", 2006, algorithms 3.5 and 3.6; PyTorch's `_strong_wolfe`.
///
/// - Parameters:
///   - start: the place at distance 0.
///   - limit: the number of places that may be tried besides the first.
///   - smallest: the distance below which two places are not told apart.
/// - Returns: the best place that was found, and how many were tried.
func strongWolfe(
    from start: LinePoint, first distance: Double, limit: Int, smallest: Double, _ place: (Double) -> LinePoint
) -> (LinePoint, evaluations: Int) {
    let falls = { (point: LinePoint) in point.value <= start.value + 1e-4 * point.distance * start.slope }
    let isFlat = { (point: LinePoint) in abs(point.slope) <= -0.9 * start.slope }
    var (last, new) = (start, place(distance))
    var iteration = 0
    // A bracket around such a place.
    var bracket: [LinePoint]?
    while iteration < limit, bracket == nil {
        if !falls(new) || iteration > 1 && new.value >= last.value {
            bracket = [last, new]
        } else if isFlat(new) {
            return (new, iteration + 1)
        } else if new.slope >= 0 {
            bracket = [last, new]
        } else {
            let bounds = (new.distance + 0.01 * (new.distance - last.distance), new.distance * 10)
            let next = minimumOfCubic(last, new, bounds)
            (last, new) = (new, place(next))
            iteration += 1
        }
    }
    var (low, high) = (bracket ?? [start, new]).lowestFirst
    var isStuck = false
    while iteration < limit, abs(high.distance - low.distance) >= smallest {
        let (left, right) = (min(low.distance, high.distance), max(low.distance, high.distance))
        var next = minimumOfCubic(low, high, (left, right))
        // Too near to an end of the bracket, the second time: a tenth away from it.
        let margin = 0.1 * (right - left)
        if min(right - next, next - left) < margin {
            if isStuck || next >= right || next <= left {
                next = abs(next - right) < abs(next - left) ? right - margin : left + margin
                isStuck = false
            } else {
                isStuck = true
            }
        } else {
            isStuck = false
        }
        new = place(next)
        iteration += 1
        if !falls(new) || new.value >= low.value {
            high = new
            (low, high) = [low, high].lowestFirst
        } else {
            if isFlat(new) { return (new, iteration + 1) }
            if new.slope * (high.distance - low.distance) >= 0 { high = low }
            low = new
        }
    }
    return (low, iteration + 1)
}

extension [LinePoint] {
    /// Two places, that of the lower value first.
    fileprivate var lowestFirst: (LinePoint, LinePoint) {
        self[0].value <= self[1].value ? (self[0], self[1]) : (self[1], self[0])
    }
}

/// Where the cubic with the values and slopes of two places is smallest, within bounds; their middle if there is no minimum.
private func minimumOfCubic(_ a: LinePoint, _ b: LinePoint, _ bounds: (Double, Double)) -> Double {
    let (left, right) = a.distance <= b.distance ? (a, b) : (b, a)
    let d1 = left.slope + right.slope - 3 * (left.value - right.value) / (left.distance - right.distance)
    let square = d1 * d1 - left.slope * right.slope
    if !(square >= 0) { return (bounds.0 + bounds.1) / 2 }
    let d2 = square.squareRoot()
    let part = (right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2)
    return min(max(right.distance - (right.distance - left.distance) * part, bounds.0), bounds.1)
}
