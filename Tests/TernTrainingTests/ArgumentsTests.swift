import Foundation
import Tern
import TernTestSupport
import Testing

@Suite("Arguments") struct ArgumentsTests {
    @Test("options are read in both spellings, and what was declared as a setting is one")
    func values() {
        let words = ["--width=5", "--name", "a b", "--rate", "0.5", "--fast", "--x", "1", "--x=2", "--kind", "big"]
        let arguments = Arguments("smooth", "Smooths.", words)
        #expect(arguments.int("width", default: 3, "") == 5)
        #expect(arguments.int("rest", default: 3, isSetting: false, "") == 3)
        #expect(arguments.string("name", "TEXT", "") == "a b" && arguments.string("none", "TEXT", "") == nil)
        #expect(arguments.double("rate", default: 1, "") == 0.5)
        #expect(arguments.flag("fast", "") && !arguments.flag("slow", ""))
        #expect(arguments.strings("x", "N", "") == ["1", "2"])
        #expect(arguments.choice("kind", ["small", "big"], "") == "big")
        arguments.finish()
        #expect(arguments.settings.map(\.name) == ["--width", "--rate", "--fast", "--slow", "--kind"])
        #expect(arguments.settings.map(\.value) == [5, 0.5, "yes", "no", "big"])
    }

    @Test("all that is wrong is said at once, with the status 2")
    func problems() async {
        let result = await #expect(processExitsWith: .exitCode(2), observing: [\.standardErrorContent]) {
            let words = ["file", "--width", "0", "--rate", "-1", "--kind", "huge", "--fast=1", "--name", "--other"]
            let arguments = Arguments("smooth", "Smooths.", words)
            _ = arguments.int("width", default: 3, "")
            _ = arguments.double("rate", default: 3, "")
            _ = arguments.choice("kind", ["small", "big"], "")
            _ = arguments.flag("fast", "")
            _ = arguments.string("name", "TEXT", "")
            arguments.finish()
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(
            text.hasSuffix(
                """
                smooth: unexpected argument 'file'
                smooth: --width must be a whole number of at least 1, got '0'
                smooth: --rate must be a number above 0, got '-1'
                smooth: --kind must be one of small, big, got 'huge'
                smooth: --fast takes no value
                smooth: --name needs a value (TEXT)
                smooth: unknown option --other
                try --help

                """), "got \(text)")
    }

    @Test("the help names all options with their defaults")
    func help() async {
        let result = await #expect(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
            let options = TrainingOptions("net", "Trains.", data: "a folder", epochs: 3, batchSize: 8, ["--help"])
            _ = options.double("lr", default: 0.1, "learning rate")
            options.finish()
        }
        let text = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        #expect(text.contains("Trains.\n\nusage: net [options]\n  --data PATH       a folder\n"))
        #expect(text.contains("\n  --batch N         examples a step (default 8)\n"))
        #expect(text.contains("\n  --lr X            learning rate (default 0.1)\n"))
    }

    @Test("options of trainings have their defaults, and are settings as far as they decide what comes out")
    func training() async {
        let words = ["--data", "x/../data", "--epochs", "7", "--checkpoint", "runs", "--resume", "--save-every", "5"]
        let options = TrainingOptions("net", "Trains.", data: "a folder", epochs: 3, batchSize: 8, words)
        #expect(options.epochs == 7 && options.batchSize == 8 && options.seed == 1 && options.saveEvery == 5)
        #expect(options.data == "x/../data" && options.checkpoint == "runs" && options.resume)
        #expect(options.report == nil && options.log == nil && options.pictures == nil && options.verbosity == .bar)
        for (words, verbosity) in [
            (["--verbosity", "0"], Verbosity.silent), (["--verbosity", "2"], .lines), (["--dashboard"], .dashboard),
        ] {
            #expect(TrainingOptions("net", "Trains.", epochs: 3, words).verbosity == verbosity)
        }
        #expect(options.settings.map(\.name) == ["--data", "--batch", "--seed"])
        #expect(options.settings[0].value.text?.hasSuffix("/data") == true)
        #expect(options.settings[0].value.text?.contains("..") == false)

        let result = await #expect(processExitsWith: .exitCode(2), observing: [\.standardErrorContent]) {
            let words = ["--resume", "--save-every", "2", "--batch", "3", "--verbosity", "3"]
            TrainingOptions("net", "Trains.", epochs: 3, words).finish()
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(
            text.hasSuffix(
                """
                net: --verbosity must be 0, 1 or 2, got '3'
                net: --resume needs --checkpoint DIR
                net: --save-every needs --checkpoint DIR
                net: unknown option --batch
                try --help

                """), "got \(text)")
        await #expect(processExitsWith: .success) {
            TrainingOptions("net", "Trains.", epochs: 3, ["--seed", "5", "--threads", "1"]).finish()
            let number = Tensor.uniform([]).item()
            seed(5)
            #expect(threadCount == 1 && Tensor.uniform([]).item() == number)
        }
    }

    @Test("an error of a program is a line and the status 1, an interruption the status of its signal")
    func programs() async {
        struct Wrong: Error, CustomStringConvertible { var description: String { "wrong" } }
        let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
            runProgram("net") { throw Wrong() }
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.hasSuffix("net: wrong\n"))
        let ended = await #expect(processExitsWith: .exitCode(130), observing: [\.standardOutputContent]) {
            runProgram("net") { throw TrainingRunError.interrupted(signal: 2, path: "runs/1") }
        }
        let text = String(decoding: ended?.standardOutputContent ?? [], as: UTF8.self)
        #expect(text.hasSuffix("interrupted: saved to runs/1; go on with --resume\n"))
    }
}
