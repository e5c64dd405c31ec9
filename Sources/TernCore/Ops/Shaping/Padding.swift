/// What ``Tensor/padded(_:with:)`` puts around a tensor.
public enum Padding: Sendable, Hashable {
    /// One value. PyTorch's mode `constant`.
    case constant(Double)
    /// The elements mirrored at the outermost one, which is not repeated: `c b | a b c | b a`. PyTorch's `reflect`.
    case reflect
    /// The outermost element: `a a | a b c | c c`. PyTorch's `replicate`.
    case replicate
}

extension Tensor {
    /// With more elements around: `widths[axis]` is how many before and after, for each axis. NumPy's `pad`.
    ///
    /// ```swift
    /// Tensor([1, 2, 3]).padded([(1, 2)])                   // [0, 1, 2, 3, 0, 0]
    /// Tensor([1, 2, 3]).padded([(1, 2)], with: .reflect)   // [2, 1, 2, 3, 2, 1]
    /// ```
    ///
    /// - Parameters:
    ///   - widths: one pair for each axis, not negative; to reflect, below the size of the axis.
    ///   - padding: what the new elements are; the default is 0.
    public func padded(_ widths: [(before: Int, after: Int)], with padding: Padding = .constant(0)) -> Tensor {
        if widths.count != rank || widths.contains(where: { $0.before < 0 || $0.after < 0 }) {
            mistake("padded", "expects \(rank) pairs of widths that are not negative for shape \(shape), got \(widths)")
        }
        var target = shape
        for axis in 0..<rank {
            let (before, after) = widths[axis]
            let (around, overflows) = before.addingReportingOverflow(after)
            let (size, overflowsToo) = shape[axis].addingReportingOverflow(around)
            if overflows || overflowsToo { stopPadding(axis, (before, after), padding) }
            target[axis] = size
        }
        if case .constant(let value) = padding {
            var window = Window(target)
            for axis in 0..<rank { window.starts[axis] = widths[axis].before }
            window.shape = shape
            var result = Tensor.full(target, value, dtype: dtype)
            result.replace(window, with: self)
            return result
        }
        var result = self
        for axis in 0..<rank where widths[axis] != (0, 0) {
            let size = shape[axis]
            let (before, after) = widths[axis]
            if padding == .reflect ? Swift.max(before, after) >= size : size == 0 {
                stopPadding(axis, (before, after), padding)
            }
            let indices = Tensor.filled(target[axis]) { place in
                let index = place - before
                if index >= 0, index < size { return index }
                let isBefore = index < 0
                if padding == .reflect { return isBefore ? -index : 2 * (size - 1) - index }
                return isBefore ? 0 : size - 1
            }
            result = result.selected(indices, axis: axis)
        }
        return result
    }

    private func stopPadding(_ axis: Int, _ widths: (before: Int, after: Int), _ padding: Padding) -> Never {
        mistake(
            "padded", "cannot pad axis \(axis) of shape \(shape) by \((widths.before, widths.after)) with \(padding)")
    }
}
