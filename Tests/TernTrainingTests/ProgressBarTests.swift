import TernTraining
import Testing

/// A clock that is set by hand, and a record of what was written.
private final class Screen {
    var time = 0.0
    var written: [String] = []

    func bar(_ total: Int?, isTerminal: Bool) -> ProgressBar {
        ProgressBar(
            total: total,
            surroundings: .init(isTerminal: isTerminal, write: { self.written.append($0) }, now: { self.time }))
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
        screen.written.last == "\r 49/100 \u{1B}[32m\(half)\u{1B}[0m\u{1B}[37m\(rest)\u{1B}[0m 1s 30ms/step")
    bar.finish()
    #expect(screen.written.last?.hasSuffix("2s 31ms/step\n") == false)
    #expect(screen.written.last?.hasSuffix("\n") == true)
}

@Test("a shorter line blanks out what a longer one left behind")
func padding() {
    let screen = Screen()
    var bar = screen.bar(2, isTerminal: true)
    bar.advance(["a long name": 0.5])
    bar.finish()
    let widths = screen.written.map { $0.replacing(/\u{1B}\[\d+m/, with: "").count }
    #expect(widths[1] == widths[0] + 1)
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
    #expect(screen.written.last?.hasSuffix("1:06:40 4000s/step") == true)
}

@Test("an epoch that goes on in its middle counts the steps before, which take no time")
func resumedBar() {
    let screen = Screen()
    var bar = ProgressBar(
        total: 100, startingAt: 40,
        surroundings: .init(isTerminal: true, write: { screen.written.append($0) }, now: { screen.time }))
    screen.time = 5
    bar.advance()
    #expect(screen.written.last?.contains(" 41/100 ") == true)
    #expect(screen.written.last?.hasSuffix("4:55 5s/step") == true)
    screen.time = 5.5
    bar.advance()
    // 58 steps of half a second are left.
    #expect(screen.written.last?.hasSuffix("29s 500ms/step") == true)
}
