import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// An operation that was computed, as observers see it.
struct ComputedOperation {
    let name: String
    /// All of them: constants, and inputs that need no gradient, too.
    let inputs: [Tensor]
    let attributes: OperationAttributes
    let outputs: [Tensor]
    /// Whether the outputs were there before.
    let isInPlace: Bool
    /// Those of its products, if it counts them itself.
    let floatingPointOperations: Int?
    /// The path of the module that it ran in.
    let modulePath: String
    /// When its first kernel began, in nanoseconds of the system's monotonic clock; `nil` if none ran, as for a view.
    let start: UInt64?
    /// When its result was there.
    let end: UInt64
}

/// Is told of every operation of a thread while it is installed there: the profiler, the capture of graphs and the search for
/// anomalies are such.
protocol OperationObserver: AnyObject {
    /// Whether operations that can be computed in one pass have to be apart for it.
    var wantsEachOperation: Bool { get }
    /// After an operation; of a derivative's operations too.
    func computed(_ operation: ComputedOperation)
    /// Runs the pieces of a job one after the other, if it wants to know how long each takes.
    func timesPieces(_ pieces: Int, work: Int, _ body: (Int) -> Void) -> Bool
    /// Before and after the derivative of a node.
    func willDifferentiate(_ node: Node)
    func didDifferentiate(_ node: Node, _ gradients: InputGradients)
    /// Before and after a walk back through the graph.
    func willWalkBack()
    func didWalkBack()
    /// Before and after the `forward` of a module, or the update of a variable.
    func didEnter(_ modulePath: String)
    func willLeave(_ modulePath: String)
    /// After this thread took memory for a tensor, and before it gives some back.
    func didAllocate(_ block: UnsafeRawPointer, _ byteCount: Int)
    func willFree(_ block: UnsafeRawPointer, _ byteCount: Int)
}

extension OperationObserver {
    var wantsEachOperation: Bool { false }
    func timesPieces(_ pieces: Int, work: Int, _ body: (Int) -> Void) -> Bool { false }
    func willDifferentiate(_ node: Node) {}
    func didDifferentiate(_ node: Node, _ gradients: InputGradients) {}
    func willWalkBack() {}
    func didWalkBack() {}
    func didEnter(_ modulePath: String) {}
    func willLeave(_ modulePath: String) {}
    func didAllocate(_ block: UnsafeRawPointer, _ byteCount: Int) {}
    func willFree(_ block: UnsafeRawPointer, _ byteCount: Int) {}
}

/// Where an operation was recorded, for messages about its derivative. Kept while somebody observes.
final class NodeOrigin {
    let modulePath: String
    let inputShapes: [Shape]

    init(modulePath: String, inputShapes: [Shape]) {
        self.modulePath = modulePath
        self.inputShapes = inputShapes
    }
}

/// Who observes. Without anybody, all that an operation pays is one look at a number that never changes.
enum Observation {
    private static let observers = Atomic<Int>(0)

    /// Whether any thread of the process is observed.
    @inline(__always)
    static var isOn: Bool { observers.load(ordering: .relaxed) != 0 }

    /// Whether this thread is observed.
    @inline(__always)
    static var isOnHere: Bool { isOn && !ThreadState.current.observers.isEmpty }

    /// Runs `body` with this thread's operations observed.
    static func by<Result>(_ observer: any OperationObserver, _ body: () throws -> Result) rethrows -> Result {
        let state = ThreadState.current
        let modulePaths = state.modulePaths
        if modulePaths == nil { state.modulePaths = ObservedModulePaths(currentModulePath) }
        state.observers.append(observer)
        observers.add(1, ordering: .relaxed)
        defer {
            // While it is still observed: these paths hold modules, whose memory may be given back now.
            state.modulePaths = modulePaths
            observers.subtract(1, ordering: .relaxed)
            state.observers.removeLast()
            state.operationStart = nil
        }
        return try body()
    }

    /// Called where a kernel begins. What an operation did before is not part of its time.
    @inline(__always)
    static func kernelBegins() {
        if isOn { noteStart() }
    }

    @inline(never)
    private static func noteStart() {
        let state = ThreadState.current
        if state.operationStart == nil, !state.observers.isEmpty { state.operationStart = now }
    }

    /// Whether an observer has run the job.
    @inline(never)
    static func timesPieces(_ pieces: Int, _ work: Int, _ body: (Int) -> Void) -> Bool {
        ThreadState.current.observers.contains { $0.timesPieces(pieces, work: work, body) }
    }

    /// Nanoseconds of the system's monotonic clock.
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    // An operation begins with its first kernel. One that ran before something else begins or ends, and that no operation
    // has reported, belongs to none.

    @inline(never)
    static func differentiationBegins(_ node: Node) {
        tell { $0.willDifferentiate(node) }
    }

    @inline(never)
    static func differentiationEnds(_ node: Node, _ gradients: InputGradients) {
        tell { $0.didDifferentiate(node, gradients) }
    }

    @inline(never)
    static func walkBegins() { tell { $0.willWalkBack() } }

