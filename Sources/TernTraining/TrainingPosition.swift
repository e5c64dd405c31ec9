/// How far a training has come.
public struct TrainingPosition: Hashable, Sendable {
    /// The epoch that is under way; the first is 0.
    public var epoch = 0
    /// The steps done in this epoch.
    public var step = 0
    /// The steps done in all epochs.
    public var totalSteps = 0

    /// - Parameters:
    ///   - epoch: the epoch that is under way.
    ///   - step: the steps done in this epoch.
    ///   - totalSteps: the steps done in all epochs.
    public init(epoch: Int = 0, step: Int = 0, totalSteps: Int = 0) {
        self.epoch = epoch
        self.step = step
        self.totalSteps = totalSteps
    }

    /// Counts a step.
    public mutating func advance() {
        step += 1
        totalSteps += 1
    }

    /// Goes on with the start of the next epoch.
    public mutating func endEpoch() {
        epoch += 1
        step = 0
    }
}
