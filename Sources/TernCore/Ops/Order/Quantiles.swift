/// What a quantile between two neighbours is.
public enum QuantileInterpolation: String, Sendable, CaseIterable {
    /// Between them, by where it lies.
    case linear
    /// The smaller one.
    case lower
    /// The larger one.
    case higher
    /// Halfway between them.
    case midpoint
    /// The one that is closer; halfway, the one with the even place.
    case nearest
}

extension Tensor {
    /// The value below which the share `q` of the elements along `axis`, or of all, lies: what stands at place `q (n - 1)` of
    /// the `n` elements in order. NaN if there is one. Integers are taken as `float32`. PyTorch's and NumPy's `quantile`.
    ///
    /// ```swift
    /// Tensor([3, 1, 2, 4]).quantile(0.5)                          // 2.5
    /// Tensor([3, 1, 2, 4]).quantile(0.5, interpolation: .lower)   // 2
    /// ```
    ///
    /// - Parameters:
    ///   - q: in 0...1.
    ///   - axis: from the end if negative; all elements if `nil`.
    ///   - keepAxes: whether the axis stays, with size 1.
    ///   - interpolation: what is taken where the place lies between two elements.
    public func quantile(
        _ q: Double, axis: Int? = nil, keepAxes: Bool = false, interpolation: QuantileInterpolation = .linear
    ) -> Tensor {
        quantile([q], axis: axis, keepAxes: keepAxes, interpolation: interpolation).squeezed(axes: 0)
    }

    /// Several quantiles at once, on a new first axis: see ``quantile(_:axis:keepAxes:interpolation:)``.
    ///
    /// ```swift
    /// Tensor([3, 1, 2, 5]).quantile([0, 0.5, 1])   // [1, 2.5, 5]
    /// ```
    public func quantile(
        _ q: [Double], axis: Int? = nil, keepAxes: Bool = false, interpolation: QuantileInterpolation = .linear
    ) -> Tensor {
        quantiles(q, axis, keepAxes, interpolation, "quantile") { size, nans in
            // A NaN is the largest, so all its quantiles are.
            (Tensor(size - 1, dtype: .int64), nans.greater(than: 0))
        }
    }

    /// The ``quantile(_:axis:keepAxes:interpolation:)-(Double,_,_,_)`` of the elements that are not NaN; NaN if all
    /// are. PyTorch's `nanquantile`.
    public func nanQuantile(
        _ q: Double, axis: Int? = nil, keepAxes: Bool = false, interpolation: QuantileInterpolation = .linear
    ) -> Tensor {
        nanQuantile([q], axis: axis, keepAxes: keepAxes, interpolation: interpolation).squeezed(axes: 0)
    }

    /// Several of ``nanQuantile(_:axis:keepAxes:interpolation:)-(Double,_,_,_)``, along a new first axis.
    public func nanQuantile(
        _ q: [Double], axis: Int? = nil, keepAxes: Bool = false, interpolation: QuantileInterpolation = .linear
    ) -> Tensor {
        quantiles(q, axis, keepAxes, interpolation, "nanQuantile") { size, nans in
            (maximum(size - 1 - nans, 0), nans.equal(to: size))
        }
    }

    /// - Parameter limits: the last place that counts, for the number of NaNs in each row, and which rows are NaN.
    private func quantiles(
        _ q: [Double], _ axis: Int?, _ keepAxes: Bool, _ interpolation: QuantileInterpolation, _ name: StaticString,
        _ limits: (_ size: Int, _ nans: Tensor) -> (last: Tensor, isNaN: Tensor)
    ) -> Tensor {
        for share in q where !(0...1).contains(share) { mistake("\(name)", "expects q in 0...1, got \(share)") }
        if dtype.isHalf { return widened { $0.quantiles(q, axis, keepAxes, interpolation, name, limits) } }
        let source = converted(to: dtype.floating)
        let position = axis.map { axisOrScalar($0, "\(name)") }
        let isWhole = position == nil || rank == 0
        if count == 0, isWhole || shape[position!] == 0 {
            mistake("\(name)", "has no value for no elements (shape \(shape))")
        }
        // Rows to the last axis.
        let rows = isWhole ? source.reshaped([count]) : source.movingAxis(position!, to: -1)
        let size = rows.shape[rows.rank - 1]
        let (indices, weights) = asOneOperation {
            let nans = rows.isNaN().sum(axes: -1, keepAxes: true)
            let (last, isNaN) = limits(size, nans)
            // Places in float64: where NaN is the result, that of a NaN.
            let shares = Tensor(q, dtype: .float64)
            let place = which(isNaN, Double(size - 1), shares * last.converted(to: .float64))
            var (low, high) = (place.floor(), place.ceil())
            var weights = place - low
            switch interpolation {
            case .linear: break
            case .lower: high = low
            case .higher: low = high
            case .midpoint: weights = Tensor.full(like: weights, 0.5)
            case .nearest:
                low = place.round()
                high = low
            }
            let isOne = interpolation != .linear && interpolation != .midpoint
            let places = (isOne ? low : concatenated([low, high], axis: -1)).converted(to: .int64)
            let indices = rows.alongRows(rows.rank - 1, name) { $0.indicesInOrder(at: places) }
            return (indices, isOne ? nil : weights.converted(to: source.dtype))
        }
        var result = rows.gathered(indices, axis: -1)
        if let weights {
            let (low, high) = (result[.ellipsis, ..<q.count], result[.ellipsis, q.count...])
            // Of an infinite one the difference says nothing, and 0 times it is nothing.
            let gap = high - low
            let between = which(gap.isFinite(), low + gap * weights, low * (1 - weights) + high * weights)
            result = which(weights.equal(to: 0), low, between)
        }
        result = result.movingAxis(-1, to: 0)
        if !keepAxes { return result }
        guard isWhole else { return result.unsqueezed(axes: position! + 1) }
        return result.reshaped(Shape([q.count] + [Int](repeating: 1, count: rank)))
    }
}
