import TernCore

/// Gives the settings of a schedule, and gathers all that is wrong with them. What is, is read as something that no
/// schedule stops at.
struct ScheduleSettings {
    private let values: [String: ConfigurationValue]
    private var known: Set<String> = []
    private var problems: [String] = []

    init(_ values: [String: ConfigurationValue]) { self.values = values }

    /// All that is wrong, settings that nobody asked for included.
    var problem: String? {
        let unknown = values.keys.filter { !known.contains($0) }.sorted()
        let unknownNames =
            "has no setting \(unknown.joined(separator: ", ")), only \(known.sorted().joined(separator: ", "))"
        let all = problems + (unknown.isEmpty ? [] : [unknownNames])
        return all.isEmpty ? nil : all.joined(separator: "; ")
    }

    mutating func complain(_ problem: String) { problems.append(problem) }

    /// - Parameter fallback: what it is if the configuration does not say; `nil` if it must.
    mutating func number(
        _ name: String, _ fallback: Double? = nil, in range: ClosedRange<Double>
    ) -> Double {
        let bounds = range.upperBound < 1e300 ? "in \(range)" : "of at least \(range.lowerBound)"
        return read(name, "a number \(bounds)", fallback, range.lowerBound) { setting in
            if case .number(let number) = setting, range.contains(number) { number } else { nil }
        }
    }

    /// A learning rate, or a factor of one.
    mutating func rate(_ name: String, _ fallback: Double? = nil) -> Double {
        number(name, fallback, in: 0...(.greatestFiniteMagnitude))
    }

    mutating func divisor(_ name: String, _ fallback: Double) -> Double {
        read(name, "a number above 0", fallback, fallback) { setting in
            if case .number(let number) = setting, number > 0 { number } else { nil }
        }
    }

    mutating func count(_ name: String, _ fallback: Int? = nil, atLeast least: Int = 1) -> Int {
        read(name, "a whole number of at least \(least)", fallback, 1) { setting in
            guard case .number(let number) = setting, let count = Int(exactly: number) else { return nil }
            return count >= least ? count : nil
        }
    }

    mutating func flag(_ name: String) -> Bool {
        read(name, "true or false", false, false) { setting in
            setting == .number(0) ? false : setting == .number(1) ? true : nil
        }
    }

    mutating func word(_ name: String, _ fallback: String, _ words: [String]) -> String {
        read(name, "one of " + words.joined(separator: ", "), fallback, fallback) { setting in
            if case .word(let word) = setting, words.contains(word) { word } else { nil }
        }
    }

    mutating func rates(_ name: String) -> [Double] {
        read(name, "numbers of at least 0", nil, []) { setting in
            if case .numbers(let rates) = setting, rates.allSatisfy({ $0 >= 0 }) { rates } else { nil }
        }
    }

    /// Steps at which something changes.
    mutating func steps(_ name: String) -> [Int] {
        read(name, "ascending whole numbers of at least 0", nil, []) { setting in
            guard case .numbers(let numbers) = setting else { return nil }
            let steps = numbers.compactMap { Int(exactly: $0) }
            return steps.count == numbers.count && areAscending(steps) ? steps : nil
        }
    }

    mutating func range(_ name: String, _ fallback: ClosedRange<Double>) -> ClosedRange<Double>? {
        read(name, "two ascending numbers or none", fallback, nil) { setting -> ClosedRange<Double>?? in
            guard case .numbers(let bounds) = setting else { return nil }
            switch bounds.count {
            case 0: return .some(nil)
            case 2 where bounds[0] <= bounds[1]: return .some(bounds[0]...bounds[1])
            default: return nil
            }
        }
    }

    mutating func annealing(_ name: String) -> Annealing {
        Annealing(rawValue: word(name, "cosine", Annealing.allCases.map(\.rawValue)))!
    }

    mutating func scaling(_ name: String) -> CyclicSchedule.Scaling {
        switch word(name, "triangular", ["triangular", "triangular2", "exponential"]) {
        case "triangular2": .triangular2
        case "exponential": .exponential(rate("factor"))
        default: .triangular
        }
    }

    /// - Parameter harmless: what stands for a value that is missing or wrong.
    private mutating func read<T>(
        _ name: String, _ expected: String, _ fallback: T?, _ harmless: T, _ convert: (ConfigurationValue) -> T?
    ) -> T {
        known.insert(name)
        guard let setting = values[name] else {
            if let fallback { return fallback }
            complain("needs \(name), \(expected)")
            return harmless
        }
        if let value = convert(setting) { return value }
        complain("\(name) must be \(expected), got \(setting)")
        return harmless
    }
}
