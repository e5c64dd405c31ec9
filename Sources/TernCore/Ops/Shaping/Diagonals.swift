extension Tensor {
    /// The elements whose indices on two axes differ by `offset` (above the main diagonal if it is positive), on a new last
    /// axis; a view. PyTorch's `torch.diagonal`.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2, 3], [4, 5, 6]]
    /// x.diagonal()            // [1, 5]
    /// x.diagonal(offset: 1)   // [2, 6]
    /// ```
    public func diagonal(offset: Int = 0, axes first: Int = -2, _ second: Int = -1) -> Tensor {
        windowed(diagonalWindow(offset, first, second, "diagonal"), "diagonal")
    }

    func diagonalWindow(_ offset: Int, _ first: Int, _ second: Int, _ name: String) -> Window {
        let row = axis(first, name)
        let column = axis(second, name)
        if row == column { mistake(name, "expects two axes, got axis \(row) twice for shape \(shape)") }
        var window = Window(shape)
        window.shape = []
        for axis in 0..<rank where axis != row && axis != column {
            window.resultAxes[axis] = window.shape.count
            window.shape.append(shape[axis])
        }
        let size = Swift.max(0, Swift.min(shape[row] + Swift.min(offset, 0), shape[column] - Swift.max(offset, 0)))
        for axis in [row, column] { window.resultAxes[axis] = window.shape.count }
        if size > 0 {
            window.starts[row] = Swift.max(0, -offset)
            window.starts[column] = Swift.max(0, offset)
        }
        window.shape.append(size)
        return window
    }

    /// The elements on and below a diagonal of the matrices that the last two axes form, zeros above. PyTorch's
    /// `torch.tril`.
    ///
    /// - Parameter diagonal: which one: 0 is the main one, 1 the one above it.
    public func lowerTriangle(diagonal: Int = 0) -> Tensor { triangle("lowerTriangle") { $0.lessOrEqual(diagonal) } }

    /// The elements on and above a diagonal of the matrices that the last two axes form, zeros below. PyTorch's
    /// `torch.triu`.
    ///
    /// - Parameter diagonal: which one: 0 is the main one, 1 the one above it.
    public func upperTriangle(diagonal: Int = 0) -> Tensor { triangle("upperTriangle") { $0.greaterOrEqual(diagonal) } }

    private func triangle(_ name: String, _ keeps: (_ diagonal: Tensor) -> Tensor) -> Tensor {
        if rank < 2 { mistake(name, "expects a matrix, got shape \(shape)") }
        let rows = Tensor.arange(shape[rank - 2]).unsqueezed(axes: 1)
        let columns = Tensor.arange(shape[rank - 1])
        return which(keeps(columns - rows), self, Tensor.zeros([], dtype: dtype))
    }
}
