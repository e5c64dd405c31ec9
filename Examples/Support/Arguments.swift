import Foundation

/// The options of an example, as `--name value`: declared by asking for them, so that the help text is always complete.
///
/// ```swift
/// var arguments = Arguments("lenet", "Trains LeNet.")
/// let epochs = arguments.int("epochs", default: 5, "passes over the training data")
/// arguments.finish()
/// ```
package struct Arguments {
    private let program: String
    private let about: String
    private var given: [String: [String]] = [:]
    private var flags: Set<String> = []
    private var wantsHelp = false
    private var help: [(option: String, text: String)] = []
    private var problems: [String] = []
    private var known: Set<String> = []
    private var order: [String] = []

    package init(_ program: String, _ about: String, _ words: [String] = Array(CommandLine.arguments.dropFirst())) {
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

    /// The values of an option that may be repeated.
    package mutating func strings(_ name: String, _ placeholder: String, _ text: String) -> [String] {
        known.insert(name)
        help.append(("--\(name) \(placeholder)", text))
        if flags.contains(name) { problems.append("--\(name) needs a value (\(placeholder))") }
        return given[name] ?? []
    }

    package mutating func string(_ name: String, _ placeholder: String, _ text: String) -> String? {
        strings(name, placeholder, text).last
    }

    package mutating func int(_ name: String, default value: Int, atLeast least: Int = 1, _ text: String) -> Int {
        guard let word = string(name, "N", "\(text) (default \(value))") else { return value }
        guard let number = Int(word), number >= least else {
            problems.append("--\(name) must be a whole number of at least \(least), got '\(word)'")
            return value
        }
        return number
    }

    package mutating func double(_ name: String, default value: Double, _ text: String) -> Double {
        guard let word = string(name, "X", "\(text) (default \(value))") else { return value }
        guard let number = Double(word), number.isFinite, number > 0 else {
            problems.append("--\(name) must be a number above 0, got '\(word)'")
            return value
        }
        return number
    }

    /// One of a few words; the first is the default.
    package mutating func choice(_ name: String, _ choices: [String], _ text: String) -> String {
        let word = string(name, choices.joined(separator: "|"), "\(text) (default \(choices[0]))") ?? choices[0]
        if !choices.contains(word) {
            problems.append("--\(name) must be one of \(choices.joined(separator: ", ")), got '\(word)'")
        }
        return word
    }

    package mutating func flag(_ name: String, _ text: String) -> Bool {
        known.insert(name)
        help.append(("--\(name)", text))
        if given[name] != nil { problems.append("--\(name) takes no value") }
        return flags.contains(name)
    }

    /// Adds something that is wrong: options that do not go together, say.
    package mutating func complain(_ problem: String) { problems.append(problem) }

    /// Prints the help text if it was asked for; ends the program with status 2 if something was wrong.
    package func finish() {
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
        for problem in problems { ExampleSupport.complain("\(program): \(problem)") }
        ExampleSupport.complain("try --help")
        exit(2)
    }
}

/// Writes a line to the standard error output.
package func complain(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}
