import Foundation
import TernCore
import TernDistributed

/// Ranks that ask for different things are told so, and can go on.
func checkErrors(_ group: Communicator, _ words: [String]) throws {
    func message(_ body: () throws -> Tensor) -> String {
        do {
            _ = try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }
    let rank = group.rank
    let shape: Shape = rank == 1 ? [4] : [3]
    let sizes = message { try group.allReduce(.zeros(shape)) }
    Checks.expect(
        rank == 0
            ? sizes
                == "allReduce (sum) of float32 [3], rank 0 of \(group.size): rank 1 asks for allReduce (sum) of float32 [4]"
            : sizes.contains("rank 0 asks for allReduce (sum) of float32 [3]") == (rank == 1),
        "sizes: \(sizes)")
    let operations = message {
        rank == 0 ? try group.broadcast(.zeros([2])) : try group.allGather(.zeros([2], dtype: .int8))
    }
    Checks.expect(
        operations.contains(rank == 0 ? "rank 1 asks for allGather of int8 [n]" : "rank 0 asks for broadcast from 0"),
        "operations: \(operations)")
    let sum = try group.allReduce(Tensor([1])).item()
    Checks.expect(sum == Double(group.size), "after errors: \(sum)")
}

/// Rank 1 does not come, in one way or another; the others must say so and end.
func hang(_ group: Communicator, _ words: [String]) throws {
    Communicator.timeLimit = 1
    _ = try group.allReduce(Tensor([1]))
    if group.rank == 1 {
        switch words.first {
        case "sleeps": sleep(600)
        case "stops": kill(getpid(), SIGSTOP)
        case "dies": kill(getpid(), SIGKILL)
        case "ends": exit(3)
        default: break
        }
    }
    _ = try group.allReduce(Tensor([1, 2]))
}
