import TernCore
import TernLosses

/// One of the checks of `checkLoss`, which are made in this order.
public enum LossCheck: String, CaseIterable, Sendable {
    /// The mean and the sum are those of the losses without reduction, and scalars.
    case reductions
    /// The gradient of the prediction is what central differences in `float64` give.
    case gradients
    /// The same for gradients of gradients.
    case secondGradients
    /// The same two for a target of floating-point type.
    case targetGradients
    /// `float16`, `bfloat16` and `float32` agree with `float64`, and gradients have the prediction's type.
    case floatTypes
    /// Views give the same as contiguous tensors, and the same gradients.
    case layouts
    /// The same bits on 1, 2, 3 and 5 threads.
    case threads
    /// Prediction and target stay as they are.
    case inputs
    /// Nothing is left of its tensors.
    case leaks
}

/// Checks a loss in every way in which losses of Tern are checked, see ``LossCheck``, and throws all that is wrong in one error.
///
/// ```swift
/// try checkLoss("huberLoss", Tensor.normal([4, 3]), Tensor.normal([4, 3])) { prediction, target, reduction in
///     huberLoss(prediction, target, delta: 0.5, reduction: reduction)
/// }
/// ```
///
/// Choose predictions and targets, a few elements each, at which the loss is smooth. A target of integers, such as labels, is
/// passed as it is.
///
/// - Parameters:
///   - name: what the error calls it.
///   - prediction: floating-point.
///   - target: of the prediction's shape, or labels.
///   - except: checks to leave out, and why: `[.reductions: "weights divide the mean"]`.
///   - loss: for a prediction, a target and a reduction.
/// - Throws: ``CheckFailure`` with all findings.
public func checkLoss(
    _ name: String, _ prediction: Tensor, _ target: Tensor, except: [LossCheck: String] = [:],
    _ loss: @escaping (Tensor, Tensor, Reduction) -> Tensor
) throws(CheckFailure) {
    let report = CheckReport()
    let subject = LossSubject(
        loss: loss, prediction: prediction.detached, target: target.detached, report: report)
    for check in LossCheck.allCases where except[check] == nil {
        report.run(check.rawValue) {
            switch check {
            case .reductions: subject.checkReductions()
            case .gradients: subject.checkGradients(order: 1, ofTarget: false)
            case .secondGradients: subject.checkGradients(order: 2, ofTarget: false)
            case .targetGradients:
                for order in [1, 2] where target.dtype.isFloatingPoint {
                    subject.checkGradients(order: order, ofTarget: true)
                }
            case .floatTypes: subject.checkFloatTypes()
            case .layouts: subject.checkLayouts()
            case .threads: subject.checkThreads()
            case .inputs: subject.checkInputs()
            case .leaks:
                // The first time, what stays for good is made.
                _ = subject.differentiate(.mean)
                let left = storagesLeft { _ = subject.differentiate(.mean) }
                report.expect(left.count == 0, "\(Leak(storages: left.count, bytes: left.bytes))")
            }
        }
    }
    try report.finish(name)
}

private struct LossSubject {
    let loss: (Tensor, Tensor, Reduction) -> Tensor
    let prediction: Tensor
    let target: Tensor
    let report: CheckReport

    /// The loss with the gradient of the prediction.
    func differentiate(
        _ reduction: Reduction, _ prediction: Tensor? = nil, _ target: Tensor? = nil
    ) -> (loss: Tensor, gradient: Tensor?) {
        let prediction = Variable(prediction ?? self.prediction)
        let loss = loss(prediction.value, target ?? self.target, reduction)
        if loss.requiresGradient { loss.backward(cotangent(of: loss)) }
        return (loss.detached, prediction.gradient)
    }

    private func cotangent(of loss: Tensor) -> Tensor {
        Tensor.uniform(loss.shape, in: 0.5..<1, dtype: .float64, generator: Generator(seed: 3)).converted(
            to: loss.dtype)
    }

    private func converted(_ tensor: Tensor, _ dtype: DType) -> Tensor {
        tensor.dtype.isFloatingPoint ? tensor.converted(to: dtype) : tensor
    }

