import Synchronization

/// The number of passes begun: the number of the next epoch. Shared by the copies of a pipeline and what is made from
/// it, so that a loop gets another order each time, wherever its last step is written.
final class Passes: Sendable {
    private let begun = Atomic(0)

    func next() -> Int { begun.add(1, ordering: .relaxed).oldValue }
}

/// A dataset with an order for each epoch, whose pipelines go on with one another's epochs.
protocol CountsPasses {
    var passes: Passes { get }
}

extension Dataset {
    /// Those of the dataset, or new ones.
    var sharedPasses: Passes { (self as? any CountsPasses)?.passes ?? Passes() }
}
