/// The LU factors of matrices, as they are used: not part of the graph.
struct LUFactors {
    /// L below the diagonal, U on and above it; [..., M, N].
    let lu: Tensor
    /// Where each row was before the exchanges: `int64` [..., M].
    let permutation: Tensor
    /// The determinant of the exchanges, [...].
    let signs: Tensor
    /// The place of the first pivot that is 0, counted from 1; 0 if there is none. `int64` [...].
    let info: Tensor

    init(_ a: Tensor) {
        let lead = Shape(a.shape.dropLast(2))
        lu = asOneOperation { a.detached.copied() }
        permutation = Tensor(uninitialized: Shape(a.shape.dropLast()), dtype: .int64)
        signs = Tensor(uninitialized: lead, dtype: a.dtype)
        info = Tensor(uninitialized: lead, dtype: .int64)
        a.backend.lu(lu, permutation: permutation, signs: signs, info: info)
    }
}

extension Linalg {
    /// The solution X of `A X = B` for square, regular matrices. PyTorch's `torch.linalg.solve`.
    ///
    ///     a [..., N, N], b [..., N, K] -> [..., N, K]
    ///     a [..., N, N], b [N]         -> [..., N]        a vector
    ///     a [L..., N, N], b [L..., N]  -> [L..., N]       a vector for each matrix
    ///
    /// By LU factors with row exchanges, which the derivative uses again. Leading axes broadcast. Stops if a matrix is
    /// singular, which shows as a pivot of exactly 0: see ``solveAndInfo(_:_:)``.
    ///
    /// ```swift
    /// Linalg.solve([[2, 1], [1, 3]], Tensor([3, 5]))   // [0.8, 1.4]
    /// ```
    public static func solve(_ a: Tensor, _ b: Tensor) -> Tensor {
        let (solution, info) = solve(a, b, "solve")
        checkInfo("solve", info, a) { "is singular: its pivot \($0) is 0" }
        return solution
    }

    /// ``solve(_:_:)``, and for each matrix 0, or the number of its first pivot that is 0: then the solution has no
    /// meaning. PyTorch's `torch.linalg.solve_ex`.
    public static func solveAndInfo(_ a: Tensor, _ b: Tensor) -> (solution: Tensor, info: Tensor) {
        solve(a, b, "solveAndInfo")
    }

    private static func solve(_ a: Tensor, _ b: Tensor, _ name: String) -> (Tensor, info: Tensor) {
        checkSquare(name, a)
        checkOneType(name, a, b)
        let n = a.matrixRows
        let isVector = b.rank == 1 || (b.rank == a.rank - 1 && b.shape == Shape(a.shape.dropLast()))
        if b.rank == 0 || b.shape[isVector ? b.rank - 1 : b.rank - 2] != n {
            mistake(name, "cannot solve for shape \(b.shape) with matrices of shape \(a.shape)")
        }
        let columns = isVector ? b.unsqueezed(axes: -1) : b
        let (matrices, right) = broadcastBatches(a, columns, name)
        let factors = LUFactors(matrices)
        let solution = solve(matrices, factors, right, isTransposed: false)
        return (isVector ? solution.squeezed(axes: -1) : solution, factors.info)
    }

    /// A^-1 B, or A^-T B, with the factors of A.
    private static func solve(_ a: Tensor, _ factors: LUFactors, _ b: Tensor, isTransposed: Bool)
        -> Tensor
    {
        let result = asOneOperation { b.copied() }
        a.backend.solveLU(
            factors.lu, permutation: factors.permutation, transposed: isTransposed, into: result)
        return result.output(of: "solve", from: a, b, attributes: ["transposed": isTransposed]) {
            saved in
            { gradient, node in
                let gradientOfB = solve(a, factors, gradient, isTransposed: !isTransposed)
                if !node.needs(0) { return InputGradients(nil, gradientOfB) }
                let x = node.relinked(saved)
                let outer =
                    isTransposed
                    ? Tensor.product(x, gradientOfB, false, true)
                    : Tensor.product(gradientOfB, x, false, true)
                return InputGradients(-outer, node.needs(1) ? gradientOfB : nil)
            }
        }
    }

    /// The LU factors of square matrices, to solve several equations with. PyTorch's `torch.linalg.lu_factor` and `lu_solve`.
    ///
    /// ```swift
    /// let factors = Linalg.luFactor([[2, 1], [1, 3]])
    /// factors.solve([[3], [5]])    // [[0.8], [1.4]]
    /// factors.solve([[1], [0]])    // [[0.6], [-0.2]]
    /// ```
    public struct Factorization {
        private let matrix: Tensor
        private let factors: LUFactors

        fileprivate init(_ a: Tensor) {
            matrix = a
            factors = LUFactors(a)
        }

        /// For each matrix 0, or the number of its first pivot that is 0: then solutions have no meaning. An `int64`.
        public var info: Tensor { factors.info }

        /// The solution X of `A X = B`, or of `A^T X = B`; part of the graph, with gradients for A and B.
        ///
        /// - Parameters:
        ///   - b: [..., N, K], with the leading axes of the matrices.
        ///   - isTransposed: whether `A^T X = B` is solved.
        public func solve(_ b: Tensor, transposed isTransposed: Bool = false) -> Tensor {
            checkOneType("luSolve", matrix, b)
            if b.rank < 2 || b.batchShape() != matrix.batchShape() || b.matrixRows != matrix.matrixRows {
                mistake("luSolve", "cannot solve for shape \(b.shape) with matrices of shape \(matrix.shape)")
            }
            return Linalg.solve(matrix, factors, b, isTransposed: isTransposed)
        }
    }

