import Foundation
import Synchronization
import TernCore
import TernFormats
import Testing

/// Feeds a reader with good files made bad. Each must be read or refused, by a `FormatError`: any other error fails the
/// test, a trap ends it, and what takes ten seconds is stopped as a hang.
///
/// ```swift
/// @Test("fuzz: mutated pictures are read or refused")
/// func fuzz() throws {
///     try Fuzzer("png", samples: [grey, palette], tokens: ["IHDR", "IDAT"]).run { bytes in _ = try PNG.read(bytes) }
/// }
/// ```
///
/// Mutations are the same in each run. A million for each reader:
///
/// ```
/// TERN_FUZZ=1000000 swift test -c release -Xswiftc -enable-testing --filter fuzz
/// ```
///
/// With `LD_PRELOAD` set to what `allocations.c` beside this file compiles to, the memory that each input takes is
/// checked too. An input that a trap or a hang ends with is left in the file that is named at the start.
public struct Fuzzer {
    public let name: String
    /// Good files. They should be small, so that mutations hit what matters.
    public let samples: [[UInt8]]
    public var tokens: [String] = []
    public var seed: UInt64 = 1
    public var count = 2000
    /// Samples so large that `TERN_FUZZ` shall ask for a thousandth only.
    public var isLarge = false
    /// Applied to half of the mutated files: checksums made right again, so that what lies behind them is reached.
    public var repair: (inout [UInt8]) -> Void = { _ in }
    /// Memory that a reader may take whatever the file's size, beside ten times that.
    public var constantMemory = 1 << 20
    /// Whether an error is a refusal: a `FormatError` unless others are.
    public var isRefusal: (any Error) -> Bool = { $0 is FormatError }

    public init(_ name: String, samples: [[UInt8]], tokens: [String] = []) {
        self.name = name
        self.samples = samples
        self.tokens = tokens
    }

    static let requestedCount = ProcessInfo.processInfo.environment["TERN_FUZZ"].flatMap { Int($0) }

    /// Calls `read` with mutated files. Some, but not all, must be refused.
    @discardableResult
    public func run(_ read: ([UInt8]) throws -> Void) throws -> (accepted: Int, refused: Int) {
        var mutator = Mutator(seed: seed, tokens: tokens)
        let record = try CurrentInput(name)
        defer { record.remove() }
        let count = Self.requestedCount.map { isLarge ? max(1, $0 / 1000) : $0 } ?? count
        if Self.requestedCount != nil { print("fuzz: \(name): \(count) inputs; the current one is in \(record.path)") }
        var (accepted, slowest, largest) = (0, 0 as UInt64, 0)
        for iteration in 0..<count {
            var bytes = mutator.mutated(oneOf: samples)
            if iteration % 2 == 1 { repair(&bytes) }
            let (wasRead, time) = try feed(bytes, record, read)
            if wasRead { accepted += 1 }
            slowest = max(slowest, time)
            largest = max(largest, AllocationPeak.current)
        }
        if Self.requestedCount != nil {
            let memory = AllocationPeak.isKnown ? ", memory at most \(largest >> 10) KB" : ""
            print("fuzz: \(name): \(accepted) read, \(count - accepted) refused, slowest \(slowest / 1000) us\(memory)")
        }
        #expect(accepted < count, "\(name): no mutation was refused")
        return (accepted, count - accepted)
    }

    /// Calls `read` with every shorter piece of each sample; it may succeed only with those of the `accepted` lengths.
    public func everyTruncation(accepted: Set<Int> = [], _ read: ([UInt8]) throws -> Void) throws {
        let record = try CurrentInput(name)
        defer { record.remove() }
        for (index, sample) in samples.enumerated() {
            for count in sample.indices where try feed(Array(sample[..<count]), record, read).wasRead {
                #expect(accepted.contains(count), "\(name): sample \(index) was read from its first \(count) bytes")
            }
        }
    }

