import Foundation
import Tern
import TernTestSupport
import Testing

/// What another process says, without one.
private struct OneOfTwo: TrainingPeers {
    let rank: Int
    var size: Int { 2 }
    /// What the first process has.
    var checkpoint: Checkpoint?
    var number = 0.0

    func fromFirst(_ own: Checkpoint?) -> Checkpoint? { rank == 0 ? own : checkpoint }
    func largest(_ own: Double) -> Double { max(own, number) }
}

@Suite("Runs of several processes") struct PeersTests {
    private static func train(
        _ peers: OneOfTwo, checkpoint: String, log: String? = nil
    ) throws -> (model: Linear, output: String) {
        Tern.seed(1)
        let model = Linear(2, 1)
        let optimizer = Adam(model.parameters)
        final class Text { var written = "" }
        let text = Text()
        let run = try TrainingRun(
            TrainingState(model: model, optimizer: optimizer), epochs: 2, checkpoint: checkpoint, resume: true,
            log: log,
            surroundings: .init(isTerminal: false, write: { text.written += $0 }, now: { 0 }), peers: peers)
        let loader = TensorDataset(Tensor.ones([4, 2]), Tensor.ones([4, 1])).batched(2)
        for _ in run.epochs {
            for (x, y) in run.steps(loader) {
                let loss = mseLoss(model(x), y)
                loss.backward()
                optimizer.step()
                optimizer.zeroGradients()
                try run.advance(["loss": loss.item()], examples: 2)
            }
            try run.endEpoch()
        }
        try run.finish()
        return (model, text.written)
    }

    @Test("the first process alone writes and prints, and the others go on from its checkpoint")
    func first() throws {
        try withTemporaryFolder { folder in
            let first = try Self.train(OneOfTwo(rank: 0), checkpoint: folder + "/first", log: folder + "/log")
            #expect(first.output.contains("Epoch 1/2") && first.output.contains("2 ranks with"))
            let saved = try #require(try CheckpointFolder(folder + "/first").newest())

            let second = try Self.train(
                OneOfTwo(rank: 1), checkpoint: folder + "/second", log: folder + "/second-log")
            #expect(second.output == "")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["first", "log"])
            #expect(digest(of: second.model) == digest(of: first.model))

            let third = try Self.train(
                OneOfTwo(rank: 1, checkpoint: saved), checkpoint: folder + "/third")
            #expect(digest(of: third.model) == digest(of: first.model))
        }
    }

    @Test("a signal that another process got ends this one after the same step")
    func signal() throws {
        try withTemporaryFolder { folder in
            for rank in 0..<2 {
                #expect {
                    _ = try Self.train(OneOfTwo(rank: rank, number: Double(SIGTERM)), checkpoint: "\(folder)/run")
                } throws: { error in
                    guard case TrainingRunError.interrupted(SIGTERM, _) = error else { return false }
                    return true
                }
            }
            let saved = try #require(try CheckpointFolder(folder + "/run").newest())
            #expect(saved.parts["position"]?["totalSteps"] == .integer(1))
        }
    }
}
