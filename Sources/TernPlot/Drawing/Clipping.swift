/// A place in a picture, in pixels.
typealias Position = (x: Double, y: Double)

/// A part of a picture; nothing is drawn outside of it.
struct Rectangle {
    let left: Double, top: Double, right: Double, bottom: Double

    func contains(_ point: Position) -> Bool {
        point.x >= left && point.x <= right && point.y >= top && point.y <= bottom
    }

    func nearest(_ point: Position) -> Position {
        (min(max(point.x, left), right), min(max(point.y, top), bottom))
    }

    /// The pieces of a curve that are inside.
    func pieces(of curve: [Position]) -> [[Position]] {
        if curve.allSatisfy(contains) { return [curve] }
        if curve.count == 1 { return [] }
        var pieces: [[Position]] = []
        var isOpen = false
        for (a, b) in zip(curve, curve.dropFirst()) {
            guard let (start, end) = part(from: a, to: b) else {
                isOpen = false
                continue
            }
            if isOpen && contains(a) { pieces[pieces.count - 1].append(end) } else { pieces.append([start, end]) }
            isOpen = true
        }
        return pieces
    }

    /// The part of a line that is inside (Liang and Barsky 1984).
    private func part(from a: Position, to b: Position) -> (Position, Position)? {
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        var (first, last) = (0.0, 1.0)
        for (step, room) in [(-dx, a.x - left), (dx, right - a.x), (-dy, a.y - top), (dy, bottom - a.y)] {
            if step == 0 {
                if room < 0 { return nil }
            } else if step < 0 {
                first = max(first, room / step)
            } else {
                last = min(last, room / step)
            }
        }
        if first > last { return nil }
        func point(_ share: Double) -> Position { nearest((a.x + share * dx, a.y + share * dy)) }
        return (first == 0 ? a : point(first), last == 1 ? b : point(last))
    }
}
