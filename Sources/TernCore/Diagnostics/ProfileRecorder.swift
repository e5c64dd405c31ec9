/// Gathers the events of a ``Profile``.
final class ProfileRecorder: OperationObserver {
    private let began = Observation.now
    private var events: [Profile.Event] = []
    /// The places in `events` of what has begun and not ended: derivatives, and all else.
    private var derivatives: [Int] = []
    private var spans: [Int] = []
    private var walks = 0
    private var memory = LiveMemory()

    func profile() -> Profile {
        let duration = time(Observation.now)
        let sorted = events.enumerated().sorted {
            // What is around begins at the same time at most, and ends later.
            ($0.element.start, -$0.element.end, $0.offset) < ($1.element.start, -$1.element.end, $1.offset)
        }
        return Profile(events: sorted.map(\.element), duration: duration, peak: memory.peak())
    }

    private func time(_ nanoseconds: UInt64) -> Int { Int(nanoseconds - began) }

    func computed(_ operation: ComputedOperation) {
        let runs = operation.start != nil
        let start = operation.start ?? operation.end
        let event = Profile.Event(
            kind: .operation, name: operation.name, modulePath: operation.modulePath,
            inputShapes: operation.inputs.map(\.shape), outputShapes: operation.outputs.map(\.shape),
            attributes: operation.attributes, start: time(start), duration: Int(operation.end - start),
            flops: FloatingPointOperations.count(operation),
            bytes: runs ? bytes(operation.inputs) + bytes(operation.outputs) : 0,
            isBackward: walks > 0, isPart: !derivatives.isEmpty, liveBytes: memory.bytes)
        events.append(event)
        for derivative in derivatives {
            events[derivative].flops += event.flops
            events[derivative].bytes += event.bytes
        }
        // Also what was allocated before an operation that is part of this one.
        let made = operation.outputs.filter { output in
            !operation.isInPlace && !operation.inputs.contains { $0.sharesMemory(with: output) }
        }
        nameMemory(after: derivatives.last.map { events[$0] } ?? event, made.map(\.impl.memory.address))
    }

    private func bytes(_ tensors: [Tensor]) -> Int { tensors.reduce(0) { $0 + $1.count * $1.dtype.byteCount } }

    private func nameMemory(after event: Profile.Event, _ blocks: [UnsafeRawPointer] = []) {
        memory.name(event.kind == .derivative ? "derivative of \(event.name)" : event.name, event.modulePath, blocks)
    }

    func willDifferentiate(_ node: Node) {
        let isPart = !derivatives.isEmpty
        derivatives.append(events.count)
        events.append(
            Profile.Event(
                kind: .derivative, name: node.label, modulePath: node.origin?.modulePath ?? "",
                inputShapes: node.origin?.inputShapes ?? [], start: time(Observation.now), duration: 0,
                isBackward: true,
                isPart: isPart))
    }

    func didDifferentiate(_ node: Node, _ gradients: InputGradients) {
        guard let place = derivatives.popLast() else { return }
        end(place)
        events[place].outputShapes = gradients.all.compactMap { $0?.shape }
        nameMemory(after: events[derivatives.last ?? place])
    }

    func willWalkBack() {
        walks += 1
        begin(.backward, "backward")
    }

    func didWalkBack() {
        walks -= 1
        endSpan()
    }

    func didEnter(_ modulePath: String) { begin(.module, modulePath) }

    func willLeave(_ modulePath: String) { endSpan() }

    private func begin(_ kind: Profile.Event.Kind, _ name: String) {
        spans.append(events.count)
        events.append(
            Profile.Event(
                kind: kind, name: name, modulePath: kind == .module ? name : "", start: time(Observation.now),
                duration: 0, isBackward: walks > 0))
    }

    private func endSpan() {
        if let place = spans.popLast() { end(place) }
    }

    private func end(_ place: Int) {
        events[place].duration = time(Observation.now) - events[place].start
        events[place].liveBytes = memory.bytes
    }

    func didAllocate(_ block: UnsafeRawPointer, _ byteCount: Int) { memory.add(block, byteCount) }

    func willFree(_ block: UnsafeRawPointer, _ byteCount: Int) { memory.remove(block, byteCount) }
}

/// The memory of tensors while one thread is observed, and what it was at the peak.
private struct LiveMemory {
    private struct Block {
        let bytes: Int
        /// The place of the operation's name, which is known when the operation is done.
        var name: Int
    }

    private var names: [(name: String, modulePath: String)] = []
    private var blocks: [UnsafeRawPointer: Block] = [:]
    private var earlierBytes: Int
    /// All that tensors hold.
    private(set) var bytes: Int
    private var peakBytes: Int
    private var blocksAtPeak: [UnsafeRawPointer: Block] = [:]
    private var earlierBytesAtPeak: Int
    /// Whether now is the peak.
    private var isAtPeak = false

    init() {
        bytes = memoryStatistics().liveBytes
        earlierBytes = bytes
        peakBytes = bytes
        earlierBytesAtPeak = bytes
    }

    mutating func add(_ block: UnsafeRawPointer, _ byteCount: Int) {
        // One that another thread has freed meanwhile.
        if let gone = blocks[block] { bytes -= gone.bytes }
        blocks[block] = Block(bytes: byteCount, name: names.count)
        bytes += byteCount
        if bytes > peakBytes {
            peakBytes = bytes
            isAtPeak = true
        }
    }

    mutating func remove(_ block: UnsafeRawPointer, _ byteCount: Int) {
        keepPeak()
        if let known = blocks.removeValue(forKey: block) {
            bytes -= known.bytes
        } else {
            // Another thread may have made it since the beginning.
            let earlier = Swift.min(byteCount, earlierBytes)
            earlierBytes -= earlier
            bytes -= earlier
        }
    }

    private mutating func keepPeak() {
        if !isAtPeak { return }
        isAtPeak = false
        blocksAtPeak = blocks
        earlierBytesAtPeak = earlierBytes
    }

    /// Says what has made the memory since the last call, and the memory at `addresses`.
    mutating func name(_ name: String, _ modulePath: String, _ addresses: [UnsafeRawPointer]) {
        for address in addresses { blocks[address]?.name = names.count }
        names.append((name, modulePath))
    }

    mutating func peak() -> Profile.Peak {
        keepPeak()
        var places: [String: Int] = [:]
        var holders: [Profile.Peak.Holder] = []
        for block in blocksAtPeak.values {
            let (name, path) = block.name < names.count ? names[block.name] : ("outside of operations", "")
            let place = places["\(name) \(path)"] ?? holders.count
            if place == holders.count {
                places["\(name) \(path)"] = place
                holders.append(Profile.Peak.Holder(name: name, modulePath: path, bytes: 0, count: 0))
            }
            holders[place].bytes += block.bytes
            holders[place].count += 1
        }
        holders.sort { ($1.bytes, $0.name, $0.modulePath) < ($0.bytes, $1.name, $1.modulePath) }
        return Profile.Peak(bytes: peakBytes, earlierBytes: earlierBytesAtPeak, holders: holders)
    }
}
