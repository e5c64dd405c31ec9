import Foundation
import Synchronization
import Tern
import TernTestSupport
import Testing

@Suite("Folders of checkpoints") struct CheckpointFolderTests {
    /// A checkpoint that can be told from others.
    static func checkpoint(_ number: Int) -> Checkpoint {
        Checkpoint(parts: ["model": ["weight": .tensor(.full([3], number))], "values": ["number": .integer(number)]])
    }

    static func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    @Test("the newest are kept, and the newest is found")
    func keeping() throws {
        try withTemporaryFolder { folder in
            let checkpoints = try CheckpointFolder(folder + "/a/b", keeping: 2)
            #expect(try checkpoints.newest() == nil)
            #expect(checkpoints.files.isEmpty)
            for number in 1...4 {
                let path = try checkpoints.save(Self.checkpoint(number))
                #expect(path == "\(folder)/a/b/checkpoint-00000\(number).safetensors")
                #expect(try checkpoints.newest() == Self.checkpoint(number))
                #expect(checkpoints.files.count == min(number, 2))
            }
            try write("mine".utf8, to: folder + "/a/b/notes.txt")
            try write("mine".utf8, to: folder + "/a/b/checkpoint-99.safetensors")
            #expect(try checkpoints.newest() == Self.checkpoint(4))
            try checkpoints.save(Self.checkpoint(5))
            #expect(
                try Self.names(folder + "/a/b") == [
                    "checkpoint-000004.safetensors", "checkpoint-000005.safetensors", "checkpoint-99.safetensors",
                    "notes.txt",
                ])
        }
    }

    @Test("the previous checkpoint is taken when the newest is cut, at any byte")
    func truncation() throws {
        try withTemporaryFolder { folder in
            let warnings = Mutex<[String]>([])
            let checkpoints = try CheckpointFolder(folder) { message in warnings.withLock { $0.append(message) } }
            try checkpoints.save(Self.checkpoint(1))
            let path = try checkpoints.save(Self.checkpoint(2))
            let whole = try bytes(ofFile: path)
            for count in 0..<whole.count {
                try write(whole[..<count], to: path)
                #expect(try checkpoints.newest() == Self.checkpoint(1), "cut to \(count) bytes")
            }
            #expect(warnings.withLock { $0.count } == whole.count)
            #expect(
                warnings.withLock { $0[8] }
                    == "\(path), byte 0: expected a header of at most 0 bytes, found \(whole.count - 20): "
                    + "trying the checkpoint before it")
            try write(whole, to: path)
            #expect(try checkpoints.newest() == Self.checkpoint(2))

            // Saving goes on behind the damaged one.
            try write(whole.dropLast(), to: path)
            try checkpoints.save(Self.checkpoint(3))
            #expect(try checkpoints.newest() == Self.checkpoint(3))
        }
    }

    @Test("it is an error if none of several checkpoints is whole, or if the newest is of a later version")
    func noneIsWhole() throws {
        try withTemporaryFolder { folder in
            let checkpoints = try CheckpointFolder(folder) { _ in }
            let first = try checkpoints.save(Self.checkpoint(1))
            let second = try checkpoints.save(Self.checkpoint(2))
            let whole = try bytes(ofFile: first)
            try write([], to: first)
            try write([1], to: second)
            #expect(
                throws: CheckpointError.file(
                    FormatError(
                        second, at: .offset(0), expected: "the 8 bytes of the header's length",
                        found: "1 bytes and the end"))
            ) { try checkpoints.newest() }

            try write(whole, to: first)
            try SafetensorsFile.write([:], metadata: ["tern.checkpoint": "3"], to: second)
            #expect(throws: CheckpointError.version(file: second, found: 3, known: 1)) { try checkpoints.newest() }
        }
    }

    @Test("what a run that was killed while saving has left is removed, and nothing else")
    func leftovers() throws {
        try withTemporaryFolder { folder in
            try write([1, 2, 3], to: folder + "/checkpoint-000001.safetensors.999-1.tmp")
            try write([1, 2, 3], to: folder + "/results.tmp")
            let checkpoints = try CheckpointFolder(folder)
            #expect(try Self.names(folder).count == 2)
            try checkpoints.save(Self.checkpoint(1))
            #expect(try Self.names(folder) == ["checkpoint-000001.safetensors", "results.tmp"])
        }
    }

    @Test("numbers go on from any that is there; a file whose number is the last one possible is not ours")
    func largeNumbers() throws {
        try withTemporaryFolder { folder in
            let checkpoints = try CheckpointFolder(folder)
            let first = try checkpoints.save(Self.checkpoint(1))
            try FileManager.default.moveItem(atPath: first, toPath: folder + "/checkpoint-2147483647.safetensors")
            try write([], to: folder + "/checkpoint-\(Int.max).safetensors")
            #expect(try checkpoints.save(Self.checkpoint(2)) == folder + "/checkpoint-2147483648.safetensors")
            #expect(try checkpoints.newest() == Self.checkpoint(2))
        }
    }

    @Test("one run at a time saves to a folder, and others may read")
    func lock() throws {
        try withTemporaryFolder { folder in
            let busy = "\(folder): expected a folder that no other run saves to, found one that is in use"
            var first: CheckpointFolder? = try CheckpointFolder(folder)
            let second = try CheckpointFolder(folder)
            try first!.save(Self.checkpoint(1))
            let error = #expect(throws: CheckpointError.self) { try second.save(Self.checkpoint(2)) }
            #expect("\(error!)" == busy)
            #expect(throws: CheckpointError.self) { try second.restoreNewest(into: TrainingState()) }
            #expect(try second.newest() == Self.checkpoint(1))
            first = nil
            try second.save(Self.checkpoint(2))
        }
    }

    @Test("a folder that was removed and made anew is locked anew, and one that is gone is made again")
    func lockOfNewFolder() throws {
        try withTemporaryFolder { parent in
            let folder = parent + "/run"
            let busy = "\(folder): expected a folder that no other run saves to, found one that is in use"
            let first = try CheckpointFolder(folder)
            try first.save(Self.checkpoint(1))
            try FileManager.default.removeItem(atPath: folder)
            var second: CheckpointFolder? = try CheckpointFolder(folder)
            try second!.save(Self.checkpoint(2))
            let error = #expect(throws: CheckpointError.self) { try first.save(Self.checkpoint(3)) }
            #expect(error?.description == busy)
            second = nil
            try first.save(Self.checkpoint(3))
            #expect(try first.newest() == Self.checkpoint(3))

            try FileManager.default.removeItem(atPath: folder)
            try first.save(Self.checkpoint(4))
            #expect(try Self.names(folder) == ["checkpoint-000001.safetensors"])
            let third = try CheckpointFolder(folder)
            #expect(throws: CheckpointError.self) { try third.save(Self.checkpoint(5)) }
        }
    }

    @Test(
        "a folder is made and found whether its path ends in a slash or not",
        arguments: ["runs/lenet", "runs/lenet/", "runs/lenet//", "runs//lenet/", "lenet/", "./runs/./lenet/"])
    func slashes(path: String) throws {
        try withTemporaryFolder { folder in
            let checkpoints = try CheckpointFolder(folder + "/" + path)
            let file = try checkpoints.save(Self.checkpoint(1))
            #expect(!checkpoints.path.hasSuffix("/") && file == checkpoints.path + "/checkpoint-000001.safetensors")
            #expect(try CheckpointFolder(folder + "/" + path).newest() == Self.checkpoint(1))
            #expect(try CheckpointFolder(checkpoints.path + "/").files == [file])

            let log = try TensorBoardWriter(folder + "/logs/" + path)
            try log.scalar("loss", 1.0, step: 1)
            #expect(try TensorBoardEventFile(contentsOf: log.path).events.count == 2)
            let weights = folder + "/weights/" + path
            try FileManager.default.createDirectory(atPath: weights, withIntermediateDirectories: true)
            try ShardedSafetensors.write(["a": Tensor.zeros([8])], to: weights, maximumShardSize: 16)
            #expect(try ShardedSafetensors(contentsOf: weights).names == ["a"])
        }
    }

    @Test("a folder that cannot be written to is an error from the start")
    func unwritable() throws {
        try withTemporaryFolder { folder in
            try write([], to: folder + "/file")
            for (path, message) in [
                (folder + "/file", "expected a folder for checkpoints, found a file"),
                (folder + "/file/below", "expected a folder that can be written to, found Not a directory"),
                ("/proc/here", "expected a folder that can be written to, found No such file or directory"),
            ] {
                let error = #expect(throws: CheckpointError.self) { try CheckpointFolder(path) }
                #expect("\(error!)" == "\(path): \(message)")
            }
        }
    }

    @Test("a full disk is an error that leaves the last checkpoint, and a later save goes on")
    func fullDisk() async throws {
        await #expect(processExitsWith: .success) {
            try withTemporaryFolder { folder in
                let checkpoints = try CheckpointFolder(folder)
                try checkpoints.save(CheckpointFolderTests.checkpoint(1))
                // Files of at most 100 bytes stand for a disk without more room.
                signal(SIGXFSZ, SIG_IGN)
                var limit = rlimit(rlim_cur: 100, rlim_max: rlim_t.max)
                try #require(setrlimit(__rlimit_resource_t(1), &limit) == 0)
                let error = #expect(throws: CheckpointError.self) {
                    try checkpoints.save(CheckpointFolderTests.checkpoint(2))
                }
                #expect(
                    "\(error!)"
                        == "\(folder)/checkpoint-000002.safetensors: expected a file that can be written, found File "
                        + "too large")
                #expect(try checkpoints.newest() == CheckpointFolderTests.checkpoint(1))
                #expect(try CheckpointFolderTests.names(folder) == ["checkpoint-000001.safetensors"])
                limit.rlim_cur = limit.rlim_max
                setrlimit(__rlimit_resource_t(1), &limit)
                try checkpoints.save(CheckpointFolderTests.checkpoint(3))
                #expect(try checkpoints.newest() == CheckpointFolderTests.checkpoint(3))
            }
        }
    }
}
