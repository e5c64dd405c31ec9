/// What is wrong with data that came from outside: in which file and where, what was expected there, and what was
/// found.
///
/// ```
/// train-images.gz, byte 9912421: expected more compressed data, found the end of the file
/// ```
public struct FormatError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where in a file the error lies.
    public enum Place: Equatable, Sendable {
        /// The file as a whole: it is missing, not readable, or of the wrong size.
        case file
        /// A number of bytes from the start (of the uncompressed contents, where `expected` speaks of these).
        case offset(Int)
        /// A named entry.
        case key(String)
        /// A line of text, counted from 1, the column of a table in it, if the error is about one, and the bytes from the
        /// start of the file.
        case line(Int, column: CSVColumn? = nil, offset: Int)
    }

    /// The path, or the name that was given to bytes in memory.
    public let file: String
    /// Where in the file.
    public let place: Place
    /// What should be there.
    public let expected: String
    /// What is there.
    public let found: String

    /// - Parameters:
    ///   - file: the path, or the name of bytes in memory.
    ///   - place: where in the file.
    ///   - expected: what should be there.
    ///   - found: what is there.
    public init(_ file: String, at place: Place = .file, expected: String, found: String) {
        self.file = file
        self.place = place
        self.expected = expected
        self.found = found
    }

    public var description: String {
        let location =
            switch place {
            case .file: file
            case .offset(let offset): "\(file), byte \(offset)"
            case .key(let key): "\(file), \(quoted(key))"
            case .line(let line, nil, let offset): "\(file), line \(line) (byte \(offset))"
            case .line(let line, let column?, let offset): "\(file), line \(line), \(column) (byte \(offset))"
            }
        return "\(location): expected \(expected), found \(found)"
    }
}

/// Untrusted text made fit for a message: one line, in quotes, of bounded length.
package func quoted(_ text: some StringProtocol) -> String {
    let longest = 80
    var result = "\""
    for (index, scalar) in text.unicodeScalars.enumerated() {
        if index == longest {
            result += "..."
            break
        }
        result += scalar == "\"" ? "\\\"" : scalar.escaped(asASCII: false)
    }
    return result + "\""
}
