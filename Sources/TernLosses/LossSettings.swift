import TernCore

/// The settings of a configuration as a loss asks for them, and what is wrong with them.
struct LossSettings {
    private let given: [String: ConfigurationValue]
    private var asked: Set<String> = []
    private var complaints: [String] = []

    init(_ given: [String: ConfigurationValue]) { self.given = given }

    /// All that is wrong, if anything is; known when all settings have been asked for.
    var problem: String? {
        let unknown = Set(given.keys).subtracting(asked).sorted()
        let all =
            unknown.isEmpty
            ? complaints
            : complaints + [
                "has no setting \(unknown.joined(separator: ", ")), only \(asked.sorted().joined(separator: ", "))"
            ]
        return all.isEmpty ? nil : all.joined(separator: "; ")
    }

    func has(_ name: String) -> Bool { given[name] != nil }

    mutating func number(
        _ name: String, _ standard: Double,
        in range: ClosedRange<Double> = -.greatestFiniteMagnitude...(.greatestFiniteMagnitude)
    ) -> Double {
        asked.insert(name)
        switch given[name] {
        case nil: return standard
        case .number(let value)? where range.contains(value): return value
        case .number(let value)?: complaints.append("\(name) is out of range, got \(value)")
        case let other?: complaints.append("expects a number for \(name), got \(other)")
        }
        return standard
    }

    mutating func integer(_ name: String, _ standard: Int, in range: ClosedRange<Int> = Int.min...Int.max) -> Int {
        let value = number(name, Double(standard))
        if let whole = Int(exactly: value), range.contains(whole) { return whole }
        complaints.append("expects an integer for \(name), got \(value)")
        return standard
    }

    /// `nil` if there is none.
    mutating func axis(_ name: String) -> Int? {
        asked.insert(name)
        return has(name) ? integer(name, 0) : nil
    }

    mutating func flag(_ name: String, _ standard: Bool) -> Bool {
        let value = number(name, standard ? 1 : 0)
        if value != 0 && value != 1 { complaints.append("expects false or true for \(name), got \(value)") }
        return value != 0
    }

    var reduction: Reduction {
        mutating get {
            asked.insert("reduction")
            guard let value = given["reduction"] else { return .mean }
            if case .word(let word) = value, let reduction = Reduction(rawValue: word) { return reduction }
            complaints.append("expects mean, sum or none for reduction, got \(value)")
            return .mean
        }
    }
}
