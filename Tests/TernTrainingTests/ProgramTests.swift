import Foundation
import Tern
import TernTestSupport
import Testing

/// The programs of `Examples`, as they were built: each runs without data for a few steps, goes on from a checkpoint, and
/// refuses what is wrong. What they reach in a whole training stands in their files.
@Suite("Programs") struct ProgramTests {
    struct Program: CustomTestStringConvertible, Sendable {
        let name: String
        /// What makes an epoch short.
        var short: [String] = []
        /// What its last line begins with.
        let last: String
        /// The pictures that it writes besides the curves.
        var pictures: [String] = []
        /// A curve that it writes.
        var curve = "loss.svg"
        var takesData = true
        /// Not where a debug build takes seconds for the digest of the weights.
        var resumes = true

        var testDescription: String { name }
    }

    static let programs = [
        Program(name: "line", last: "weight ", pictures: ["line.svg"], takesData: false),
        Program(
            name: "lenet", short: ["--examples", "64", "--batch", "32"], last: "test accuracy: 0.",
            pictures: ["predictions.svg", "confusion.svg"]),
        Program(
            name: "mnist-tape", short: ["--examples", "256"], last: "test accuracy: 0.",
            pictures: ["train.svg", "test.svg"]),
        Program(
            name: "cifar-fnn", short: ["--examples", "64"], last: "test accuracy: 0.", pictures: ["predictions.svg"]),
        Program(
            name: "cifar-cnn", short: ["--examples", "64", "--batch", "16", "--model", "small"],
            last: "test accuracy: 0.", pictures: ["predictions.svg"]),
        Program(
            name: "boston", short: ["--batch", "128"], last: "validation: mean absolute error ",
            pictures: ["prices.svg"]),
        Program(
            name: "resnet", short: ["--examples", "4", "--batch", "2", "--bfloat16"], last: "test accuracy: ",
            pictures: ["predictions.svg"], resumes: false),
        Program(
            name: "augment", short: ["--examples", "200"], last: "test accuracy: 0.",
            pictures: ["augmented.svg", "predictions.svg"]),
        Program(name: "from-scratch", last: "loss 1.", takesData: false),
        Program(
            name: "core-api", short: ["--examples", "64", "--length", "2"], last: "sequences without a mistake: ",
            takesData: false),
        Program(
            name: "gan", short: ["--examples", "64", "--batch", "32"], last: "confidence of the judge: ",
            pictures: ["digits-1.svg", "losses.svg"], curve: "generator-loss.svg"),
        Program(
            name: "autoencoder", short: ["--examples", "64"], last: "test loss of an image: ",
            pictures: ["remade.svg", "drawn.svg"]),
        Program(
            name: "char-gpt",
            short: ["--steps", "2", "--batch", "2", "--size", "8", "--layers", "1", "--write", "100"],
            last: "validation loss: "),
        Program(
            name: "char-rnn",
            short: ["--steps", "2", "--batch", "2", "--size", "8", "--layers", "1", "--write", "20"],
            last: "validation loss: "),
    ].filter { isBuilt($0.name) }

    static func isBuilt(_ name: String) -> Bool { BuiltProgram(name).isThere }

    /// What a program printed, the errors behind the rest, and its status.
    static func run(
        _ program: Program, _ words: [String], threads: [String] = ["--threads", "1"]
    ) throws -> (text: String, status: Int32) {
        try BuiltProgram(program.name).run(program.short + threads + words)
    }

    @Test("runs without data, resumes, and writes its pictures and its report", arguments: programs)
    func runs(program: Program) throws {
        try withTemporaryFolder { folder in
            let words = ["--pictures", folder + "/new/pictures", "--checkpoint", folder + "/runs"]
            let report = ["--report", folder + "/report.html", "--dashboard"]
            var (output, status) = try Self.run(program, ["--epochs", "1"] + words + (program.resumes ? [] : report))
            #expect(status == 0 && output.contains("Epoch 1/1"), "\(output)")
            if program.resumes {
                (output, status) = try Self.run(program, ["--epochs", "2", "--resume"] + words + report)
                #expect(status == 0 && output.contains("goes on with epoch 2 after 0 steps of it\n"), "\(output)")
            }
            #expect(output.split(separator: "\n").last!.hasPrefix(program.last), "\(output)")
            #expect(try text(ofFile: folder + "/report.html").contains("<h2>Configuration</h2>"))
            let pictures = try FileManager.default.contentsOfDirectory(atPath: folder + "/new/pictures")
            #expect(Set(pictures).isSuperset(of: program.pictures + [program.curve]), "\(pictures)")
        }
    }

