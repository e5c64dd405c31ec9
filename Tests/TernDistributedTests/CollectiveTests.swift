import Foundation
import Testing

@testable import TernDistributed

/// The checks themselves are in `Tests/DistributedProgram`.
@Suite("Collectives", .serialized, .enabled(if: Launcher.isThere, Launcher.reason))
struct CollectiveTests {
    @Test("every collective gives what a plain loop gives, over types, sizes, layouts and splits", arguments: [2, 4])
    func collectives(ranks: Int) throws {
        let (text, status) = try Launcher.run(ranks, "distributed-check", ["collectives"])
        #expect(status == 0, "\(text)")
        #expect(text.components(separatedBy: " checks, 0 failed").count == ranks + 1, "\(text)")
    }

    @Test("ranks that ask for different things hear of each other")
    func errors() throws {
        let (text, status) = try Launcher.run(3, "distributed-check", ["errors"])
        #expect(status == 0, "\(text)")
    }

    @Test("a rank that does not come ends the program, and the message says where it is")
    func sleeps() throws {
        let (text, status) = try Launcher.run(2, "distributed-check", ["hang", "sleeps"])
        #expect(status != 0)
        #expect(text.contains("tern: rank 0 of 2 ("))
        #expect(text.contains("has waited 1 s in allReduce (sum) of float32 [2], after 1 operations"), "\(text)")
        let expected =
            /rank 1 \(.*, process \d+\) waits for nobody: it has computed or slept for 1 s, after 1 operations/
        #expect(text.contains(expected), "\(text)")
    }

    @Test("a rank that is stopped does not answer")
    func stops() throws {
        let (text, status) = try Launcher.run(2, "distributed-check", ["hang", "stops"])
        #expect(status != 0)
        #expect(text.contains("rank 1 does not answer: it has died, is stopped, or cannot be reached"), "\(text)")
    }

    @Test(
        "a rank that dies or ends with an error ends the program, and the launcher says which",
        arguments: [("dies", "process rank 1 with PID"), ("ends", "Exit code:    3")])
    func dies(how: String, message: String) throws {
        let (text, status) = try Launcher.run(2, "distributed-check", ["hang", how])
        #expect(status != 0)
        #expect(text.contains(message), "\(text)")
    }

    @Test("the sum over a tree needs few branches, and depends on the tree alone", arguments: 1...17)
    func tree(count: Int) {
        let tree = FixedTree(count: count)
        let whole = tree.sum(Dictionary(uniqueKeysWithValues: (0..<count).map { ($0..<($0 + 1), "\($0)") })) {
            "(\($0)+\($1))"
        }
        for ranks in 1...count {
            var sums: [Range<Int>: String] = [:]
            for rank in 0..<ranks {
                let leaves = tree.leaves(of: rank, among: ranks)
                let branches = tree.branches(of: leaves)
                #expect(branches.flatMap { Array($0) } == Array(leaves))
                if leaves.count.nonzeroBitCount == 1 && leaves.lowerBound % leaves.count == 0 {
                    #expect(branches.count == 1)
                }
                for branch in branches {
                    let own = Dictionary(uniqueKeysWithValues: branch.map { ($0..<($0 + 1), "\($0)") })
                    sums[branch] = tree.sum(own) { "(\($0)+\($1))" }
                }
            }
            #expect(tree.sum(sums) { "(\($0)+\($1))" } == whole)
        }
    }
}

@Suite("One rank") struct OneRankTests {
    @Test("without a launcher a program is one rank, and every operation gives what it got")
    func alone() throws {
        let group = Communicator.world
        #expect(group.rank == 0 && group.size == 1)
        try group.barrier()
        let part = try group.split(color: 3)
        #expect(part.size == 1)
    }

    @Test("what started the program decides which library is loaded")
    func launch() {
        #expect(MPILaunch([:]) == nil)
        #expect(MPILaunch(["OMPI_COMM_WORLD_SIZE": "2"])?.libraryNames.first == "libmpi.so.40")
        #expect(MPILaunch(["PMI_RANK": "0"])?.libraryNames.first == "libmpi_abi.so.1")
        #expect(MPILaunch(["PMI_RANK": "0", "TERN_MPI": "/opt/libmpi.so"])?.libraryNames == ["/opt/libmpi.so"])
    }

    @Test("a library that cannot be loaded is named, with what to do")
    func missing() throws {
        let launch = try #require(MPILaunch(["OMPI_COMM_WORLD_SIZE": "2", "TERN_MPI": "libno-such-mpi.so"]))
        #expect {
            _ = try MPILibrary(launch)
        } throws: { error in
            "\(error)".contains("libno-such-mpi.so") && "\(error)".contains("install it (Debian: openmpi-bin)")
        }
    }
}
