import TernCore
import TernNN

/// The products of two inputs along an axis of each, for each sample: `y[n, i..., j...] = sum_k x[n, i..., k] z[n, j..., k]`.
/// Keras's `Dot`.
///
/// ```swift
/// Dot(axis: 1)(Tensor.zeros([8, 5]), Tensor.zeros([8, 5])).shape                 // [8, 1]
/// Dot(axes: (2, 1))(Tensor.zeros([8, 3, 5]), Tensor.zeros([8, 5, 4])).shape      // [8, 3, 4]
/// ```
///
/// Shapes: x [N, ...] and z [N, ...], equal along the axes, which the result has not: it has the other ones of x, then
/// those of z; if none are left, one of size 1.
public final class Dot: Module {
    /// The axes of the products, of the first and the second input.
    public let axes: (first: Int, second: Int)
    /// Whether inputs are divided by their lengths first, so that the result is the cosine of their angle.
    public let isNormalized: Bool

    /// - Parameters:
    ///   - axes: of the first and the second input; not the samples' axis 0.
    ///   - normalized: whether both inputs are first scaled to length 1 along their axes, which makes the products cosines.
    public init(axes: (Int, Int), normalized: Bool = false) {
        self.axes = axes
        isNormalized = normalized
    }

    /// - Parameters:
    ///   - axis: of both inputs; not the samples' axis 0.
    ///   - normalized: whether inputs are divided by their lengths first.
    public convenience init(axis: Int, normalized: Bool = false) {
        self.init(axes: (axis, axis), normalized: normalized)
    }

    public func forward(_ input: (Tensor, Tensor)) -> Tensor {
        let (x, z) = (rows(input.0, axes.first), rows(input.1, axes.second))
        let (samples, size) = (x.shape[0], x.shape[x.rank - 1])
        if z.shape[0] != samples || z.shape[z.rank - 1] != size {
            mistake(
                "Dot",
                "expects equal sizes along axis 0 and the axes \(axes), got \(input.0.shape) and \(input.1.shape)")
        }
        let left = Array(x.shape[1..<(x.rank - 1)])
        let right = Array(z.shape[1..<(z.rank - 1)])
        let products = matmul(
            x.reshaped([samples, left.reduce(1, *), size]),
            z.reshaped([samples, right.reduce(1, *), size]).transposed())
        return products.reshaped(Shape([samples] + (left + right == [] ? [1] : left + right)))
    }

    /// With the axis at the end.
    private func rows(_ x: Tensor, _ axis: Int) -> Tensor {
        let place = axis < 0 ? axis + x.rank : axis
        if place < 1 || place >= x.rank {
            mistake("Dot", "expects an axis behind the samples' one, got \(axis) for shape \(x.shape)")
        }
        let moved = x.movingAxis(place, to: -1)
        if !isNormalized { return moved }
        // Keras's smallest square of a length.
        return moved * rsqrt(maximum(square(moved).sum(axes: -1, keepAxes: true), Tensor(1e-12, dtype: x.dtype)))
    }

    public var settingsDescription: String {
        "axes=(\(axes.first), \(axes.second)), normalize=\(pythonName(isNormalized))"
    }
}

extension Dot: RebuildableModule {
    public static let blueprint = Blueprint<Dot>(
        "[N, ..., C], [N, ..., C] -> [N, ...]", .init("first_axis", \.axes.first), .init("second_axis", \.axes.second),
        .init("normalize", \.isNormalized), make: { Dot(axes: ($0, $1), normalized: $2) })
}
