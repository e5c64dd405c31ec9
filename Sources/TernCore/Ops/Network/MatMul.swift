/// The matrix product, with NumPy's rules for any ranks. PyTorch's `torch.matmul`.
///
///     [M, K] x [K, N] -> [M, N]
///     [..., M, K] x [..., K, N] -> [..., M, N]     leading axes broadcast
///     [K] x [..., K, N] -> [..., N]                a vector on the left is a row
///     [..., M, K] x [K] -> [..., M]                a vector on the right is a column
///
/// ```swift
/// let a: Tensor = [[1, 2], [3, 4]]
/// matmul(a, a)                // [[7, 10], [15, 22]]
/// matmul(a, Tensor([1, 1]))   // [3, 7]
/// ```
///
/// Views with any strides are read where they lie. Integers are promoted, their sums wrap around, and `bool` counts as
/// `int64`. Two floating-point types stop, as in PyTorch: an array of `Double` makes `float64`, and promotion would turn
/// all that follows a `float32` layer to `float64` in silence, at a quarter of the speed. Each sum runs in one order that does not depend on the number of threads. Stops if the inner sizes differ,
/// the leading axes do not broadcast or one of the two is a scalar.
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
    if a.rank == 0 || b.rank == 0 { mistake("matmul", "expects rank 1 at least, got shapes \(a.shape) and \(b.shape)") }
    if let type = Autocast.type(narrowing: [a, b]) { return matmul(a.converted(to: type), b.converted(to: type)) }
    let (left, right) = Tensor.matrixOperands(a, b)
    if left.rank > 1, right.rank > 1 { return Tensor.product(left, right, false, false) }
    let row = left.rank == 1 ? left.unsqueezed(axes: 0) : left
    let column = right.rank == 1 ? right.unsqueezed(axes: 1) : right
    var result = Tensor.product(row, column, false, false)
    if right.rank == 1 { result = result.squeezed(axes: -1) }
    return left.rank == 1 ? result.squeezed(axes: right.rank == 1 ? -1 : -2) : result
}

/// The sum of the products of two vectors' elements: `[K] x [K] -> []`. PyTorch's `torch.dot`.
///
/// ```swift
/// dot(Tensor([1, 2, 3]), Tensor([4, 5, 6]))   // 32.0
/// ```
public func dot(_ a: Tensor, _ b: Tensor) -> Tensor {
    if a.rank != 1 || b.rank != 1 { mistake("dot", "expects two vectors, got shapes \(a.shape) and \(b.shape)") }
    return matmul(a, b)
}

/// All products of an element of `a` and one of `b`: `[M] x [N] -> [M, N]`. PyTorch's `torch.outer`.
public func outer(_ a: Tensor, _ b: Tensor) -> Tensor {
    if a.rank != 1 || b.rank != 1 { mistake("outer", "expects two vectors, got shapes \(a.shape) and \(b.shape)") }
    return a.unsqueezed(axes: 1) * b
}

/// `x W^T + bias`: an affine map of the last axis, as one operation. PyTorch's `torch.nn.functional.linear`.
///
///     x [..., I], weight [O, I], bias [O] -> [..., O]     `I`, `O`: features in and out
///
/// Saves `x` and `weight` for the derivative; the bias is what the sums start from. Stops if the sizes do not fit.
public func linear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
    guard weight.rank == 2, x.rank > 0, x.impl.shape.sizes[x.rank - 1] == weight.impl.shape.sizes[1],
        bias == nil || (bias!.rank == 1 && bias!.impl.shape.sizes[0] == weight.impl.shape.sizes[0])
    else { stopLinearShapes(x, weight, bias) }
    if let type = Autocast.type(narrowing: [x, weight, bias]) {
        return linear(x.converted(to: type), weight.converted(to: type), bias?.converted(to: type))
    }
    guard x.dtype == weight.dtype, x.dtype.isFloatingPoint, bias == nil || bias!.dtype == x.dtype else {
        Tensor.checkOneFloatingPointType("linear", [x, weight] + (bias.map { [$0] } ?? []))
        let product = matmul(x, weight.T)
        return bias.map { product + $0 } ?? product
    }
    if x.rank != 2 {
        // Every leading axis only adds rows.
        var shape = x.shape
        shape[x.rank - 1] = weight.shape[0]
        let rows = x.shape.dropLast().reduce(1, *)
        return linear(x.reshaped([rows, weight.shape[1]]), weight, bias).reshaped(shape)
    }
    if let bias, !bias.isContiguous { return linear(x, weight, bias.contiguous()) }
    let result = Tensor.gemm(x, weight, transposingB: true, bias: bias, "linear")
    return result.output(of: "linear", from: x, weight, bias) { gradient, node in
        InputGradients(
            node.needs(0) ? Tensor.product(gradient, weight, false, false) : nil,
            node.needs(1) ? Tensor.product(gradient, x, true, false) : nil,
            node.needs(2) ? gradient.columnSums() : nil)
    }
}

