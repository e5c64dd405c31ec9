import Synchronization

/// An operation that was computed, as observers see it.
struct ComputedOperation {
    let name: String
    /// All of them: constants, and inputs that need no gradient, too.
    let inputs: [Tensor]
    let attributes: OperationAttributes
    let outputs: [Tensor]
    /// When its first kernel began, in nanoseconds of the system's monotonic clock; `nil` if none ran, as for a view.
    let start: UInt64?
}

/// Is told of every operation of a thread while it is installed there: the profiler, the capture of graphs and the search for
/// anomalies are such.
protocol OperationObserver: AnyObject {
    /// After an operation; of a derivative's operations too.
    func computed(_ operation: ComputedOperation)
    /// Before and after the derivative of a node.
    func willDifferentiate(_ node: Node)
    func didDifferentiate(_ node: Node, _ gradients: InputGradients)
}

extension OperationObserver {
    func willDifferentiate(_ node: Node) {}
    func didDifferentiate(_ node: Node, _ gradients: InputGradients) {}
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

    /// Runs `body` with this thread's operations observed.
    static func by<Result>(_ observer: any OperationObserver, _ body: () throws -> Result) rethrows -> Result {
        let state = ThreadState.current
        state.observers.append(observer)
        observers.add(1, ordering: .relaxed)
        defer {
            observers.subtract(1, ordering: .relaxed)
            state.observers.removeLast()
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

    /// Nanoseconds of the system's monotonic clock.
    static var now: UInt64 {
        let time = origin.duration(to: .now)
        return UInt64(time.components.seconds) * 1_000_000_000 + UInt64(time.components.attoseconds / 1_000_000_000)
    }
    private static let origin = ContinuousClock.now

    @inline(never)
    static func differentiationBegins(_ node: Node) {
        for observer in ThreadState.current.observers { observer.willDifferentiate(node) }
    }

    @inline(never)
    static func differentiationEnds(_ node: Node, _ gradients: InputGradients) {
        let state = ThreadState.current
        // What observers compute is not observed.
        asOneOperation {
            for observer in state.observers { observer.didDifferentiate(node, gradients) }
        }
        state.operationStart = nil
    }

    /// Tells the observers of this thread about an operation, unless it is part of another.
    @inline(never)
    static func report(_ name: String, _ inputs: [Tensor], _ attributes: OperationAttributes, _ outputs: [Tensor]) {
        let state = ThreadState.current
        if state.isInsideOperation || state.observers.isEmpty { return }
        if let node = outputs.first?.impl.node, node.depth > 0 {
            node.origin = NodeOrigin(modulePath: currentModulePath, inputShapes: inputs.map(\.shape))
        }
        let operation = ComputedOperation(
            name: name, inputs: inputs, attributes: attributes, outputs: outputs, start: state.operationStart)
        // What observers compute is not observed.
        asOneOperation {
            for observer in state.observers { observer.computed(operation) }
        }
        state.operationStart = nil
    }
}

/// Runs `body` as a part of one operation: its own operations are neither recorded nor observed.
@inline(__always)
func asOneOperation<Result>(_ body: () throws -> Result) rethrows -> Result {
    let state = ThreadState.current
    let (wasRecording, wasInside) = (state.isRecording, state.isInsideOperation)
    (state.isRecording, state.isInsideOperation) = (false, true)
    defer { (state.isRecording, state.isInsideOperation) = (wasRecording, wasInside) }
    return try body()
}
