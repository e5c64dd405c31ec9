/// What a check such as `checkLayer` found wrong: all of it, in one error whose text a test shows as it is.
///
/// ```
/// Linear fails 2 checks:
///   printedForm: 'Linear()' does not show the setting outFeatures, which is 3
///   threads: output 0 on 2 threads differs from that on 1: at [4, 0], got 0.25, expected 0.24999999
/// ```
public struct CheckFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// One thing that is wrong.
    public struct Finding: Sendable, Hashable, CustomStringConvertible {
        /// The name of the check that found it, such as `gradients`.
        public var check: String
        /// What was expected, and what came.
        public var message: String

        /// - Parameters:
        ///   - check: its name.
        ///   - message: what is wrong.
        public init(check: String, message: String) {
            self.check = check
            self.message = message
        }

        public var description: String { "\(check): \(message)" }
    }

    /// What was checked: the name of a type.
    public let subject: String
    /// All that is wrong.
    public let findings: [Finding]

    /// - Parameters:
    ///   - subject: what was checked.
    ///   - findings: all that is wrong.
    public init(subject: String, findings: [Finding]) {
        self.subject = subject
        self.findings = findings
    }

    /// The names of the checks that failed.
    public var checks: Set<String> { Set(findings.map(\.check)) }

    public var description: String {
        let count = checks.count
        let lines = findings.map { "\n  " + "\($0)".replacing("\n", with: "\n    ") }
        return "\(subject) fails \(count) check\(count == 1 ? "" : "s"):" + lines.joined()
    }
}

/// Gathers what the checks of one subject find.
final class CheckReport {
    /// So many findings of one check are told; more say little that is new.
    private static let limit = 4
    private(set) var findings: [CheckFailure.Finding] = []
    /// The name of the check that runs.
    private(set) var check = ""
    private var countOfCheck = 0
    /// Set by a check after which the others would stop the program.
    var isHopeless = false

    /// Runs one check, whose findings get its name.
    func run(_ name: String, _ body: () -> Void) {
        check = name
        countOfCheck = 0
        body()
        let rest = countOfCheck - Self.limit
        if rest > 0 { findings.append(CheckFailure.Finding(check: check, message: "... and \(rest) more")) }
    }

    func add(_ message: String) {
        countOfCheck += 1
        if countOfCheck <= Self.limit { findings.append(CheckFailure.Finding(check: check, message: message)) }
    }

    /// Notes `message` unless `condition` holds.
    @discardableResult
    func expect(_ condition: Bool, _ message: @autoclosure () -> String) -> Bool {
        if !condition { add(message()) }
        return condition
    }

    /// Throws if there is a finding.
    func finish(_ subject: String) throws(CheckFailure) {
        if !findings.isEmpty { throw CheckFailure(subject: subject, findings: findings) }
    }
}
