import TernCore

/// What ``requireNoLeaks(_:)`` throws.
public struct Leak: Error, Sendable, Hashable, CustomStringConvertible {
    /// Storages of tensors that were taken and are still held; views share one.
    public var storages: Int
    /// What is still held.
    public var bytes: Int

    public var description: String {
        "leaves \(storages) storage\(storages == 1 ? "" : "s") of \(bytes) bytes behind"
    }
}

/// Throws if `body` leaves tensors behind that nobody outside of it holds: a cycle of references, or a cache that grows.
///
/// ```swift
/// try requireNoLeaks {
///     let model = makeModel()
///     model(images).sum().backward()
/// }
/// ```
///
/// The body runs twice: what it makes the first time and keeps for good, such as a table, is no leak. Counted is the
/// memory that this thread takes, so tests may run side by side.
///
/// - Throws: ``Leak``, or what `body` throws.
public func requireNoLeaks(_ body: () throws -> Void) throws {
    try body()
    let left = try storagesLeft(by: body)
    if left.count > 0 { throw Leak(storages: left.count, bytes: left.bytes) }
}
