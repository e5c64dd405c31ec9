import Foundation
import TernTestSupport
import Testing

/// The checks themselves are in `Tests/DistributedProgram`.
@Suite("Data parallel", .serialized, .enabled(if: Launcher.isThere, Launcher.reason))
struct DataParallelTests {
    @Test("any number of ranks trains to the same bits, and what they share is right", arguments: [3, 4])
    func parallel(ranks: Int) throws {
        let (text, status) = try Launcher.run(ranks, "distributed-check", ["parallel"])
        #expect(status == 0, "\(text)")
        #expect(text.components(separatedBy: " checks, 0 failed").count == ranks + 1, "\(text)")
    }

    @Test("a convolutional network with batch norms over all ranks learns as on one", arguments: [2, 4])
    func convolutional(ranks: Int) throws {
        let (text, status) = try Launcher.run(ranks, "distributed-check", ["convolutional", "3"])
        #expect(status == 0, "\(text)")
        #expect(text.components(separatedBy: " 2 checks, 0 failed").count == ranks + 1, "\(text)")
    }

    static let hasLeNet = BuiltProgram("lenet").isThere

    private static func digest(_ text: String) -> Substring? {
        text.split(separator: "\n").first { $0.hasPrefix("weights: ") }
    }

    @Test(
        "LeNet's weights are the same for 1, 2 and 4 ranks, and when it goes on from a checkpoint on other ranks",
        .enabled(if: hasLeNet, "the example lenet is not built"))
    func lenet() throws {
        let words = [
            "--examples", "320", "--batch", "64", "--micro-batches", "4", "--schedule", "constant", "--threads", "1",
        ]
        let runs = try [1, 2, 4].map { try Launcher.run($0, "lenet", words + ["--epochs", "2"]) }
        let expected = try #require(Self.digest(runs[0].text), "\(runs[0].text)")
        for run in runs {
            #expect(run.status == 0 && Self.digest(run.text) == expected, "\(run.text)")
            // Once: rank 0 alone prints.
            #expect(run.text.components(separatedBy: "Epoch 1/2").count == 2, "\(run.text)")
        }
        try withTemporaryFolder { folder in
            let saving = ["--checkpoint", folder + "/run", "--resume"]
            for (ranks, epochs) in [(2, "1"), (4, "2")] {
                let run = try Launcher.run(ranks, "lenet", words + saving + ["--epochs", epochs])
                #expect(run.status == 0, "\(run.text)")
                if epochs == "2" {
                    #expect(run.text.contains("goes on with epoch 2 after 0 steps of it"), "\(run.text)")
                    #expect(Self.digest(run.text) == expected, "\(run.text)")
                }
            }
        }
    }
}
