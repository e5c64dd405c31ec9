/// The outline of a thing, around the origin and about as far as 1 from it. x points to the right, y down.
enum PictureOutline {
    case disc
    case ring(inner: Float)
    /// A disc without another one of a radius, whose centre is on the x axis.
    case crescent(offset: Float, radius: Float)
    /// The points within by the even-odd rule.
    case polygon([SIMD2<Float>])

    /// Those of the classes, in their order.
    static let all: [PictureOutline] = [
        .disc, .ring(inner: 0.55), polygon(square), polygon(triangle), polygon(star), polygon(cross),
        .crescent(offset: 0.5, radius: 0.85), polygon(heart), polygon(arrow), polygon(hourglass),
    ]

    private static let square: [SIMD2<Float>] = [[-0.82, -0.82], [0.82, -0.82], [0.82, 0.82], [-0.82, 0.82]]
    private static let triangle: [SIMD2<Float>] = [[0, -1], [0.95, 0.75], [-0.95, 0.75]]
    private static let star: [SIMD2<Float>] = [
        [0, -1.1], [0.259, -0.356], [1.046, -0.340], [0.418, 0.136], [0.647, 0.890], [0, 0.44], [-0.647, 0.890],
        [-0.418, 0.136], [-1.046, -0.340], [-0.259, -0.356],
    ]
    private static let cross: [SIMD2<Float>] = [
        [-0.3, -1], [0.3, -1], [0.3, -0.3], [1, -0.3], [1, 0.3], [0.3, 0.3], [0.3, 1], [-0.3, 1], [-0.3, 0.3],
        [-1, 0.3],
        [-1, -0.3], [-0.3, -0.3],
    ]
    private static let heart: [SIMD2<Float>] = [
        [0, -0.45], [0.3, -0.85], [0.65, -0.9], [0.95, -0.6], [0.95, -0.15], [0.6, 0.4], [0, 1], [-0.6, 0.4],
        [-0.95, -0.15], [-0.95, -0.6], [-0.65, -0.9], [-0.3, -0.85],
    ]
    private static let arrow: [SIMD2<Float>] = [
        [0, -1.05], [0.85, -0.05], [0.32, -0.05], [0.32, 1], [-0.32, 1], [-0.32, -0.05], [-0.85, -0.05],
    ]
    private static let hourglass: [SIMD2<Float>] = [[-0.8, -0.95], [0.8, -0.95], [-0.8, 0.95], [0.8, 0.95]]

    /// How far a point is inside; outside, how far it is from there with a minus. Only near the edge need it be exact.
    func depth(_ p: SIMD2<Float>) -> Float {
        switch self {
        case .disc: return 1 - length(p)
        case .ring(let inner):
            let distance = length(p)
            return min(1 - distance, distance - inner)
        case .crescent(let offset, let radius):
            // Its middle lies at the left of the disc's, so it is moved to the right.
            let q = SIMD2(p.x - 0.3, p.y)
            return min(1 - length(q), length(SIMD2(q.x - offset, q.y)) - radius)
        case .polygon(let points): return points.withUnsafeBufferPointer { Self.depth(p, $0) }
        }
    }

    private static func depth(_ p: SIMD2<Float>, _ points: UnsafeBufferPointer<SIMD2<Float>>) -> Float {
        var nearest = Float.infinity
        var isInside = false
        var a = points[points.count - 1]
        for b in points {
            let edge = b - a
            let toPoint = p - a
            let along = edge.x * toPoint.x + edge.y * toPoint.y
            let t = min(max(along / (edge.x * edge.x + edge.y * edge.y), 0), 1)
            let x = toPoint.x - t * edge.x
            let y = toPoint.y - t * edge.y
            nearest = min(nearest, x * x + y * y)
            if (a.y > p.y) != (b.y > p.y) {
                // Whether the edge crosses the line from the point to the right.
                let side = edge.x * toPoint.y - edge.y * toPoint.x
                if (side < 0) == (edge.y > 0) { isInside.toggle() }
            }
            a = b
        }
        return isInside ? nearest.squareRoot() : -nearest.squareRoot()
    }

    private func length(_ p: SIMD2<Float>) -> Float { (p.x * p.x + p.y * p.y).squareRoot() }
}
