import TernFormats

/// Why a ``TrainingRun`` could not begin or go on.
public enum TrainingRunError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A checkpoint could not be saved or loaded.
    case checkpoint(CheckpointError)
    /// A log, a picture or a report could not be written.
    case file(FormatError)
    /// The folder for checkpoints has those of another run.
    case hasCheckpoints(folder: String)
    /// A signal such as Ctrl-C asked for an end: everything was saved to `path`.
    case interrupted(signal: Int32, path: String)
    /// The other processes of the training could not be reached: their own message.
    case peers(String)

    public var description: String {
        switch self {
        case .checkpoint(let error): error.description
        case .file(let error): error.description
        case .hasCheckpoints(let folder):
            "\(folder) has checkpoints of a run: go on from them with --resume, or choose another folder"
        case .interrupted(_, let path): "interrupted: saved to \(path); go on with --resume"
        case .peers(let message): message
        }
    }
}

/// Calls `body` for its errors of checkpoints as those of a run.
func passingCheckpointErrors<T>(_ body: () throws(CheckpointError) -> T) throws(TrainingRunError) -> T {
    do throws(CheckpointError) { return try body() } catch { throw .checkpoint(error) }
}

/// Calls `body` for its errors of files as those of a run.
func passingFileErrors<T>(_ body: () throws(FormatError) -> T) throws(TrainingRunError) -> T {
    do throws(FormatError) { return try body() } catch { throw .file(error) }
}
