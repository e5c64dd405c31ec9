import TernCore
import TernFormats

/// A run as one HTML page that needs nothing else: no network, no scripts. It follows the reader's light or dark theme
/// and can be printed.
///
/// ```swift
/// var report = Report(title: "LeNet on MNIST", subtitle: "5 epochs, seed 1")
/// report.add(.results(["test accuracy": "98.26 %", "training time": "41 s"]))
/// report.add(.fields("Configuration", ["optimizer": "Adam", "learning rate": "0.002", "batch": "64"]))
/// report.add(.plots("Curves", [
///     Chart(title: "Loss", xLabel: "step", yLabel: "loss") { Line(losses, name: "training", smoothing: 0.95) },
///     Chart(title: "Accuracy", xLabel: "epoch", yLabel: "accuracy") { Line(1...5, accuracies, name: "test") },
/// ]))
/// report.add(.plot(HeatMap(confusion: confusion.counts)))
/// report.add(.preformatted("Model", "\(summary(of: model, inputShape: [1, 1, 28, 28]))"))
/// try report.write(to: "report.html")
/// ```
///
/// ``classification(title:subtitle:results:configuration:curves:confusion:classNames:samples:model:timings:)`` puts
/// together the usual one. Equal reports have equal bytes: there is no date unless you add one.
public struct Report: Sendable {
    /// Of the page.
    public var title: String
    /// A line under the title.
    public var subtitle: String
    /// From top to bottom.
    public var sections: [Section]

    /// - Parameters:
    ///   - title: of the page.
    ///   - subtitle: below it.
    ///   - sections: from top to bottom.
    public init(title: String, subtitle: String = "", sections: [Section] = []) {
        (self.title, self.subtitle, self.sections) = (title, subtitle, sections)
    }

    /// Adds a part at the end.
    public mutating func add(_ section: Section) { sections.append(section) }

    /// Writes the page to a file, whole or not at all: a file of the name stays as it was if something goes wrong.
    public func write(to path: String) throws(FormatError) { try writeText(html(), to: path) }

    /// Names and their values, in order.
    ///
    /// ```swift
    /// var fields: Report.Fields = ["epochs": "5", "batch": "64"]
    /// fields.append("seed", "1")
    /// ```
    public struct Fields: Sendable, ExpressibleByDictionaryLiteral {
        /// In the order in which they are shown.
        public var pairs: [(name: String, value: String)]

        /// - Parameter pairs: in the order in which they are shown.
        public init(_ pairs: [(name: String, value: String)] = []) { self.pairs = pairs }

        public init(dictionaryLiteral pairs: (String, String)...) {
            self.pairs = pairs.map { (name: $0.0, value: $0.1) }
        }

        /// Adds a name and its value.
        public mutating func append(_ name: String, _ value: String) { pairs.append((name, value)) }
    }

    /// A part of a report.
    public struct Section: Sendable {
        enum Content {
            case results(Fields)
            case fields(Fields)
            case table(columns: [String], rows: [[String]])
            case plots([any Plot])
            case pictures([Picture])
            case text(String)
            case preformatted(String)
        }

        let title: String
        let content: Content

        /// The few numbers that matter most, large.
        public static func results(_ fields: Fields) -> Section { Section(title: "", content: .results(fields)) }

        /// Settings or measurements: a name and a value a line.
        public static func fields(_ title: String, _ fields: Fields) -> Section {
            Section(title: title, content: .fields(fields))
        }

        /// A table; columns of numbers are set flush right.
        ///
        /// - Parameters:
        ///   - title: above the table.
        ///   - columns: their names.
        ///   - rows: each with a cell for each column.
        public static func table(_ title: String, columns: [String], rows: [[String]]) -> Section {
            for (index, row) in rows.enumerated() where row.count != columns.count {
                mistake("Report", "expects \(columns.count) cells in each row, got \(row.count) in row \(index)")
            }
            return Section(title: title, content: .table(columns: columns, rows: rows))
        }

        /// A picture: a ``Chart``, a ``HeatMap`` or an ``ImageGrid``.
        public static func plot(_ plot: some Plot) -> Section { plots("", [plot]) }

        /// Pictures beside each other where the page is wide enough.
        public static func plots(_ title: String, _ plots: [any Plot]) -> Section {
            Section(title: title, content: .plots(plots))
        }

        /// Pictures with their captions, or with what was predicted for them, in rows that fill the page.
        public static func pictures(_ title: String, _ pictures: [Picture]) -> Section {
            Section(title: title, content: .pictures(pictures))
        }

        /// Paragraphs, separated by empty lines.
        public static func text(_ text: String, title: String = "") -> Section {
            Section(title: title, content: .text(text))
        }

        /// Text in a font of fixed width, such as the summary of a model.
        public static func preformatted(_ title: String, _ text: String) -> Section {
            Section(title: title, content: .preformatted(text))
        }
    }
}
