import TernCore

extension Module {
    /// Puts every module below that distinguishes them into training mode. PyTorch's `train()`.
    public func train() { setTraining(true) }

    /// Puts every module below that distinguishes them into evaluation mode. PyTorch's `eval()`.
    public func eval() { setTraining(false) }

    /// Calls `body` while every module below is in evaluation mode and no gradients are recorded. Then each has its own mode
    /// back, whatever it was, also if `body` throws.
    ///
    /// ```swift
    /// let scores = model.inEvaluationMode { model(images) }
    /// ```
    public func inEvaluationMode<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result
    {
        let modes = modules.compactMap { $0 as? any ModeDependent }.map { (module: $0, isTraining: $0.isTraining) }
        for (module, _) in modes { module.isTraining = false }
        defer { for (module, isTraining) in modes { module.isTraining = isTraining } }
        return try withoutGradients { Swift.Result { () throws(Failure) in try body() } }.get()
    }

    private func setTraining(_ isTraining: Bool) {
        for case let module as any ModeDependent in modules { module.isTraining = isTraining }
    }

    /// Stops training all parameters below: no gradients are computed for them and optimizers leave them alone.
    /// Buffers, such as running statistics, follow the mode (``train()``, ``eval()``) and nothing else.
    public func freeze() { for parameter in parameters { parameter.requiresGradient = false } }

    /// Makes all parameters below trainable.
    public func unfreeze() { for parameter in parameters { parameter.requiresGradient = true } }

    /// Converts floating-point parameters and buffers to `dtype`; they keep their identity, so optimizers go on.
    /// PyTorch's `to(dtype)`.
    public func to(_ dtype: DType) {
        if !dtype.isFloatingPoint { mistake("to", "expects a floating-point type, got \(dtype)") }
        for parameter in parameters { parameter.convert(to: dtype) }
        for buffer in buffers where buffer.dtype.isFloatingPoint { buffer.convert(to: dtype) }
    }
}
