import TernCore
import TernNN

/// A moving average of a model's parameters, which often predicts better than the parameters themselves: Polyak and
/// Juditsky, "Acceleration of stochastic approximation by averaging", 1992. PyTorch's `AveragedModel`.
///
/// `average = decay * average + (1 - decay) * parameter` at each update, in `float32` at least; the first one copies. A
/// ``Weighting`` says what the decay is.
///
/// ```swift
/// let average = MovingAverage(of: model, decay: 0.999)
/// for ... {
///     optimizer.step()
///     average.update()
/// }
/// let accuracy = average.swapped { evaluate(model) }      // the model has the averages here, its own weights after
/// ```
///
/// For stochastic weight averaging (Izmailov et al., "Averaging weights leads to wider optima and better generalization",
/// 2018), take `MovingAverage(of: model, .equal)`, update it after each epoch once training has come far, with a learning rate
/// that stays high, and make the statistics of batch normalization anew for the averages: `updateBatchNorm`.
public final class MovingAverage: Stateful {
    /// What the average keeps of the past.
    public enum Weighting: Sendable {
        /// The share `decay`; with a warm-up at most `(1 + n) / (10 + n)` after `n` updates, so that an average begins to
        /// forget how training began at once.
        case exponential(decay: Double = 0.999, warmUp: Bool = false)
        /// All updates count the same.
        case equal
    }

    /// The model whose parameters are averaged.
    public let model: any Module
    /// How much past values count.
    public let weighting: Weighting
    /// How many updates there have been.
    public private(set) var updates = 0
    /// The averages by parameter name; empty before the first update.
    public private(set) var values: [String: Tensor] = [:]

    /// - Parameters:
    ///   - model: whose parameters are averaged.
    ///   - weighting: how much past values count.
    public init(of model: any Module, _ weighting: Weighting) {
        if case .exponential(let decay, _) = weighting, !(0...1).contains(decay) {
            mistake("MovingAverage", "decay must be in 0...1, got \(decay)")
        }
        self.model = model
        self.weighting = weighting
    }

    /// - Parameters:
    ///   - model: whose parameters are averaged.
    ///   - decay: in 0...1.
    ///   - warmUp: whether the decay begins lower and grows with the steps.
    public convenience init(of model: any Module, decay: Double = 0.999, warmUp: Bool = false) {
        self.init(of: model, .exponential(decay: decay, warmUp: warmUp))
    }

    /// The share of the past in the next update.
    public var decay: Double {
        let updates = Double(updates)
        return switch weighting {
        case .exponential(let decay, let warmUp): warmUp ? min(decay, (1 + updates) / (10 + updates)) : decay
        case .equal: updates / (updates + 1)
        }
    }

    /// Takes on the parameters as they are now. Call it after each step of the optimizer. A parameter whose layer has not
    /// seen an input is not there yet.
    public func update() {
        let decay = decay
        withoutGradients {
            for (name, parameter) in model.namedParameters where parameter.hasValue {
                // Half types are too narrow for small changes.
                let value = parameter.value.detached.converted(to: parameter.dtype.accumulator)
                if let average = average(name, for: parameter) {
                    values[name] = average * decay + value * (1 - decay)
                } else {
                    values[name] = value
                }
            }
        }
        updates += 1
    }

    /// Calls `body` while the model has the averages, and gives it its own parameters back. Before the first update the
    /// model stays as it is.
    public func swapped<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let own = model.namedParameters.filter(\.parameter.hasValue).map { ($0.parameter, $0.parameter.value) }
        apply()
        defer {
            for (parameter, value) in own { parameter.value = value.detached.converted(to: parameter.dtype) }
        }
        return try body()
    }

    /// Sets the model's parameters to the averages, for good.
    public func apply() {
        for (name, parameter) in model.namedParameters {
            if let value = average(name, for: parameter) { parameter.value = value.converted(to: parameter.dtype) }
        }
    }

    /// In the type that the parameter is computed in now.
    private func average(_ name: String, for parameter: Parameter) -> Tensor? {
        guard let average = values[name] else { return nil }
        if parameter.hasValue, average.shape != parameter.shape {
            mistake("MovingAverage", "has \(average.shape) of \(name), whose shape is \(parameter.shape) now")
        }
        return average.converted(to: parameter.dtype.accumulator)
    }

    public var savedState: [String: StateValue] {
        var state: [String: StateValue] = ["updates": .integer(updates)]
        for (name, value) in values { state["average.\(name)"] = .tensor(value) }
        return state
    }

    public func restoring(from reader: inout StateReader) -> () -> Void {
        let updates = reader.integer("updates")
        var values: [String: Tensor] = [:]
        if updates > 0 {
            // One whose layer had not seen an input has no average.
            for (name, parameter) in model.namedParameters
            where parameter.hasValue || reader.values["average.\(name)"] != nil {
                let value = reader.tensor("average.\(name)", shape: parameter.shape)
                values[name] = value.converted(to: parameter.dtype.accumulator)
            }
        }
        return { (self.updates, self.values) = (updates, values) }
    }
}
