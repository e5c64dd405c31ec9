import TernCore
import TernNN
import TernTestSupport
import Testing

/// Runs a closure when it ends, as an object of a user's might.
private final class AtEnd {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
    deinit { body() }
}

extension CallTests {
    @Test("what ends with a hook may add and remove hooks and call modules")
    func destructors() {
        let (layer, other) = (Dense(1, 1), Dense(1, 1))
        let otherHook = other.addForwardHook { _, _ in }
        var ended = 0
        func hook() -> HookHandle {
            let end = AtEnd {
                ended += 1
                otherHook.remove()
                other.addForwardHook { _, _ in }.remove()
                _ = other([[1]])
            }
            return layer.addForwardHook { _, _ in withExtendedLifetime(end) {} }
        }
        let handle = hook()
        #expect(ended == 0)
        handle.remove()
        #expect(ended == 1)
        handle.remove()
        _ = layer([[1]])
    }

    @Test("hooks of a module that is gone keep nothing alive, and what they held may use hooks")
    func goneModule() {
        let other = Dense(1, 1)
        var ended = 0
        do {
            let layer = Dense(1, 1)
            let end = AtEnd {
                ended += 1
                other.addForwardHook { _, _ in }.remove()
            }
            layer.addForwardHook { _, _ in withExtendedLifetime(end) {} }
        }
        #expect(ended == 1)
        // A module without parameters tells nobody of its end: the next use of hooks finds out.
        final class Bare: Module { func forward(_ x: Tensor) -> Tensor { x } }
        do {
            let layer = Bare()
            let end = AtEnd { ended += 1 }
            layer.addForwardHook { _, _ in withExtendedLifetime(end) {} }
        }
        other.addForwardHook { _, _ in }.remove()
        #expect(ended == 2)
    }

    @Test("a module whose last reference a hook's look at the table could hold ends outside of the lock")
    func manyThreads() async {
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        let layer = Dense(1, 1)
                        let end = AtEnd { Dense(1, 1).addForwardHook { _, _ in }.remove() }
                        let handle = layer.addForwardHook { _, _ in withExtendedLifetime(end) {} }
                        _ = layer([[1]])
                        if Bool.random() { handle.remove() }
                    }
                }
            }
        }
    }

    @Test("the work of a summary grows with the number of layers, not with its square")
    func linearSummary() {
        // What tests beside this one do with hooks only adds.
        func work(_ count: Int) -> Int { (0..<3).map { _ in workOnce(count) }.min()! }
        func workOnce(_ count: Int) -> Int {
            let model = Sequential((0..<count).map { _ in Counter() })
            let before = ForwardHooks.entriesSwept
            #expect(summary(of: model, inputShape: [1]).rows.count == count)
            return ForwardHooks.entriesSwept - before
        }
        let (small, large) = (work(500), work(4000))
        #expect(large < 10 * small, "\(small) \(large)")
        #expect(large < 200 * 4000)
    }

    @Test("the description of modules in modules is as much work as its text is long", .timeLimit(.minutes(1)))
    func deepDescription() {
        final class Nested: Module {
            let inner: Nested?
            init(_ inner: Nested?) { self.inner = inner }
            func forward(_ x: Tensor) -> Tensor { x }
        }
        var model = Nested(nil)
        for _ in 0..<1500 { model = Nested(model) }
        let text = model.description
        #expect(text.hasPrefix("Nested(\n  (inner): Nested(\n    (inner): Nested(\n"))
        #expect(text.split(separator: "\n").count == 3001)
    }

    @Test("a parameter that is read while it is updated says so, and is not made anew")
    func readWhileUpdated() async {
        let layer = LazyScale()
        _ = layer([[1]])
        layer.factor.update { _ in #expect(layer.factor.hasValue) }
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let layer = LazyScale()
            _ = layer([[1]])
            _ = layer.parameters
            layer.factor.update { _ in _ = layer([[1]]) }
        }.expectMessage(
            "factor.LazyScale: factor: was read while it is being updated: another thread trains this model, or the "
                + "closure of an update reads the variable instead of its argument. Threads must wait for each other, or "
                + "each use a model of its own")
    }
}
