/// An affine map of the plane: (x, y) goes to (a x + b y + c, d x + e y + f).
struct Plane: Sendable, Equatable {
    var a = 1.0
    var b = 0.0
    var c = 0.0
    var d = 0.0
    var e = 1.0
    var f = 0.0

    /// First `other`, then this one.
    func times(_ other: Plane) -> Plane {
        Plane(
            a: a * other.a + b * other.d, b: a * other.b + b * other.e, c: a * other.c + b * other.f + c,
            d: d * other.a + e * other.d, e: d * other.b + e * other.e, f: d * other.c + e * other.f + f)
    }

    /// The same with another point as the origin.
    func about(_ point: (x: Double, y: Double)) -> Plane {
        Plane(c: point.x, f: point.y).times(self).times(Plane(c: -point.x, f: -point.y))
    }

    func callAsFunction(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        (a * x + b * y + c, d * x + e * y + f)
    }

    /// The three rows of ``Warp/matrix``.
    var matrix: InlineArray<9, Double> { [a, b, c, d, e, f, 0, 0, 1] }
}
