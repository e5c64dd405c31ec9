import Foundation
import TernCore
import TernTraining
import Testing

/// A clock that is set by hand, and a record of what was written.
private final class Screen {
    var time = 0.0
    var written: [String] = []

    var columns = 80

    func bar(_ total: Int?, startingAt first: Int = 0, isTerminal: Bool, isColored: Bool = true) -> ProgressBar {
        ProgressBar(
            total: total, startingAt: first,
            surroundings: .init(
                isTerminal: isTerminal, isColored: isColored, columns: { self.columns },
                write: { self.written.append($0) },
                now: { self.time }))
    }

    /// What was written last, without what a terminal hides: without colours, and erased to the end of the line.
    var lines: [String] {
        var text = written.last ?? ""
        #expect(text.hasPrefix("\r"))
        text = text.replacing(/\u{1B}\[\d*[mK]/, with: "").replacing("\r", with: "")
        return text.split(separator: "\n").map(String.init)
    }
}

@Test("off a terminal only the finished line is written")
func plainLine() {
    let screen = Screen()
    var bar = screen.bar(4, isTerminal: false)
    screen.time = 10
    for _ in 0..<4 {
        bar.advance(["loss": 1])
        screen.time += 0.002
    }
    bar.finish(["accuracy": 0.97604, "loss": 0.0004])
    // The first step took 10 s and does not count in the time of a step: 8 ms are for three of them.
    #expect(screen.written == ["4/4 ━━━━━━━━━━━━━━━━━━━━ 10s 3ms/step - accuracy: 0.9760 - loss: 4.0000e-04\n"])
}

@Test("on a terminal the line is redrawn at most every 0.05 s, with the time left")
func terminalLine() {
    let screen = Screen()
    var bar = screen.bar(100, isTerminal: true)
    for _ in 0..<50 {
        screen.time += 0.03
        bar.advance()
    }
    #expect(screen.written.count == 25)
    let half = String(repeating: "━", count: 9)
    let rest = String(repeating: "━", count: 11)
    #expect(
        screen.written.last == "\r 49/100 \u{1B}[32m\(half)\u{1B}[0m\u{1B}[37m\(rest)\u{1B}[0m 1s 30ms/step\u{1B}[K")
    // Without colours another sign tells what is left.
    var plain = screen.bar(4, isTerminal: true, isColored: false)
    plain.advance()
    #expect(
        screen.written.last == "\r1/4 " + String(repeating: "━", count: 5) + String(repeating: "─", count: 15)
            + " 0s 0s/step\u{1B}[K")
    bar.finish()
    #expect(screen.lines == [" 50/100 ━━━━━━━━━━━━━━━━━━━━ 2s 30ms/step"])
    #expect(screen.written.last?.hasSuffix("\n") == true)
}

@Test("what a longer line left behind is erased")
func erasing() {
    let screen = Screen()
    var bar = screen.bar(2, isTerminal: true)
    bar.advance(["a long name": 0.5])
    bar.finish()
    #expect(screen.written.allSatisfy { $0.contains("\u{1B}[K") })
}

@Test("an unknown number of steps shows no bar")
func unknownTotal() {
    let screen = Screen()
    var bar = screen.bar(nil, isTerminal: false)
    bar.advance()
    screen.time = 3
    bar.finish()
    #expect(screen.written == ["1/Unknown 3s 3s/step\n"])
}

@Test("long times are minutes and hours")
func longTimes() {
    let screen = Screen()
    var bar = screen.bar(3, isTerminal: true)
    screen.time = 1
    bar.advance()
    screen.time = 4001
    bar.advance()
    #expect(screen.lines.last?.hasSuffix("1:06:40 4000s/step") == true)
}

