import TernCore

/// A matrix as coloured cells, with its values in them where they fit. Cells that are NaN are pink. More than 10,000 cells
/// are pixels of an embedded PNG.
///
/// ```swift
/// HeatMap(title: "Attention", values: weights, xLabel: "key", yLabel: "query")
/// HeatMap(confusion: confusion.counts, classNames: ["cat", "dog"])
/// ```
public struct HeatMap: Plot {
    public var title: String
    /// Below the columns.
    public var xLabel: String
    /// Beside the rows.
    public var yLabel: String
    /// What stands before the rows.
    public let rowNames: [String]
    /// What stands below the columns.
    public let columnNames: [String]
    /// Whether the cells show their values, if these fit.
    public var showsValues = true
    /// How strong each cell's colour is, 0...1, row by row; NaN has none.
    let shares: [Double]
    /// What stands in the cells; nothing where they are too small for any text.
    let texts: [String]
    /// The numbers at the ends of the colours, and what they mean.
    let range: ClosedRange<Double>
    /// Whether colours are roots of shares.
    let isConfusion: Bool

    /// - Parameters:
    ///   - title: above the chart.
    ///   - values: shape [R, C]; of any type.
    ///   - rowNames: R names; by default 0, 1, 2 ...
    ///   - columnNames: C names; by default 0, 1, 2 ...
    ///   - xLabel: at the axis.
    ///   - yLabel: at the axis.
    ///   - range: the values that have the faintest and the strongest colour; by default the smallest and the largest.
    public init(
        title: String = "", values: Tensor, rowNames: [String]? = nil, columnNames: [String]? = nil,
        xLabel: String = "", yLabel: String = "", range: ClosedRange<Double>? = nil
    ) {
        if values.rank != 2 { mistake("HeatMap", "expects values of shape [R, C], got \(values.shape)") }
        let numbers = values.detached.array(of: Double.self)
        let finite = numbers.filter { isPlaceable($0, on: .linear) }
        let (low, high) =
            range.map { ($0.lowerBound, $0.upperBound) } ?? (finite.min() ?? 0, finite.max() ?? 0)
        if !low.isFinite || !high.isFinite {
            mistake("HeatMap", "expects a range of finite numbers, got \(low)...\(high)")
        }
        let shares = numbers.map { number in
            number.isNaN ? .nan : min(max(share(of: number, from: low, to: high), 0), 1)
        }
        self.init(
            title, xLabel, yLabel, rowNames, columnNames, values.shape, shares,
            HeatMapDrawing.hasRoomForTexts(values.shape)
                ? shortTexts(numbers, significant: 3, keepsSmall: false) : [], low...high, isConfusion: false)
    }

    /// A confusion matrix: counts of examples by their class (rows) and the class that was predicted (columns). The
    /// colour of a cell shows its share of the row, so that rare classes are as readable as common ones. It grows as
    /// the root of the share: mistakes are rare, and are what one looks for.
    ///
    /// - Parameters:
    ///   - counts: shape [C, C], as `ConfusionMatrix` has it.
    ///   - classNames: C names; by default 0, 1, 2 ...
    ///   - title: above the chart.
    public init(confusion counts: Tensor, classNames: [String]? = nil, title: String = "Confusion matrix") {
        if counts.rank != 2 || counts.shape[0] != counts.shape[1] {
            mistake("HeatMap", "expects confusion counts of shape [C, C], got \(counts.shape)")
        }
        let numbers = counts.detached.array(of: Double.self)
        if let bad = numbers.first(where: { !($0 >= 0 && $0 < 1e15) }) {
            mistake("HeatMap", "expects counts of at least 0, got \(shortText(bad))")
        }
        let classes = counts.shape[0]
        var shares: [Double] = []
        for row in 0..<classes {
            let line = numbers[(row * classes)..<((row + 1) * classes)]
            let sum = line.reduce(0, +)
            shares += line.map { sum == 0 ? 0 : ($0 / sum).squareRoot() }
        }
        self.init(
            title, "predicted", "truth", classNames, classNames, counts.shape, shares,
            HeatMapDrawing.hasRoomForTexts(counts.shape) ? numbers.map { $0 == 0 ? "" : shortText($0) } : [], 0...1,
            isConfusion: true)
    }

    private init(
        _ title: String, _ xLabel: String, _ yLabel: String, _ rowNames: [String]?, _ columnNames: [String]?,
        _ shape: Shape, _ shares: [Double], _ texts: [String], _ range: ClosedRange<Double>, isConfusion: Bool
    ) {
        let (rows, columns) = (shape[0], shape[1])
        if rows > 2000 || columns > 2000 {
            mistake("HeatMap", "expects at most 2000 rows and columns, got \(shape)")
        }
        for (names, count) in [(rowNames, rows), (columnNames, columns)] {
            if let names, names.count != count {
                mistake("HeatMap", "expects a name for each of \(count) rows or columns, got \(names.count)")
            }
        }
        (self.title, self.xLabel, self.yLabel) = (title, xLabel, yLabel)
        self.rowNames = rowNames ?? (0..<rows).map(String.init)
        self.columnNames = columnNames ?? (0..<columns).map(String.init)
        (self.shares, self.texts, self.range, self.isConfusion) = (shares, texts, range, isConfusion)
    }

    public func drawn() -> SVGPicture {
        var drawing = HeatMapDrawing(self)
        return SVGPicture(svg: drawing.picture(), title: title)
    }
}