    /// The ``Factorization`` of square matrices.
    public static func luFactor(_ a: Tensor) -> Factorization {
        checkSquare("luFactor", a)
        return Factorization(a)
    }

    /// The inverse of square, regular matrices. PyTorch's `torch.linalg.inv`. To solve equations, ``solve(_:_:)`` takes a
    /// third of the time and is more accurate.
    ///
    ///     a [..., N, N] -> [..., N, N]
    ///
    /// Stops if a matrix is singular, see ``inverseAndInfo(_:)``.
    ///
    /// ```swift
    /// Linalg.inverse([[2, 0], [0, 4]])   // [[0.5, 0], [0, 0.25]]
    /// ```
    public static func inverse(_ a: Tensor) -> Tensor {
        checkSquare("inverse", a)
        let (inverse, info) = inverseAndInfo(a)
        checkInfo("inverse", info, a) { "is singular: its pivot \($0) is 0" }
        return inverse
    }

    /// ``inverse(_:)``, and for each matrix 0, or the number of its first pivot that is 0: then the inverse has no
    /// meaning. PyTorch's `torch.linalg.inv_ex`.
    public static func inverseAndInfo(_ a: Tensor) -> (inverse: Tensor, info: Tensor) {
        checkSquare("inverseAndInfo", a)
        let factors = LUFactors(a)
        return (inverse(a, factors), factors.info)
    }

    private static func inverse(_ a: Tensor, _ factors: LUFactors) -> Tensor {
        let result = asOneOperation {
            Tensor.eye(a.matrixRows, dtype: a.dtype).expanded(to: a.shape).copied()
        }
        a.backend.solveLU(factors.lu, permutation: factors.permutation, transposed: false, into: result)
        return result.output(of: "inverse", from: a) { saved in
            { gradient, node in
                // -Y^T g Y^T
                let y = node.relinked(saved)
                return InputGradients(
                    -Tensor.product(Tensor.product(y, gradient, true, false), y, false, true))
            }
        }
    }

    /// The determinant of square matrices. PyTorch's `torch.linalg.det`.
    ///
    ///     a [..., N, N] -> [...]
    ///
    /// By LU factors. The derivative, the matrix of cofactors, is right for singular matrices too. Overflows soon:
    /// ``logDeterminant(_:)`` does not.
    ///
    /// ```swift
    /// Linalg.determinant([[2, 1], [1, 3]])   // 5.0
    /// ```
    public static func determinant(_ a: Tensor) -> Tensor {
        checkSquare("determinant", a)
        let factors = LUFactors(a)
        let result = asOneOperation { factors.lu.diagonal().product(axes: -1) * factors.signs }
        return result.output(of: "determinant", from: a) { saved in
            { gradient, node in
                let isSingular = factors.info.notEqual(to: 0).any().item() != 0
                let cofactors =
                    isSingular
                    ? cofactorsOfSingular(a)
                    : inverse(a, factors).transposed() * node.relinked(saved).unsqueezed(axes: [-1, -2])
                return InputGradients(cofactors * gradient.unsqueezed(axes: [-1, -2]))
            }
        }
    }

    /// `det(U) det(V) U diag(products of the other singular values) V^T`, which asks for no inverse.
    private static func cofactorsOfSingular(_ a: Tensor) -> Tensor {
        let (u, s, v) = svd(a)
        let n = a.matrixRows
        let others = which(
            Tensor.eye(n, dtype: .bool), 1, s.unsqueezed(axes: -2).expanded(to: a.batchShape(n, n))
        ).product(axes: -1)
        let sign = determinant(u.detached) * determinant(v.detached)
        return Tensor.product(u.scalingColumns(by: others), v, false, false)
            * sign.unsqueezed(axes: [-1, -2])
    }

    /// The sign of the determinant of square matrices and the logarithm of its magnitude. PyTorch's
    /// `torch.linalg.slogdet`.
    ///
    ///     a [..., N, N] -> [...], [...]
    ///
    /// Of a singular matrix the sign is 0 and the logarithm -inf. No gradient flows through the sign.
    ///
    /// ```swift
    /// Linalg.logDeterminant([[2, 1], [1, 3]]).logarithm   // 1.6094, log(5)
    /// ```
    public static func logDeterminant(_ a: Tensor) -> (sign: Tensor, logarithm: Tensor) {
        checkSquare("logDeterminant", a)
        let factors = LUFactors(a)
        let (sign, logarithm) = asOneOperation {
            let diagonal = factors.lu.diagonal()
            return (
                TernCore.sign(diagonal).product(axes: -1) * factors.signs,
                log(TernCore.abs(diagonal)).sum(axes: -1)
            )
        }
        let results = linkedOutputs([logarithm], besides: [sign], of: "logDeterminant", from: [a]) {
            gradients, _, _ in
            [gradients[0].map { inverse(a, factors).transposed() * $0.unsqueezed(axes: [-1, -2]) }]
        }
        return (sign, results[0])
    }
}
