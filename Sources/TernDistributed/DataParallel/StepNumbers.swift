import TernCore

/// The random numbers of a step: each micro-batch has a stream of its own, which follows from the thread's default generator and
/// its number. So ranks draw different numbers, and any number of ranks the same ones; the generators of all ranks stay alike.
final class StepNumbers {
    private let key: UInt64
    private let after: Generator.State

    init() {
        key = Generator.default.next()
        after = Generator.default.state
    }

    /// Before a micro-batch.
    func begin(_ microBatch: Int) {
        let place = Generator.State(key: key, counter: UInt64(microBatch))
        Generator.default.state = Generator.State(key: Generator(state: place).next())
    }

    /// After the last one.
    func end() { Generator.default.state = after }
}
