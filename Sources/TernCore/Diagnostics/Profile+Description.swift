import Foundation

extension Profile: CustomStringConvertible {
    /// The operations, the longest first, with totals and what held the memory at its peak.
    public var description: String { table() + "\n" + peak.description }

    /// A table of the events summed up, the rows with the longest time first.
    ///
    /// `Count` is how often an operation was computed, `Share` that of the whole time. 1 MB is 1,048,576 bytes, 1 MFLOP a
    /// million floating-point operations.
    public func table(by grouping: Grouping = .name) -> String {
        let names: [String]
        switch grouping {
        case .name: names = ["Operation"]
        case .shapes: names = ["Operation", "Input shapes"]
        case .module: names = ["Module"]
        }
        let titles = ["Count", "Forward ms", "Backward ms", "Total ms", "Share", "MFLOP", "GFLOP/s", "MB"]
        let cells = rows(by: grouping).map { row in
            let names =
                switch grouping {
                case .name: [row.name]
                case .shapes: [row.name, row.inputShapes.map { "\($0)" }.joined(separator: " ")]
                case .module: [row.modulePath.isEmpty ? "(none)" : row.modulePath]
                }
            return names + [
                "\(row.count)", milliseconds(row.forwardDuration), milliseconds(row.backwardDuration),
                milliseconds(row.duration), percent(row.duration, of: duration), millions(row.flops),
                rate(row.flops, row.duration), megabytes(row.bytes),
            ]
        }
        let table = TextTable(names + titles, cells, names: names.count)
        let lines =
            table.framed + [
                "Total: \(milliseconds(duration)) ms, in operations \(milliseconds(operationDuration)) ms, "
                    + "outside of them \(milliseconds(outsideDuration)) ms "
                    + "(\(percent(outsideDuration, of: duration)))",
                "Products and convolutions: \(millions(flops)) MFLOP, \(rate(flops, duration)) GFLOP/s of the whole time",
            ]
        return lines.joined(separator: "\n")
    }
}

extension Profile.Peak: CustomStringConvertible {
    /// How much memory tensors held at most, and what its largest parts were.
    public var description: String {
        let shown = 10
        var lines = ["Peak memory: \(megabytes(bytes)) MB", "  \(megabytes(earlierBytes)) MB from before"]
        for holder in holders.prefix(shown) {
            let place = holder.modulePath.isEmpty ? "" : " in \(holder.modulePath)"
            let tensors = holder.count == 1 ? "1 tensor" : "\(holder.count) tensors"
            lines.append("  \(megabytes(holder.bytes)) MB \(holder.name)\(place) (\(tensors))".printable)
        }
        let rest = holders.dropFirst(shown)
        if !rest.isEmpty {
            lines.append("  \(megabytes(rest.reduce(0) { $0 + $1.bytes })) MB in \(rest.count) more parts")
        }
        return lines.joined(separator: "\n")
    }
}

private func milliseconds(_ nanoseconds: Int) -> String { String(format: "%.3f", Double(nanoseconds) * 1e-6) }

private func percent(_ part: Int, of whole: Int) -> String {
    String(format: "%.1f%%", whole == 0 ? 0 : 100 * Double(part) / Double(whole))
}

private func millions(_ count: Int) -> String { count == 0 ? "-" : String(format: "%.3f", Double(count) * 1e-6) }

/// Operations a nanosecond.
private func rate(_ operations: Int, _ nanoseconds: Int) -> String {
    operations == 0 || nanoseconds == 0 ? "-" : String(format: "%.1f", Double(operations) / Double(nanoseconds))
}

private func megabytes(_ bytes: Int) -> String { String(format: "%.3f", Double(bytes) / 1_048_576) }
