// Reductions of the elements that are not NaN. Gradients flow to these alone.

extension Tensor {
    /// The sum of the elements that are not NaN over `axes`, or over all; 0 if all are. PyTorch's `nansum`.
    ///
    /// ```swift
    /// Tensor([1, .nan, 2]).nanSum()   // 3.0
    /// ```
    ///
    /// - Parameters:
    ///   - axes: what is reduced: one axis, several or a range, from the end if negative; all if `nil`.
    ///   - keepAxes: whether the reduced axes stay, with size 1.
    ///   - type: the type of the result, to which elements are converted first.
    public func nanSum(axes: (any Axes)? = nil, keepAxes: Bool = false, dtype type: DType? = nil) -> Tensor {
        replacingNaN(0).sum(axes: axes, keepAxes: keepAxes, dtype: type)
    }

    /// The mean of the elements that are not NaN over `axes`, or over all; NaN if all are. PyTorch's `nanmean`.
    ///
    /// - Parameters:
    ///   - axes: what is reduced: one axis, several or a range, from the end if negative; all if `nil`.
    ///   - keepAxes: whether the reduced axes stay, with size 1.
    ///   - type: the type of the result, to which elements are converted first.
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

    /// The product of the elements that are not NaN over `axes`, or over all; 1 if all are. NumPy's `nanprod`.
    ///
    /// - Parameters:
    ///   - axes: what is reduced: one axis, several or a range, from the end if negative; all if `nil`.
    ///   - keepAxes: whether the reduced axes stay, with size 1.
    ///   - type: the type of the result, to which elements are converted first.
    public func nanProduct(axes: (any Axes)? = nil, keepAxes: Bool = false, dtype type: DType? = nil) -> Tensor {
        replacingNaN(1).product(axes: axes, keepAxes: keepAxes, dtype: type)
    }

    /// The mean squared deviation of the elements that are not NaN from their mean; NaN where there are no more than
    /// `correction`. NumPy's `nanvar`.
    ///
    /// - Parameters:
    ///   - axes: what is reduced: one axis, several or a range, from the end if negative; all if `nil`.
    ///   - keepAxes: whether the reduced axes stay, with size 1.
    ///   - correction: what their number is reduced by: 1 as in ``variance(axes:keepAxes:correction:)``, where NumPy
    ///     and Keras have 0.
    public func nanVariance(axes: (any Axes)? = nil, keepAxes: Bool = false, correction: Int = 1) -> Tensor {
        if dtype.isHalf { return widened { $0.nanVariance(axes: axes, keepAxes: keepAxes, correction: correction) } }
        if !dtype.isFloatingPoint { return variance(axes: axes, keepAxes: keepAxes, correction: correction) }
        let (deviation, count) = nanDeviation(axes, keepAxes, correction)
        return deviation.square().sum(axes: axes, keepAxes: keepAxes) / count
    }

    /// The root of ``nanVariance(axes:keepAxes:correction:)``; the derivative at 0 is 0. NumPy's `nanstd`.
    public func nanStandardDeviation(axes: (any Axes)? = nil, keepAxes: Bool = false, correction: Int = 1) -> Tensor {
        if dtype.isHalf {
            return widened { $0.nanStandardDeviation(axes: axes, keepAxes: keepAxes, correction: correction) }
        }
        if !dtype.isFloatingPoint { return standardDeviation(axes: axes, keepAxes: keepAxes, correction: correction) }
        let (deviation, count) = nanDeviation(axes, keepAxes, correction)
        return deviation.norm(axes: axes, keepAxes: keepAxes) / count.sqrt()
    }

    /// Deviations from the mean, 0 for NaN, and what the sum of their squares is divided by: 0 where there are too few.
    private func nanDeviation(_ axes: (any Axes)?, _ keepAxes: Bool, _ correction: Int) -> (Tensor, Tensor) {
        let deviation = which(isNaN(), 0, self - nanMean(axes: axes, keepAxes: true))
        let count = isNaN().logicalNot().sum(axes: axes, keepAxes: keepAxes).converted(to: dtype)
        return (deviation, maximum(count - Double(correction), 0))
    }

    /// The index of the largest element that is not NaN along `axis`, or of all in row-major order; of the first one if all
    /// are. NumPy's `nanargmax`, which raises an error then.
    public func nanArgmax(axis: Int? = nil, keepAxes: Bool = false) -> Tensor {
        replacingNaN(-.infinity).argmax(axis: axis, keepAxes: keepAxes)
    }

    /// The index of the smallest element that is not NaN, see ``nanArgmax(axis:keepAxes:)``. NumPy's `nanargmin`.
    public func nanArgmin(axis: Int? = nil, keepAxes: Bool = false) -> Tensor {
        replacingNaN(.infinity).argmin(axis: axis, keepAxes: keepAxes)
    }

    /// The sums of the elements up to each along `axis`, where NaN counts as 0. NumPy's `nancumsum`.
    public func nanCumulativeSum(axis: Int, dtype type: DType? = nil) -> Tensor {
        replacingNaN(0).cumulativeSum(axis: axis, dtype: type)
    }

    /// The products of the elements up to each along `axis`, where NaN counts as 1. NumPy's `nancumprod`.
    public func nanCumulativeProduct(axis: Int, dtype type: DType? = nil) -> Tensor {
        replacingNaN(1).cumulativeProduct(axis: axis, dtype: type)
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
