import Foundation
import Tern
import TernTestSupport
import Testing

@testable import TernTraining

/// A clock that is set by hand, and a terminal or a file.
private final class Display {
    var time = 0.0
    var columns: Int
    var rows: Int
    var written: [String] = []
    var terminal: TerminalEmulator

    init(columns: Int = 80, rows: Int = 24) {
        (self.columns, self.rows) = (columns, rows)
        terminal = TerminalEmulator(columns: columns, rows: rows)
    }

    func view(
        epochs: Int? = 3, steps: Int? = 4, startingAt position: TrainingPosition = TrainingPosition(),
        isTerminal: Bool = true, isColored: Bool = true
    ) -> LiveView {
        LiveView(
            epochs: epochs, stepsPerEpoch: steps, startingAt: position,
            surroundings: .init(
                isTerminal: isTerminal, isColored: isColored, columns: { self.columns }, rows: { self.rows },
                write: {
                    self.written.append($0)
                    if isTerminal { self.terminal.write($0) }
                }, now: { self.time }))
    }

    func resize(columns: Int, rows: Int) {
        (self.columns, self.rows) = (columns, rows)
        terminal.resize(columns: columns, rows: rows)
    }
}

/// Two epochs of a usual training, a step of which takes a tenth of a second.
private func train(_ view: LiveView, _ display: Display, epochs: Int = 2, steps: Int = 4) {
    for epoch in 0..<epochs {
        for step in 0..<steps {
            display.time += 0.1
            let place = Double(epoch * steps + step) / Double(epochs * steps)
            view.advance(
                ["loss": 2 / (1 + 5 * place), "accuracy": 0.5 + place / 2], examples: 32, learningRate: 0.00125)
        }
        display.time += 0.5
        view.endEpoch(["loss": 0.5, "accuracy": 0.75], validation: ["loss": 0.625, "accuracy": 0.5])
        view.saved("run/checkpoint-00000\(epoch + 1).safetensors")
    }
}