    @Test("draws without training", arguments: ["filters", "activations"].filter { isBuilt($0) })
    func draws(name: String) throws {
        try withTemporaryFolder { folder in
            let page = folder + (name == "filters" ? "/page.html" : "/softmax.svg")
            let words = name == "filters" ? ["--report", page] : ["--pictures", folder]
            let (output, status) = try Self.run(Program(name: name, last: ""), words, threads: [])
            #expect(status == 0, "\(output)")
            #expect(try text(ofFile: page).contains(name == "filters" ? "data:image/png" : "<svg"))
        }
    }

    @Test(
        "by hand and with autograd, the same comes out", .enabled(if: programs.contains { $0.name == "from-scratch" }))
    func fromScratch() throws {
        let text = try Self.run(Program(name: "from-scratch", last: ""), []).text
        let words = text.split(separator: "\n").last!.split(separator: " ")
        #expect(try #require(Double(words[1].dropLast())) < 0.01 && #require(Double(words[11])) < 1e-12, "\(text)")
    }

    @Test(
        "the network of both styles is the same", .enabled(if: programs.contains { $0.name == "cifar-fnn" }))
    func styles() throws {
        let program = try #require(Self.programs.first { $0.name == "cifar-fnn" })
        let digests = try ["sequential", "functional"].map { style in
            let text = try Self.run(program, ["--epochs", "1", "--style", style]).text
            #expect(text.contains("\nTotal parameters: 646,260\n") && text.contains("of the test images: [64, 10]\n"))
            return try #require(text.split(separator: "\n").first { $0.hasPrefix("weights: ") })
        }
        #expect(digests[0] == digests[1])
    }

    @Test(
        "convolutions are taken over frozen, with their statistics if asked for",
        .enabled(if: programs.contains { $0.name == "cifar-cnn" }))
    func transfer() throws {
        let program = Program(name: "cifar-cnn", short: ["--examples", "64", "--epochs", "1"], last: "")
        try withTemporaryFolder { folder in
            let (trained, kept, moved) = (folder + "/a", folder + "/b", folder + "/c")
            let whole = try Self.run(program, ["--save", trained])
            #expect(
                whole.text.contains("\nTotal parameters: 592,554\n") && whole.text.contains("(of which 640 running"))
            let again = try Self.run(
                program, ["--seed", "2", "--transfer", trained, "--keep-statistics", "--save", kept])
            #expect(again.text.contains("\nTrainable parameters: 525,962\n"), "\(again.text)")
            _ = try Self.run(program, ["--seed", "2", "--transfer", trained, "--save", moved])
            let weights = try [trained, kept, moved].map { try SafetensorsFile(contentsOf: $0).tensors() }
            for (name, tensor) in weights[0] where !name.contains("tracked") {
                let isFrozen = name.hasPrefix("features.")
                #expect((weights[1][name] == tensor) == isFrozen, "\(name)")
                if isFrozen { #expect((weights[2][name] == tensor) == !name.contains("running"), "\(name)") }
            }
            let alone = try Self.run(program, ["--keep-statistics"])
            #expect(alone.status == 2 && alone.text.contains("cifar-cnn: --keep-statistics needs --transfer FILE\n"))
        }
    }

    @Test("refuses what is wrong with a message", arguments: programs)
    func refuses(program: Program) throws {
        let wrong = try Self.run(program, ["--epochs", "many", "--colour", "red"])
        #expect(
            wrong.status == 2 && wrong.text.contains("\(program.name): --epochs must be a whole number")
                && wrong.text.contains("\(program.name): unknown option --colour\n"), "\(wrong.text)")
        if !program.takesData { return }
        let nowhere = try Self.run(program, ["--data", "/nowhere"])
        #expect(nowhere.status == 1 && nowhere.text.contains("\(program.name): /nowhere"), "\(nowhere.text)")
    }
}