@Test("an epoch that goes on in its middle counts the steps before, which take no time")
func resumedBar() {
    let screen = Screen()
    var bar = screen.bar(100, startingAt: 40, isTerminal: true)
    screen.time = 5
    bar.advance()
    #expect(screen.written.last?.contains(" 41/100 ") == true)
    #expect(screen.lines.last?.hasSuffix("4:55 5s/step") == true)
    screen.time = 5.5
    bar.advance()
    // 58 steps of half a second are left.
    #expect(screen.lines.last?.hasSuffix("29s 500ms/step") == true)
}

/// Metrics of a usual run, with wide characters, with pictures, with what moves a cursor, and with a name that is too long.
private let namings: [KeyValuePairs<String, Double>] = [
    ["accuracy": 0.976, "loss": 0.0801, "test accuracy": 0.9826],
    ["損失": 1, "精度": 0.5, "検証精度": 0.25, "学習率": 1e-5],
    ["🐦": 1, "👨‍👩‍👧": .nan, "e\u{301}\u{302}": -.infinity, "❤️": 1e300],
    ["a\u{1B}[2J\u{7}\rb\nc\td\u{9B}1m\u{2028}\u{202E}e": 1, "\u{0}": 2],
    [String(repeating: "name", count: 50): 1, "loss": 2],
]

@Test(
    "no line is wider than the terminal, at any width, and none has control characters but the bar's own",
    arguments: namings.indices, [nil, 0, 7, 938, Int.max] as [Int?])
func everyWidth(_ naming: Int, _ total: Int?) {
    let screen = Screen()
    for columns in Array(-1...130) + [400, .max] {
        screen.columns = columns
        var bar = screen.bar(total, isTerminal: true)
        for isFinished in [false, true] {
            screen.time += 1
            if isFinished { bar.finish(namings[naming]) } else { bar.advance(namings[naming]) }
            // The last column stays free: a terminal that is full may go on in the next line.
            let lines = screen.lines
            for line in lines {
                #expect(line.displayWidth < max(2, columns), "\(columns) columns: \(line)")
                #expect(line.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
            }
            #expect(lines.count == 1 || isFinished)
            // Nothing is lost in the end.
            if isFinished && columns >= 24 {
                #expect(lines.joined().count(where: { $0 == ":" }) >= namings[naming].count)
            }
        }
    }
}

@Test("on 80 columns three metrics fit on the line that is redrawn, and all of them are in the end")
func eightyColumns() {
    let screen = Screen()
    var bar = screen.bar(938, isTerminal: true)
    for _ in 0..<938 {
        screen.time += 0.05
        bar.advance(["accuracy": 0.976, "loss": 0.0801])
    }
    #expect(screen.lines == ["938/938 ━━━━━━━━━━━━━━━━━━━━ 0s 50ms/step - accuracy: 0.9760 - loss: 0.0801"])
    screen.time += 1
    bar.advance(namings[0])
    #expect(
        screen.lines == ["939/938 0s 51ms/step - accuracy: 0.9760 - loss: 0.0801 - test accuracy: 0.9826"])
    screen.columns = 78
    screen.time += 1
    bar.advance(namings[0])
    #expect(screen.lines == ["940/938 ━━━━━ 0s 52ms/step - accuracy: 0.9760 - loss: 0.0801 …"])
    bar.finish(namings[0])
    #expect(
        screen.lines == [
            "940/938 ━━━━━ 49s 52ms/step - accuracy: 0.9760 - loss: 0.0801", " - test accuracy: 0.9826",
        ])
    // The window is resized.
    screen.columns = 120
    bar.finish(namings[0])
    #expect(
        screen.lines == [
            "940/938 ━━━━━━━━━━━━━━━━━━━━ 49s 52ms/step - accuracy: 0.9760 - loss: 0.0801 - test accuracy: 0.9826"
        ])
    screen.columns = 30
    bar.finish(namings[0])
    #expect(
        screen.lines == [
            "940/938 ━━━━━ 49s 52ms/step", " - accuracy: 0.9760", " - loss: 0.0801", " - test accuracy: 0.9826",
        ])
}

