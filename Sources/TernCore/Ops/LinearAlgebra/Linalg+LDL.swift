extension Linalg {
    /// The factors of symmetric matrices that need not be definite, `A = P L D L^T P^T`: half the work of LU factors. PyTorch's
    /// `torch.linalg.ldl_factor` and `ldl_solve`.
    ///
    ///     a [..., N, N] -> lower [..., N, N], diagonal [..., N], subdiagonal [..., N - 1], permutation [..., N]
    ///
    /// L is a lower triangle with ones on its diagonal, D has blocks of one and two rows on its own (Bunch and Kaufman, 1977),
    /// and P is a permutation of rows. Only the lower triangle of `a` is read. The factors are not part of the graph, what
    /// ``SymmetricFactorization/solve(_:)`` gives is.
    ///
    /// ```swift
    /// let factors = Linalg.ldlFactor([[0, 2], [2, 1]])
    /// factors.solve([[2], [3]])    // [[1], [1]]
    /// ```
    public static func ldlFactor(_ a: Tensor) -> SymmetricFactorization { SymmetricFactorization(a) }

    /// What ``ldlFactor(_:)`` gives.
    public struct SymmetricFactorization {
        /// L [..., N, N].
        public let lower: Tensor
        /// D's diagonal [..., N].
        public let diagonal: Tensor
        /// What stands below D's diagonal, [..., N - 1]: not 0 where two rows are a block.
        public let subdiagonal: Tensor
        /// Where each row of L was in `a`: `int64` [..., N].
        public let permutation: Tensor
        /// For each matrix 0, or the number of its first pivot that is 0: then solutions have no meaning. An `int64`.
        public let info: Tensor
        private let matrix: Tensor
        /// What each row takes of its partner in a block: [..., N], 0 where there is none.
        private let coupling: Tensor

        fileprivate init(_ a: Tensor) {
            checkSquare("ldlFactor", a)
            matrix = a
            let lower = asOneOperation { a.detached.copied() }
            let sizes = Shape(a.shape.dropLast())
            let diagonal = Tensor(uninitialized: sizes, dtype: a.dtype)
            let below = Tensor(uninitialized: sizes, dtype: a.dtype)
            let permutation = Tensor(uninitialized: sizes, dtype: .int64)
            let info = Tensor(uninitialized: Shape(sizes.dropLast()), dtype: .int64)
            a.backend.ldl(lower, diagonal: diagonal, below: below, permutation: permutation, info: info)
            if Observation.isOn {
                Observation.report("ldlFactor", [a], [:], [lower, diagonal, below, permutation, info])
            }
            (self.lower, self.diagonal, self.permutation, self.info) = (lower, diagonal, permutation, info)
            // The last element is 0: nothing is below.
            coupling = asOneOperation { below + below.rolled(by: 1, axis: -1) }
            subdiagonal = asOneOperation { below.sliced(from: 0, to: Swift.max(0, a.matrixRows - 1), axis: -1) }
        }

        /// The solution X of `A X = B`, with gradients for A (a symmetric one) and B.
        ///
        /// - Parameter b: [..., N, K], with the leading axes of the matrices.
        public func solve(_ b: Tensor) -> Tensor {
            checkOneType("ldlSolve", matrix, b)
            if b.rank < 2 || b.batchShape() != matrix.batchShape() || b.matrixRows != matrix.matrixRows {
                mistake("ldlSolve", "cannot solve for shape \(b.shape) with matrices of shape \(matrix.shape)")
            }
            let result = asOneOperation { solution(b.detached) }
            return result.output(of: "ldlSolve", from: matrix, b) { saved in
                { gradient, node in
                    let gradientOfB = solve(gradient)
                    if !node.needs(0) { return InputGradients(nil, gradientOfB) }
                    let outer = -Tensor.product(gradientOfB, node.relinked(saved), false, true)
                    // Both triangles stand for what is read of one.
                    return InputGradients((outer + outer.transposed()) * 0.5, node.needs(1) ? gradientOfB : nil)
                }
            }
        }

        private func solution(_ b: Tensor) -> Tensor {
            let places = permutation.unsqueezed(axes: -1).expanded(to: b.shape)
            let moved = b.gathered(places, axis: -2)
            let forward = solveTriangular(lower, moved, isUpper: false, isUnit: true)
            let scaled = solvedBlocks(forward)
            let back = solveTriangular(lower.transposed(), scaled, isUpper: true, isUnit: true)
            return back.scattered(back, at: places, axis: -2)
        }

        /// D^-1 Y: rows of a block of two by Cramer's rule, divided by what couples them so that nothing overflows.
        private func solvedBlocks(_ y: Tensor) -> Tensor {
            let isFirst = concatenated([subdiagonal.notEqual(to: 0), Tensor.zeros(tail, dtype: .bool)], axis: -1)
            let isCoupled = coupling.notEqual(to: 0)
            let divisor = which(isCoupled, coupling, 1)
            func partner(_ x: Tensor, _ axis: Int, _ isFirst: Tensor) -> Tensor {
                which(isFirst, x.rolled(by: -1, axis: axis), x.rolled(by: 1, axis: axis))
            }
            let own = diagonal / divisor
            let other = partner(own, -1, isFirst)
            let rows = isFirst.unsqueezed(axes: -1)
            let column = { (x: Tensor) in x.unsqueezed(axes: -1) }
            let scaled = y / column(divisor)
            let pairs = (column(other) * scaled - partner(scaled, -2, rows)) / column(own * other - 1)
            return which(column(isCoupled), pairs, y / column(diagonal))
        }

        /// One more element for each matrix.
        private var tail: Shape {
            var shape = diagonal.shape
            shape[shape.count - 1] = Swift.min(1, shape[shape.count - 1])
            return shape
        }
    }
}
