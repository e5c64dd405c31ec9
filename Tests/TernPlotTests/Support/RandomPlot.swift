import TernCore

@testable import TernPlot

/// Pictures of all kinds with random contents, among them the numbers at which arithmetic breaks.
struct RandomPlot {
    private var state: UInt64

    init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15 }

    private static let extremes: [Double] = [
        0, -0.0, .leastNonzeroMagnitude, -Double.leastNonzeroMagnitude, .leastNonzeroMagnitude * 2024,
        .leastNormalMagnitude / 100, -1e-300, 1e-300, 1e-20, 1, -1, 1.0.nextUp, 0x1p53, 0x1p63,
        -0x1p63, 0x1p64,
        1e19, 1e20, 1e100, -1e300, 1e300, 1e308, -1e308, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .nan,
        .infinity, -.infinity,
    ]
    private static let texts = [
        "", "a", "loss", "名前の長い系列の名前", "🐦👨‍👩‍👧", "<&>\"'", "a\u{0}\u{1B}[2J\n\tb", "e\u{301}",
        String(repeating: "i", count: 90),
        String(repeating: "many words ", count: 30), String(repeating: "W", count: 400),
    ]

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    private mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
    private mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
    private mutating func chance(_ share: Double) -> Bool { unit() < share }
    private mutating func one<T>(of choices: [T]) -> T { choices[below(choices.count)] }
    private mutating func extreme() -> Double { one(of: Self.extremes) }
    private mutating func text() -> String { one(of: Self.texts) }

    /// Of any size, those of one point and none among them.
    private mutating func size() -> Int { one(of: [0, 1, 1, 2, 3, 7, 20, chance(0.03) ? 3000 : 60]) }

    private mutating func numbers(_ count: Int) -> [Double] {
        let (base, step) = (extreme(), extreme())
        switch below(8) {
        case 0: return (0..<count).map { _ in unit() * 2 - 1 }
        case 1: return (0..<count).map { _ in extreme() }
        case 2: return [Double](repeating: base, count: count)
        // Next to each other, as far as they can be told apart.
        case 3: return (0..<count).map { _ in base.isFinite ? base + Double(below(4)) * base.ulp : base }
        case 4: return (0..<count).map { Double($0) * step }
        case 5: return (0..<count).map { _ in (chance(0.5) ? 1 : -1) * exponential() }
        case 6: return (0..<count).map { _ in chance(0.1) ? extreme() : unit() * 100 }
        default: return (0..<count).map(Double.init)
        }
    }

    /// Of any magnitude that Double has.
    private mutating func exponential() -> Double {
        Double(sign: .plus, exponent: below(2097) - 1073, significand: 1 + unit())
    }

    private mutating func range(isPositive: Bool) -> ClosedRange<Double>? {
        if chance(0.7) { return nil }
        for _ in 0..<20 {
            let (a, b) = chance(0.5) ? (extreme(), extreme()) : (unit() * 4 - 2, unit() * 4 - 2)
            if a.isFinite, b.isFinite, a != b, !isPositive || min(a, b) > 0 { return min(a, b)...max(a, b) }
        }
        return nil
    }

    private mutating func name() -> String? { chance(0.3) ? nil : text() }
    private mutating func color() -> Int? { chance(0.8) ? nil : one(of: [1, 8, 9, 30, .max]) }

    private mutating func mark() -> Mark {
        let count = size()
        switch below(5) {
        case 0, 1:
            let marker = chance(0.3) ? one(of: Marker.allCases) : nil
            return .line(
                Line(
                    chance(0.5) ? (0..<count).map(Double.init) : numbers(count), numbers(count), name: name(),
                    marker: marker,
                    smoothing: chance(0.3) ? 0.9 : 0, isDashed: chance(0.3), color: color()))
        case 2: return .points(Points(numbers(count), numbers(count), name: name(), color: color()))
        case 3:
            let names = (0..<count).map { "\($0) " + (chance(0.1) ? Self.texts[$0 % Self.texts.count] : "") }
            return .bars(Bars(names, numbers(count), name: name(), color: color()))
        default:
            if chance(0.3) {
                let edges = Set(numbers(count + 1).filter(\.isFinite)).sorted()
                return .histogram(
                    Histogram(
                        counts: numbers(max(0, edges.count - 1)), edges: edges.isEmpty ? [0] : edges, name: name()))
            }
            return .histogram(
                Histogram(
                    numbers(count), bins: chance(0.3) ? one(of: [1, 7, 1000]) : nil, name: name(), color: color()))
        }
    }

    mutating func chart() -> Chart {
        var chart = Chart(title: text(), xLabel: text(), yLabel: text())
        chart.xScale = chance(0.3) ? .logarithmic : .linear
        chart.yScale = chance(0.3) ? .logarithmic : .linear
        chart.xRange = range(isPositive: chart.xScale == .logarithmic)
        chart.yRange = range(isPositive: chart.yScale == .logarithmic)
        chart.width = one(of: [160, 161.5, 300, 640, 1200, 10_000])
        chart.height = one(of: [120, 121.5, 200, 400, 1000])
        let count = chance(0.02) ? 100 : one(of: [0, 1, 1, 1, 2, 3, 6])
        chart.marks = (0..<count).map { _ in mark() }
        return chart
    }

    mutating func heatMap() -> HeatMap {
        let (rows, columns) =
            chance(0.03) ? (101, 110) : (one(of: [0, 1, 2, 5, 44, 90]), one(of: [0, 1, 2, 3, 10, 60]))
        if chance(0.3) {
            let counts = (0..<rows * rows).map { _ in chance(0.5) ? 0 : unit() * (chance(0.1) ? 1e14 : 50) }
            return HeatMap(confusion: Tensor(shape: [rows, rows], values: counts), title: text())
        }
        let names = chance(0.5) ? (0..<columns).map { Self.texts[$0 % Self.texts.count] } : nil
        return HeatMap(
            title: text(), values: Tensor(shape: [rows, columns], values: numbers(rows * columns)), columnNames: names,
            xLabel: text(), yLabel: text(), range: range(isPositive: false))
    }

    mutating func grid() -> ImageGrid {
        let pictures = (0..<one(of: [0, 1, 2, 9])).map { _ in
            let (channels, height, width) = (one(of: [1, 3, 4]), one(of: [1, 2, 8, 300]), one(of: [1, 3, 8, 200]))
            let pixels = Tensor(shape: [channels, height, width], values: numbers(channels * height * width))
            return chance(0.5)
                ? Picture(pixels, caption: text(), range: range(isPositive: false))
                : Picture(pixels, predicted: text(), truth: text())
        }
        return ImageGrid(title: text(), columns: chance(0.3) ? one(of: [1, 3, 1000]) : nil, pictures: pictures)
    }

    mutating func plot() -> any Plot {
        switch below(10) {
        case 0: heatMap()
        case 1: chance(0.3) ? grid() : chart()
        default: chart()
        }
    }
}
