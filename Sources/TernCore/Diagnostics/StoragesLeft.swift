/// How many storages `body` takes on this thread and leaves behind, and of how many bytes: what other threads take and give
/// back meanwhile does not count.
package func storagesLeft<Failure: Error>(by body: () throws(Failure) -> Void) throws(Failure) -> (
    count: Int, bytes: Int
) {
    let ledger = StorageLedger()
    var outcome = Result<Void, Failure>.success(())
    Observation.by(ledger) {
        do throws(Failure) { try body() } catch { outcome = .failure(error) }
    }
    try outcome.get()
    return (ledger.live.count, ledger.live.values.reduce(0, +))
}

private final class StorageLedger: OperationObserver {
    private(set) var live: [UnsafeRawPointer: Int] = [:]

    func computed(_ operation: ComputedOperation) {}
    func didAllocate(_ block: UnsafeRawPointer, _ byteCount: Int) { live[block] = byteCount }
    func willFree(_ block: UnsafeRawPointer, _ byteCount: Int) { live[block] = nil }
}
