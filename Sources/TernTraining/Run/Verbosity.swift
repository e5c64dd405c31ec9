/// How a ``TrainingRun`` shows its progress. The numbers are those of Keras's `verbose`. Where the output is no terminal but a
/// file or a pipe, ``bar`` writes what ``lines`` does.
public enum Verbosity: Int, Sendable {
    /// Not at all.
    case silent = 0
    /// A bar that grows with each step, and the numbers of the epoch so far.
    case bar = 1
    /// The numbers of each epoch when it is done.
    case lines = 2
    /// The curves of a ``LiveView``.
    case dashboard = 3
}
