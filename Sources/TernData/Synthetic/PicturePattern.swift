/// A pattern of two colours over the plane.
struct PicturePattern {
    enum Kind: Int, CaseIterable { case plain, stripes, checks, dots }

    var kind: Kind
    var first, second: SIMD3<Float>
    /// Turns and scales the plane, so that the pattern repeats at whole numbers.
    var right, down: SIMD2<Float>
    var start: SIMD2<Float>

    /// The colour at a point.
    func colour(_ p: SIMD2<Float>) -> SIMD3<Float> {
        if kind == .plain { return first }
        let x = distanceFromWhole(start.x + p.x * right.x + p.y * right.y)
        // From 0 to 1: how much there is of the second colour.
        let share: Float
        switch kind {
        case .plain: share = 0
        case .stripes: share = edge(x - 0.25)
        case .checks:
            let y = distanceFromWhole(start.y + p.x * down.x + p.y * down.y)
            let (a, b) = (edge(x - 0.25), edge(y - 0.25))
            share = a + b - 2 * a * b
        case .dots:
            let y = distanceFromWhole(start.y + p.x * down.x + p.y * down.y)
            share = edge(0.3 - (x * x + y * y).squareRoot())
        }
        return first + share * (second - first)
    }

    /// From 0 at a whole number to 0.5 in the middle between two.
    private func distanceFromWhole(_ x: Float) -> Float {
        let rest = x - x.rounded(.down)
        return min(rest, 1 - rest)
    }

    private func edge(_ x: Float) -> Float { min(max(0.5 + 5 * x, 0), 1) }
}
