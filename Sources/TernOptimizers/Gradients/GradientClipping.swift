import Foundation
import TernCore
import TernNN

/// What clipping does with gradients whose norm is NaN or infinite.
public enum NonFiniteNorm: Sendable {
    /// It scales all the same, which leaves NaN and zeros: the caller sees the norm.
    case proceed
    /// It stops, and names the parameters whose gradients are not finite.
    case stop
}

/// Scales the gradients that `backward()` gathered, so that the norm of all of them together is at most `maximum`. PyTorch's
/// `clip_grad_norm_`; Keras's `global_clipnorm`.
///
/// ```swift
/// loss.backward()
/// let norm = clipGradientNorm(of: model.parameters, maximum: 1)
/// optimizer.step()
/// ```
///
/// They are multiplied with `maximum / (norm + 1e-6)` if that is below 1. Norms are computed in `float32` at least.
///
/// - Parameters:
///   - parameters: those with gradients; others are left alone.
///   - maximum: of the norm; positive.
///   - order: above 0: `(sum |g|^order)^(1 / order)`; infinity gives the largest magnitude.
///   - ifNotFinite: what is done if the norm is NaN or infinite.
/// - Returns: the norm before.
@discardableResult
public func clipGradientNorm(
    of parameters: [Parameter], maximum: Double, order: Double = 2, ifNotFinite: NonFiniteNorm = .proceed
) -> Double {
    let gradients = parameters.map { ($0, $0.gradient) }
    return clip(gradients, maximum, order, ifNotFinite) { $0.gradient = $1 }
}

/// The same for what a tape gave.
@discardableResult
public func clipGradientNorm(
    of parameters: [Parameter], in gradients: inout Gradients, maximum: Double, order: Double = 2,
    ifNotFinite: NonFiniteNorm = .proceed
) -> Double {
    let list = parameters.map { ($0, gradients[$0]) }
    return clip(list, maximum, order, ifNotFinite) { gradients[$0] = $1 }
}

/// Limits each element of the gradients that `backward()` gathered to `-maximum...maximum`; NaN stays. PyTorch's
/// `clip_grad_value_`; Keras's `clipvalue`.
public func clipGradientValues(of parameters: [Parameter], to maximum: Double) {
    checkMaximum(maximum, "clipGradientValues")
    for parameter in parameters {
        if let gradient = parameter.gradient { parameter.gradient = clamp(gradient, min: -maximum, max: maximum) }
    }
}

/// The same for what a tape gave.
public func clipGradientValues(of parameters: [Parameter], in gradients: inout Gradients, to maximum: Double) {
    checkMaximum(maximum, "clipGradientValues")
    for parameter in parameters {
        if let gradient = gradients[parameter] { gradients[parameter] = clamp(gradient, min: -maximum, max: maximum) }
    }
}

/// The norm of gradients, `nil` being absent ones, as if they were one vector. PyTorch's `get_total_norm`.
public func totalNorm(of gradients: [Tensor?], order: Double = 2) -> Double {
    if !(order > 0) { mistake("totalNorm", "order must be above 0, got \(order)") }
    let norms = gradients.compactMap { $0 }.map { norm(of: $0, order) }
    if order == .infinity { return norms.contains(where: \.isNaN) ? .nan : norms.max() ?? 0 }
    // Of the largest, so that no power overflows or vanishes.
    let largest = norms.max() ?? 0
    if !(largest > 0 && largest.isFinite) { return norms.reduce(0, +) }
    return largest * pow(norms.reduce(0) { $0 + pow($1 / largest, order) }, 1 / order)
}

private func norm(of gradient: Tensor, _ order: Double) -> Double {
    if gradient.count == 0 { return 0 }
    return withoutGradients { gradient.converted(to: gradient.dtype.accumulator).norm(order).item() }
}

private func checkMaximum(_ maximum: Double, _ operation: String) {
    if !(maximum >= 0) { mistake(operation, "maximum must be at least 0, got \(maximum)") }
}

private func clip(
    _ gradients: [(parameter: Parameter, gradient: Tensor?)], _ maximum: Double, _ order: Double,
    _ ifNotFinite: NonFiniteNorm, set: (Parameter, Tensor) -> Void
) -> Double {
    checkMaximum(maximum, "clipGradientNorm")
    let norm = totalNorm(of: gradients.map(\.gradient), order: order)
    if ifNotFinite == .stop, !norm.isFinite {
        let lost = gradients.filter { $0.gradient?.isFinite().all().item(as: Bool.self) == false }
        let names = lost.map(\.parameter.pathName).joined(separator: ", ")
        let reason = names.isEmpty ? "it is too large" : "the gradients of \(names) are not finite"
        mistake("clipGradientNorm", "finds a norm of \(norm): \(reason)")
    }
    let factor = maximum / (norm + 1e-6)
    // A NaN goes on into the gradients.
    if factor >= 1 { return norm }
    for case (let parameter, let gradient?) in gradients { set(parameter, withoutGradients { gradient * factor }) }
    return norm
}
