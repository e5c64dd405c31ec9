extension Linalg {
    /// The matrix multiplied with itself; of a negative exponent its inverse. PyTorch's `torch.linalg.matrix_power`.
    ///
    ///     a [..., N, N] -> [..., N, N]
    ///
    /// ```swift
    /// Linalg.matrixPower([[1, 1], [1, 0]], 10)   // [[89, 55], [55, 34]]
    /// ```
    public static func matrixPower(_ a: Tensor, _ exponent: Int) -> Tensor {
        checkSquare("matrixPower", a)
        if exponent == 0 {
            return Tensor.eye(a.matrixRows, dtype: a.dtype).expanded(to: a.shape).contiguous()
        }
        var square = exponent < 0 ? inverse(a) : a
        var rest = exponent.magnitude
        var result: Tensor?
        while true {
            if rest & 1 != 0 {
                result = result.map { Tensor.product($0, square, false, false) } ?? square
            }
            rest >>= 1
            if rest == 0 { return result! }
            square = Tensor.product(square, square, false, false)
        }
    }

    /// The exponential `1 + A + A^2 / 2! + ...` of square matrices. PyTorch's `torch.linalg.matrix_exp`.
    ///
    ///     a [..., N, N] -> [..., N, N]
    ///
    /// A Pade approximant of degree 13 of the matrix scaled by a power of two, squared as often (Higham 2005). The derivative
    /// is a block of the exponential of a matrix of twice the size.
    ///
    /// ```swift
    /// Linalg.matrixExp([[0, 1], [0, 0]])   // [[1, 1], [0, 1]]
    /// ```
    public static func matrixExp(_ a: Tensor) -> Tensor {
        checkSquare("matrixExp", a)
        let result = asOneOperation { exponential(a.detached) }
        return result.output(of: "matrixExp", from: a) { gradient, _ in
            // exp [[A^T, g], [0, A^T]] has the derivative along g above the diagonal.
            let n = a.matrixRows
            let flipped = a.transposed()
            let above = concatenated([flipped, gradient], axis: -1)
            let below = concatenated([flipped.zerosLike, flipped], axis: -1)
            let block = matrixExp(concatenated([above, below], axis: -2))
            return InputGradients(
                block.sliced(from: 0, to: n, axis: -2).sliced(from: n, to: 2 * n, axis: -1))
        }
    }

    private static func exponential(_ a: Tensor) -> Tensor {
        if a.count == 0 { return a.copied() }
        // The norm up to which the approximant is as accurate as the type.
        let limit = a.dtype == .float32 ? 3.925724783138660 : 5.371920351148152
        let norms = matrixNorm(a, 1).array(of: Double.self)
        let counts = norms.map { $0 > limit && $0.isFinite ? Int(($0 / limit).exponent) + 1 : 0 }
        let lead = Shape(a.shape.dropLast(2))
        let scales = counts.map { Double(sign: .plus, exponent: -$0, significand: 1) }
        let scaled =
            a * Tensor(shape: lead, values: scales).converted(to: a.dtype).unsqueezed(axes: [-1, -2])
        var result = a.dtype == .float32 ? pade7(scaled) : pade13(scaled)
        let squarings = Tensor(shape: lead, values: counts).unsqueezed(axes: [-1, -2])
        for step in 0..<(counts.max() ?? 0) {
            result = which(squarings .> step, Tensor.product(result, result, false, false), result)
        }
        return result
    }

    private static func pade7(_ a: Tensor) -> Tensor {
        let b: [Double] = [17_297_280, 8_648_640, 1_995_840, 277_200, 25_200, 1512, 56, 1]
        let one = Tensor.eye(a.matrixRows, dtype: a.dtype)
        let a2 = Tensor.product(a, a, false, false)
        let a4 = Tensor.product(a2, a2, false, false)
        let a6 = Tensor.product(a4, a2, false, false)
        let odd = a6 * b[7] + a4 * b[5] + a2 * b[3] + one * b[1]
        let even = a6 * b[6] + a4 * b[4] + a2 * b[2] + one * b[0]
        return quotient(even, Tensor.product(a, odd, false, false))
    }

    private static func pade13(_ a: Tensor) -> Tensor {
        let b: [Double] = [
            64_764_752_532_480_000, 32_382_376_266_240_000, 7_771_770_303_897_600, 1_187_353_796_428_800,
            129_060_195_264_000, 10_559_470_521_600, 670_442_572_800, 33_522_128_640, 1_323_241_920,
            40_840_800, 960_960,
            16_380, 182, 1,
        ]
        let one = Tensor.eye(a.matrixRows, dtype: a.dtype)
        let a2 = Tensor.product(a, a, false, false)
        let a4 = Tensor.product(a2, a2, false, false)
        let a6 = Tensor.product(a4, a2, false, false)
        let highOdd = Tensor.product(a6, a6 * b[13] + a4 * b[11] + a2 * b[9], false, false)
        let odd = highOdd + a6 * b[7] + a4 * b[5] + a2 * b[3] + one * b[1]
        let highEven = Tensor.product(a6, a6 * b[12] + a4 * b[10] + a2 * b[8], false, false)
        let even = highEven + a6 * b[6] + a4 * b[4] + a2 * b[2] + one * b[0]
        return quotient(even, Tensor.product(a, odd, false, false))
    }

    /// `(even - odd)^-1 (even + odd)`
    private static func quotient(_ even: Tensor, _ odd: Tensor) -> Tensor {
        solveAndInfo(even - odd, even + odd).solution
    }

    /// The product of several matrices in the order that takes the fewest multiplications. PyTorch's
    /// `torch.linalg.multi_dot`.
    ///
    ///     [A, B], [B, C], ... [Y, Z] -> [A, Z]     the first may be a row [B], the last a column [Y]
    ///
    /// ```swift
    /// let (a, b, x) = (Tensor.ones([100, 100]), Tensor.ones([100, 100]), Tensor.ones([100]))
    /// Linalg.multiDot([a, b, x]).shape   // [100]: a (b x), 100 times fewer than (a b) x
    /// ```
    public static func multiDot(_ tensors: [Tensor]) -> Tensor {
        let count = tensors.count
        if count < 2 { mistake("multiDot", "expects two matrices at least, got \(count)") }
        for (index, tensor) in tensors.enumerated() {
            let isEnd = index == 0 || index == count - 1
            if tensor.rank == 2 || (isEnd && tensor.rank == 1) { continue }
            mistake(
                "multiDot",
                "expects matrices, and vectors at the ends, got shape \(tensor.shape) at \(index)")
        }
        let first = tensors[0].rank == 1 ? tensors[0].unsqueezed(axes: 0) : tensors[0]
        let last =
            tensors[count - 1].rank == 1 ? tensors[count - 1].unsqueezed(axes: 1) : tensors[count - 1]
        let matrices = [first] + tensors.dropFirst().dropLast() + [last]
        for (a, b) in Swift.zip(matrices, matrices.dropFirst()) where a.shape[1] != b.shape[0] {
            mistake("multiDot", "cannot multiply shapes \(a.shape) and \(b.shape)")
        }
        // The cheapest way to multiply matrices i...j, and behind which of them its last product is.
        let sizes = matrices.map { Double($0.shape[0]) } + [Double(matrices[count - 1].shape[1])]
        var costs = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        var splits = [[Int]](repeating: [Int](repeating: 0, count: count), count: count)
        for length in 1..<count {
            for i in 0..<count - length {
                let j = i + length
                costs[i][j] = .infinity
                for k in i..<j {
                    let cost = costs[i][k] + costs[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1]
                    if cost < costs[i][j] { (costs[i][j], splits[i][j]) = (cost, k) }
                }
            }
        }
        func product(_ i: Int, _ j: Int) -> Tensor {
            if i == j { return matrices[i] }
            return matmul(product(i, splits[i][j]), product(splits[i][j] + 1, j))
        }
        let result = product(0, count - 1)
        let axes = [tensors[0].rank == 1 ? 0 : nil, tensors[count - 1].rank == 1 ? 1 : nil].compactMap {
            $0
        }
        return axes.isEmpty ? result : result.squeezed(axes: axes)
    }

    /// The inverse of a tensor with respect to ``tensordot(_:_:axes:)``: `a` as a matrix from its last axes to its first
    /// `count`. PyTorch's `torch.linalg.tensorinv`.
    ///
    ///     a [A..., B...] -> [B..., A...]     the products of the sizes of both are equal
    public static func tensorInverse(_ a: Tensor, axes count: Int = 2) -> Tensor {
        checkType("tensorInverse", a)
        if count < 1 || count >= a.rank {
            mistake("tensorInverse", "expects 1 to \(a.rank - 1) axes, got \(count)")
        }
        let (first, last) = (Array(a.shape.prefix(count)), Array(a.shape.dropFirst(count)))
        let (rows, columns) = (Shape(first).elements, Shape(last).elements)
        if rows != columns {
            mistake("tensorInverse", "is not square after axis \(count): shape \(a.shape)")
        }
        return inverse(a.reshaped([rows, columns])).reshaped(Shape(last + first))
    }

    /// The X with `tensordot(a, X, axes: X.rank) = b`. PyTorch's `torch.linalg.tensorsolve`.
    ///
    ///     a [B..., X...], b [B...] -> [X...]
    public static func tensorSolve(_ a: Tensor, _ b: Tensor) -> Tensor {
        checkType("tensorSolve", a)
        let rest = Shape(a.shape.dropFirst(b.rank))
        if Shape(a.shape.prefix(b.rank)) != b.shape || rest.elements != b.count {
            mistake("tensorSolve", "cannot solve for shape \(b.shape) with shape \(a.shape)")
        }
        return solve(a.reshaped([b.count, b.count]), b.reshaped([b.count])).reshaped(rest)
    }
}
