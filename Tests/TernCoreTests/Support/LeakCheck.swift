import TernCore
import Testing

/// Runs `body`, and records an issue if it leaves tensor memory behind.
///
/// Other tests that run meanwhile allocate too, so tests that call this belong into ``LeakCheckedTests``, which
/// runs alone.
func withLeakCheck(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) rethrows {
    // The first walk makes a tensor that stays.
    _ = valueAndGradient(at: Tensor(0)) { $0 * 1.0 }
    let before = memoryStatistics()
    try body()
    let after = memoryStatistics()
    #expect(after.liveStorages == before.liveStorages, sourceLocation: sourceLocation)
    #expect(after.liveBytes == before.liveBytes, sourceLocation: sourceLocation)
}
