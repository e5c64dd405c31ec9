/// What ``Tensor/padded(_:with:)`` puts around a tensor, and convolutions see around their input.
public enum Padding: Sendable, Hashable {
    /// One value. PyTorch's mode `constant`.
    case constant(Double)
    /// The elements mirrored at the outermost one, which is not repeated: `c b | a b c | b a`. PyTorch's `reflect`.
    case reflect
    /// The outermost element: `a a | a b c | c c`. PyTorch's `replicate`.
    case replicate
    /// The elements from the other end: `b c | a b c | a b`. PyTorch's `circular`.
    case circular

    /// PyTorch's padding mode `zeros`.
    public static let zeros = Padding.constant(0)
}

extension Tensor {
    /// With more elements around: `widths` says how many before and after, for each of the last axes. A negative number cuts
    /// so many off, at most all. PyTorch's `torch.nn.functional.pad` (whose list begins with the last axis) and NumPy's `pad`.
    ///
    /// ```swift
    /// Tensor([1, 2, 3]).padded([(1, 2)])                    // [0, 1, 2, 3, 0, 0]
    /// Tensor([1, 2, 3]).padded([(1, 2)], with: .reflect)    // [2, 1, 2, 3, 2, 1]
    /// Tensor([1, 2, 3]).padded([(2, -1)], with: .circular)  // [2, 3, 1, 2]
    /// ```
    ///
    /// - Parameters:
    ///   - widths: one pair for each of the last axes; to reflect, below the size of the axis, and to go around, at
    ///     most what is left of it.
    ///   - padding: what the new elements are; the default is 0.
    public func padded(_ widths: [(before: Int, after: Int)], with padding: Padding = .constant(0)) -> Tensor {
        if widths.count > rank {
            mistake("padded", "expects at most \(rank) pairs of widths for shape \(shape), got \(widths)")
        }
        let first = rank - widths.count
        var target = shape
        for (number, width) in widths.enumerated() {
            target[first + number] = paddedSize(first + number, width, padding)
        }
        if case .constant(let value) = padding { return padded(widths, first, target, value) }
        var result = self
        for (number, (before, after)) in widths.enumerated() where widths[number] != (0, 0) {
            result = result.padded(axis: first + number, before, after, padding)
        }
        return result
    }

    /// With other elements of its own before and after one axis.
    private func padded(axis: Int, _ before: Int, _ after: Int, _ padding: Padding) -> Tensor {
        let size = shape[axis]
        func part(_ start: Int, _ count: Int, step: Int = 1) -> Tensor {
            windowed(Window(shape, axis: axis, start: start, step: step, size: count), "sliced")
        }
        let (start, left) = (Swift.max(0, -before), size + Swift.min(0, before) + Swift.min(0, after))
        func edge(_ count: Int, isBefore: Bool) -> Tensor? {
            if count <= 0 { return nil }
            switch padding {
            case .reflect: return part(isBefore ? count : size - 2, count, step: -1)
            // What goes around is what is left.
            case .circular: return part(isBefore ? start + left - count : start, count)
            case .replicate, .constant:
                var target = shape
                target[axis] = count
                return part(isBefore ? 0 : size - 1, 1).expanded(to: target)
            }
        }
        let parts = [edge(before, isBefore: true), part(start, left), edge(after, isBefore: false)]
        return concatenated(parts.compactMap { $0 }, axis: axis)
    }

    /// With a value around what is left of the last axes.
    private func padded(
        _ widths: [(before: Int, after: Int)], _ first: Int, _ target: Shape, _ value: Double
    ) -> Tensor {
        var (kept, window) = (Window(shape), Window(target))
        for (number, (before, after)) in widths.enumerated() {
            let axis = first + number
            kept.starts[axis] = Swift.max(0, -before)
            kept.shape[axis] = shape[axis] + Swift.min(0, before) + Swift.min(0, after)
            window.starts[axis] = Swift.max(0, before)
        }
        window.shape = kept.shape
        var result = Tensor.full(target, value, dtype: dtype)
        result.replace(window, with: kept.shape == shape ? self : windowed(kept, "padded"))
        return result
    }

    /// The size of an axis with more around it; stops if there is none.
    private func paddedSize(_ axis: Int, _ width: (before: Int, after: Int), _ padding: Padding) -> Int {
        let (before, after) = width
        let (around, overflows) = before.addingReportingOverflow(after)
        let (size, overflowsToo) = shape[axis].addingReportingOverflow(around)
        let (left, isTooFar) = (shape[axis] + Swift.min(0, before)).addingReportingOverflow(Swift.min(0, after))
        let most =
            switch padding {
            case .constant: Int.max
            case .reflect: shape[axis] - 1
            case .circular: left
            case .replicate: shape[axis] == 0 ? 0 : Int.max
            }
        if overflows || overflowsToo || isTooFar || left < 0 || Swift.max(before, after) > most {
            mistake("padded", "cannot pad axis \(axis) of shape \(shape) by \((before, after)) with \(padding)")
        }
        return size
    }
}
