import TernCore
import TernNN

/// Scales the loss of a training in `float16`, so that small gradients do not become 0, and the gradients back before they are
/// used (Micikevicius et al., "Mixed precision training", 2018). PyTorch's `torch.amp.GradScaler`.
///
/// ```swift
/// let scaler = GradientScaler()
/// let loss = autocast(.float16) { crossEntropy(model(images), labels) }
/// scaler.scaled(loss).backward()
/// scaler.step(optimizer)
/// optimizer.zeroGradients()
/// ```
///
/// A step whose gradients are not all finite is left out, and the scale is multiplied with `backoffFactor`; after
/// `growthInterval` steps in a row that were taken, with `growthFactor`. Training in `bfloat16`, which has the range of
/// `float32`, needs no scaler.
public final class GradientScaler {
    /// What the loss is multiplied with.
    public private(set) var scale: Double
    /// What the scale is multiplied with after `growthInterval` steps in a row that were taken.
    public let growthFactor: Double
    /// What the scale is multiplied with after a step that was left out.
    public let backoffFactor: Double
    /// How many steps in a row must be taken before the scale grows.
    public let growthInterval: Int
    /// Steps taken since the scale last changed.
    public private(set) var stepsTaken = 0

    /// - Parameters:
    ///   - initialScale: above 0.
    ///   - growthFactor: above 1.
    ///   - backoffFactor: between 0 and 1.
    ///   - growthInterval: at least 1.
    public init(
        initialScale: Double = 65536, growthFactor: Double = 2, backoffFactor: Double = 0.5, growthInterval: Int = 2000
    ) {
        if !(initialScale > 0 && initialScale.isFinite) {
            mistake("GradientScaler", "expects a finite initialScale above 0, got \(initialScale)")
        }
        if !(growthFactor > 1) { mistake("GradientScaler", "expects a growthFactor above 1, got \(growthFactor)") }
        if !(backoffFactor > 0 && backoffFactor < 1) {
            mistake("GradientScaler", "expects a backoffFactor between 0 and 1, got \(backoffFactor)")
        }
        if growthInterval < 1 {
            mistake("GradientScaler", "expects a growthInterval of at least 1, got \(growthInterval)")
        }
        scale = initialScale
        self.growthFactor = growthFactor
        self.backoffFactor = backoffFactor
        self.growthInterval = growthInterval
    }

    /// The loss times ``scale``, in `float32` at least.
    public func scaled(_ loss: Tensor) -> Tensor { loss.converted(to: loss.dtype.accumulator) * scale }

    /// One step of an optimizer by the gradients that `backward()` gathered, scaled back; the parameters keep them so.
    ///
    /// - Returns: whether the step was taken.
    @discardableResult
    public func step(_ optimizer: some Optimizer) -> Bool {
        let parameters = optimizer.groups.flatMap(\.parameters)
        for parameter in parameters {
            if let gradient = parameter.gradient { parameter.gradient = gradient * (1 / scale) }
        }
        return take(parameters.compactMap(\.gradient)) { optimizer.step() }
    }

    /// One step of an optimizer by what a tape gave for the scaled loss.
    ///
    /// - Returns: whether the step was taken.
    @discardableResult
    public func step(_ optimizer: some Optimizer, _ gradients: Gradients) -> Bool {
        let unscaled = gradients.mapValues { $0 * (1 / scale) }
        return take(unscaled.values) { optimizer.step(unscaled) }
    }

    private func take(_ gradients: [Tensor], _ step: () -> Void) -> Bool {
        guard gradients.allSatisfy({ $0.isFinite().all().item(as: Bool.self) }) else {
            scale *= backoffFactor
            stepsTaken = 0
            return false
        }
        step()
        stepsTaken += 1
        if stepsTaken == growthInterval {
            stepsTaken = 0
            if (scale * growthFactor).isFinite { scale *= growthFactor }
        }
        return true
    }
}

extension GradientScaler: Stateful {
    public var savedState: [String: StateValue] { ["scale": .number(scale), "steps": .integer(stepsTaken)] }

    public func restoring(from reader: inout StateReader) -> () -> Void {
        let scale = reader.number("scale")
        if !(scale > 0) { reader.complain("scale: expects a number above 0, got \(scale)") }
        let steps = reader.integer("steps", in: 0...growthInterval - 1)
        return {
            self.scale = scale
            self.stepsTaken = steps
        }
    }
}
