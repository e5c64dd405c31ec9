import TernCore

// Settings of layers: their checks, and how the printed forms show them, which is PyTorch's way.

func checkPositive(_ value: Int, _ name: String, _ layer: String) {
    if value < 1 { mistake(layer, "\(name) must be positive, got \(value)") }
}

/// A size that the first input will decide is -1.
func sizeName(_ size: Int) -> String { size < 0 ? "?" : "\(size)" }

func pythonName(_ flag: Bool) -> String { flag ? "True" : "False" }
