import Foundation
import TernCore

/// Where a ``ProgressBar`` or ``LiveView`` writes and what the time is: a terminal and the clock, or what a test puts there.
public struct TerminalSurroundings {
    /// Whether what was written can be redrawn.
    public var isTerminal: Bool
    /// Whether a terminal has colours.
    public var isColored: Bool
    /// How many columns the terminal has; asked again whenever something is drawn, because windows are resized.
    public var columns: () -> Int
    /// How many rows the terminal has; asked again too.
    public var rows: () -> Int
    /// Prints text as it is.
    public var write: (String) -> Void
    /// Seconds from any fixed moment.
    public var now: () -> Double

    /// - Parameters:
    ///   - isTerminal: whether what was written can be redrawn.
    ///   - isColored: whether the terminal has colours.
    ///   - columns: how many columns the terminal has.
    ///   - rows: how many rows it has.
    ///   - write: prints text as it is.
    ///   - now: seconds from any fixed moment.
    public init(
        isTerminal: Bool, isColored: Bool = true, columns: @escaping () -> Int = { 80 },
        rows: @escaping () -> Int = { 24 }, write: @escaping (String) -> Void, now: @escaping () -> Double
    ) {
        self.isTerminal = isTerminal
        self.isColored = isColored
        self.columns = columns
        self.rows = rows
        self.write = write
        self.now = now
    }

    /// The standard output and the system's clock. The size is the terminal's, else what `COLUMNS` and `LINES` say, else 80
    /// and 24. A terminal that `TERM` calls dumb, or does not name, is written to like a file; one has no colours where
    /// `NO_COLOR` is set and not empty (<https://no-color.org>).
    public static var standard: TerminalSurroundings {
        let environment = ProcessInfo.processInfo.environment
        return TerminalSurroundings(
            isTerminal: isatty(1) == 1 && !["", "dumb"].contains(environment["TERM"] ?? ""),
            isColored: (environment["NO_COLOR"] ?? "").isEmpty,
            columns: { size(\.ws_col, "COLUMNS") ?? 80 },
            rows: { size(\.ws_row, "LINES") ?? 24 },
            write: { text in
                // Through the same buffer as `print`, so that lines keep their order in a file.
                print(text, terminator: "")
                flushStandardOutput()
            },
            now: { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 })
    }

    private static func size(_ part: KeyPath<winsize, UInt16>, _ variable: String) -> Int? {
        var size = winsize()
        if ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size[keyPath: part] > 0 { return Int(size[keyPath: part]) }
        return ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }
}
