import Foundation
import Tern
import TernTestSupport
import Testing

@Suite("History and CSV logs") struct HistoryTests {
    static func sample() -> History {
        let history = History()
        for step in 0..<3 { history.steps.append(["loss": 1 / Double(step + 1)], at: step) }
        history.epochs.append(["loss": 0.5, "accuracy, test": 0.9], at: 0)
        history.epochs.append(["accuracy, test": .nan], at: 1)
        history.epochs.append(0.25, to: "loss", at: 2)
        return history
    }

    @Test("series are had by their names, with their places and values")
    func series() {
        let history = Self.sample()
        #expect(history.steps["loss"]?.places == [0, 1, 2])
        #expect(history.steps["loss"]?.values == [1, 0.5, 1 / 3])
        #expect(history.epochs["loss"]?.places == [0, 2])
        #expect(history.epochs["loss"]?.last == 0.25)
        #expect(history.epochs.series.map(\.name) == ["loss", "accuracy, test"])
        #expect(history.steps["accuracy"] == nil)
    }

    @Test("a table of a history is CSV, empty where a series has no value")
    func csv() throws {
        let csv = "epoch,loss,\"accuracy, test\"\n0,0.5,0.9\n1,,nan\n2,0.25,\n"
        #expect(Self.sample().epochs.csv() == csv)
        #expect(History().steps.csv() == "step\n")
        try withTemporaryFolder { folder in
            try Self.sample().epochs.writeCSV(to: folder + "/epochs.csv")
            #expect(try text(ofFile: folder + "/epochs.csv") == csv)
        }
    }

    @Test("a history comes back from a checkpoint, and goes on")
    func checkpoint() throws {
        let saved = TrainingState(generators: [:])
        saved.keep(Self.sample(), as: "history")
        let history = History()
        history.steps.append(["other": 7], at: 7)
        let training = TrainingState(generators: [:])
        training.keep(history, as: "history")
        try training.restore(saved.checkpoint())
        #expect(history.epochs.csv() == Self.sample().epochs.csv())
        history.steps.append(["loss": 0.25], at: 3)
        #expect(history.steps.csv() == "step,loss\n0,1.0\n1,0.5\n2,0.3333333333333333\n3,0.25\n")

        var parts = saved.checkpoint().parts
        parts["history"]!["steps.0.values"] = .tensor(Tensor([1.0, 2.0], dtype: .float64))
        parts["history"]!["epochs.count"] = .integer(1 << 40)
        let error = #expect(throws: CheckpointError.self) { try training.restore(Checkpoint(parts: parts)) }
        #expect("\(error!)".contains("history: steps.0.values: expects [3], got [2]"))
        #expect("\(error!)".contains("history: missing: epochs.2.name"))
    }

