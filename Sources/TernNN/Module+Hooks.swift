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
        ForwardHooks.add(hook, to: self, .before)
    }

    /// Calls `hook` after every `forward` of this module; it may replace the output. PyTorch's `register_forward_hook`.
    @discardableResult
    public func addForwardHook(_ hook: @escaping (_ input: Input, _ output: inout Output) -> Void) -> HookHandle {
        ForwardHooks.add(hook, to: self, .after)
    }

    /// The output of `body` in place of ``forward(_:)``, with hooks and with this module's place in messages: for a call that
    /// has settings besides the input. A module that stands in this one's place is called without them.
    package func call(_ input: Input, _ body: (Input) -> Output) -> Output {
        ForwardHooks.areInstalled ? callWithHooks(input, body) : withPathElement(self) { body(input) }
    }

    @usableFromInline
    func callWithHooks(_ input: Input) -> Output { callWithHooks(input) { forward($0) } }

    private func callWithHooks(_ input: Input, _ body: (Input) -> Output) -> Output {
        let hooks = ForwardHooks.hooks(of: self)
        if let other = ForwardHooks.replacement(among: hooks, for: innermostPathElement) {
            return (other.body as! (Input) -> Output)(input)
        }
        return withPathElement(self) {
            var input = input
            for hook in hooks where hook.kind == .before { (hook.body as! (inout Input) -> Void)(&input) }
            var output = body(input)
            for hook in hooks where hook.kind == .after {
                (hook.body as! (Input, inout Output) -> Void)(input, &output)
            }
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
    enum Kind { case before, after, instead }

    struct Hook: @unchecked Sendable {
        // Unchecked: a hook runs on the thread that calls the module, as if it were part of `forward`.
        let id: Int
        let kind: Kind
        let body: Any
        var replacement: Replacement?
    }

    /// What stands in a module's place.
    struct Replacement {
        /// Where it does; whoever else has the replaced module has it still.
        weak var owner: (any Module)?
        let module: any Module
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
        var callsSinceSweep = 0
        var entriesSwept = 0
    }

    private static let table = Mutex(Table())
    private static let isAnyInstalled = Atomic<Bool>(false)

    @usableFromInline static var areInstalled: Bool { isAnyInstalled.load(ordering: .relaxed) }

    static func areInstalled(on first: any Module, _ second: any Module) -> Bool {
        areInstalled && !(hooks(of: first).isEmpty && hooks(of: second).isEmpty)
    }

    @discardableResult
    static func add(
        _ body: Any, to module: any Module, _ kind: Kind, _ replacement: Replacement? = nil
    ) -> HookHandle {
        sweep()
        let fresh = Entry(module)
        nonisolated(unsafe) let body = body
        nonisolated(unsafe) let replacement = replacement
        nonisolated(unsafe) let module = module
        // Freed outside of the lock: what was left of a module that had the same address.
        var former: Entry?
        let id = table.withLock { table in
            table.lastID += 1
            var entry = table.entries[fresh.id]
            // The caller holds the module: the reference that is read here cannot be its last one.
            if let other = entry, other.module !== module { (former, entry) = (other, nil) }
            if entry == nil { table.entries[fresh.id] = fresh }
            (entry ?? fresh).hooks.append(Hook(id: table.lastID, kind: kind, body: body, replacement: replacement))
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
        nonisolated(unsafe) let module = module
        let (hooks, isDue) = table.withLock { table -> ([Hook], Bool) in
            // A call asks for little more than a look into the table.
            table.callsSinceSweep += 1
            let isDue = table.callsSinceSweep >= 256
            if isDue { table.callsSinceSweep = 0 }
            // An object at the address of one that is gone has none. As above, this reference is not the last one.
            guard let entry = table.entries[ObjectIdentifier(module)], entry.module === module else {
                return ([], isDue)
            }
            return (entry.hooks, isDue)
        }
        if isDue { sweep() }
        return hooks
    }

    /// The hook that runs another module in place of the one that has these, when `caller` calls it: its owner, or the
    /// program itself.
    static func replacement(among hooks: [Hook], for caller: (any PathElement)?) -> Hook? {
        hooks.last { hook in
            guard hook.kind == .instead, let owner = hook.replacement?.owner else { return false }
            return caller == nil || caller === owner
        }
    }

    /// What stands in the place of `module` in `owner`, if it was replaced.
    static func replacement(of module: any Module, in owner: any Module) -> (any Module)? {
        areInstalled ? replacement(among: hooks(of: module), for: owner)?.replacement?.module : nil
    }

    static func removeReplacement(of module: any Module, in owner: any Module) {
        for hook in hooks(of: module) where hook.replacement?.owner === owner {
            remove(hook.id, of: ObjectIdentifier(module))
        }
    }

    /// Called when something that modules own ends: perhaps a module does.
    static func moduleMayBeGone() { if areInstalled { sweep() } }

    /// Forgets the hooks of modules that are gone: at once while there are few hooks, and seldom enough to cost little a
    /// call if there are many.
    private static func sweep() {
        let entries = table.withLock { table -> [(entry: Entry, replacements: [Hook])] in
            table.eventsSinceSweep += 1
            if 8 * table.eventsSinceSweep < table.entries.count { return [] }
            table.eventsSinceSweep = 0
            table.entriesSwept += table.entries.count
            return table.entries.values.map { ($0, $0.hooks.filter { $0.replacement != nil }) }
        }
        // What stands in the place of a module may hold that module: it goes with the owner of the place.
        let left = entries.flatMap { entry, hooks in
            hooks.lazy.filter { $0.replacement!.owner == nil }.map { (entry.id, $0.id) }
        }
        for (module, id) in left { remove(id, of: module) }
        // Not lazily: to look whether a module is there may be what ends it, and has to be over before the lock is taken.
        let gone = entries.map(\.entry).filter { $0.module == nil }
        if gone.isEmpty { return }
        let hooks = table.withLock { table in
            for entry in gone where table.entries[entry.id] === entry { table.entries[entry.id] = nil }
            isAnyInstalled.store(!table.entries.isEmpty, ordering: .relaxed)
            // Taken from the entries, which other threads that sweep hold as well: what hooks hold ends here.
            return gone.map { entry in
                defer { entry.hooks = [] }
                return entry.hooks
            }
        }
        withExtendedLifetime(hooks) {}
    }

    /// How much work it was so far to find modules that are gone, for tests.
    package static var entriesSwept: Int { table.withLock { $0.entriesSwept } }
}
