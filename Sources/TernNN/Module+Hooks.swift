import Synchronization
import TernCore

extension Module {
    /// Calls `hook` before every `forward` of this module; it may replace the input. PyTorch's
    /// `register_forward_pre_hook`.
    ///
    /// ```swift
    /// let handle = model.conv1.addForwardPreHook { input in print(input.shape) }
    /// handle.remove()
    /// ```
    @discardableResult
    public func addForwardPreHook(_ hook: @escaping (inout Input) -> Void) -> HookHandle {
        ForwardHooks.add(hook, to: self, before: true)
    }

    /// Calls `hook` after every `forward` of this module; it may replace the output. PyTorch's `register_forward_hook`.
    @discardableResult
    public func addForwardHook(_ hook: @escaping (_ input: Input, _ output: inout Output) -> Void) -> HookHandle {
        ForwardHooks.add(hook, to: self, before: false)
    }

    @usableFromInline
    func callWithHooks(_ input: Input) -> Output {
        let hooks = ForwardHooks.hooks(of: self)
        return withPathElement(self) {
            var input = input
            for hook in hooks where hook.isBefore { (hook.body as! (inout Input) -> Void)(&input) }
            var output = forward(input)
            for hook in hooks where !hook.isBefore { (hook.body as! (Input, inout Output) -> Void)(input, &output) }
            return output
        }
    }
}

/// A hook that can be removed again.
public struct HookHandle: Sendable {
    fileprivate let id: Int
    fileprivate let module: ObjectIdentifier

    /// Removes the hook; does nothing if it is gone already.
    public func remove() { ForwardHooks.remove(id, of: module) }
}

/// The hooks of all modules. They are kept apart from the modules, so that a module without hooks pays for one read of
/// a flag a call.
///
/// Nothing that can run someone else's code happens under the lock: not a hook, and neither the end of what it holds nor
/// that of a module.
@usableFromInline
package enum ForwardHooks {
    struct Hook: @unchecked Sendable {
        // Unchecked: a hook runs on the thread that calls the module, as if it were part of `forward`.
        let id: Int
        let isBefore: Bool
        let body: Any
    }

    private final class Entry: @unchecked Sendable {
        // Unchecked: the table's lock guards the hooks.
        let id: ObjectIdentifier
        private(set) weak var module: (any Module)?
        var hooks: [Hook] = []

        init(_ module: any Module) {
            id = ObjectIdentifier(module)
            self.module = module
        }
    }

    private struct Table {
        var entries: [ObjectIdentifier: Entry] = [:]
        var lastID = 0
        var eventsSinceSweep = 0
        var entriesSwept = 0
    }

    private static let table = Mutex(Table())
    private static let isAnyInstalled = Atomic<Bool>(false)

    @usableFromInline static var areInstalled: Bool { isAnyInstalled.load(ordering: .relaxed) }

    static func add(_ body: Any, to module: any Module, before isBefore: Bool) -> HookHandle {
        sweep()
        let fresh = Entry(module)
        nonisolated(unsafe) let body = body
        nonisolated(unsafe) let module = module
        // Freed outside of the lock: what was left of a module that had the same address.
        var former: Entry?
        let id = table.withLock { table in
            table.lastID += 1
            var entry = table.entries[fresh.id]
            // The caller holds the module: the reference that is read here cannot be its last one.
            if let other = entry, other.module !== module { (former, entry) = (other, nil) }
            if entry == nil { table.entries[fresh.id] = fresh }
            (entry ?? fresh).hooks.append(Hook(id: table.lastID, isBefore: isBefore, body: body))
            isAnyInstalled.store(true, ordering: .relaxed)
            return table.lastID
        }
        return withExtendedLifetime(former) { HookHandle(id: id, module: fresh.id) }
    }

    static func remove(_ id: Int, of module: ObjectIdentifier) {
        let removed = table.withLock { table -> (Hook, Entry?)? in
            guard let entry = table.entries[module], let index = entry.hooks.firstIndex(where: { $0.id == id }) else {
                return nil
            }
            let hook = entry.hooks.remove(at: index)
            if !entry.hooks.isEmpty { return (hook, nil) }
            table.entries[module] = nil
            isAnyInstalled.store(!table.entries.isEmpty, ordering: .relaxed)
            return (hook, entry)
        }
        withExtendedLifetime(removed) {}
        sweep()
    }

    static func hooks(of module: any Module) -> [Hook] {
        sweep()
        nonisolated(unsafe) let module = module
        return table.withLock { table in
            // An object at the address of one that is gone has none. As above, this reference is not the last one.
            guard let entry = table.entries[ObjectIdentifier(module)], entry.module === module else { return [] }
            return entry.hooks
        }
    }

    /// Called when something that modules own ends: perhaps a module does.
    static func moduleMayBeGone() { if areInstalled { sweep() } }

    /// Forgets the hooks of modules that are gone: at once while there are few hooks, and seldom enough to cost little a
    /// call if there are many.
    private static func sweep() {
        let entries = table.withLock { table -> [Entry] in
            table.eventsSinceSweep += 1
            if 8 * table.eventsSinceSweep < table.entries.count { return [] }
            table.eventsSinceSweep = 0
            table.entriesSwept += table.entries.count
            return Array(table.entries.values)
        }
        let gone = entries.filter { $0.module == nil }
        if gone.isEmpty { return }
        table.withLock { table in
            for entry in gone where table.entries[entry.id] === entry { table.entries[entry.id] = nil }
            isAnyInstalled.store(!table.entries.isEmpty, ordering: .relaxed)
        }
    }

    /// How much work it was so far to find modules that are gone, for tests.
    package static var entriesSwept: Int { table.withLock { $0.entriesSwept } }
}
