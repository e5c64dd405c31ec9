import Synchronization
import TernCore

/// The parameters that a module had when it was last asked for them: an optimizer that was made of these can tell which
/// ones have come since.
package final class ParameterListing: @unchecked Sendable {
    // Unchecked: a weak variable that is set once.
    package private(set) weak var module: (any Module)?
    private let ids: Set<ObjectIdentifier>

    init(of module: any Module, _ ids: Set<ObjectIdentifier>) {
        self.module = module
        self.ids = ids
    }

    /// The parameters that the module has now and had not then, with their paths, and that no optimizer has.
    package var newParameters: [(path: String, parameter: Parameter)] {
        guard let module else { return [] }
        return module.namedParameters.compactMap { name, parameter in
            ids.contains(ObjectIdentifier(parameter)) || parameter.isOptimized
                ? nil : ("\(module.pathName).\(name)", parameter)
        }
    }
}

/// What a parameter knows of those who list it and train it. Listing is reading, which threads may do at the same time.
struct ParameterUse: ~Copyable {
    private let listing = Mutex<ParameterListing?>(nil)
    private let optimized = Atomic<Bool>(false)

    /// How many parameters were ever made: while it stays the same, no module has got a new one.
    static let made = Atomic<Int>(0)

    init() { ParameterUse.made.add(1, ordering: .relaxed) }

    var latestListing: ParameterListing? { listing.withLock { $0 } }

    func list(in new: ParameterListing) {
        // The one before is freed outside of the lock.
        var other: ParameterListing? = new
        listing.withLock { swap(&$0, &other) }
    }

    var isOptimized: Bool { optimized.load(ordering: .relaxed) }

    func setOptimized() { optimized.store(true, ordering: .relaxed) }
}
