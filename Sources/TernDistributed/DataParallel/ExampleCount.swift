import TernCore

/// How many examples all ranks have in a step: they tell each other while the first micro-batch is computed.
final class ExampleCount {
    private let communicator: Communicator
    private let agreement: Agreement
    private let job: MPIJob?
    private var known: Int?
    /// How long the answers were waited for.
    private(set) var waited = Duration.zero

    init(own: Int, step: String, _ communicator: Communicator) {
        self.communicator = communicator
        agreement = Agreement("DataParallel.backward (\(step))", communicator, numbers: [own])
        job = communicator.begin("DataParallel.backward", agreement.stages)
    }

    func total() throws(CommunicationError) -> Int {
        if let known { return known }
        let begin = ContinuousClock.now
        try communicator.wait(job)
        waited = ContinuousClock.now - begin
        let total = agreement.numbers.reduce(0) { $0 + $1[0] }
        known = total
        return total
    }
}
