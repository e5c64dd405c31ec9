/// Linear algebra: factorizations, equations, eigenvalues, norms of matrices. PyTorch's `torch.linalg`.
///
/// ```swift
/// let a: Tensor = [[4, 1], [1, 3]]
/// Linalg.solve(a, Tensor([1, 2]))   // [0.0909, 0.6364]
/// Linalg.cholesky(a)                // [[2, 0], [0.5, 1.6583]]
/// ```
///
/// Functions take the matrices in the last two axes, any number of them in leading axes, of `float32` or `float64`. Half
/// types stop, as in PyTorch: their 8 or 11 bits do not survive an elimination, so convert with `converted(to: .float32)`.
/// Derivatives of any order are those of the mathematical functions; of factors that are not unique (signs of singular
/// vectors, say) they are right for what does not depend on the choice.
///
/// What cannot be computed stops as other mistakes do, for a model has no way to go on with a factor that does not exist: a
/// matrix to invert that is singular, one for ``cholesky(_:upper:)`` that is not positive definite. For who can, such
/// as a search that adds to the diagonal until it works, there is the same function with `AndInfo`, which never stops. An
/// element that is not finite gives NaN in what is made of its matrix by iterations: ``eigh(_:)``, ``svd(_:fullMatrices:)``.
public enum Linalg {}

extension Linalg {
    /// Stops unless `a` holds matrices of a type that is computed in.
    static func check(_ operation: String, _ a: Tensor) {
        checkType(operation, a)
        if a.rank < 2 { mistake(operation, "expects a matrix, got shape \(a.shape)") }
    }

    static func checkType(_ operation: String, _ a: Tensor) {
        if a.dtype == .float32 || a.dtype == .float64 { return }
        mistake(
            operation, "expects float32 or float64, got \(a.dtype): convert with converted(to: .float32)")
    }

    static func checkSquare(_ operation: String, _ a: Tensor) {
        check(operation, a)
        if a.shape[a.rank - 2] != a.shape[a.rank - 1] {
            mistake(operation, "expects square matrices, got shape \(a.shape)")
        }
    }

    static func checkOneType(_ operation: String, _ a: Tensor, _ b: Tensor) {
        checkType(operation, b)
        if a.dtype != b.dtype { mistake(operation, "expects one type, got \(a.dtype) and \(b.dtype)") }
    }

    /// Stops with the first matrix whose `info` is not 0.
    static func checkInfo(_ operation: String, _ info: Tensor, _ a: Tensor, _ text: (Int) -> String) {
        if a.count == 0 { return }
        let numbers = info.array(of: Int.self)
        guard let index = numbers.firstIndex(where: { $0 != 0 }) else { return }
        let place = info.rank == 0 ? "the matrix" : "matrix \(index) of \(numbers.count)"
        mistake(operation, "\(place) \(text(numbers[index]))")
    }
}

extension Tensor {
    /// Sizes of the matrices in the last two axes.
    var matrixRows: Int { shape[rank - 2] }
    var matrixColumns: Int { shape[rank - 1] }

    /// The leading axes, and matrices of these sizes.
    func batchShape(_ rows: Int, _ columns: Int) -> Shape {
        var result = Shape(shape.dropLast(2))
        result.append(rows)
        result.append(columns)
        return result
    }

    /// The leading axes, and these.
    func batchShape(_ sizes: Int...) -> Shape {
        var result = Shape(shape.dropLast(2))
        for size in sizes { result.append(size) }
        return result
    }

    /// The symmetric matrices with the lower triangles of these.
    var mirroredLowerTriangle: Tensor {
        let index = Tensor.arange(matrixRows)
        return which(index.unsqueezed(axes: 1).greaterOrEqual(index), self, transposed())
    }

    /// A factor for each column, and for each row: `X diag(s)` and `diag(s) X`.
    func scalingColumns(by s: Tensor) -> Tensor { self * s.unsqueezed(axes: -2) }
    func scalingRows(by s: Tensor) -> Tensor { self * s.unsqueezed(axes: -1) }
}

/// Several results of one operation, as parts of the graph, shown to who observes together with results that have no
/// derivative.
///
/// - Parameter derivative: the gradients of the inputs, given those of the results (`nil` where nothing was computed from
///   one) and the results, which are parts of the graph again while gradients are recorded.
func linkedOutputs(
    _ values: [Tensor], besides others: [Tensor] = [], of name: StaticString, from inputs: [Tensor],
    attributes: @autoclosure () -> OperationAttributes = [:],
    _ derivative: @escaping (_ gradients: [Tensor?], _ outputs: [Tensor], _ node: Node) -> [Tensor?]
) -> [Tensor] {
    var results = values
    if records(inputs) {
        let node = MultipleOutputNode("\(name)", inputs: inputs.map { $0.impl.node }) { _, node in
            let node = unsafeDowncast(node, to: MultipleOutputNode.self)
            var gradients = node.pendingOutputs
            node.pendingOutputs = []
            while gradients.count < values.count { gradients.append(nil) }
            let isRecording = ThreadState.current.isRecording
            let outputs = values.enumerated().map { index, value in
                isRecording ? Tensor(impl: value.impl.with(node: node.outputNode(index))) : value
            }
            return InputGradients(derivative(gradients, outputs, node))
        }
        results = values.enumerated().map { Tensor(impl: $1.impl.with(node: node.outputNode($0))) }
    }
    if Observation.isOn { Observation.report("\(name)", inputs, attributes(), results + others) }
    return results
}
