/// A tensor that changes: the one place where training updates a value, and where its gradient is gathered.
///
/// Layers hold it as a `Parameter`. The value that ``value`` gives is a leaf of the graph: operations on it are recorded
/// and `backward()` adds to ``gradient``. An update is in place if nothing else refers to the memory.
open class Variable: PathElement, @unchecked Sendable {
    // Unchecked: as with any class, writing while another thread reads is the caller's mistake; gradients have a lock.
    let leaf: Leaf
    private var stored: Tensor?
    private var isTrainable: Bool
    /// Whether the value is with the closure of an ``update(_:)``.
    private var isBeingUpdated = false
    private weak var replacingOwner: (any PathElement)?
    private var replacedPath = ""
    /// What computes the value, if that is not stored.
    private(set) package var source: (any ValueSource)?

    /// - Parameters:
    ///   - value: a floating-point tensor.
    ///   - requiresGradient: whether ``/TernCore/Tensor/backward(_:retainGraph:createGraph:)`` gives it a gradient.
    public init(_ value: Tensor, requiresGradient: Bool = true) {
        leaf = Leaf()
        isTrainable = requiresGradient
        stored = value
        self.value = value
    }

    /// A variable whose value is set later.
    package init(pendingWithGradient requiresGradient: Bool) {
        leaf = Leaf()
        isTrainable = requiresGradient
    }

    /// Whether there is a value: `false` in a layer that takes its size from the first input, before that.
    public var hasValue: Bool {
        stored != nil || isBeingUpdated || source?.hasValue ?? false || Substitutes.value(of: self) != nil
    }

    /// What messages call it.
    open var pathName: String { "Variable" }

    public func pathName(of member: any PathElement) -> String? { nil }

    /// Stops because the value was read before there is one; a subclass can say what to do.
    open func stopWithoutValue() -> Never { mistake(pathName, "has no value yet") }

    private func stopUnreadable() -> Never {
        if !isBeingUpdated { stopWithoutValue() }
        mistake(
            pathName,
            "was read while it is being updated: another thread trains this model, or the closure of an update reads "
                + "the variable instead of its argument. Threads must wait for each other, or each use a model of its own"
        )
    }

    /// The current value, as a leaf of the graph if ``requiresGradient``. A value of another shape clears the gradient.
    public var value: Tensor {
        get {
            if Substitutes.isOn {
                if let substitute = Substitutes.value(of: self) { return substitute }
                stopIfReplaced()
            }
            guard let stored else { return computedValue() }
            return stored
        }
        set {
            if Substitutes.isOn, Substitutes.replace(newValue, of: self) { return }
            if let source { return source.take(newValue) }
            stored = Tensor(impl: newValue.impl.with(node: isTrainable ? leaf : nil))
            if let gradient = leaf.gradient, gradient.shape != newValue.shape { leaf.gradient = nil }
        }
    }

    /// Says that `owner` has something else in the place of the module that has this variable, which it reaches by a stored
    /// property alone. Its own reads stop from now on: they would be of a value that is not the model's. `nil` ends that.
    package func setReplaced(at path: String, in owner: (any PathElement)?) {
        replacingOwner = owner
        replacedPath = path
        if owner != nil { Substitutes.startWatching() }
    }

    private func stopIfReplaced() {
        guard let owner = replacingOwner, innermostPathElement === owner else { return }
        mistake(
            pathName,
            "is read by the code of \(owner.pathName), where another module stands in the place of '\(replacedPath)': a stored "
                + "property keeps its module, and calls alone go to the other one. Read it of module(at: \"\(replacedPath)\"), "
                + "or make the property a var and assign the other module to it")
    }

    private func computedValue() -> Tensor {
        if let source, source.hasValue { return source.value }
        stopUnreadable()
    }

    /// Makes `source` compute the value from now on.
    package func compute(from source: some ValueSource) {
        self.source = source
        stored = nil
        leaf.gradient = nil
    }

    /// Makes it keep a value of its own again; without one, it has none yet.
    package func stopComputing(_ value: Tensor?) {
        source = nil
        if let value { self.value = value }
    }

    /// Whether gradients are gathered for this variable; `false` freezes it.
    public var requiresGradient: Bool {
        get { source?.requiresGradient ?? isTrainable }
        set {
            isTrainable = newValue
            source?.requiresGradient = newValue
            if let stored { value = stored }
        }
    }

    /// The sum of the gradients of the calls of `backward()` since it was last cleared.
    public var gradient: Tensor? {
        get { leaf.gradient }
        set {
            if let newValue, newValue.shape != value.shape {
                mistake("gradient", "must have the shape of the value, \(value.shape), got \(newValue.shape)")
            }
            leaf.gradient = newValue
        }
    }

    /// Changes the value, unrecorded, in place where nothing else refers to its memory. `body` has the value to itself:
    /// the variable has none meanwhile. Messages from `body` have the variable's path.
    public func update(_ body: (inout Tensor) throws -> Void) rethrows {
        let isSubstituted = Substitutes.isOn && Substitutes.value(of: self) != nil
        if isSubstituted || source != nil {
            let former = self.value
            var value = former.detached
            try withPathElement(self) { try withoutGradients { try body(&value) } }
            // Gradients still go to what was passed.
            self.value = isSubstituted ? Tensor(impl: value.impl.with(node: former.impl.node)) : value
            return
        }
        // Moved out, so that the body has the only reference to the memory.
        guard var value = stored.take() else { stopUnreadable() }
        isBeingUpdated = true
        let state = ThreadState.current
        let wasRecording = state.isRecording
        state.isRecording = false
        var frame = PathFrame(self, state)
        do {
            try withUnsafeMutablePointer(to: &frame) { frame in
                frame.pointee.enter(frame)
                defer {
                    frame.pointee.leave()
                    state.isRecording = wasRecording
                }
                try body(&value)
            }
        } catch {
            keep(value)
            throw error
        }
        // Not deferred, as a reference would be counted.
        keep(value)
    }

    @inline(__always)
    private func keep(_ value: consuming Tensor) {
        if isTrainable, value.impl.node === leaf { stored = value } else { self.value = value }
        isBeingUpdated = false
    }
}
