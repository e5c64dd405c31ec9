import Foundation
import Tern

extension Options {
    /// The folder for checkpoints, if one was asked for; with `--resume` the training goes on from the newest.
    func openCheckpoints(_ training: TrainingState) throws -> CheckpointFolder? {
        guard let checkpoint else { return nil }
        let folder = try CheckpointFolder(checkpoint)
        training.require(settings)
        if resume {
            if try folder.restoreNewest(into: training) {
                let position = training.position
                print(
                    position.epoch < epochs
                        ? "goes on with epoch \(position.epoch + 1) after \(position.step) steps of it"
                        : "\(position.epoch) epochs are done already: see --epochs")
            } else {
                print("no checkpoint in \(checkpoint) yet: begins anew")
            }
        } else if !folder.files.isEmpty {
            throw Problem(
                "\(checkpoint) has checkpoints of a run: go on from them with --resume, or choose another folder")
        }
        return folder
    }
}

/// Ends the program because of a signal such as Ctrl-C, after everything was saved.
func leave(_ signal: Int32, after path: String) -> Never {
    print("interrupted: saved to \(path); go on with --resume")
    exit(128 + signal)
}

/// Something that the user can put right.
struct Problem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