@Test("a number of steps that cannot be is taken for unknown, and a message says so")
func negativeTotal() {
    let screen = Screen()
    var bar = screen.bar(-1, startingAt: -5, isTerminal: false)
    bar.advance()
    bar.finish()
    #expect(
        screen.written == [
            "ProgressBar: total must be at least 0, got -1: taken for unknown\n",
            "ProgressBar: startingAt must be at least 0, got -5: taken for 0\n", "1/Unknown 0s 0s/step\n",
        ])
}

@Test(
    "no time is negative or stops the process, whatever the clock says and however many steps there are",
    arguments: [-1e3, 0, 1e300, .infinity, -.infinity, .nan], [0, 1, 5, Int.max])
func clocks(_ time: Double, _ total: Int) {
    let screen = Screen()
    var bar = screen.bar(total, startingAt: total == .max ? total : 3, isTerminal: true)
    screen.columns = 1000
    for step in 1...4 {
        screen.time = step % 2 == 0 ? 0 : time
        bar.advance()
        #expect(!screen.lines[0].contains("-"), "\(screen.lines)")
    }
    bar.finish()
    #expect(!screen.lines[0].contains("-"), "\(screen.lines)")
}

#if os(Linux)
    // Its header is not among those that Swift imports.
    @_silgen_name("openpty") private func openpty(
        _ main: UnsafeMutablePointer<Int32>, _ terminal: UnsafeMutablePointer<Int32>, _ name: UnsafePointer<CChar>?,
        _ settings: UnsafeRawPointer?, _ size: UnsafeRawPointer?
    ) -> Int32

    @Test("the standard output's terminal is asked for its width, also after it was resized")
    func pseudoTerminal() async {
        await #expect(processExitsWith: .success) {
            var (main, terminal): (Int32, Int32) = (0, 0)
            var size = winsize(ws_row: 24, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0)
            #expect(openpty(&main, &terminal, nil, nil, &size) == 0)
            setenv("TERM", "xterm", 1)
            unsetenv("NO_COLOR")
            dup2(terminal, 1)
            /// What arrives at the other side.
            func shown() -> String {
                var bytes = [UInt8](repeating: 0, count: 4096)
                let count = read(main, &bytes, bytes.count)
                return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
                    .replacing(/\u{1B}\[\d*[mK]/, with: "").filter { !$0.isNewline }
            }
            var bar = ProgressBar(total: 10)
            bar.advance(["a name of a metric": 1, "another": 2])
            let narrow = shown()
            #expect(narrow.hasPrefix(" 1/10 ━━━━━ 0s ") && narrow.hasSuffix("/step …"), "\(narrow)")
            size.ws_col = 100
            #expect(ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
            bar.finish(["a name of a metric": 1, "another": 2])
            #expect(shown().hasSuffix("step - a name of a metric: 1.0000 - another: 2.0000"))
            setenv("NO_COLOR", "1", 1)
            #expect(!ProgressBar.Surroundings.standard.isColored)
            setenv("NO_COLOR", "", 1)
            #expect(ProgressBar.Surroundings.standard.isColored && ProgressBar.Surroundings.standard.isTerminal)
            for name in ["dumb", ""] {
                setenv("TERM", name, 1)
                #expect(!ProgressBar.Surroundings.standard.isTerminal)
            }
            unsetenv("TERM")
            #expect(!ProgressBar.Surroundings.standard.isTerminal)
            // A terminal that does not know its width: what the shell says.
            size.ws_col = 0
            setenv("COLUMNS", "20", 1)
            #expect(ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
            #expect(ProgressBar.Surroundings.standard.columns() == 20)
            #expect(ProgressBar.Surroundings.standard.rows() == 24)
            size.ws_row = 0
            setenv("LINES", "30", 1)
            #expect(ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
            #expect(ProgressBar.Surroundings.standard.rows() == 30)
            unsetenv("LINES")
            #expect(ProgressBar.Surroundings.standard.rows() == 24)
            setenv("COLUMNS", "-3", 1)
            #expect(ProgressBar.Surroundings.standard.columns() == 80)
        }
    }
#endif
