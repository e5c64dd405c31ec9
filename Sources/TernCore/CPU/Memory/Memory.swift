import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The memory that one tensor and its views share. Not an object: who has the only reference, as most tensors do, frees it
/// without an atomic operation, and elements of a few bytes lie beside the count.
struct Memory: Equatable {
    private struct Header: ~Copyable {
        let references = Atomic<Int>(1)
        let elements: UnsafeMutableRawPointer
        let byteCount: Int
        /// Forms of the elements that are kept, see ``keptForm(where:orMade:)``.
        var forms: Unmanaged<KeptForms>?
    }

    /// Bytes of the block that holds the header, and where in it elements lie that fit.
    private static let blockBytes = 96
    private static let inlineOffset = 32
    /// The most bytes that lie beside the header: none if all are to be fenced.
    static let inlineBytes = FencedMemory.isOn ? -1 : blockBytes - inlineOffset

    private let header: UnsafeMutablePointer<Header>

    /// `nil` if the system has no memory.
    @inline(__always)
    init?(byteCount: Int) {
        let state = ThreadState.current
        guard let block = state.spareBlocks.pop() ?? malloc(Memory.blockBytes) else { return nil }
        let fits = byteCount <= state.inlineBytes
        guard let elements = fits ? block + Memory.inlineOffset : Allocator.block(byteCount) else {
            state.spareBlocks.push(block)
            return nil
        }
        state.ledger.count(bytes: byteCount, storages: 1)
        header = block.assumingMemoryBound(to: Header.self)
        header.initialize(to: Header(elements: elements, byteCount: byteCount))
        if Observation.isOn { Observation.allocated(header, byteCount) }
    }

    @inline(__always)
    var elements: UnsafeMutableRawPointer { header.pointee.elements }

    /// What tells it from other memory as long as it lives.
    var address: UnsafeRawPointer { UnsafeRawPointer(header) }

    /// Whether nobody else has a reference.
    @inline(__always)
    var isUnique: Bool { header.pointee.references.load(ordering: .acquiring) == 1 }

    /// Whether nobody else has a reference. Who asks may write the elements: what is kept of them is forgotten then.
    @inline(__always)
    var isUniqueForWriting: Bool {
        if !isUnique { return false }
        if header.pointee.forms != nil { forgetForms() }
        return true
    }

    /// Another reference to the same memory.
    @inline(__always)
    func retained() -> Memory {
        header.pointee.references.add(1, ordering: .relaxed)
        return self
    }

    /// Gives up a reference; the last one frees the memory.
    @inline(__always)
    func release() {
        if isUnique || header.pointee.references.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { free() }
    }

    private func free() {
        let state = ThreadState.current
        let (elements, byteCount) = (header.pointee.elements, header.pointee.byteCount)
        if Observation.isOn { Observation.freed(header, byteCount) }
        if header.pointee.forms != nil { forgetForms() }
        state.ledger.count(bytes: -byteCount, storages: -1)
        let block = UnsafeMutableRawPointer(header)
        if elements != block + Memory.inlineOffset { Allocator.free(elements, byteCount) }
        state.spareBlocks.push(block)
    }
}

extension Memory {
    /// What has been made of the elements for operations that read them again and again, such as packed weights, and fits this
    /// one; or a new form, which is kept until the elements are written or freed.
    ///
    /// - Parameters:
    ///   - fits: whether a form is the wanted one; runs under a lock.
    ///   - make: makes one; two threads may do so at once.
    func keptForm<Form: AnyObject>(where fits: (Form) -> Bool, orMade make: () -> Form) -> Form {
        func find() -> Form? {
            header.pointee.forms?.takeUnretainedValue().list.lazy.compactMap { $0 as? Form }.first(where: fits)
        }
        if let form = KeptForms.lock.withLock(find) { return form }
        let form = make()
        // Freed outside of the lock.
        let former = KeptForms.lock.withLock { () -> AnyObject? in
            if header.pointee.forms == nil { header.pointee.forms = .passRetained(KeptForms()) }
            return header.pointee.forms!.takeUnretainedValue().keep(form)
        }
        return withExtendedLifetime(former) { form }
    }

    /// For the only owner.
    @inline(never)
    private func forgetForms() {
        header.pointee.forms?.release()
        header.pointee.forms = nil
    }
}

/// The forms of the elements of one memory that are kept, the latest ones.
final class KeptForms {
    /// So many at most: those for the batches of an evaluation and its shorter last one, say.
    private static let limit = 2
    /// Guards the lists of all memories: it is held for a few comparisons.
    static let lock = SpinLock()

    private(set) var list: [AnyObject] = []

    /// - Returns: what is not kept any more.
    func keep(_ form: AnyObject) -> AnyObject? {
        list.append(form)
        return list.count > KeptForms.limit ? list.removeFirst() : nil
    }
}

/// Blocks of one size that a thread keeps for its next tensors, linked through their first word.
struct SpareBlocks: ~Copyable {
    private static let limit = 64
    private var first: UnsafeMutableRawPointer?
    private var count = 0

    @inline(__always)
    mutating func pop() -> UnsafeMutableRawPointer? {
        guard let block = first else { return nil }
        first = block.load(as: UnsafeMutableRawPointer?.self)
        count &-= 1
        return block
    }

    @inline(__always)
    mutating func push(_ block: UnsafeMutableRawPointer) {
        if count == SpareBlocks.limit { return free(block) }
        block.storeBytes(of: first, as: UnsafeMutableRawPointer?.self)
        first = block
        count &+= 1
    }

    deinit {
        var next = first
        while let block = next {
            next = block.load(as: UnsafeMutableRawPointer?.self)
            free(block)
        }
    }
}
