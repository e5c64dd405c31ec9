import TernCore

// Settings of layers: their checks, and how the printed forms show them, which is PyTorch's way.

func checkPositive(_ value: Int, _ name: String, _ layer: String) {
    if value < 1 { mistake(layer, "\(name) must be positive, got \(value)") }
}

/// A size that the first input will decide is -1.
func sizeName(_ size: Int) -> String { size < 0 ? "?" : "\(size)" }

func pythonName(_ flag: Bool) -> String { flag ? "True" : "False" }

extension Size2d {
    /// `(5, 5)`
    var pair: String { "(\(height), \(width))" }

    /// `5`, or `(3, 5)`
    var short: String { height == width ? "\(height)" : pair }
}

extension Padding2d {
    /// `(2, 2)`, `(top, bottom, left, right)` if the sides differ, or `same`
    var pair: String {
        switch self {
        case .same: "same"
        case .explicit(let top, let bottom, let left, let right):
            top == bottom && left == right ? "(\(top), \(left))" : "(\(top), \(bottom), \(left), \(right))"
        }
    }

    /// `2` if all sides are equal
    var short: String {
        if case .explicit(let top, let bottom, let left, let right) = self, Set([top, bottom, left, right]).count == 1 {
            return "\(top)"
        }
        return pair
    }
}
