import ExampleSupport
import Tern

/// What `--log DIR` writes for TensorBoard.
struct RunLog {
    private let writer: TensorBoardWriter

    /// - Returns: nil without `--log`.
    init?(_ options: Options, _ training: TrainingState, _ test: Digits) throws {
        guard let folder = options.log else { return nil }
        let done = training.position.totalSteps
        // What an interrupted run had logged after its last checkpoint is dropped.
        writer = try TensorBoardWriter(folder, purgeStep: done == 0 ? 0 : done + 1)
        if done == 0 {
            try writer.text("configuration", options.table)
            try writer.image("test images", test.batch(at: Array(0..<min(10, test.count))[...]).0, step: 0)
        }
    }

    func step(loss: Double, accuracy: Double, rate: Double, _ position: TrainingPosition) throws {
        try writer.scalars(
            ["train/loss": loss, "train/accuracy": accuracy, "learning rate": rate], step: position.totalSteps)
    }

    func epoch(_ model: any Module<Tensor, Tensor>, testAccuracy: Double, _ position: TrainingPosition) throws {
        try writer.scalar("test/accuracy", testAccuracy, step: position.totalSteps)
        for (name, parameter) in model.namedParameters {
            try writer.histogram(name, parameter.value, step: position.totalSteps)
        }
    }
}

extension Options {
    /// As Markdown.
    fileprivate var table: String {
        "| | |\n|---|---|\n" + configuration.map { "| \($0.name) | \($0.value) |\n" }.joined()
    }
}
