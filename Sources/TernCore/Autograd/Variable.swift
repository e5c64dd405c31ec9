/// A tensor that changes: the one place where training updates a value, and where its gradient is gathered.
///
/// Layers hold it as a `Parameter`. The value that ``value`` gives is a leaf of the graph: operations on it are recorded
/// and `backward()` adds to ``gradient``. An update is in place if nothing else refers to the memory.
open class Variable: @unchecked Sendable {
    // Unchecked: as with any class, writing while another thread reads is the caller's mistake; gradients have a lock.
    let leaf: Leaf
    private var stored: Tensor
    private var isTrainable: Bool

    /// - Parameter value: a floating-point tensor.
    public init(_ value: Tensor, requiresGradient: Bool = true) {
        leaf = Leaf()
        isTrainable = requiresGradient
        stored = value
        self.value = value
    }

    /// The current value, as a leaf of the graph if ``requiresGradient``.
    public var value: Tensor {
        get { stored }
        set { stored = Tensor(impl: newValue.impl.with(node: isTrainable ? leaf : nil)) }
    }

    /// Whether gradients are gathered for this variable; `false` freezes it.
    public var requiresGradient: Bool {
        get { isTrainable }
        set {
            isTrainable = newValue
            value = stored
        }
    }

    /// The sum of the gradients of the calls of `backward()` since it was last cleared.
    public var gradient: Tensor? {
        get { leaf.gradient }
        set {
            if let newValue, newValue.shape != stored.shape {
                mistake("gradient", "must have the shape of the value, \(stored.shape), got \(newValue.shape)")
            }
            leaf.gradient = newValue
        }
    }

    /// Changes the value, unrecorded, in place where nothing else refers to its memory.
    public func update(_ body: (inout Tensor) throws -> Void) rethrows {
        try withoutGradients { try body(&stored) }
        if stored.impl.node !== (isTrainable ? leaf : nil) { value = stored }
    }
}
