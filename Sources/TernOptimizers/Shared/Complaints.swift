/// What is wrong with settings that must be at least 0: the first that is not; `nil` if all are.
func complaintOfNegatives(_ settings: KeyValuePairs<String, Double>) -> String? {
    for (name, value) in settings where !(value >= 0) { return "\(name) must be at least 0, got \(value)" }
    return nil
}

/// What is wrong with the factors of moving averages.
func complaintOfShares(_ name: String, _ values: Double...) -> String? {
    for value in values where !(0..<1).contains(value) { return "\(name) must be in 0..<1, got \(value)" }
    return nil
}
