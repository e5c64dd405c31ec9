import TernCore

/// Bars over names. Several in one chart stand side by side over each name. The first name is at x = 0, the second at 1:
/// there lines and points over bars have their places.
///
/// ```swift
/// Chart(title: "Time of a step", yLabel: "ms") {
///     Bars(["lenet", "mlp", "cnn"], [0.7, 0.84, 8], name: "Tern")
///     Bars(["lenet", "mlp", "cnn"], [2.7, 2.2, 18], name: "another")
/// }
/// ```
public struct Bars: Sendable {
    /// What stands under the bars.
    public let names: [String]
    /// Their heights; a bar that is NaN or infinite is left out.
    public let values: [Double]
    /// The name in the legend.
    public var name: String?
    /// The number of a colour, from 1; by default each series of a chart has the next one.
    public var color: Int?

    /// - Parameters:
    ///   - names: what stands under the bars, each once.
    ///   - values: as many; a bar that is NaN or infinite is left out.
    ///   - name: in the legend, if given.
    ///   - color: the index of a colour of the palette; the next one unless given.
    public init(
        _ names: [String], _ values: some Sequence<some TensorScalar>, name: String? = nil, color: Int? = nil
    ) {
        self.values = values.map(\.asDouble)
        if names.count != self.values.count {
            mistake("Bars", "expects as many names as values, got \(names.count) and \(self.values.count)")
        }
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted { mistake("Bars", "got the name \"\(name)\" twice") }
        checkColor(color, "Bars")
        (self.names, self.name, self.color) = (names, name, color)
    }
}

/// How often values lie where.
///
/// ```swift
/// Chart(title: "Weights of fc1", xLabel: "value", yLabel: "count") { Histogram(fc1.weight.value) }
/// ```
///
/// Histograms of one chart that count values themselves share their bins, so that they can be compared.
public struct Histogram: Sendable {
    enum Source {
        case values([Double], bins: Int?)
        case counts([Double], edges: [Double])
    }

    let source: Source
    /// Values that were NaN or infinite, and are not counted.
    let leftOut: Int
    /// The name in the legend.
    public var name: String?
    /// The number of a colour, from 1; by default each series of a chart has the next one.
    public var color: Int?

    /// - Parameters:
    ///   - values: numbers; NaN and infinities are left out.
    ///   - bins: how many, at most 100,000; by default as many as suit the values (Freedman and Diaconis, 5 to 80).
    ///   - name: in the legend, if given.
    ///   - color: the index of a colour of the palette; the next one unless given.
    public init(
        _ values: some Sequence<some TensorScalar>, bins: Int? = nil, name: String? = nil, color: Int? = nil
    ) {
        if let bins, !(1...100_000).contains(bins) { mistake("Histogram", "bins must be in 1...100000, got \(bins)") }
        checkColor(color, "Histogram")
        let all = values.map(\.asDouble)
        let finite = all.filter { isPlaceable($0, on: .linear) }
        source = .values(finite, bins: bins)
        leftOut = all.count - finite.count
        (self.name, self.color) = (name, color)
    }

    /// - Parameters:
    ///   - values: of any shape.
    ///   - bins: how many, at most 100,000; by default as many as suit the values (Freedman and Diaconis, 5 to 80).
    ///   - name: in the legend, if given.
    ///   - color: the index of a colour of the palette; the next one unless given.
    @_disfavoredOverload
    public init(_ values: Tensor, bins: Int? = nil, name: String? = nil, color: Int? = nil) {
        self.init(values.detached.array(of: Double.self), bins: bins, name: name, color: color)
    }

    /// Values that are counted already.
    ///
    /// - Parameters:
    ///   - counts: one for each bin.
    ///   - edges: where the bins begin, and where the last one ends; rising.
    ///   - name: in the legend, if given.
    ///   - color: the index of a colour of the palette; the next one unless given.
    public init(
        counts: some Sequence<some TensorScalar>, edges: [Double], name: String? = nil, color: Int? = nil
    ) {
        let counts = counts.map(\.asDouble)
        if edges.count != counts.count + 1 {
            mistake("Histogram", "expects one edge more than counts, got \(edges.count) and \(counts.count)")
        }
        for (a, b) in zip(edges, edges.dropFirst()) where !(a < b) || !a.isFinite || !b.isFinite {
            mistake("Histogram", "expects finite edges that rise, got \(a) before \(b)")
        }
        checkColor(color, "Histogram")
        source = .counts(counts, edges: edges)
        leftOut = 0
        (self.name, self.color) = (name, color)
    }
}

/// A histogram's rectangles.
struct Bins {
    var edges: [Double]
    var counts: [Double]

    /// The bins of all histograms of a chart: those that count values have the same ones.
    static func of(_ histograms: [Histogram]) -> [Bins] {
        var low = Double.infinity
        var high = -Double.infinity
        var count = 0
        for histogram in histograms {
            guard case .values(let values, let bins) = histogram.source, !values.isEmpty else { continue }
            low = min(low, values.min()!)
            high = max(high, values.max()!)
            count = max(count, bins ?? suitableCount(values))
        }
        // Numbers between which there are not as many others as edges are one bin: it is as if they were equal.
        let isConstant = low <= high && !(number(at: 0.5 / Double(count), from: low, to: high) > low + abs(low) * 1e-15)
        if isConstant {
            let room = max(0.5, abs(low) * 1e-6)
            low = max(low - room, -Double.greatestFiniteMagnitude)
            high = min(high + room, Double.greatestFiniteMagnitude)
            count = 1
        }
        let edges =
            count == 0
            ? [] : (0...count).map { $0 == count ? high : number(at: Double($0) / Double(count), from: low, to: high) }
        return histograms.map { histogram in
            switch histogram.source {
            case .counts(let counts, let edges): return Bins(edges: edges, counts: counts)
            case .values(let values, _):
                var counts = [Double](repeating: 0, count: count)
                for value in values {
                    counts[Int(share(of: value, from: low, to: high) * Double(count), in: 0...count - 1)] += 1
                }
                return Bins(edges: edges, counts: counts)
            }
        }
    }

    /// Freedman and Diaconis (1981): a width of twice the interquartile range by the cube root of the number of values.
    private static func suitableCount(_ values: [Double]) -> Int {
        let sorted = values.sorted()
        let quartiles =
            share(of: sorted[sorted.count * 3 / 4], from: sorted.first!, to: sorted.last!)
            - share(of: sorted[sorted.count / 4], from: sorted.first!, to: sorted.last!)
        var cubeRoot = 1.0
        while cubeRoot * cubeRoot * cubeRoot < Double(values.count) { cubeRoot += 1 }
        return quartiles <= 0 ? 20 : Int((cubeRoot / (2 * quartiles)).rounded(.up), in: 5...80)
    }
}
