import Synchronization
import TernCore

/// A tensor that training changes: a member of a module that optimizers update.
///
/// ```swift
/// final class Scale: Module {
///     let factor = Parameter(Tensor.ones([1]))
///     func forward(_ x: Tensor) -> Tensor { x * factor.value }
/// }
/// ```
public final class Parameter: Variable, @unchecked Sendable {
    private var pending: PendingValue?
    /// Where a model has it. Walks over a model set it, on any thread.
    private let path: Mutex<String>
    private let use = ParameterUse()

    public override init(_ value: Tensor, requiresGradient: Bool = true) {
        path = Mutex("Parameter")
        super.init(value, requiresGradient: requiresGradient)
        Outline.count()
    }

    /// A parameter without a value yet, for layers that learn their input size from the first input.
    ///
    /// - Parameters:
    ///   - shape: the sizes as far as they are known; -1 for the others.
    ///   - name: what messages call it, such as `Linear.weight`, as long as no model has named it.
    public init(pending shape: Shape, name: String) {
        pending = PendingValue(shape: shape, dtype: .float32)
        path = Mutex(name)
        super.init(pendingWithGradient: true)
        Outline.count()
    }

    /// A parameter of a known shape, whose first value `initializer` makes.
    public convenience init(_ shape: Shape, _ initializer: Initializer) {
        self.init(pending: shape, name: "Parameter")
        initialize(initializer)
    }

    /// The shape of the value; -1 for a size that is not known yet.
    public var shape: Shape { source?.shape ?? (hasValue ? value.shape : pending!.shape) }

    /// The type of its elements, also while it has no value yet.
    public var dtype: DType { source?.dtype ?? (hasValue ? value.dtype : pending!.dtype) }

    /// Sets the value to what `initializer` makes, and so materializes a pending parameter.
    ///
    /// - Parameters:
    ///   - initializer: draws or sets the numbers.
    ///   - shape: needed if the parameter is pending.
    ///   - fans: those of the shape, unless given; a bias takes those of its weight.
    public func initialize(_ initializer: Initializer, shape: Shape? = nil, fans: Fans? = nil) {
        if Outline.isBeingMade {
            if let shape { pending?.shape = shape }
            return
        }
        value = initializer(shape ?? self.shape, fans: fans, dtype: dtype)
    }

    func convert(to dtype: DType) {
        guard hasValue else {
            pending!.dtype = dtype
            return
        }
        value = value.detached.converted(to: dtype)
        if let old = gradient { gradient = old.converted(to: dtype) }
    }

    /// The path in the model that has listed it last, such as `conv1.weight`.
    public override var pathName: String { path.withLock { $0 } }

    /// Tells where a model has it, for messages.
    func setPath(_ path: String) {
        self.path.withLock { $0 = path }
    }

    public override func stopWithoutValue() -> Never {
        if let pending { pending.stop(pathName) }
        super.stopWithoutValue()
    }

    deinit { ForwardHooks.moduleMayBeGone() }
}

extension Parameter {
    /// How many parameters were ever made.
    package static var madeCount: Int { ParameterUse.made.load(ordering: .relaxed) }

    /// The last list of a module's parameters with this one.
    package var latestListing: ParameterListing? { use.latestListing }

    func list(in listing: ParameterListing) { use.list(in: listing) }

    /// Whether an optimizer was made that has this parameter.
    package var isOptimized: Bool { use.isOptimized }

    package func setOptimized() { use.setOptimized() }
}

/// A tensor that belongs to a module but is not trained, such as running statistics. It is saved with the model unless
/// it is not persistent.
public final class Buffer: @unchecked Sendable {
    // Unchecked: as with any class, writing while another thread reads is the caller's mistake.
    private var stored: Tensor?
    private var pending: PendingValue?
    /// Where a model has it, for messages of a pending buffer.
    private var path = "Buffer"
    /// Whether the state dictionary has it.
    public let isPersistent: Bool

    /// - Parameters:
    ///   - value: of any type.
    ///   - persistent: whether state dictionaries have it.
    public init(_ value: Tensor, persistent: Bool = true) {
        stored = value.detached
        isPersistent = persistent
    }

    /// A buffer without a value yet, see ``Parameter/init(pending:name:)``.
    public init(pending shape: Shape, name: String, dtype: DType = .float32, persistent: Bool = true) {
        pending = PendingValue(shape: shape, dtype: dtype)
        path = name
        isPersistent = persistent
    }

    deinit { ForwardHooks.moduleMayBeGone() }

    /// Whether it has a value; a pending buffer gets it with the first input.
    public var hasValue: Bool { stored != nil || Substitutes.value(of: self) != nil }

    /// The value; never part of a graph.
    public var value: Tensor {
        get {
            if Substitutes.areInUse, let substitute = Substitutes.value(of: self) { return substitute }
            guard let stored else { pending!.stop(path) }
            return stored
        }
        set {
            if Substitutes.areInUse, Substitutes.replace(newValue.detached, of: self) { return }
            stored = newValue.detached
        }
    }

    /// Changes the value, unrecorded, in place where nothing else refers to its memory.
    public func update(_ body: (inout Tensor) throws -> Void) rethrows {
        if Substitutes.areInUse, var substitute = Substitutes.value(of: self) {
            try withoutGradients { try body(&substitute) }
            self.value = substitute
            return
        }
        if stored == nil { pending!.stop(path) }
        try withoutGradients { try body(&stored!) }
    }

    /// The shape of the value; -1 for a size that is not known yet.
    public var shape: Shape { hasValue ? value.shape : pending!.shape }

    /// The type of its elements, also while it has no value yet.
    public var dtype: DType { hasValue ? value.dtype : pending!.dtype }

    /// Sets the value to `number` everywhere, and so materializes a pending buffer.
    ///
    /// - Parameters:
    ///   - number: the new value of each element.
    ///   - shape: needed if the buffer is pending.
    public func fill(_ number: Double, shape: Shape? = nil) {
        if Outline.isBeingMade, isPersistent {
            if let shape { pending?.shape = shape }
            return
        }
        value = Tensor.full(shape ?? self.shape, number, dtype: dtype)
    }

    func convert(to dtype: DType) {
        if hasValue { value = value.converted(to: dtype) } else { pending!.dtype = dtype }
    }

    func setPath(_ path: String) {
        if !hasValue { self.path = path }
    }

    /// What messages call it as long as it is pending.
    var pendingName: String? { hasValue ? nil : path }
}

/// What is known of a value that the first input will decide.
private struct PendingValue {
    var shape: Shape
    var dtype: DType

    func stop(_ path: String) -> Never {
        mistake(
            path,
            "has no value yet, because its layer takes its size (\(shape), -1 is unknown) from the first input: "
                + "call the model on a batch or load a state dictionary first, or give the layer its input size")
    }
}
