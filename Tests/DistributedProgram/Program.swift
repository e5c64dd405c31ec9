import Foundation
import TernDistributed

// What the tests of TernDistributed run under a launcher of MPI: `distributed-check NAME ...`. Each rank checks for itself and
// prints what is wrong; the status is 0 if nothing is.

@main
struct Program {
    nonisolated(unsafe) static let checks: [String: (Communicator, [String]) throws -> Void] = [
        "collectives": checkCollectives,
        "errors": checkErrors,
        "hang": hang,
        "large": checkLarge,
        "convolutional": checkConvolutional,
        "parallel": checkParallel,
        "measure": measure,
        "model": predict,
    ]

    static func main() throws {
        let words = Array(CommandLine.arguments.dropFirst())
        guard let name = words.first, let check = checks[name] else {
            print("usage: distributed-check \(checks.keys.sorted().joined(separator: "|"))")
            exit(2)
        }
        let group = Communicator.world
        try check(group, Array(words.dropFirst()))
        let failures = Checks.failures
        for failure in failures.prefix(10) { print("rank \(group.rank) of \(group.size): \(failure)") }
        print("rank \(group.rank) of \(group.size): \(Checks.count) checks, \(failures.count) failed")
        if !failures.isEmpty { exit(1) }
    }
}
