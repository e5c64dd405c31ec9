/// The points of a curve, in pixels, that can be told from each other.
///
/// Where x rises, each column of pixels keeps its first, lowest, highest and last point: the drawn line covers the same
/// pixels (M4; Jugel et al. 2014). Elsewhere points that are less than half a pixel from the one before are left out.
func thinned(_ points: [Position], columns: Double) -> [Position] {
    if Double(points.count) <= 4 * columns { return points }
    let rises = zip(points, points.dropFirst()).allSatisfy { $0.x <= $1.x }
    return rises ? fourPerColumn(points) : distinct(points)
}

private func fourPerColumn(_ points: [Position]) -> [Position] {
    var result: [Position] = []
    var start = 0
    while start < points.count {
        let column = points[start].x.rounded(.down)
        var end = start + 1
        var (low, high) = (start, start)
        while end < points.count, points[end].x.rounded(.down) == column {
            if points[end].y < points[low].y { low = end }
            if points[end].y > points[high].y { high = end }
            end += 1
        }
        for index in Set([start, low, high, end - 1]).sorted() { result.append(points[index]) }
        start = end
    }
    return result
}

private func distinct(_ points: [Position]) -> [Position] {
    var result = [points[0]]
    for point in points.dropFirst().dropLast() {
        let last = result[result.count - 1]
        if abs(point.x - last.x) >= 0.5 || abs(point.y - last.y) >= 0.5 { result.append(point) }
    }
    result.append(points[points.count - 1])
    return result
}

/// The exponential moving average: each value is a weighted mean of those so far, the weight of the past being
/// `weight`. Corrected for the start, as the moments of Adam are. Values without a place stay gaps.
func smoothed(_ values: [Double], weight: Double) -> [Double] {
    var sum = 0.0
    var total = 0.0
    return values.map { value in
        guard value.isFinite else { return value }
        sum = weight * sum + (1 - weight) * value
        total = weight * total + (1 - weight)
        return sum / total
    }
}
