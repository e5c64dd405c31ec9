import Foundation
import TernCore

/// What torchvision's `affine` does to the plane, by its parameters: first shears, then scales, turns about `center` and moves.
struct AffineTransform: Sendable {
    var angle = 0.0
    var translation = (x: 0.0, y: 0.0)
    var scale = 1.0
    var shear = (x: 0.0, y: 0.0)
    var center: (x: Double, y: Double)?

    init(
        angle: Double, translation: (x: Double, y: Double) = (0, 0), scale: Double = 1,
        shear: (x: Double, y: Double) = (0, 0), center: (x: Double, y: Double)? = nil
    ) {
        let numbers = [angle, translation.x, translation.y, scale, shear.x, shear.y, center?.x ?? 0, center?.y ?? 0]
        if !(scale > 0) || !numbers.allSatisfy(\.isFinite) {
            mistake("affineTransformed", "expects finite numbers and a scale above 0, got \(numbers)")
        }
        (self.angle, self.translation, self.scale) = (angle, translation, scale)
        (self.shear, self.center) = (shear, center)
    }

    /// What `RandomAffine` draws.
    init(
        randomDegrees degrees: ClosedRange<Double>, translation: (x: Double, y: Double), scale: ClosedRange<Double>,
        shear: (x: ClosedRange<Double>, y: ClosedRange<Double>), _ sizes: ImageSizes, _ generator: Generator
    ) {
        if !((0...1).contains(translation.x) && (0...1).contains(translation.y)) {
            mistake("randomAffine", "expects translations in 0...1, got \(translation)")
        }
        func pixels(_ share: Double, _ size: Int) -> Double {
            generator.number(in: -share * Double(size)...share * Double(size)).rounded(.toNearestOrEven)
        }
        self.init(
            angle: generator.number(in: degrees),
            translation: (pixels(translation.x, sizes.width), pixels(translation.y, sizes.height)),
            scale: generator.number(in: scale),
            shear: (generator.number(in: shear.x), generator.number(in: shear.y)))
    }

    /// Without the translation and the centre.
    private var linear: Plane {
        let (turn, leanX, leanY) = (angle * .pi / 180, shear.x * .pi / 180, shear.y * .pi / 180)
        let a = cos(turn - leanY) / cos(leanY)
        let d = sin(turn - leanY) / cos(leanY)
        return Plane(
            a: scale * a, b: -scale * (a * tan(leanX) + sin(turn)), d: scale * d,
            e: scale * (cos(turn) - d * tan(leanX)))
    }

    /// Where a point goes, of which the upper left corner is (0, 0).
    func forward(_ sizes: ImageSizes) -> Plane {
        let point = center ?? (Double(sizes.width) / 2, Double(sizes.height) / 2)
        return Plane(c: translation.x, f: translation.y).times(linear.about(point))
    }

    /// Where the pixels of a new image, whose middle is where the middle of the old one was, come from: both by their columns and
    /// rows.
    func inverse(_ sizes: ImageSizes, newSize: Size2d? = nil) -> InlineArray<9, Double> {
        let map = forward(sizes)
        let determinant = map.a * map.e - map.b * map.d
        let (a, b) = (map.e / determinant, -map.b / determinant)
        let (d, e) = (-map.d / determinant, map.a / determinant)
        let back = Plane(a: a, b: b, c: -(a * map.c + b * map.f), d: d, e: e, f: -(d * map.c + e * map.f))
        // A pixel's middle is half a pixel from its corner.
        let (height, width) = (newSize?.height ?? sizes.height, newSize?.width ?? sizes.width)
        let (growthX, growthY) = (Double(width - sizes.width) / 2, Double(height - sizes.height) / 2)
        return Plane(c: -0.5, f: -0.5).times(back).times(Plane(c: 0.5 - growthX, f: 0.5 - growthY)).matrix
    }

    /// The size that holds all of the image.
    func expandedSize(_ sizes: ImageSizes) -> Size2d {
        let map = linear
        let (x, y) = (Double(sizes.width) / 2, Double(sizes.height) / 2)
        // Rounding errors of less than a ten-thousandth of a pixel are none.
        func size(_ half: Double, _ middle: Double) -> Int {
            func cut(_ value: Double) -> Double { (value * 1e4).rounded(.towardZero) * 1e-4 }
            return Int(cut(middle + half).rounded(.up) - cut(middle - half).rounded(.down))
        }
        let width = size(abs(map.a) * x + abs(map.b) * y, x)
        return Size2d(size(abs(map.d) * x + abs(map.e) * y, y), width)
    }
}

/// A map of the plane that keeps lines straight: (x, y) goes to (a x + b y + c, d x + e y + f) / (g x + h y + 1).
struct Perspective {
    /// a ... h.
    let coefficients: [Double]

    /// That which takes four points to four others.
    init(from start: [(x: Double, y: Double)], to end: [(x: Double, y: Double)], _ operation: String) {
        if start.count != 4 || end.count != 4 {
            mistake(operation, "expects four points each, got \(start.count) and \(end.count)")
        }
        for points in [start, end] {
            for left in 0..<4 {
                let (a, b, c) = (points[left], points[(left + 1) % 4], points[(left + 2) % 4])
                if (b.x - a.x) * (c.y - a.y) != (b.y - a.y) * (c.x - a.x) { continue }
                mistake(operation, "expects points of which no three are on a line, got \(points)")
            }
        }
        var (rows, right): ([[Double]], [Double]) = ([], [])
        for (p, q) in zip(start, end) {
            rows.append([p.x, p.y, 1, 0, 0, 0, -q.x * p.x, -q.x * p.y])
            rows.append([0, 0, 0, p.x, p.y, 1, -q.y * p.x, -q.y * p.y])
            right += [q.x, q.y]
        }
        let matrix = Tensor(rows, dtype: .float64)
        coefficients = Linalg.solve(matrix, Tensor(right, dtype: .float64)).array(of: Double.self)
    }

    func callAsFunction(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        let c = coefficients
        let scale = c[6] * x + c[7] * y + 1
        return ((c[0] * x + c[1] * y + c[2]) / scale, (c[3] * x + c[4] * y + c[5]) / scale)
    }

    /// For pixels by their columns and rows, whose middles are at halves: ``Warp/matrix``.
    var matrixOfPixels: InlineArray<9, Double> {
        let c = coefficients
        let scale = [c[6], c[7], c[6] / 2 + c[7] / 2 + 1]
        func row(_ first: Int) -> [Double] {
            let moved = [c[first], c[first + 1], c[first] / 2 + c[first + 1] / 2 + c[first + 2]]
            return zip(moved, scale).map { $0 - $1 / 2 }
        }
        let (x, y) = (row(0), row(3))
        return [x[0], x[1], x[2], y[0], y[1], y[2], scale[0], scale[1], scale[2]]
    }
}
