import Testing

@testable import TernPlot

@Suite("Ticks")
struct TickTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let low: Double, high: Double, limit: Int
        let labels: [String]
        var isWhole = false
        var testDescription: String { "\(low)...\(high), at most \(limit)" }
    }

    @Test(
        "are 1, 2 or 5 times a power of ten apart",
        arguments: [
            Case(low: 0, high: 1, limit: 5, labels: ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            Case(low: 0, high: 1, limit: 4, labels: ["0.0", "0.5", "1.0"]),
            Case(low: 0.84, high: 0.99, limit: 4, labels: ["0.85", "0.90", "0.95"]),
            Case(low: -1, high: 1, limit: 4, labels: ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
            Case(low: 0, high: 938, limit: 5, labels: ["0", "200", "400", "600", "800"]),
            Case(low: 0, high: 100_000, limit: 5, labels: ["0", "20,000", "40,000", "60,000", "80,000", "100,000"]),
            Case(low: 1, high: 5, limit: 10, labels: ["1", "2", "3", "4", "5"], isWhole: true),
            Case(low: 1, high: 2, limit: 10, labels: ["1", "2"], isWhole: true),
            Case(low: 0, high: 6e-12, limit: 3, labels: ["0", "2e−12", "4e−12", "6e−12"]),
            Case(low: -2e12, high: 3e12, limit: 5, labels: ["−2e12", "−1e12", "0", "1e12", "2e12", "3e12"]),
            Case(low: 0, high: 3e6, limit: 3, labels: ["0", "1,000,000", "2,000,000", "3,000,000"]),
            Case(low: 0.5, high: 0.500_000_4, limit: 2, labels: ["0.5000000", "0.5000002", "0.5000004"]),
            Case(
                low: 1e12, high: 1e12 + 2, limit: 2,
                labels: [
                    "1,000,000,000,000", "1,000,000,000,001", "1,000,000,000,002",
                ]),
            Case(low: 0.0003, high: 0.0009, limit: 3, labels: ["0.0004", "0.0006", "0.0008"]),
            Case(low: 0.1, high: 0.3, limit: 2, labels: ["0.1", "0.2", "0.3"]),
            Case(low: -0.000_05, high: 0.000_05, limit: 2, labels: ["−5e−5", "0", "5e−5"]),
        ])
    func linear(_ test: Case) {
        let ticks = Ticks(from: test.low, to: test.high, atMost: test.limit, isWhole: test.isWhole)
        #expect(ticks.labels == test.labels)
        #expect(ticks.values.count <= test.limit + 1)
    }

    @Test(
        "of a logarithmic axis are powers of ten, fewer of them or more as there is room",
        arguments: [
            Case(low: 1e-3, high: 1e2, limit: 8, labels: ["0.001", "0.01", "0.1", "1", "10", "100"]),
            Case(low: 1e-9, high: 1, limit: 5, labels: ["1e−8", "1e−6", "1e−4", "1e−2", "1"]),
            Case(low: 0.09, high: 3, limit: 8, labels: ["0.1", "0.2", "0.5", "1", "2"]),
            Case(low: 2.1, high: 4.8, limit: 8, labels: ["2.5", "3.0", "3.5", "4.0", "4.5"]),
            Case(low: 1, high: 1e8, limit: 4, labels: ["1", "1000", "1,000,000"]),
        ])
    func logarithmic(_ test: Case) {
        #expect(Ticks(logarithmicFrom: test.low, to: test.high, atMost: test.limit).labels == test.labels)
    }

    @Test("lie at the numbers of their labels, for every size of number")
    func exactness() {
        for exponent in stride(from: -290, through: 290, by: 29) {
            for mantissa in [1.0, 1.3, 2.7, 9.99] {
                let high = Double("\(mantissa)e\(exponent)")!
                for ticks in [
                    Ticks(from: 0, to: high, atMost: 6), Ticks(from: -high, to: high, atMost: 6),
                    Ticks(logarithmicFrom: high / 1e6, to: high, atMost: 9),
                ] {
                    #expect((3...13).contains(ticks.values.count))
                    for (value, label) in zip(ticks.values, ticks.labels) {
                        let number = Double(label.replacing("−", with: "-").replacing(",", with: ""))
                        #expect(number != nil && abs(number! - value) <= 1e-14 * abs(value), "\(label) at \(value)")
                    }
                }
            }
        }
    }

    @Test("need a range")
    func nothing() {
        #expect(Ticks(from: 1, to: 1, atMost: 5) == Ticks())
        #expect(Ticks(from: 0, to: .infinity, atMost: 5) == Ticks())
        #expect(Ticks(from: .nan, to: 1, atMost: 5) == Ticks())
        #expect(Ticks(logarithmicFrom: 0, to: 1, atMost: 5) == Ticks())
    }
}

@Suite("Numbers as text")
struct NumberTextTests {
    @Test(
        "are short and plain",
        arguments: [
            (0.98263, "0.9826"), (0.1 + 0.2, "0.3"), (12345, "12,345"), (-0.5, "−0.5"), (1.2e-7, "1.2e−7"),
            (3.14159e10, "3.142e10"), (.nan, "NaN"), (.infinity, "∞"), (-.infinity, "−∞"), (0, "0"), (-0.0, "0"),
            (1e300, "1e300"), (99999.6, "100,000"), (5e-300, "5e−300"), (1_234_567.8, "1,235,000"),
        ] as [(Double, String)])
    func short(_ value: Double, _ text: String) { #expect(shortText(value) == text) }

    @Test("beside each other have the same decimals, unless that hides one")
    func together() {
        #expect(shortTexts([0.77, 0.8, 1]) == ["0.77", "0.80", "1.00"])
        #expect(shortTexts([0.0019, 22]) == ["0.0019", "22"])
        #expect(
            shortTexts([0.4451, 0.0281, 0.0002], significant: 3, keepsSmall: false) == ["0.445", "0.028", "0.000"])
        #expect(shortTexts([.nan, 2]) == ["NaN", "2"])
    }

    @Test(
        "as positions have at most two decimals and stay in bounds",
        arguments: [
            (1, "1"), (1.5, "1.5"), (1.25, "1.25"), (1.005, "1"), (-0.001, "0"), (-3.07, "-3.07"), (0.1, "0.1"),
            (.nan, "-100000"), (.infinity, "100000"), (-1e300, "-100000"),
        ] as [(Double, String)])
    func coordinates(_ value: Double, _ text: String) { #expect(coordinate(value) == text) }
}
