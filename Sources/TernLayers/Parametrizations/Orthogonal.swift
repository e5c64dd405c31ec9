import TernCore
import TernNN

/// A weight whose rows, or columns if there are fewer, are orthonormal, whatever is trained. PyTorch's
/// `parametrizations.orthogonal`.
///
/// ```swift
/// let layer = orthogonal(Linear(20, 40))
/// ```
///
/// The weight is `base Q`, of which an orthogonal matrix `base` is what the weight was when it was last set (made orthogonal, and
/// square, where it was not) and `Q` a function of the original that begins as 1: Lezcano-Casado, "Trivializations for
/// gradient-based optimization on manifolds", 2019. Of more than two axes the last two are matrices.
///
/// - Parameters:
///   - layer: the layer; it is changed.
///   - name: the parameter's path in the layer.
///   - map: how `Q` is made; if absent ``OrthogonalMap/matrixExp`` of square matrices and ``OrthogonalMap/householder``
///     of others.
/// - Returns: the layer itself.
@discardableResult
public func orthogonal<Layer: Module>(
    _ layer: Layer, _ name: String = "weight", map: OrthogonalMap? = nil
) -> Layer {
    parametrize(layer, name, with: Orthogonal(map: map))
    return layer
}

/// How an orthogonal matrix is made of any: with `A = L - L^T`, where `L` is its lower triangle, or of reflections.
public enum OrthogonalMap: Sendable {
    /// `e^A`.
    case matrixExp
    /// `(1 + A / 2) (1 - A / 2)^-1`.
    case cayley
    /// The product of the reflections at the columns below the diagonal. Fastest for narrow matrices.
    case householder
}

/// See ``orthogonal(_:_:map:)``.
public final class Orthogonal: RightInvertible {
    /// How `Q` is made; if `nil` by the shape of the weight, see ``orthogonal(_:_:map:)``.
    public let map: OrthogonalMap?
    private let base = Buffer(pending: [-1, -1], name: "Orthogonal.base")

    /// - Parameter map: how `Q` is made; if `nil` by the shape of the weight, see ``orthogonal(_:_:map:)``.
    public init(map: OrthogonalMap? = nil) { self.map = map }

    public func forward(_ original: Tensor) -> Tensor {
        checkMatrices(original)
        let isWide = original.shape[original.rank - 2] < original.shape[original.rank - 1]
        let matrix = isWide ? original.transposed() : original
        let (rows, columns) = (matrix.shape[matrix.rank - 2], matrix.shape[matrix.rank - 1])
        let result = matmul(base.value, factor(matrix, rows, columns))
        return isWide ? result.transposed() : result
    }

    /// `Q`, of at least as many rows as columns.
    private func factor(_ x: Tensor, _ rows: Int, _ columns: Int) -> Tensor {
        let map = map ?? (rows == columns ? .matrixExp : .householder)
        if map == .householder { return reflections(x, rows, columns) }
        var lower = x.lowerTriangle()
        if rows != columns {
            let none = Tensor.zeros(Shape(Array(x.shape.dropLast()) + [rows - columns]), dtype: x.dtype)
            lower = concatenated([lower, none], axis: -1)
        }
        let skew = lower - lower.transposed()
        let one = Tensor.eye(rows, dtype: x.dtype)
        let square = map == .matrixExp ? Linalg.matrixExp(skew) : Linalg.solve(one - skew * 0.5, one + skew * 0.5)
        return rows == columns ? square : square.sliced(from: 0, to: columns, axis: -1)
    }

    private func reflections(_ x: Tensor, _ rows: Int, _ columns: Int) -> Tensor {
        let below = x.lowerTriangle(diagonal: -1)
        let one = Tensor.eye(rows, columns, dtype: x.dtype)
        let scales = 2 / (square(below).sum(axes: -2, keepAxes: true) + 1)
        var product = one
        for column in (0..<columns).reversed() {
            let vector = (below + one).sliced(from: column, to: column + 1, axis: -1)
            let scale = scales.sliced(from: column, to: column + 1, axis: -1)
            product = product - matmul(vector * scale, matmul(vector.transposed(), product))
        }
        // The diagonal has signs, which are not trained.
        return product * x.diagonal().detached.converted(to: .int64).converted(to: x.dtype).unsqueezed(axes: -2)
    }

    public func rightInverse(_ value: Tensor) -> Tensor {
        checkMatrices(value)
        let isWide = value.shape[value.rank - 2] < value.shape[value.rank - 1]
        var matrix = isWide ? value.transposed() : value
        let (rows, columns) = (matrix.shape[matrix.rank - 2], matrix.shape[matrix.rank - 1])
        if rows != columns {
            let others = Tensor.normal(Shape(Array(matrix.shape.dropLast()) + [rows - columns]))
            matrix = concatenated([matrix, others.converted(to: value.dtype)], axis: -1)
        }
        let (q, r) = Linalg.qr(matrix)
        base.value = q * sign(r.diagonal()).unsqueezed(axes: -2)
        return Tensor.zeros(like: value)
            - Tensor.eye(value.shape[value.rank - 2], value.shape[value.rank - 1], dtype: value.dtype)
    }

    private func checkMatrices(_ value: Tensor) {
        if value.rank < 2 { mistake("orthogonal", "expects a matrix, got shape \(value.shape)") }
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) { visitor.visit("base", base) }

    public var settingsDescription: String { map.map { "\($0)" } ?? "" }
}
