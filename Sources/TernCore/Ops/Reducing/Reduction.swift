extension Tensor {
    /// What `operation` gives for these halves in `float32`, rounded once; under autocast it stays `float32`.
    func widened(_ operation: (Tensor) -> Tensor) -> Tensor {
        let result = operation(converted(to: .float32))
        return Autocast.widens(self) ? result : result.converted(to: dtype)
    }

    /// This tensor in the type in which sums and products of it are computed: the one that was asked for, if any.
    @inline(__always)
    func converted(forSumsIn type: DType?, _ name: StaticString) -> Tensor {
        if type == .bool { mistake("\(name)", "cannot be computed in bool: use any or all") }
        return converted(to: type ?? dtype.summed)
    }

    /// This tensor in the floating-point type that was asked for.
    func converted(toFloating type: DType, _ name: StaticString) -> Tensor {
        if !type.isFloatingPoint { mistake("\(name)", "expects a floating-point type, got \(type)") }
        return converted(to: type)
    }

    /// The sum over `axes`, or over all. Of `bool` and integers it is an `int64`. PyTorch's `sum`.
    ///
    /// ```swift
    /// let x: Tensor = [[1, 2, 3], [4, 5, 6]]
    /// x.sum()                           // 21.0
    /// x.sum(axes: 0)                    // [5, 7, 9]
    /// x.sum(axes: -1, keepAxes: true)   // [[6], [15]]
    /// ```
    ///
    /// - Parameters:
    ///   - axes: what is reduced: one axis, several or a range, from the end if negative; all if `nil`.
    ///   - keepAxes: whether the reduced axes stay, with size 1.
    ///   - type: the type of the result, to which elements are converted first.
    public func sum(axes: (any Axes)? = nil, keepAxes: Bool = false, dtype type: DType? = nil) -> Tensor {
        let source = converted(forSumsIn: type, "sum")
        let plan = ReductionPlan(source, axes, "sum")
        let result = plan.reduce(source, .sum).contiguousView(keepAxes ? plan.keptShape : plan.shape)
        let shape = shape
        return result.output(of: "sum", from: source, attributes: plan.attributes(keepAxes)) { gradient, _ in
            InputGradients(gradient.reshaped(plan.keptShape).expanded(to: shape))
        }
    }

    /// The arithmetic mean over `axes`, or over all; NaN of no elements. Integers are averaged as `float32`.
    ///
    /// - Parameters:
    ///   - axes: what is reduced: one axis, several or a range, from the end if negative; all if `nil`.
    ///   - keepAxes: whether the reduced axes stay, with size 1.
    ///   - type: the type of the result, to which elements are converted first.
    public func mean(axes: (any Axes)? = nil, keepAxes: Bool = false, dtype type: DType? = nil) -> Tensor {
        if let type { return converted(toFloating: type, "mean").mean(axes: axes, keepAxes: keepAxes) }
        if dtype.isHalf { return widened { $0.mean(axes: axes, keepAxes: keepAxes) } }
        let source = converted(to: dtype.floating)
        let plan = ReductionPlan(source, axes, "mean")
        let total = source.sum(axes: axes, keepAxes: keepAxes)
        return total / Double(plan.reducedCount)
    }

    /// The product over `axes`, or over all, of more than a few `float32` factors in `float64`. Of `bool` and integers it is
    /// an `int64`. The derivative is right for zeros too. PyTorch's `prod`.
    ///
    /// - Parameters:
    ///   - axes: what is reduced: one axis, several or a range, from the end if negative; all if `nil`.
    ///   - keepAxes: whether the reduced axes stay, with size 1.
    ///   - type: the type of the result, to which elements are converted first.
    public func product(axes: (any Axes)? = nil, keepAxes: Bool = false, dtype type: DType? = nil) -> Tensor {
        let source = converted(forSumsIn: type, "product")
        if source.dtype.isHalf { return source.widened { $0.product(axes: axes, keepAxes: keepAxes) } }
        let plan = ReductionPlan(source, axes, "product")
        // In any order a product has as many rounding errors as factors.
        let isWide = dtype.isFloatingPoint && plan.reducedCount > 16
        let product = asOneOperation {
            plan.reduce(isWide ? source.converted(to: .float64) : source, .product).converted(to: source.dtype)
        }
        let result = product.contiguousView(keepAxes ? plan.keptShape : plan.shape)
        return result.output(of: "product", from: source, attributes: plan.attributes(keepAxes)) { gradient, _ in
            InputGradients(gradient.reshaped(plan.keptShape) * plan.productsOfOthers(source))
        }
    }

    /// The largest element over `axes`, or over all; NaN if there is one. Equal largest elements share the gradient
    /// evenly. PyTorch's `amax`.
    public func max(axes: (any Axes)? = nil, keepAxes: Bool = false) -> Tensor {
        extremum(axes, keepAxes, .max, "max")
    }

    /// The smallest element over `axes`, or over all; NaN if there is one. Equal smallest elements share the gradient
    /// evenly. PyTorch's `amin`.
    public func min(axes: (any Axes)? = nil, keepAxes: Bool = false) -> Tensor {
        extremum(axes, keepAxes, .min, "min")
    }

    private func extremum(
        _ axes: (any Axes)?, _ keepAxes: Bool, _ operation: ReductionFunction, _ name: StaticString
    ) -> Tensor {
        if dtype == .bool {
            let result = asOneOperation {
                converted(to: .int64).extremum(axes, keepAxes, operation, name).converted(to: dtype)
            }
            return result.output(
                of: name, from: [self], attributes: ReductionPlan(self, axes, name).attributes(keepAxes))
        }
        let plan = ReductionPlan(self, axes, name)
        if plan.reducedCount == 0 { mistake("\(name)", "has no value for no elements (shape \(shape))") }
        let result = plan.reduce(self, operation).contiguousView(keepAxes ? plan.keptShape : plan.shape)
        return result.output(of: name, from: self, attributes: plan.attributes(keepAxes)) { saved in
            { gradient, _ in
                let chosen = equal(to: saved.reshaped(plan.keptShape)).converted(to: gradient.dtype)
                let share = chosen / chosen.sum(axes: plan.axes, keepAxes: true)
                return InputGradients(gradient.reshaped(plan.keptShape) * share)
            }
        }
    }

    /// The index of the first largest element along `axis`, or of all elements in row-major order; a NaN counts as the
    /// largest. An `int64`. PyTorch's `argmax`.
    public func argmax(axis: Int? = nil, keepAxes: Bool = false) -> Tensor {
        argument(axis, keepAxes, "argmax", .max)
    }

    /// The index of the first smallest element along `axis`, or of all elements in row-major order; a NaN counts as the
    /// smallest. An `int64`. PyTorch's `argmin`.
    public func argmin(axis: Int? = nil, keepAxes: Bool = false) -> Tensor {
        argument(axis, keepAxes, "argmin", .min)
    }

    private func argument(
        _ axis: Int?, _ keepAxes: Bool, _ name: StaticString, _ function: ReductionFunction
    ) -> Tensor {
        let position = axis.map { axisOrScalar($0, "\(name)") }
        let isFlat = position == nil || rank == 0
        let source = isFlat ? packed.contiguousView([count]) : self
        let reduced = isFlat ? 0 : position!
        if source.shape[reduced] == 0 { mistake("\(name)", "has no value for no elements (shape \(shape))") }
        var (shape, kept) = (source.shape, isFlat ? Shape(repeating: 1, count: rank) : source.shape)
        shape.remove(at: reduced)
        if !isFlat { kept[reduced] = 1 }
        let result = Tensor(uninitialized: keepAxes ? kept : shape, dtype: .int64)
        backend.argument(function, source, axis: reduced, into: result)
        return result.output(
            of: name, from: [self], attributes: ["axes": position.map { [$0] } ?? [Int](), "keepAxes": keepAxes])
    }

    /// Whether any element, along `axes` or of all, is not 0. A `bool`.
    public func any(axes: (any Axes)? = nil, keepAxes: Bool = false) -> Tensor {
        converted(to: .bool).sum(axes: axes, keepAxes: keepAxes).notEqual(to: 0)
    }

    /// Whether all elements, along `axes` or of all, are not 0. A `bool`.
    public func all(axes: (any Axes)? = nil, keepAxes: Bool = false) -> Tensor {
        logicalNot().any(axes: axes, keepAxes: keepAxes).logicalNot()
    }

    /// The variance over `axes`, or over all: the sum of squared deviations from the mean, divided by the number of
    /// elements less `correction` (1: unbiased, 0: of the population). NaN of a single value with correction 1.
    /// PyTorch's `var`.
    public func variance(axes: (any Axes)? = nil, keepAxes: Bool = false, correction: Int = 1) -> Tensor {
        if dtype.isHalf { return widened { $0.variance(axes: axes, keepAxes: keepAxes, correction: correction) } }
        let source = converted(to: dtype.floating)
        let plan = ReductionPlan(source, axes, "variance")
        let deviation = source - source.mean(axes: plan.axes, keepAxes: true)
        let total = deviation.square().sum(axes: axes, keepAxes: keepAxes)
        return total / Swift.max(0, Double(plan.reducedCount) - Double(correction))
    }

    /// The square root of the ``variance(axes:keepAxes:correction:)``; the derivative at 0 is 0. PyTorch's `std`.
    public func standardDeviation(axes: (any Axes)? = nil, keepAxes: Bool = false, correction: Int = 1) -> Tensor {
        if dtype.isHalf {
            return widened { $0.standardDeviation(axes: axes, keepAxes: keepAxes, correction: correction) }
        }
        let source = converted(to: dtype.floating)
        let plan = ReductionPlan(source, axes, "standardDeviation")
        let deviation = source - source.mean(axes: plan.axes, keepAxes: true)
        let count = Swift.max(0, Double(plan.reducedCount) - Double(correction))
        return deviation.norm(axes: plan.axes, keepAxes: keepAxes) / count.squareRoot()
    }

    /// The p-norm over `axes`, or over all: `(sum |x|^p)^(1/p)`; p may be infinite (the largest magnitude) or 0 (the number
    /// of elements that are not 0). Powers neither overflow nor underflow. The derivative at 0 is 0, for p below 1 also that
    /// of single elements that are 0. PyTorch's `torch.linalg.vector_norm`.
    public func norm(_ p: Double = 2, axes: (any Axes)? = nil, keepAxes: Bool = false) -> Tensor {
        if dtype.isHalf { return widened { $0.norm(p, axes: axes, keepAxes: keepAxes) } }
        let source = converted(to: dtype.floating)
        if p == .infinity { return TernCore.abs(source).max(axes: axes, keepAxes: keepAxes) }
        if p == 0 {
            let count = asOneOperation {
                source.notEqual(to: 0).sum(axes: axes, keepAxes: keepAxes).converted(to: source.dtype)
            }
            return count.output(of: "norm", from: source, attributes: ["p": p]) { [shape] gradient, _ in
                InputGradients(Tensor.zeros(shape, dtype: gradient.dtype))
            }
        }
        if p == 1 { return TernCore.abs(source).sum(axes: axes, keepAxes: keepAxes) }
        if p < 0 { mistake("norm", "expects p >= 0, got \(p)") }
        let plan = ReductionPlan(source, axes, "norm")
        let result = plan.norm(source.detached, p).contiguousView(keepAxes ? plan.keptShape : plan.shape)
        return result.output(of: "norm", from: source, attributes: ["p": p, "axes": plan.axes, "keepAxes": keepAxes]) {
            saved in
            { gradient, node in
                // sign(x) (|x| / norm)^(p - 1); for x = 0 and p < 1 an infinite power is kept out.
                let norm = node.relinked(saved).reshaped(plan.keptShape)
                let one = Tensor.ones([], dtype: norm.dtype)
                let isZero = norm.equal(to: 0)
                let divisor = which(isZero, one, norm)
                let upstream = which(isZero, 0, gradient.reshaped(plan.keptShape))
                if p < 2 {
                    // The power of each: a ratio that is not a normal number has few digits, which its root would show.
                    let safe = which(source.equal(to: 0), one, TernCore.abs(source))
                    let power = safe.pow(p - 1) * divisor.pow(1 - p)
                    return InputGradients(upstream * source.sign() * power)
                }
                let ratio = source / divisor
                if p == 2 { return InputGradients(upstream * ratio) }
                let safe = which(ratio.equal(to: 0), one, TernCore.abs(ratio))
                return InputGradients(upstream * ratio.sign() * safe.pow(p - 1))
            }
        }
    }

    /// `log(sum(exp(x)))` over `axes`, or over all, without overflow; -inf of no elements. PyTorch's `logsumexp`.
    public func logSumExp(axes: (any Axes)? = nil, keepAxes: Bool = false) -> Tensor {
        if dtype.isHalf { return widened { $0.logSumExp(axes: axes, keepAxes: keepAxes) } }
        let source = converted(to: dtype.floating)
        let plan = ReductionPlan(source, axes, "logSumExp")
        if plan.reducedCount == 0 { return source.sum(axes: plan.axes, keepAxes: keepAxes).log() }
        let largest = source.detached.max(axes: plan.axes, keepAxes: true)
        // An infinite largest element would give inf - inf.
        let shift = which(largest.isFinite(), largest, Tensor.zeros([], dtype: largest.dtype))
        let result = (source - shift).exp().sum(axes: plan.axes, keepAxes: true).log() + shift
        return keepAxes ? result : result.reshaped(plan.shape)
    }
}