@Suite("Live view")
struct LiveViewTests {
    @Test("off a terminal there is a line for each epoch, message and checkpoint, without any escape")
    func file() {
        let display = Display()
        let view = display.view(isTerminal: false)
        view.print("begins\nnow")
        train(view, display)
        display.time += 0.1
        view.advance(["loss": 0.25])
        view.finish()
        view.finish()
        view.print("ended")
        let bar = String(repeating: "━", count: 20)
        #expect(
            display.written.joined() == """
                begins
                now
                Epoch 1/3 4/4 \(bar) 1s 100ms/step - loss: 0.5000 - accuracy: 0.7500 - validation loss: 0.6250 - \
                validation accuracy: 0.5000
                saved: checkpoint-000001.safetensors at step 4
                Epoch 2/3 4/4 \(bar) 1s 100ms/step - loss: 0.5000 - accuracy: 0.7500 - validation loss: 0.6250 - \
                validation accuracy: 0.5000
                saved: checkpoint-000002.safetensors at step 8
                Epoch 3/3 1/4 \(String(repeating: "━", count: 5))\(String(repeating: "─", count: 15)) 0s 100ms/step \
                - loss: 0.2500
                ended

                """)
    }

    @Test("a terminal shows curves, numbers and checkpoints, and an epoch's line above them")
    func screen() {
        let display = Display()
        let view = display.view(steps: 40)
        train(view, display, steps: 40)
        view.finish()
        #expect(
            display.terminal.lines.joined(separator: "\n") == """
                Epoch 1/3 40/40 ━━━━━ 5s 100ms/step - loss: 0.5000 - accuracy: 0.7500
                 - validation loss: 0.6250 - validation accuracy: 0.5000
                Epoch 2/3 40/40 ━━━━━ 4s 100ms/step - loss: 0.5000 - accuracy: 0.7500
                 - validation loss: 0.6250 - validation accuracy: 0.5000
                loss ⠒ 0.3368 o validation 0.6250        accuracy ⠒ 0.9938 o validation 0.5000
                2.0 ┤⠱⡀                                  1.0 ┤                              ⢀⠤⠊
                    │ ⠱⡀                                     │                           ⢀⠤⠊⠁
                1.5 ┤  ⢣                                 0.9 ┤                        ⢀⠤⠊⠁
                    │  ⠈⠢⡀                                   │                     ⢀⠤⠊⠁
                    │    ⠘⢄                              0.8 ┤                  ⢀⠤⠒⠁
                1.0 ┤      ⠑⢄⡀                               │               ⢀⡠⠊⠁
                    │        ⠈⠒⠤⣀                        0.7 ┤            ⢀⠤⠊⠁
                    │            ⠉⠒⠢⠤o⣀              o       │         ⢀⠤⠊⠁
                0.5 ┤                  ⠉⠉⠒⠒⠒⠤⠤⠤⣀⣀⣀⣀      0.6 ┤      ⢀⠤⠊⠁
                    │                              ⠉⠉⠉       │   ⢀⡠⠊⠁
                0.0 ┤                                    0.5 ┤⣀⠤⠊⠁            o               o
                    └┴───────────────────┴────────────       └┴───────────────────┴────────────
                     0                  50                    0                  50
                Epoch 2/3 40/40 ━━━━━━━━━━━━━━━ 0s 100ms/step - loss: 0.3368 - accuracy: 0.9938
                4s left - 320 examples/s - learning rate 0.00125 - 8s since the start
                saved: checkpoint-000002.safetensors at step 80, checkpoint-000001.safetensors…
                """)
        #expect(display.terminal.colors["36"]?.contains("⠒") == true)
        #expect(display.terminal.colors["33"] == ["o", " "])
        #expect(display.terminal.errors == [] && display.terminal.isCursorVisible && display.terminal.column == 0)
    }

    static let smallScreens: [(columns: Int, rows: Int, screen: String)] = [
        (
            46, 12,
            """
            loss  ⠒⠒ training 0.3404  o validation 0.6250
            2 ┤ ⠑⢄
              │   ⠑⢄
              │     ⠉⠒⠤⣀
            1 ┤         ⠉⠉⠑⠒⠢⠤⢄⣀⡀
              │                 ⠈⠉⠉⠉⠉⠒⠒⠒⠒⠤⠤⠤⠤⠤⠤⠤⢄⣀⣀⣀⣀⣀⣀⣀o
            0 ┤
              └┴────────────────────┴───────────────────┴
               0                   20                  40
            Epoch 1/3 40/40 ━━━━━ 0s 100ms/step …
            9s left - 319 examples/s …
            """
        ),
        (
            30, 8,
            """
            Epoch 1/3 40/40 ━━━━━ 5s
             100ms/step - loss: 0.5000
             - accuracy: 0.7500
             - validation loss: 0.6250
             - validation accura…: 0.5000
            Epoch 1/3 40/40 ━━━━━ 0s …
            9s left - 319 examples/s …
            """
        ),
        (
            16, 4,
            """
             - val…: 0.5000
            Epoch 1/3 40/40
            9s left …
            """
        ),
    ]

    @Test("a small terminal shows one chart, or none, and numbers that fit", arguments: smallScreens.indices)
    func small(index: Int) {
        let (columns, rows, screen) = Self.smallScreens[index]
        let display = Display(columns: columns, rows: rows)
        let view = display.view(steps: 40, isColored: false)
        train(view, display, epochs: 1, steps: 40)
        #expect(display.terminal.lines.joined(separator: "\n") == screen)
        #expect(!display.written.joined().contains(/\u{1B}\[\d+m/))
    }

    @Test("it is redrawn at most every 0.2 s, and of it what changed")
    func gentle() {
        let display = Display()
        let view = display.view(steps: 40)
        for step in 0..<40 {
            display.time += 0.05
            view.advance(["loss": 1 - Double(step) / 100])
        }
        #expect(display.written.count == 10)
        let frames = display.written
        #expect(frames.allSatisfy { $0.hasPrefix("\u{1B}[?2026h\u{1B}[?25l") })
        #expect(frames.allSatisfy { $0.hasSuffix("\u{1B}[?25h\u{1B}[?2026l") })
        // The axes move now and then; in between only those lines are written that the curve came to, and the numbers.
        #expect(frames.last!.unicodeScalars.count { $0 == "\r" } == 5 && display.terminal.lines.count == 16)
        let before = display.terminal.lines
        view.saved("a")
        #expect(display.written.count == 10 && display.terminal.lines == before)
        display.time += 0.2
        view.saved("b")
        #expect(display.terminal.lines.last == "saved: b at step 40, a at step 40")
    }

    @Test("nothing is written where nothing changed")
    func unchanged() {
        var block = TerminalBlock()
        #expect(block.frame(["a", "b"], columns: 80) == frame("\r\u{1B}[Ja\nb\n"))
        #expect(block.frame(["a", "b"], columns: 80) == nil)
        #expect(block.frame(["a", "c"], columns: 80) == frame("\u{1B}[1A\rc\u{1B}[K\u{1B}[1B\r"))
        #expect(block.frame(["d", "c"], columns: 80) == frame("\u{1B}[2A\rd\u{1B}[K\u{1B}[2B\r"))
        #expect(block.frame(["e", "f"], columns: 80) == frame("\u{1B}[2A\re\u{1B}[K\u{1B}[1B\rf\u{1B}[K\u{1B}[1B\r"))
        #expect(block.frame(["e", "f"], above: ["m"], columns: 80) == frame("\u{1B}[2A\r\u{1B}[Jm\ne\nf\n"))
        #expect(block.frame(["e"], columns: 80) == frame("\u{1B}[2A\r\u{1B}[Je\n"))
        // In a window that became narrower a line of ten columns takes three.
        let long = "\u{1B}[32m1234567890\u{1B}[0m"
        #expect(block.frame([long], columns: 80) == frame("\u{1B}[1A\r\(long)\u{1B}[K\u{1B}[1B\r"))
        #expect(block.frame(["12"], columns: 4) == frame("\u{1B}[3A\r\u{1B}[J12\n"))

        func frame(_ text: String) -> String {
            "\u{1B}[?2026h\u{1B}[?25l" + text + "\u{1B}[J\u{1B}[?25h\u{1B}[?2026l"
        }
    }

    @Test("what is printed stays above in its order, and nothing of the block is left behind")
    func messages() {
        let display = Display(columns: 60, rows: 16)
        let view = display.view(epochs: 50, steps: 2)
        for epoch in 0..<50 {
            for _ in 0..<2 {
                display.time += 0.3
                view.advance(["loss": 1 / Double(epoch + 1)])
            }
            view.print("message \(epoch)\nof two\u{1B}[2J lines")
        }
        view.finish()
        let all = display.terminal.history + display.terminal.lines
        #expect(all.filter { $0.hasPrefix("message") } == (0..<50).map { "message \($0)" })
        #expect(all.count { $0 == "of two\u{FFFD}[2J lines" } == 50)
        // The line of the epoch that was not ended, and that of the block.
        #expect(all.count { $0.hasPrefix("Epoch") } == 2 && all.count { $0.hasPrefix("loss") } == 1)
        #expect(display.terminal.errors == [])
    }

    @Test("a window that is resized leaves one block, which fits")
    func resized() {
        let display = Display(columns: 100, rows: 30)
        let view = display.view(epochs: 3, steps: 1000)
        for (columns, rows) in [(100, 30), (60, 30), (41, 20), (120, 40), (30, 40), (200, 12), (80, 24)] {
            display.resize(columns: columns, rows: rows)
            for step in 0..<10 {
                display.time += 0.3
                view.advance(["loss": Double(step), "accuracy": 0.5, "a third": 1], examples: 3, learningRate: 1e-3)
            }
            let screen = display.terminal.lines
            #expect(screen.count { $0.hasPrefix("Epoch 1/3") } == 1, "\(columns) x \(rows): \(screen)")
            #expect(screen.count { $0.contains("learning") } <= 1 && display.terminal.errors == [])
        }
    }

    /// Values of a usual run, what cannot be drawn, and names that do not fit or would move the cursor.
    static let metrics: [KeyValuePairs<String, Double>] = [
        ["loss": 0.5, "accuracy": 0.25, "precision": 1, "recall": 0],
        ["loss": .nan, "accuracy": .infinity, "x": -.infinity],
        ["loss": 1e300, "accuracy": -1e-300, "x": -1e308, "y": 1e308],
        [:],
        ["損失": 1, "a\u{1B}[2J\u{7}\rb\nc": 2, "👨‍👩‍👧": 3, "": 4],
        [String(repeating: "long ", count: 50): 1],
    ]

    @Test("no line is wider than the terminal and no block higher, at any size", arguments: metrics.indices)
    func everySize(index: Int) {
        for columns in Array(1...24) + [27, 30, 35, 40, 41, 47, 54, 60, 80, 120, 200, 400] {
            for rows in [1, 2, 3, 5, 8, 12, 24, 60] {
                let display = Display(columns: max(2, columns), rows: max(2, rows))
                (display.columns, display.rows) = (columns, rows)
                let view = display.view(epochs: rows % 2 == 0 ? 3 : nil, steps: columns % 3 == 0 ? nil : 4)
                for step in 0..<3 {
                    display.time += 1
                    view.advance(Self.metrics[index], examples: step, learningRate: .nan)
                    view.saved("checkpoint\u{7}-\(step)")
                    let scrolled = display.terminal.history.count
                    display.time += 1
                    view.advance(Self.metrics[index])
                    #expect(step == 0 || display.terminal.history.count == scrolled, "\(columns) x \(rows)")
                }
                view.endEpoch(validation: Self.metrics[index])
                view.finish()
                #expect(display.terminal.errors == [] && display.terminal.isCursorVisible, "\(columns) x \(rows)")
            }
        }
    }

    @Test("a training that goes on in its middle counts on from there")
    func resumed() {
        let display = Display(columns: 60, rows: 20)
        let position = TrainingPosition(epoch: 2, step: 40, totalSteps: 240)
        let view = display.view(epochs: 5, steps: 100, startingAt: position)
        for _ in 0..<10 {
            display.time += 2
            view.advance(["loss": 1])
        }
        #expect(
            display.terminal.lines.joined(separator: "\n") == """
                loss  ⠒⠒ training 1.0000
                1.10 ┤
                     │
                1.05 ┤
                     │
                     │
                1.00 ┤     ⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒
                     │
                     │
                0.95 ┤
                     │
                0.90 ┤
                     └┴─────────────────────────┴─────────────────────────┴
                step  240                      245                      250
                Epoch 3/5  50/100 ━━━━━━━━━━━━━ 1:40 2s/step - loss: 1.0000
                8:20 left - 20s since the start
                """)
    }

    @Test("no time, count or position stops the process", arguments: [-1e3, 0, 1e300, .infinity, -.infinity, .nan])
    func clocks(time: Double) {
        for epochs in [nil, Int.min, 0, 1, .max] as [Int?] {
            let display = Display()
            let position = TrainingPosition(epoch: epochs ?? 0, step: .max, totalSteps: .max)
            for place in [TrainingPosition(), position] {
                let view = display.view(epochs: epochs, steps: epochs, startingAt: place)
                for step in 1...4 {
                    display.time = step % 2 == 0 ? 0 : time
                    view.advance(["loss": 1], examples: .max / 8)
                    view.endEpoch()
                }
                view.finish()
            }
            #expect(display.terminal.errors == [])
        }
    }

    @Test("a curve of many steps keeps means in few places, and gaps")
    func curve() {
        var curve = TerminalCurve()
        for step in 0..<100_000 { curve.append(step / 50_000 == 1 ? Double(step) : .nan, at: step + 7) }
        let points = curve.points
        #expect(curve.stride == 32 && points.count == 3125 && curve.last == 99_999)
        #expect(points[..<1562].allSatisfy { $0.value.isNaN } && points[0].step == 7 + 15.5)
        #expect(points[1563...].allSatisfy { $0.value == $0.step - 7 })
    }

    @Test("a line with colours is cut where it must be")
    func styled() {
        var line = StyledText("loss ")
        line.append("⠒ ", .cyan)
        line.append("0.5")
        #expect(line.width == 10 && line.text(isColored: false) == "loss ⠒ 0.5")
        #expect(line.text(isColored: true) == "loss \u{1B}[36m⠒ \u{1B}[0m0.5")
        #expect(line.shortened(toColumns: 10) == line)
        #expect(
            (0..<10).map { line.shortened(toColumns: $0).text(isColored: false) }
                == ["", "…", "l…", "lo…", "los…", "loss…", "loss …", "loss ⠒…", "loss ⠒ …", "loss ⠒ 0…"])
    }
}