    @inline(never)
    static func walkEnds() { tell { $0.didWalkBack() } }

    @inline(never)
    static func enters(_ element: any PathElement, in outer: UnsafeMutablePointer<PathFrame>?) {
        guard let paths = ThreadState.current.modulePaths else { return }
        let path = paths.enter(element, in: outer?.pointee.element)
        tell { $0.didEnter(path) }
    }

    @inline(never)
    static func leaves() {
        guard let path = ThreadState.current.modulePaths?.leave() else { return }
        tell { $0.willLeave(path) }
    }

    @inline(never)
    static func allocated(_ block: UnsafeRawPointer, _ byteCount: Int) {
        for observer in ThreadState.current.observers { observer.didAllocate(block, byteCount) }
    }

    @inline(never)
    static func freed(_ block: UnsafeRawPointer, _ byteCount: Int) {
        for observer in ThreadState.current.observers { observer.willFree(block, byteCount) }
    }

    /// Tells the observers of this thread about an operation, unless it is part of another.
    ///
    /// - Parameter isInPlace: whether it changed the outputs, which are then no inputs: what they were is gone.
    @inline(never)
    static func report(
        _ name: String, _ inputs: [Tensor], _ attributes: OperationAttributes, _ outputs: [Tensor],
        isInPlace: Bool = false, floatingPointOperations: Int? = nil
    ) {
        let state = ThreadState.current
        guard !state.isInsideOperation, let path = state.modulePaths?.current else { return }
        let operation = ComputedOperation(
            name: name, inputs: inputs, attributes: attributes, outputs: outputs, isInPlace: isInPlace,
            floatingPointOperations: floatingPointOperations, modulePath: path, start: state.operationStart, end: now)
        let origin = NodeOrigin(modulePath: path, inputShapes: inputs.map(\.shape))
        for case let node? in outputs.map(\.impl.node) where node.depth > 0 {
            node.origin = origin
            // The derivative of several outputs is that of the node behind theirs.
            if node.outputIndex >= 0 { node.input0?.origin = origin }
        }
        tell { $0.computed(operation) }
    }

    @inline(never)
    static func reportSum(_ sum: Tensor, _ added: Tensor) { report("+=", [added], [:], [sum], isInPlace: true) }

    private static func tell(_ body: (any OperationObserver) -> Void) {
        let state = ThreadState.current
        // What observers compute is not observed.
        asOneOperation { for observer in state.observers { body(observer) } }
        if !state.isInsideOperation { state.operationStart = nil }
    }
}

/// The paths of the modules that run on an observed thread. To ask a module for the names of its members takes longer than
/// many an operation: it is asked once for all of them.
final class ObservedModulePaths {
    private struct Link: Hashable {
        let outer: ObjectIdentifier?
        let inner: ObjectIdentifier
    }
    private var names: [Link: String] = [:]
    /// The modules that were asked.
    private var asked: Set<ObjectIdentifier> = []
    /// Held, so that no other object gets their addresses.
    private var elements: [any PathElement] = []
    private var paths: [String]

    init(_ path: String) { paths = [path] }

    var current: String { paths[paths.count - 1] }

    func enter(_ element: any PathElement, in outer: (any PathElement)?) -> String {
        let link = Link(outer: outer.map { ObjectIdentifier($0) }, inner: ObjectIdentifier(element))
        if let outer, names[link] == nil, asked.insert(ObjectIdentifier(outer)).inserted {
            elements.append(outer)
            for (path, element) in outer.namedElements {
                let link = Link(outer: ObjectIdentifier(outer), inner: ObjectIdentifier(element))
                // Of a module that has several names, the first.
                if names[link] == nil { keep(path, link, element) }
            }
        }
        let name = names[link] ?? outer?.pathName(of: element) ?? element.pathName
        if names[link] == nil { keep(name, link, element) }
        paths.append(current.isEmpty ? name : "\(current).\(name)")
        return current
    }

    private func keep(_ name: String, _ link: Link, _ element: any PathElement) {
        names[link] = name
        elements.append(element)
    }

    /// - Returns: the path that is left; `nil` if it was entered before somebody observed.
    func leave() -> String? { paths.count > 1 ? paths.removeLast() : nil }
}

/// Whether what can be computed in one pass is, rather than operation by operation for somebody who observes.
package var fusesOperations: Bool {
    !Observation.isOn || !ThreadState.current.observers.contains { $0.wantsEachOperation }
}

/// Runs `body` as a part of one operation: what it computes is neither recorded for differentiation, nor seen by profiles and
/// captured graphs, until ``Tensor/asOutput(of:from:attributes:derivative:)`` says what it was.
@inline(__always)
public func asOneOperation<Result>(_ body: () throws -> Result) rethrows -> Result {
    let state = ThreadState.current
    let (wasRecording, wasInside) = (state.isRecording, state.isInsideOperation)
    (state.isRecording, state.isInsideOperation) = (false, true)
    defer { (state.isRecording, state.isInsideOperation) = (wasRecording, wasInside) }
    return try body()
}
