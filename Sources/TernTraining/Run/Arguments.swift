import Foundation
import TernCore

/// The options of a program, as `--name value` or `--name=value`: declared by asking for them, so that the help text is
/// always complete.
///
/// ```swift
/// let arguments = Arguments("smooth", "Smooths a series of numbers.")
/// let file = arguments.string("file", "FILE", "the numbers, one a line")
/// let width = arguments.int("width", default: 5, "how many numbers are averaged")
/// arguments.finish()
/// ```
///
/// `--help` prints all of them. Whatever is wrong (an option that was not declared, a value that does not fit) ends the
/// program at ``finish()``, with a line for each on the standard error output and the status 2. ``TrainingOptions`` are
/// those that trainings share.
public class Arguments {
    /// The name of the program.
    public let program: String
    /// What was declared as a setting, with the value that it has: `--width` 5. They say what the program computes, rather than
    /// where it writes to.
    public private(set) var settings: [(name: String, value: StateValue)] = []

    private let about: String
    private var given: [String: [String]] = [:]
    private var flags: Set<String> = []
    private var wantsHelp = false
    private var help: [(option: String, text: String)] = []
    private var problems: [String] = []
    private var known: Set<String> = []
    private var order: [String] = []

    /// - Parameters:
    ///   - program: its name, for messages.
    ///   - about: what it does, for the help text.
    ///   - words: those of the command line, without the program's name.
    public init(_ program: String, _ about: String, _ words: [String] = Array(CommandLine.arguments.dropFirst())) {
        self.program = program
        self.about = about
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else {
                if word == "-h" { wantsHelp = true } else { problems.append("unexpected argument '\(word)'") }
                continue
            }
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
            guard let name = parts.first else {
                problems.append("unexpected argument '--'")
                continue
            }
            if name == "help" {
                wantsHelp = true
                continue
            }
            order.append(name)
            if parts.count == 2 {
                given[name, default: []].append(parts[1])
            } else if let next = rest.first, !next.hasPrefix("--") {
                given[name, default: []].append(rest.removeFirst())
            } else {
                flags.insert(name)
            }
        }
    }

    /// The values of an option that may be repeated; no setting.
    public func strings(_ name: String, _ placeholder: String, _ text: String) -> [String] {
        known.insert(name)
        help.append(("--\(name) \(placeholder)", text))
        if flags.contains(name) { problems.append("--\(name) needs a value (\(placeholder))") }
        return given[name] ?? []
    }

    /// A text such as a path; the last one, if it is given more than once. No setting, see ``addSetting(_:_:)``.
    public func string(_ name: String, _ placeholder: String, _ text: String) -> String? {
        strings(name, placeholder, text).last
    }

    /// - Parameters:
    ///   - name: of the option, without the dashes.
    ///   - value: without the option.
    ///   - least: the smallest number that is taken.
    ///   - isSetting: whether it is one of the ``settings``.
    ///   - text: what the help says of it.
    public func int(
        _ name: String, default value: Int, atLeast least: Int = 1, isSetting: Bool = true, _ text: String
    ) -> Int {
        var result = value
        if let word = string(name, "N", "\(text) (default \(value))") {
            if let number = Int(word), number >= least {
                result = number
            } else {
                problems.append("--\(name) must be a whole number of at least \(least), got '\(word)'")
            }
        }
        if isSetting { addSetting(name, .integer(result)) }
        return result
    }

    /// A number above 0, a setting.
    public func double(_ name: String, default value: Double, _ text: String) -> Double {
        var result = value
        if let word = string(name, "X", "\(text) (default \(value))") {
            if let number = Double(word), number.isFinite, number > 0 {
                result = number
            } else {
                problems.append("--\(name) must be a number above 0, got '\(word)'")
            }
        }
        addSetting(name, .number(result))
        return result
    }

    /// One of a few words, the first of which is the default; a setting.
    public func choice(_ name: String, _ choices: [String], _ text: String) -> String {
        let word = string(name, choices.joined(separator: "|"), "\(text) (default \(choices[0]))") ?? choices[0]
        if !choices.contains(word) {
            problems.append("--\(name) must be one of \(choices.joined(separator: ", ")), got '\(word)'")
        }
        addSetting(name, .text(word))
        return word
    }

    /// Whether the option is given, which takes no value.
    ///
    /// - Parameters:
    ///   - name: of the option, without the dashes.
    ///   - isSetting: whether it is one of the ``settings``.
    ///   - text: what the help says of it.
    public func flag(_ name: String, isSetting: Bool = true, _ text: String) -> Bool {
        known.insert(name)
        help.append(("--\(name)", text))
        if given[name] != nil { problems.append("--\(name) takes no value") }
        let isGiven = flags.contains(name)
        if isSetting { addSetting(name, .text(isGiven ? "yes" : "no")) }
        return isGiven
    }

    /// Adds one of the ``settings``, as `--name`.
    public func addSetting(_ name: String, _ value: StateValue) { settings.append(("--" + name, value)) }

    /// Adds something that is wrong: options that do not go together, say.
    public func complain(_ problem: String) { problems.append(problem) }

    /// Call it when all options are declared. Ends the program if the help text was asked for, which it prints, and with
    /// status 2 if something was wrong.
    public func finish() {
        if wantsHelp {
            print("\(about)\n\nusage: \(program) [options]")
            let width = help.map(\.option.count).max() ?? 0
            for (option, text) in help {
                print("  " + option.padding(toLength: width + 2, withPad: " ", startingAt: 0) + text)
            }
            exit(0)
        }
        var problems = problems
        for name in order where !known.contains(name) { problems.append("unknown option --\(name)") }
        if problems.isEmpty { return }
        for problem in problems { printError("\(program): \(problem)") }
        printError("try --help")
        exit(2)
    }
}

/// Runs the body of a program. An error that it throws is printed to the standard error output, and the program ends with the
/// status 1; after ``TrainingRunError/interrupted(signal:path:)`` with that of a program that the signal ended (128 and its
/// number).
///
/// ```swift
/// runProgram("smooth") {
///     let log = try CSVTable(contentsOf: "log.csv")
///     print(log.columnNames)
/// }
/// ```
public func runProgram(_ name: String, _ body: () throws -> Void) {
    do {
        try body()
    } catch TrainingRunError.interrupted(let signal, let path) {
        print(TrainingRunError.interrupted(signal: signal, path: path))
        exit(128 + signal)
    } catch {
        printError("\(name): \(error)")
        exit(1)
    }
}

/// Writes a line to the standard error output.
public func printError(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}
