import TernCore
import TernNN

// Settings of layers: their checks, and how the printed forms show them, which is PyTorch's way.

func checkPositive(_ value: Int, _ name: String, _ layer: String) {
    if value < 1 { mistake(layer, "\(name) must be positive, got \(value)") }
}

func checkRank(_ input: Tensor, _ rank: Int, _ shape: String, _ layer: String) {
    if input.rank != rank { mistake(layer, "expects an input \(shape), got \(input.shape)") }
}

/// A size that the first input will decide is -1.
func sizeName(_ size: Int) -> String { size < 0 ? "?" : "\(size)" }

/// Those settings that are not the defaults, of layers of which PyTorch shows none.
func changed(_ settings: (text: String, isDefault: Bool)...) -> String {
    settings.lazy.filter { !$0.isDefault }.map(\.text).joined(separator: ", ")
}

func pythonName(_ flag: Bool) -> String { flag ? "True" : "False" }

extension SpatialSize {
    /// `(5, 5)`
    var pair: String { tuple(array) }

    /// `5`, or `(3, 5)`
    var short: String { Set(array).count == 1 ? "\(self[0])" : pair }
}

extension SpatialPadding {
    /// `(2, 2)`, `(top, bottom, left, right)` if the sides differ, or `same`
    var pair: String {
        switch self {
        case .same: "same"
        case .explicit(let before, let after) where before == after: before.pair
        case .explicit(let before, let after): tuple((0..<dimensions).flatMap { [before[$0], after[$0]] })
        }
    }

    /// `2` if all sides are equal
    var short: String {
        if case .explicit(let before, let after) = self, before == after { return before.short }
        return pair
    }
}

/// Numbers as Python shows a tuple of them.
func tuple(_ numbers: [Int]) -> String {
    numbers.count == 1 ? "(\(numbers[0]),)" : "(\(numbers.map(String.init).joined(separator: ", ")))"
}

// MARK: - In model files

extension Optional {
    var isPresent: Bool { self != nil }
}

extension SpatialSize {
    /// For a setting that the initializer chooses if it is absent.
    var wrapped: Self? { self }
}

extension Int {
    /// Nothing for a size that is not known yet.
    var settled: Int? { self < 0 ? nil : self }
}

extension Shape {
    /// Nothing for sizes that are not known yet.
    var settled: Shape? { self == [-1] ? nil : self }
}

func requireDivisor(
    _ divisor: Int, _ name: String, of value: Int, _ valueName: String
) throws(ConfigurationError) {
    if value % divisor != 0 { throw ConfigurationError("\(name) must divide \(valueName) \(value), got \(divisor)") }
}
