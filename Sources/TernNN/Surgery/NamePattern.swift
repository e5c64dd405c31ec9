import TernCore

/// Which dotted names are meant: a pattern with wildcards, or a regular expression.
///
/// | in a pattern | stands for |
/// |---|---|
/// | `*` | any characters but a dot, perhaps none |
/// | `**` | any characters, dots included |
/// | `?` | one character, but no dot |
///
/// ```swift
/// model.freeze("conv*")                                  // all below conv1, conv2, ...
/// model.freeze(NamePattern(/.*(bias|running_mean)/))
/// ```
public struct NamePattern: ExpressibleByStringLiteral {
    private let regex: Regex<AnyRegexOutput>
    private let text: String

    /// A pattern with wildcards.
    public init(_ pattern: String) {
        var expression = ""
        var index = pattern.startIndex
        while index < pattern.endIndex {
            if pattern[index...].hasPrefix("**") {
                expression += "(.*)"
                index = pattern.index(after: index)
            } else {
                switch pattern[index] {
                case "*": expression += "([^.]*)"
                case "?": expression += "([^.])"
                case let character:
                    expression += character.isLetter || character.isNumber || character == "_" ? "" : "\\"
                    expression.append(character)
                }
            }
            index = pattern.index(after: index)
        }
        // Letters, digits, escaped characters and groups: always an expression.
        regex = try! Regex(expression)
        text = pattern
    }

    public init(stringLiteral pattern: String) { self.init(pattern) }

    /// A regular expression, which the whole name must match.
    public init<Output>(_ regex: Regex<Output>) {
        self.regex = Regex<AnyRegexOutput>(regex)
        text = "\(regex)"
    }

    /// Whether the whole name is meant.
    public func matches(_ name: String) -> Bool { (try? regex.wholeMatch(in: name)) != nil }

    /// What the wildcards or groups stand for in a name; nil if it is not meant.
    func captures(in name: String) -> [Substring]? {
        (try? regex.wholeMatch(in: name)).map { $0.output.dropFirst().map { $0.substring ?? "" } }
    }

    /// Whether a name or the path of something around it is meant.
    func covers(_ path: String) -> Bool {
        if matches(path) { return true }
        return path.indices.contains { path[$0] == "." && matches(String(path[..<$0])) }
    }

    /// What messages call it.
    package var description: String { text.printable }
}

extension Module {
    /// Stops training the parameters that `pattern` means, or that are below modules it means: no gradients are computed for
    /// them and optimizers leave them alone.
    ///
    /// ```swift
    /// model.freeze("conv*")
    /// model.unfreeze("conv1.bias")
    /// ```
    ///
    /// A pattern that means nothing in the model stops the program.
    public func freeze(_ pattern: NamePattern) { setTrainable(pattern, false, "freeze") }

    /// Makes the parameters trainable that `pattern` means, or that are below modules it means.
    public func unfreeze(_ pattern: NamePattern) { setTrainable(pattern, true, "unfreeze") }

    private func setTrainable(_ pattern: NamePattern, _ isTrainable: Bool, _ operation: String) {
        var isFound = false
        walk(unique: false) { path, _, members in
            for (name, parameter) in members.parameters where pattern.covers(path + name) {
                parameter.requiresGradient = isTrainable
                isFound = true
            }
        }
        if !isFound { mistake(operation, "no parameter of \(typeName) has a path like '\(pattern.description)'") }
    }
}

extension [String: Tensor] {
    /// The tensors whose names `pattern` means, or the paths of modules around them: a part of a state dictionary.
    ///
    /// ```swift
    /// let state = model.stateDictionary()
    /// try model.loadStateDictionary(state.matching("conv*"), strict: false)
    /// ```
    public func matching(_ pattern: NamePattern) -> [String: Tensor] { filter { pattern.covers($0.key) } }

    /// The tensors whose names `pattern` does not mean.
    public func notMatching(_ pattern: NamePattern) -> [String: Tensor] { filter { !pattern.covers($0.key) } }

    /// The same tensors, those whose whole name `pattern` means under other names.
    ///
    /// ```swift
    /// state.renamed("module.**", to: "**")                       // as saved by a wrapper of PyTorch's
    /// state.renamed("**.gamma", to: "**.weight")
    /// state.renamed(NamePattern(/layer(\d+)\.(.*)/), to: "layers.*.*")
    /// ```
    ///
    /// Wildcards in the new name stand for what the pattern's wildcards, or a regular expression's groups, stood for, in
    /// their order. Two tensors that would have the same name stop the program.
    public func renamed(_ pattern: NamePattern, to name: String) -> [String: Tensor] {
        let parts = name.replacing("**", with: "*").replacing("?", with: "*")
            .split(separator: "*", omittingEmptySubsequences: false)
        return renamed { old in
            guard let captures = pattern.captures(in: old) else { return old }
            if captures.count < parts.count - 1 {
                mistake(
                    "renamed",
                    "'\(name.printable)' has \(parts.count - 1) wildcards, '\(pattern.description)' stands for \(captures.count)"
                )
            }
            return zip(parts.dropFirst(), captures).reduce(String(parts[0])) { $0 + $1.1 + $1.0 }
        }
    }

    /// The same tensors under the names that `rename` makes of theirs. Two that would have the same name stop the program.
    public func renamed(_ rename: (String) throws -> String) rethrows -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for (old, tensor) in sorted(by: { $0.key < $1.key }) {
            let new = try rename(old)
            if result.updateValue(tensor, forKey: new) != nil {
                mistake("renamed", "two tensors would be named '\(new.printable)', one of them '\(old.printable)'")
            }
        }
        return result
    }
}