    @Test("rows are in the file when they have been appended")
    func logger() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/log.csv"
            let log = try CSVLogger(path, columns: ["loss", "a \"b\""])
            #expect(try text(ofFile: path) == "step,loss,\"a \"\"b\"\"\"\n")
            try log.append([0.5, .nan], step: 1)
            #expect(try text(ofFile: path) == "step,loss,\"a \"\"b\"\"\"\n1,0.5,nan\n")
            _ = try CSVLogger(path, columns: ["loss"], step: "epoch")
            #expect(try text(ofFile: path) == "epoch,loss\n")
        }
    }

    @Test("a log goes on after the checkpoint's step, whatever a crash has left behind it", arguments: 0..<24)
    func resumedLogger(cut: Int) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/log.csv"
            let whole = "step,loss\n1,1.0\n2,2.0\n3,3.0\n"
            let left = whole + "4,4.0\n"
            try write(left.utf8.prefix(left.utf8.count - cut), to: path)
            let lines = left.utf8.prefix(left.utf8.count - cut).split(separator: UInt8(ascii: "\n")).count
            let log = try CSVLogger(path, columns: ["loss"], after: 3)
            let kept = try text(ofFile: path)
            #expect(whole.hasPrefix(kept) && kept.hasSuffix("\n"))
            #expect(kept.split(separator: "\n").count >= min(lines - 1, 4))
            try log.append([5], step: 5)
            #expect(try text(ofFile: path) == kept + "5,5.0\n")
        }
    }

    @Test("a log whose lines were made to end in CRLF goes on with such lines", arguments: 0..<30)
    func logWithCRLF(cut: Int) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/log.csv"
            let whole = "step,loss\r\n1,1.0\r\n2,2.0\r\n"
            let left = whole + "3,3.0\r\n"
            try write(left.utf8.prefix(left.utf8.count - cut), to: path)
            try CSVLogger(path, columns: ["loss"], after: 2).append([5], step: 5)
            let table = try CSVTable(contentsOf: path)
            let kept = cut <= 7 ? 2 : cut <= 14 ? 1 : 0
            #expect(try table.column("step").array(of: Int.self) == Array(1...2).prefix(kept) + [5])
            let isNew = cut > 21
            #expect(try text(ofFile: path).hasSuffix(isNew ? "\n5,5.0\n" : "\r\n5,5.0\r\n"))
            if kept == 0 { return }
            // A log without numbers is one of steps alone.
            try write("step\r\n1\r\n2\r\n3\r\n".utf8, to: path)
            try CSVLogger(path, columns: [], after: 2).append([], step: 5)
            #expect(try text(ofFile: path) == "step\r\n1\r\n2\r\n5\r\n")
        }
    }

    /// Files of at most `size` bytes stand for a disk without more room.
    static func withLargestFile(_ size: Int, _ body: () throws -> Void) throws {
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: rlim_t(size), rlim_max: rlim_t.max)
        try #require(setrlimit(__rlimit_resource_t(1), &limit) == 0)
        defer {
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(1), &limit)
        }
        try body()
    }

    @Test("a full disk leaves whole records in every log, and a later record follows them")
    func fullDisk() async throws {
        await #expect(processExitsWith: .success) {
            try withTemporaryFolder { folder in
                let table = try CSVLogger(folder + "/log.csv", columns: ["loss"])
                let board = try TensorBoardWriter(folder + "/board")
                let logs: [(path: String, append: (Int) throws -> Void)] = [
                    (table.path, { try table.append([0.123], step: $0) }),
                    (board.path, { try board.scalar("loss", 0.123, step: $0) }),
                ]
                for (path, append) in logs {
                    try append(1)
                    let first = try bytes(ofFile: path)
                    try append(2)
                    let second = try bytes(ofFile: path)
                    for size in first.count..<second.count {
                        let before = try bytes(ofFile: path)
                        let error = #expect(throws: FormatError.self) {
                            try HistoryTests.withLargestFile(before.count + size - first.count) { try append(3) }
                        }
                        #expect(error?.expected == "a file that can be written")
                        #expect(try bytes(ofFile: path) == before)
                        try append(3)
                        #expect(try bytes(ofFile: path).count == before.count + second.count - first.count)
                    }
                }
                #expect(try TensorBoardEventFile(contentsOf: board.path).cutRecordOffset == nil)
                #expect(try CSVTable(contentsOf: table.path).column("loss", dtype: .float64).max().item() == 0.123)

                // What fails at the start leaves no half a header either.
                #expect(throws: FormatError.self) {
                    try HistoryTests.withLargestFile(5) { _ = try CSVLogger(folder + "/new.csv", columns: ["loss"]) }
                }
                #expect(try bytes(ofFile: folder + "/new.csv").isEmpty)
            }
        }
    }

    @Test("a log with other columns is not touched")
    func otherColumns() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/log.csv"
            try write("step,accuracy\n1,0.5\n".utf8, to: path)
            let error = #expect(throws: FormatError.self) { try CSVLogger(path, columns: ["loss"], after: 1) }
            #expect("\(error!)" == "\(path): expected a log with the columns step,loss, found step,accuracy")
            #expect(try text(ofFile: path) == "step,accuracy\n1,0.5\n")
            let unwritable = #expect(throws: FormatError.self) { try CSVLogger(folder, columns: []) }
            #expect("\(unwritable!)" == "\(folder): expected a file that can be written, found Is a directory")
        }
    }

    @Test("a row of another length and columns of one name stop with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = try CSVLogger("/tmp/none/log", columns: ["a", "b", "a"])
        }.expectMessage(
            "CSVLogger: expects different names of columns, got 'a' twice in [\"step\", \"a\", \"b\", \"a\"]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = try CSVLogger("/tmp/none/log", columns: ["epoch"], step: "epoch")
        }.expectMessage(
            "CSVLogger: expects different names of columns, got 'epoch' twice in [\"epoch\", \"epoch\"]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            History().epochs.append(["loss": 1, "epoch": 2], at: 0)
        }.expectMessage("HistoryTable.append: expects another name than that of the places, got 'epoch'")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            try withTemporaryFolder { folder in
                try CSVLogger(folder + "/log", columns: ["a", "b"]).append([1], step: 1)
            }
        }.expectMessage("CSVLogger.append: expects 2 values for [\"a\", \"b\"], got 1")
    }
}
