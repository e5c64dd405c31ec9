import TernNN

extension Module {
    /// Makes all batch and instance norms below normalize with their running statistics in training too, and leave these as they are, or
    /// ends that: Keras's frozen `BatchNormalization`.
    ///
    /// ```swift
    /// let encoder = Sequential { Conv2d(3, 16, kernelSize: 3); BatchNorm2d(16) }
    /// encoder.freeze()
    /// encoder.keepStatistics()     // what was learned elsewhere sees what it saw there
    /// ```
    ///
    /// Freezing alone keeps the parameters, as in PyTorch: statistics are no parameters, and follow the batches. A setting of
    /// the layers that model files keep and state dictionaries do not, see ``ChannelNormalization/keepsStatistics``.
    public func keepStatistics(_ isKept: Bool = true) {
        for case let norm as ChannelNormalization in modules { norm.keepsStatistics = isKept }
    }
}
