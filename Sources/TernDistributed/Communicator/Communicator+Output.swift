import Foundation
import TernCore

extension Communicator {
    /// Prints a line, on rank 0 alone.
    public func print(_ line: String) {
        if rank == 0 { Swift.print(line) }
    }

    /// What the other ranks print from now on goes nowhere; the standard error output stays. For programs that print as if they
    /// were alone.
    public func silenceOtherRanks() {
        if rank == 0 { return }
        flushStandardOutput()
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        if nowhere < 0 { return }
        dup2(nowhere, STDOUT_FILENO)
        close(nowhere)
    }
}
