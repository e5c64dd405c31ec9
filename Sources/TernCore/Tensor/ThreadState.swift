import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// What Tern keeps for each thread: the recording mode, the active tapes, the modules that run, for messages, and the
/// default random generator. It lives as long as its thread.
///
/// `@TaskLocal` does not reach threads that were not made by Swift concurrency, and Swift has no thread-local
/// variables: so a POSIX thread-specific key holds a pointer. Not to an object: every operation reads it, and counting
/// references would cost more than the rest.
@usableFromInline
struct ThreadState: @unchecked Sendable {
    // Unchecked: a thread uses its own.
    struct Fields: ~Copyable {
        var isRecording = true
        var tapeDepth = 0
        var observers: [any OperationObserver] = []
        var modulePaths: ObservedModulePaths?
        var isInsideOperation = false
        var updatesWait = false
        var waitingUpdates: [KernelUpdate] = []
        var operationStart: UInt64?
        var autocastType: DType?
        var substitutes: [ObjectIdentifier: Tensor] = [:]
        var computedValues: [ComputedValues.Key: (source: any ValueSource, value: Tensor)]?
        var outlinedParameters: Int?
        var innermostFrame: UnsafeMutablePointer<PathFrame>?
        var generator: Generator?
        var ledger = MemoryLedger()
        var spareBlocks = SpareBlocks()
        var scratch = ThreadScratch()
        let inlineBytes = Memory.inlineBytes
    }
    private let fields: UnsafeMutablePointer<Fields>

    /// Whether operations are recorded for differentiation on this thread.
    var isRecording: Bool {
        get { fields.pointee.isRecording }
        nonmutating set { fields.pointee.isRecording = newValue }
    }
    /// How many tapes are recording on this thread, one inside the other.
    var tapeDepth: Int {
        get { fields.pointee.tapeDepth }
        nonmutating set { fields.pointee.tapeDepth = newValue }
    }
    /// Who is told of this thread's operations.
    var observers: [any OperationObserver] {
        get { fields.pointee.observers }
        nonmutating _modify { yield &fields.pointee.observers }
    }
    /// The paths of the modules that run, if somebody observes.
    var modulePaths: ObservedModulePaths? {
        get { fields.pointee.modulePaths }
        nonmutating set { fields.pointee.modulePaths = newValue }
    }
    /// Whether what runs is part of one operation, see ``asOneOperation(_:)``.
    var isInsideOperation: Bool {
        get { fields.pointee.isInsideOperation }
        nonmutating set { fields.pointee.isInsideOperation = newValue }
    }
    /// Whether updates of parameters wait until they are computed in one job, and those that do.
    var updatesWait: Bool {
        get { fields.pointee.updatesWait }
        nonmutating set { fields.pointee.updatesWait = newValue }
    }
    var waitingUpdates: [KernelUpdate] {
        _read { yield fields.pointee.waitingUpdates }
        nonmutating _modify { yield &fields.pointee.waitingUpdates }
    }
    /// When the first kernel of the running operation began, if somebody observes it.
    var operationStart: UInt64? {
        get { fields.pointee.operationStart }
        nonmutating set { fields.pointee.operationStart = newValue }
    }
    /// The half type of the running ``autocast(_:isEnabled:_:)``.
    var autocastType: DType? {
        get { fields.pointee.autocastType }
        nonmutating set { fields.pointee.autocastType = newValue }
    }
    /// See ``Substitutes``.
    var substitutes: [ObjectIdentifier: Tensor] {
        get { fields.pointee.substitutes }
        nonmutating _modify { yield &fields.pointee.substitutes }
    }
    /// See ``ComputedValues``.
    var computedValues: [ComputedValues.Key: (source: any ValueSource, value: Tensor)]? {
        get { fields.pointee.computedValues }
        nonmutating _modify { yield &fields.pointee.computedValues }
    }
    /// How many parameters the running ``Outline/making(_:)`` has made.
    var outlinedParameters: Int? {
        get { fields.pointee.outlinedParameters }
        nonmutating set { fields.pointee.outlinedParameters = newValue }
    }
    /// The module whose `forward` is running, with those around it.
    var innermostFrame: UnsafeMutablePointer<PathFrame>? {
        get { fields.pointee.innermostFrame }
        nonmutating set { fields.pointee.innermostFrame = newValue }
    }
    var generator: Generator? {
        get { fields.pointee.generator }
        nonmutating set { fields.pointee.generator = newValue }
    }
    /// What this thread has allocated.
    @inline(__always)
    var ledger: MemoryLedger {
        _read { yield fields.pointee.ledger }
        nonmutating _modify { yield &fields.pointee.ledger }
    }
    /// Memory for its next tensors.
    @inline(__always)
    var spareBlocks: SpareBlocks {
        _read { yield fields.pointee.spareBlocks }
        nonmutating _modify { yield &fields.pointee.spareBlocks }
    }

    /// Memory that its kernels work in.
    @inline(__always)
    var scratch: ThreadScratch {
        _read { yield fields.pointee.scratch }
        nonmutating _modify { yield &fields.pointee.scratch }
    }

    /// ``Memory/inlineBytes``, at hand.
    @inline(__always)
    var inlineBytes: Int { fields.pointee.inlineBytes }

    /// The states of all threads, for what is added up over them.
    private static let all = Mutex<[ThreadState]>([])

    /// Calls `body` for each thread. Only what is atomic may be read of another one.
    static func visitAll(_ body: (ThreadState) -> Void) {
        all.withLock { for state in $0 { body(state) } }
    }