    func checkReductions() {
        let (x, t) = (converted(prediction, .float64), converted(target, .float64))
        let (each, sum, mean) = (loss(x, t, .none), loss(x, t, .sum), loss(x, t, .mean))
        report.expect(sum.rank == 0 && mean.rank == 0, "the sum has the shape \(sum.shape), the mean \(mean.shape)")
        report.expectClose(sum, each.sum(), nil, "the sum, beside that of the losses without reduction")
        report.expectClose(mean, each.mean(), nil, "the mean, beside that of the losses without reduction")
    }

    func checkGradients(order: Int, ofTarget: Bool) {
        let (x, t) = (converted(prediction, .float64), converted(target, .float64))
        for reduction in Reduction.allCases {
            let value = loss(x, t, reduction)
            guard
                report.expect(
                    value.dtype == .float64, "the loss is \(value.dtype) for float64, which cannot be checked")
            else { return }
            let function = { (point: [Tensor]) in ofTarget ? loss(x, point[0], reduction) : loss(point[0], t, reduction)
            }
            do throws(GradientMismatch) {
                if order == 1 {
                    try checkGradient(function, at: [ofTarget ? t : x])
                } else {
                    try checkSecondGradient(function, at: [ofTarget ? t : x])
                }
            } catch {
                let what = error.input > 0 ? "cotangent" : ofTarget ? "target" : "prediction"
                report.add(
                    "the \(order == 1 ? "" : "second ")gradient of the \(what) is \(error.analytic) at \(error.index) by its "
                        + "derivative, \(error.numeric) by differences (reduction \(reduction))")
            }
        }
    }

    func checkFloatTypes() {
        for dtype in [DType.float16, .bfloat16, .float32] {
            let (x, t) = (converted(prediction, dtype), converted(target, dtype))
            let (actual, gradient) = differentiate(.none, x, t)
            let (expected, exact) = differentiate(.none, converted(x, .float64), converted(t, .float64))
            report.expect(
                actual.dtype == dtype || actual.dtype == .float32, "the loss is \(actual.dtype) for \(dtype)")
            report.expectClose(
                actual.converted(to: .float64), expected, Tolerance.of(dtype).atSize(of: expected).times(4),
                "the loss in \(dtype), beside float64")
            guard let gradient, let exact else {
                report.expect(
                    gradient == nil && exact == nil, "the prediction has a gradient in \(dtype) or float64 alone")
                continue
            }
            report.expect(gradient.dtype == dtype, "the gradient is \(gradient.dtype) for a prediction of \(dtype)")
            report.expectClose(
                gradient.converted(to: .float64), exact, Tolerance.of(dtype).atSize(of: exact).times(4),
                "the gradient in \(dtype), beside float64")
        }
    }

    func checkLayouts() {
        let (x, t) = (converted(prediction, .float64), converted(target, .float64))
        for reduction in Reduction.allCases {
            let expected = differentiate(reduction, x, t)
            for layout in TensorLayout.allCases {
                for (name, pair) in [("prediction", (layout.of(x), t)), ("target", (x, layout.of(t)))] {
                    let actual = differentiate(reduction, pair.0, pair.1)
                    let place = "with a \(layout) \(name) (reduction \(reduction))"
                    report.expectClose(actual.loss, expected.loss, nil, "the loss \(place)")
                    report.expectClose(actual.gradient, expected.gradient, nil, "the gradient \(place)")
                }
            }
        }
    }

    func checkThreads() {
        for reduction in Reduction.allCases {
            var expected: (loss: Tensor, gradient: Tensor?)?
            withThreadCounts { count in
                let actual = differentiate(reduction)
                if let expected {
                    let place = "on \(count) threads differs from that on 1 (reduction \(reduction))"
                    report.expectSameBits(actual.loss, expected.loss, "the loss \(place)")
                    report.expectSameBits(actual.gradient, expected.gradient, "the gradient \(place)")
                } else {
                    expected = actual
                }
            }
        }
    }

    func checkInputs() {
        let (x, t) = (prediction.duplicate, target.duplicate)
        _ = differentiate(.mean, x, t)
        report.expectSameBits(x, prediction, "the prediction is another one after the call")
        report.expectSameBits(t, target, "the target is another one after the call")
    }
}