@inline(never)
private func stopLinearShapes(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Never {
    if weight.rank != 2 { mistake("linear", "expects a weight of shape [out, in], got \(weight.shape)") }
    if x.rank == 0 || x.shape[x.rank - 1] != weight.shape[1] {
        mistake(
            "linear",
            "expects \(weight.shape[1]) input features, got \(x.shape.last.map { "\($0)" } ?? "a scalar") "
                + "(input \(x.shape), weight \(weight.shape))")
    }
    mistake("linear", "expects a bias of shape [\(weight.shape[0])], got \(bias!.shape) (weight \(weight.shape))")
}

extension Tensor {
    /// The sums of the columns of this matrix, the gradient of a bias: without what a reduction over any axes has to work
    /// out first.
    fileprivate func columnSums() -> Tensor {
        guard isContiguous, count > 0, !records(self) else { return sum(axes: 0) }
        let result = Tensor(uninitialized: [impl.shape.sizes[1]], dtype: dtype)
        backend.sumColumns(self, into: result)
        return result.output(of: "sum", from: [self], attributes: ["axes": [0], "keepAxes": false])
    }

    @inline(__always)
    fileprivate static func matrixOperands(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
        if a.dtype == b.dtype, a.dtype != .bool { return (a, b) }
        checkOneFloatingPointType("matmul", [a, b])
        let (a, b) = promoted(a, b)
        return a.dtype == .bool ? (a.converted(to: .int64), b.converted(to: .int64)) : (a, b)
    }

    /// Stops if operands of a product are of two floating-point types.
    @inline(never)
    static func checkOneFloatingPointType(_ operation: String, _ operands: [Tensor]) {
        let types = operands.map(\.dtype)
        if Set(types.filter(\.isFloatingPoint)).count < 2 { return }
        mistake(
            operation,
            "expects one floating-point type, got \(types.map { "\($0)" }.joined(separator: ", ")): convert the data "
                + "with converted(to: .float32) (an array of Double makes float64), or the model with to(.float64)")
    }

    /// The product of the matrices in the last two axes, each transposed first if so asked; recorded. Its derivative is
    /// again two such products, so nothing is ever transposed in memory or as a view.
    @inline(__always)
    static func product(_ a: Tensor, _ b: Tensor, _ transposingA: Bool, _ transposingB: Bool) -> Tensor {
        let result = gemm(a, b, transposingA: transposingA, transposingB: transposingB, "matmul")
        return result.output(
            of: "matmul", from: a, b, attributes: ["transposesLeft": transposingA, "transposesRight": transposingB]
        ) { gradient, node in
            InputGradients(
                node.needs(0) ? gradientOfLeft(gradient, a, b, transposingA, transposingB) : nil,
                node.needs(1) ? gradientOfRight(gradient, a, b, transposingA, transposingB) : nil)
        }
    }

    // With c = a' b', where ' means transposed if asked: the gradient of a' is g b'^T, that of b' is a'^T g.

    private static func gradientOfLeft(
        _ gradient: Tensor, _ a: Tensor, _ b: Tensor, _ transposingA: Bool, _ transposingB: Bool
    ) -> Tensor {
        let product =
            transposingA
            ? product(b, gradient, transposingB, true) : product(gradient, b, false, !transposingB)
        return product.reduced(to: a.shape)
    }

    private static func gradientOfRight(
        _ gradient: Tensor, _ a: Tensor, _ b: Tensor, _ transposingA: Bool, _ transposingB: Bool
    ) -> Tensor {
        if b.rank == 2, a.rank > 2, !transposingA {
            // One matrix for all on the left: the sum over those is part of one product over all their rows.
            let rows = a.flattened(to: -2)
            let gradients = gradient.flattened(to: -2)
            return transposingB ? product(gradients, rows, true, false) : product(rows, gradients, true, false)
        }
        let product =
            transposingB
            ? product(gradient, a, true, transposingA) : product(a, gradient, !transposingA, false)
        return product.reduced(to: b.shape)
    }

    /// The products of the matrices in the last two axes of `a` and `b`, each transposed first if so asked, over the other
    /// axes broadcast; `bias`, contiguous and one value a column, is what the sums start from. All have one type but
    /// `bool`, and rank 2 at least. Not recorded.
    @inline(__always)
    fileprivate static func gemm(
        _ a: Tensor, _ b: Tensor, transposingA: Bool = false, transposingB: Bool = false, bias: Tensor? = nil,
        _ name: StaticString
    ) -> Tensor {
        let (left, right) = (a.matrixSizes(transposingA), b.matrixSizes(transposingB))
        if left.columns != right.rows { stopInnerSizes(a, b, left.columns, right.rows, name) }
        var shape = Shape(rows: left.rows, columns: right.columns)
        if a.rank != 2 || b.rank != 2 { shape = batchShape(a, b, shape, name) }
        let result = Tensor(uninitialized: shape, dtype: a.dtype)
        a.backend.multiply(a, transposed: transposingA, b, transposed: transposingB, bias: bias, into: result)
        return result
    }

    @inline(__always)
    private func matrixSizes(_ isTransposed: Bool) -> (rows: Int, columns: Int) {
        let last = impl.shape.count - 1
        let (a, b) = (impl.shape.sizes[last - 1], impl.shape.sizes[last])
        return isTransposed ? (b, a) : (a, b)
    }

    @inline(never)
    private static func stopInnerSizes(_ a: Tensor, _ b: Tensor, _ columns: Int, _ rows: Int, _ name: StaticString)
        -> Never
    {
        mistake("\(name)", "cannot multiply shapes \(a.shape) and \(b.shape): the sum runs over \(columns) and \(rows)")
    }

    private static func batchShape(_ a: Tensor, _ b: Tensor, _ matrix: Shape, _ name: StaticString) -> Shape {
        guard var shape = Shape(a.shape.dropLast(2)).broadcast(with: Shape(b.shape.dropLast(2))) else {
            mistake("\(name)", "cannot broadcast the leading axes of shapes \(a.shape) and \(b.shape)")
        }
        for size in matrix { shape.append(size) }
        return shape
    }
}