    /// The key, once there is one: unlike a lazy global, an atomic integer is read without asking whether it is set.
    private static let publishedKey = Atomic<Int>(-1)

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let failure = pthread_key_create(&key) { pointer in
            // Darwin passes a non-optional pointer, Linux an optional one.
            let pointer: UnsafeMutableRawPointer? = pointer
            guard let fields = pointer?.assumingMemoryBound(to: Fields.self) else { return }
            all.withLock { states in
                fields.pointee.ledger.tell()
                states.removeAll { $0.fields == fields }
            }
            fields.deinitialize(count: 1)
            fields.deallocate()
        }
        if failure != 0 { stop("no thread-specific key is left: pthread_key_create failed with \(failure)") }
        publishedKey.store(Int(key), ordering: .releasing)
        return key
    }()

    @inline(__always)
    static var current: ThreadState {
        let key = publishedKey.load(ordering: .acquiring)
        if key >= 0, let pointer = pthread_getspecific(pthread_key_t(truncatingIfNeeded: key)) {
            return ThreadState(fields: pointer.assumingMemoryBound(to: Fields.self))
        }
        return makeCurrent()
    }

    @inline(never)
    private static func makeCurrent() -> ThreadState {
        let fields = UnsafeMutablePointer<Fields>.allocate(capacity: 1)
        fields.initialize(to: Fields())
        pthread_setspecific(key, fields)
        let state = ThreadState(fields: fields)
        all.withLock { $0.append(state) }
        return state
    }
}

/// Stops the program for a programmer's mistake, with the operation, what it expected and got, and the path of the
/// module whose `forward` was running: `LeNet.conv2: conv2d: expects 6 input channels, got 3 (...)`.
///
/// Plugin layers call it too, so that their messages read like Tern's own. In front stands the innermost line outside
/// of Tern's own sources, such as `train/main.swift:12`; a program that was stripped of its debug information, or runs
/// with `SWIFT_BACKTRACE=enable=no`, names `file` and `line`. What was printed before is written out first.
public func mistake(_ operation: String, _ message: String, file: StaticString = #fileID, line: UInt = #line) -> Never {
    stop(mistakeMessage(operation, message), file: file, line: line)
}

func mistakeMessage(_ operation: String, _ message: String) -> String {
    let path = currentModulePath
    return (path.isEmpty ? "" : path + ": ") + operation + ": " + message
}

/// Something that messages name by its place in a tree: a module.
public protocol PathElement: AnyObject {
    /// The name at the root of a path: the type's name.
    var pathName: String { get }
    /// The dotted path from this element to `member` below it, or `nil` if it is not below.
    func pathName(of member: any PathElement) -> String?
    /// All elements below that have a name, with what ``pathName(of:)`` says of each: for who asks for many of them. The
    /// default is none; then each is asked for by itself.
    var namedElements: [(path: String, element: any PathElement)] { get }
}

extension PathElement {
    public var namedElements: [(path: String, element: any PathElement)] { [] }
}

/// The path of the module whose `forward` is running on this thread, such as `LeNet.conv2`; empty outside of modules.
public var currentModulePath: String {
    var modules: [any PathElement] = []
    var frame = ThreadState.current.innermostFrame
    while let inner = frame {
        modules.append(inner.pointee.element)
        frame = inner.pointee.outer
    }
    guard var parent = modules.popLast() else { return "" }
    var path = parent.pathName
    while let module = modules.popLast() {
        // A module that the one around it does not own (a captured one, say) stands by its type's name.
        path += "." + (parent.pathName(of: module) ?? module.pathName)
        parent = module
    }
    return path
}

/// The module whose `forward` is running on this thread, the innermost one.
package var innermostPathElement: (any PathElement)? { ThreadState.current.innermostFrame?.pointee.element }

/// Runs `body` as part of `element`, whose path messages and anomaly reports then show.
@inlinable
public func withPathElement<Result>(_ element: any PathElement, _ body: () throws -> Result) rethrows -> Result {
    var frame = PathFrame(element)
    return try withUnsafeMutablePointer(to: &frame) { frame in
        frame.pointee.enter(frame)
        defer { frame.pointee.leave() }
        return try withExtendedLifetime(element, body)
    }
}

/// Runs `body` as outside of all modules.
func withoutPathElements<Result>(_ body: () throws -> Result) rethrows -> Result {
    let state = ThreadState.current
    let frame = state.innermostFrame
    state.innermostFrame = nil
    defer { state.innermostFrame = frame }
    return try body()
}

/// A running element, on the stack of the function that runs it, with a link to the one around it.
@usableFromInline
struct PathFrame {
    // Counting references would cost more than the rest of entering and leaving: who runs an element holds it.
    unowned(unsafe) let element: any PathElement
    private let state: ThreadState
    private(set) var outer: UnsafeMutablePointer<PathFrame>?

    @usableFromInline
    init(_ element: borrowing any PathElement) { self.init(element, ThreadState.current) }

    @inline(__always)
    init(_ element: borrowing any PathElement, _ state: ThreadState) {
        self.element = copy element
        self.state = state
    }

    /// - Parameter place: where this frame stays until it is left.
    @usableFromInline
    mutating func enter(_ place: UnsafeMutablePointer<PathFrame>) {
        outer = state.innermostFrame
        state.innermostFrame = place
        if Observation.isOn { Observation.enters(element, in: outer) }
    }

    @usableFromInline
    func leave() {
        if Observation.isOn { Observation.leaves() }
        state.innermostFrame = outer
    }
}
