import Synchronization

/// Values that objects have on one thread, while a function runs, instead of their own: what `functionalCall` is made of.
/// Without one in the process, all that a read of a variable pays is one look at a number.
package enum Substitutes {
    private static let users = Atomic<Int>(0)

    @inline(__always)
    static var isOn: Bool { users.load(ordering: .relaxed) != 0 }

    package static var areInUse: Bool { isOn }

    /// Lets reads of variables look for what is unusual from now on.
    static func startWatching() { users.add(1, ordering: .relaxed) }

    /// The value that stands for that of `object` on this thread, if there is one.
    package static func value(of object: AnyObject) -> Tensor? {
        isOn ? ThreadState.current.substitutes[ObjectIdentifier(object)] : nil
    }

    /// Changes the value that stands for that of `object`.
    ///
    /// - Returns: whether there is one.
    package static func replace(_ value: Tensor, of object: AnyObject) -> Bool {
        guard isOn, ThreadState.current.substitutes[ObjectIdentifier(object)] != nil else { return false }
        ThreadState.current.substitutes[ObjectIdentifier(object)] = value
        return true
    }

    /// Runs `body` with `values` in place of the objects' own on this thread; those of a run around it are there besides.
    package static func with<Result>(
        _ values: [(object: AnyObject, value: Tensor)], _ body: () throws -> Result
    ) rethrows -> Result {
        let state = ThreadState.current
        users.add(1, ordering: .relaxed)
        var former: [(ObjectIdentifier, Tensor?)] = []
        for (object, value) in values {
            former.append((ObjectIdentifier(object), state.substitutes.updateValue(value, forKey: .init(object))))
        }
        defer {
            for (id, value) in former.reversed() { state.substitutes[id] = value }
            users.subtract(1, ordering: .relaxed)
        }
        return try withExtendedLifetime(values) { try body() }
    }

    /// Runs `body` with the values that stood on a thread at another time, and no others.
    static func with<Result>(
        all substitutes: [ObjectIdentifier: Tensor], _ body: () throws -> Result
    ) rethrows -> Result {
        let state = ThreadState.current
        let former = state.substitutes
        if substitutes.isEmpty && former.isEmpty { return try body() }
        users.add(1, ordering: .relaxed)
        state.substitutes = substitutes
        defer {
            state.substitutes = former
            users.subtract(1, ordering: .relaxed)
        }
        return try body()
    }
}

/// What computes the value of a variable that keeps none itself.
package protocol ValueSource: AnyObject {
    /// Whether there is what the value is computed from.
    var hasValue: Bool { get }
    /// The value, computed anew.
    var value: Tensor { get }
    var shape: Shape { get }
    var dtype: DType { get }
    /// Whether gradients reach what the value is computed from.
    var requiresGradient: Bool { get set }
    /// Makes it compute `value` from now on, or what comes nearest.
    func take(_ value: Tensor)
}

/// The values that a running `withCachedParametrizations` keeps.
package enum ComputedValues {
    struct Key: Hashable {
        let source: ObjectIdentifier
        let isRecorded: Bool
    }

    package static func keeping<Result>(_ body: () throws -> Result) rethrows -> Result {
        let state = ThreadState.current
        let outer = state.computedValues
        state.computedValues = [:]
        defer { state.computedValues = outer }
        return try body()
    }

    /// The value of `source`, computed if none is kept.
    package static func value(of source: some ValueSource, _ compute: () -> Tensor) -> Tensor {
        let state = ThreadState.current
        // Values that stand for others for a while leave nothing behind.
        if state.computedValues == nil || !state.substitutes.isEmpty { return compute() }
        let key = Key(source: ObjectIdentifier(source), isRecorded: state.isRecording)
        if let (_, value) = state.computedValues?[key] { return value }
        let value = compute()
        state.computedValues?[key] = (source, value)
        return value
    }

    package static func forget(_ source: some ValueSource) {
        let state = ThreadState.current
        for isRecorded in [false, true] {
            state.computedValues?[Key(source: ObjectIdentifier(source), isRecorded: isRecorded)] = nil
        }
    }
}
