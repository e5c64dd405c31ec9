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

    /// Removes the hook; does nothing if it is gone already.
    public func remove() { ForwardHooks.remove(id) }
}

/// The hooks of all modules. They are kept apart from the modules, so that a module without hooks pays for one read of
/// a flag a call.
@usableFromInline
enum ForwardHooks {
    struct Hook: @unchecked Sendable {
        // Unchecked: a hook runs on the thread that calls the module, as if it were part of `forward`.
        let id: Int
        let isBefore: Bool
        let body: Any
        weak var module: (any Module)?
    }

    private struct Table {
        var hooks: [ObjectIdentifier: [Hook]] = [:]
        var lastID = 0

        /// Also forgets hooks of modules that are gone.
        mutating func removeAll(where isRemoved: (Hook) -> Bool) {
            hooks = hooks.compactMapValues { hooks in
                let kept = hooks.filter { $0.module != nil && !isRemoved($0) }
                return kept.isEmpty ? nil : kept
            }
        }
    }

    private static let table = Mutex(Table())
    private static let isAnyInstalled = Atomic<Bool>(false)

    @usableFromInline static var areInstalled: Bool { isAnyInstalled.load(ordering: .relaxed) }

    static func add(_ body: Any, to module: any Module, before isBefore: Bool) -> HookHandle {
        nonisolated(unsafe) let body = body
        nonisolated(unsafe) let module = module
        return table.withLock { table in
            table.removeAll { _ in false }
            table.lastID += 1
            let hook = Hook(id: table.lastID, isBefore: isBefore, body: body, module: module)
            table.hooks[ObjectIdentifier(module), default: []].append(hook)
            isAnyInstalled.store(true, ordering: .relaxed)
            return HookHandle(id: hook.id)
        }
    }

    static func remove(_ id: Int) {
        table.withLock { table in
            table.removeAll { $0.id == id }
            isAnyInstalled.store(!table.hooks.isEmpty, ordering: .relaxed)
        }
    }

    static func hooks(of module: any Module) -> [Hook] {
        let id = ObjectIdentifier(module)
        // An object at the address of one that is gone has none.
        return table.withLock { table in table.hooks[id] ?? [] }.filter { $0.module === module }
    }
}
