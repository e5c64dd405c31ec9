import TernFormats

/// Why a checkpoint could not be saved or loaded.
public enum CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file cannot be read or written, or it is damaged.
    case file(FormatError)
    /// The checkpoint was written by a later version of Tern, whose checkpoints this one does not know.
    case version(file: String, found: Int, known: Int)
    /// The checkpoint is of another training: everything about it that does not fit, each part's under its name.
    /// Nothing was changed.
    case mismatch(file: String, problems: [String])

    public var description: String {
        switch self {
        case .file(let error): error.description
        case .version(let file, let found, let known):
            "\(file): expected a checkpoint of version \(known) or before, found version \(found): "
                + "a later version of Tern wrote it"
        case .mismatch(let file, let problems):
            ([file + ": the checkpoint does not fit this training:"] + problems).joined(separator: "\n  ")
        }
    }
}
