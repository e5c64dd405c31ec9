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
struct ThreadState {
    struct Fields {
        var isRecording = true
        var tapeDepth = 0
        var detectsAnomalies = false
        var modules: [any PathElement] = []
        var generator: Generator?
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
    /// Whether every recorded operation checks its values for NaN, see ``withAnomalyDetection(_:)``.
    var detectsAnomalies: Bool {
        get { fields.pointee.detectsAnomalies }
        nonmutating set { fields.pointee.detectsAnomalies = newValue }
    }
    /// The modules whose `forward` is running, outermost first. Names are looked up only for a message.
    var modules: [any PathElement] {
        get { fields.pointee.modules }
        nonmutating _modify { yield &fields.pointee.modules }
    }
    var generator: Generator? {
        get { fields.pointee.generator }
        nonmutating set { fields.pointee.generator = newValue }
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let failure = pthread_key_create(&key) { pointer in
            // Darwin passes a non-optional pointer, Linux an optional one.
            let pointer: UnsafeMutableRawPointer? = pointer
            guard let fields = pointer?.assumingMemoryBound(to: Fields.self) else { return }
            fields.deinitialize(count: 1)
            fields.deallocate()
        }
        precondition(failure == 0, "no thread-specific key is left: pthread_key_create failed with \(failure)")
        return key
    }()

    @inline(__always)
    static var current: ThreadState {
        if let pointer = pthread_getspecific(key) {
            return ThreadState(fields: pointer.assumingMemoryBound(to: Fields.self))
        }
        return makeCurrent()
    }

    @inline(never)
    private static func makeCurrent() -> ThreadState {
        let fields = UnsafeMutablePointer<Fields>.allocate(capacity: 1)
        fields.initialize(to: Fields())
        pthread_setspecific(key, fields)
        return ThreadState(fields: fields)
    }
}

/// Stops the program for a programmer's mistake, with the operation, what it expected and got, and the path of the
/// module whose `forward` was running: `LeNet.conv2: conv2d expects 6 input channels, got 3 (...)`.
///
/// Plugin layers call it too, so that their messages read like Tern's own.
public func mistake(_ operation: String, _ message: String, file: StaticString = #fileID, line: UInt = #line) -> Never {
    fatalError(mistakeMessage(operation, message), file: file, line: line)
}

func mistakeMessage(_ operation: String, _ message: String) -> String {
    let path = currentModulePath
    return (path.isEmpty ? "" : path + ": ") + operation + " " + message
}

/// Something that messages name by its place in a tree: a module.
public protocol PathElement: AnyObject {
    /// The name at the root of a path: the type's name.
    var pathName: String { get }
    /// The dotted path from this element to `member` below it, or `nil` if it is not below.
    func pathName(of member: any PathElement) -> String?
}

/// The path of the module whose `forward` is running on this thread, such as `LeNet.conv2`; empty outside of modules.
public var currentModulePath: String {
    let modules = ThreadState.current.modules
    guard var parent = modules.first else { return "" }
    var path = parent.pathName
    for module in modules.dropFirst() {
        // A module that the one around it does not own (a captured one, say) stands by its type's name.
        path += "." + (parent.pathName(of: module) ?? module.pathName)
        parent = module
    }
    return path
}

/// Runs `body` as part of `element`, whose path messages and anomaly reports then show.
@inlinable
public func withPathElement<Result>(_ element: any PathElement, _ body: () throws -> Result) rethrows -> Result {
    enterPathElement(element)
    defer { leavePathElement() }
    return try body()
}

@usableFromInline
func enterPathElement(_ element: any PathElement) { ThreadState.current.modules.append(element) }

@usableFromInline
func leavePathElement() { ThreadState.current.modules.removeLast() }
