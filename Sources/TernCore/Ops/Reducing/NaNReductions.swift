// Reductions of the elements that are not NaN. Gradients flow to these alone.

extension Tensor {
    /// The sum of the elements that are not NaN over `axes`, or over all; 0 if all are. PyTorch's `nansum`.
    ///
    /// ```swift
    /// Tensor([1, .nan, 2]).nanSum()   // 3.0
    /// ```
    ///
    /// - Parameter dtype: the type of the result, to which elements are converted first.
    public func nanSum(axes: (any Axes)? = nil, keepAxes: Bool = false, dtype type: DType? = nil) -> Tensor {
        replacingNaN(0).sum(axes: axes, keepAxes: keepAxes, dtype: type)
    }

    /// The mean of the elements that are not NaN over `axes`, or over all; NaN if all are. PyTorch's `nanmean`.
    ///
    /// - Parameter dtype: the type of the result, to which elements are converted first.
    public func nanMean(axes: (any Axes)? = nil, keepAxes: Bool = false, dtype type: DType? = nil) -> Tensor {
        if let type { return converted(toFloating: type, "nanMean").nanMean(axes: axes, keepAxes: keepAxes) }
        if dtype.isHalf { return widened { $0.nanMean(axes: axes, keepAxes: keepAxes) } }
        if !dtype.isFloatingPoint { return mean(axes: axes, keepAxes: keepAxes) }
        let count = isNaN().logicalNot().sum(axes: axes, keepAxes: keepAxes)
        return nanSum(axes: axes, keepAxes: keepAxes) / count.converted(to: dtype)
    }

    /// The largest element that is not NaN over `axes`, or over all; NaN if all are. Equal largest elements share the gradient
    /// evenly. NumPy's `nanmax`.
    public func nanMax(axes: (any Axes)? = nil, keepAxes: Bool = false) -> Tensor {
        nanExtreme(axes, keepAxes, -.infinity, "nanMax") { $0.max(axes: axes, keepAxes: keepAxes) }
    }

    /// The smallest element that is not NaN over `axes`, or over all; NaN if all are. Equal smallest elements share the
    /// gradient evenly. NumPy's `nanmin`.
    public func nanMin(axes: (any Axes)? = nil, keepAxes: Bool = false) -> Tensor {
        nanExtreme(axes, keepAxes, .infinity, "nanMin") { $0.min(axes: axes, keepAxes: keepAxes) }
    }

    private func nanExtreme(
        _ axes: (any Axes)?, _ keepAxes: Bool, _ worst: Double, _ name: StaticString, _ extreme: (Tensor) -> Tensor
    ) -> Tensor {
        if ReductionPlan(self, axes, name).reducedCount == 0 {
            mistake("\(name)", "has no value for no elements (shape \(shape))")
        }
        if !dtype.isFloatingPoint { return extreme(self) }
        return which(isNaN().all(axes: axes, keepAxes: keepAxes), Double.nan, extreme(replacingNaN(worst)))
    }

    private func replacingNaN(_ value: Double) -> Tensor {
        dtype.isFloatingPoint ? which(isNaN(), value, self) : self
    }
}