    /// Calls `read` with each sample in all versions that differ in one byte of `range` (the default: of all bytes): in
    /// one bit of it or by one, and with `TERN_FUZZ` in any way.
    public func everyByteChange(in range: Range<Int>? = nil, _ read: ([UInt8]) throws -> Void) throws {
        let record = try CurrentInput(name)
        defer { record.remove() }
        for sample in samples {
            for index in range?.clamped(to: sample.indices) ?? sample.indices {
                var changed = sample
                let byte = sample[index]
                let few = (0..<8).map { byte ^ 1 << $0 } + [byte &+ 1, byte &- 1]
                for value in Self.requestedCount == nil ? few : Array(0...255) {
                    changed[index] = value
                    _ = try feed(changed, record, read)
                }
            }
        }
    }

    /// Whether the input was read, and in how many nanoseconds.
    private func feed(_ bytes: [UInt8], _ record: borrowing CurrentInput, _ read: ([UInt8]) throws -> Void) throws
        -> (wasRead: Bool, time: UInt64)
    {
        record.keep(bytes)
        AllocationPeak.reset()
        Watchdog.shared.begin(name)
        let start = DispatchTime.now().uptimeNanoseconds
        defer { Watchdog.shared.end(name) }
        var wasRead = true
        do { try read(bytes) } catch  where isRefusal(error) { wasRead = false }
        let time = DispatchTime.now().uptimeNanoseconds - start
        let peak = AllocationPeak.current
        if peak > 10 * bytes.count + constantMemory {
            Issue.record("\(name): \(peak) bytes of memory for a file of \(bytes.count): \(bytes.prefix(4096))")
        }
        return (wasRead, time)
    }
}

/// The input that is being read, in a file that outlives a trap.
private struct CurrentInput: ~Copyable {
    let path: String
    private let memory: UnsafeMutableRawPointer
    private static let size = 1 << 20

    init(_ name: String) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("tern-fuzz-\(name)-\(getpid())").path
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
        defer { close(descriptor) }
        let mapping = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard ftruncate(descriptor, off_t(Self.size)) == 0, let mapping, mapping != MAP_FAILED else {
            throw CocoaError(.fileWriteUnknown)
        }
        memory = mapping
    }

    /// Eight bytes that tell the length, and as much of the input as fits.
    func keep(_ bytes: [UInt8]) {
        memory.storeBytes(of: UInt64(bytes.count).littleEndian, as: UInt64.self)
        bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            memory.advanced(by: 8).copyMemory(from: start, byteCount: min(bytes.count, Self.size - 8))
        }
    }

    func remove() { unlink(path) }

    deinit { munmap(memory, Self.size) }
}

/// Ends the program when a reader takes too long, which a test that waits for it could not.
private final class Watchdog: Sendable {
    static let shared = Watchdog()
    private static let limit: UInt64 = 10_000_000_000

    /// When each reader, by name, was given its present input.
    private let starts = Mutex<[String: UInt64]>([:])

    private init() {
        Thread.detachNewThread { [self] in
            while true {
                Thread.sleep(forTimeInterval: 1)
                let now = DispatchTime.now().uptimeNanoseconds
                let stuck = starts.withLock { $0.first { now > $0.value + Self.limit }?.key }
                if let stuck { fatalError("fuzz: \(stuck): a reader hangs") }
            }
        }
    }

    func begin(_ name: String) {
        let now = DispatchTime.now().uptimeNanoseconds
        starts.withLock { $0[name] = now }
    }

    func end(_ name: String) { starts.withLock { $0[name] = nil } }
}

/// What this thread allocates, as counted by the library that `allocations.c` compiles to, if it is loaded.
private enum AllocationPeak {
    private static let resetFunction = function("tern_reset_allocations")
    private static let peakFunction = function("tern_peak_of_allocations")

    private static func function(_ name: String) -> (@convention(c) () -> Int)? {
        dlsym(nil, name).map { unsafeBitCast($0, to: (@convention(c) () -> Int).self) }
    }

    static var isKnown: Bool { peakFunction != nil }

    static func reset() {
        // Tensors' memory would come from what earlier ones left, uncounted.
        if isKnown { emptyCache() }
        _ = resetFunction?()
    }

    /// The most bytes that were held at a time since the reset.
    static var current: Int { peakFunction?() ?? 0 }
}
