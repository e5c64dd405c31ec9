/// What a computation spent its time and memory on, operation by operation. PyTorch's `torch.profiler`.
///
/// ```swift
/// let profile = Profile {
///     crossEntropy(model(images), labels).backward()
///     optimizer.step()
/// }
/// print(profile)                                 // a table of the operations, totals, and what held the memory
/// print(profile.table(by: .module))              // the same for each module
/// try profile.writeTrace(to: "step.json")        // for https://ui.perfetto.dev and chrome://tracing
/// ```
///
/// The first steps of a program fill caches and start threads: profile a later one. Operations of the calling thread are
/// observed, with the threads that help them; those of a pipeline that prefetches on a thread of its own are not. Looking
/// costs some microseconds for each operation; what is not profiled pays nothing.
public struct Profile: Sendable {
    /// Something that took time.
    public struct Event: Sendable, Equatable {
        /// What took the time.
        public enum Kind: String, Sendable {
            /// An operation on tensors, or the update of a parameter.
            case operation
            /// The derivative of an operation; those that compute it lie within.
            case derivative
            /// The `forward` of a module, or the update of a variable with all that belongs to it.
            case module
            /// A walk back through the graph.
            case backward
        }

        /// What took the time.
        public var kind: Kind
        /// That of the operation, also for its derivative; for a module its path.
        public var name: String
        /// The module that the operation ran in, such as `LeNet.conv1`; empty outside of modules. A derivative has that of
        /// its operation.
        public var modulePath: String
        /// Of the operation's inputs, also for its derivative.
        public var inputShapes: [Shape] = []
        /// Of the operation's results; none for modules.
        public var outputShapes: [Shape] = []
        /// The operation's settings that are no tensors.
        public var attributes: OperationAttributes = [:]
        /// In nanoseconds since the profile began.
        public var start: Int
        /// In nanoseconds: of an operation from its first kernel on, so 0 for a view.
        public var duration: Int
        /// 2 for each multiplication and addition of products and convolutions, nothing for other operations: what
        /// PyTorch's `FlopCounterMode` counts.
        public var flops = 0
        /// Those of the elements of inputs and outputs, each read or written once at least; 0 for a view.
        public var bytes = 0
        /// Whether it is part of a walk back through the graph.
        public var isBackward = false
        /// Whether it lies within the event of a derivative, whose numbers include it.
        public var isPart = false
        /// What tensors held when it ended, in bytes.
        public var liveBytes = 0

        var end: Int { start + duration }
    }

    /// Memory at the moment when tensors held the most of it.
    public struct Peak: Sendable, Equatable {
        /// Memory that the results of one operation held, and what it had saved.
        public struct Holder: Sendable, Equatable {
            /// That of the operation; `derivative of ...` if it was computed there.
            public var name: String
            /// The module that the operation ran in; empty outside of modules.
            public var modulePath: String
            /// What they held together.
            public var bytes: Int
            /// The number of tensors.
            public var count: Int
        }

        /// Of all tensors of the process; scratch memory of operations does not count.
        public var bytes: Int
        /// Of tensors that were there before the profile began.
        public var earlierBytes: Int
        /// The others, the largest first.
        public var holders: [Holder]
    }

    /// In the order of their starts; what lies within something comes after it.
    public let events: [Event]
    /// In nanoseconds.
    public let duration: Int
    /// When tensors held the most memory.
    public let peak: Peak

    /// Runs `body` and watches its operations.
    public init(_ body: () throws -> Void) rethrows {
        let recorder = ProfileRecorder()
        try Observation.by(recorder, body)
        self = recorder.profile()
    }

    init(events: [Event], duration: Int, peak: Peak) {
        self.events = events
        self.duration = duration
        self.peak = peak
    }

    /// What counts: operations and derivatives that are not part of a derivative.
    private var counted: some Sequence<Event> {
        events.lazy.filter { !$0.isPart && ($0.kind == .operation || $0.kind == .derivative) }
    }

    /// Floating-point operations of all products and convolutions, see ``Event/flops``.
    public var flops: Int { counted.reduce(0) { $0 + $1.flops } }

    /// Nanoseconds in operations and derivatives.
    public var operationDuration: Int { counted.reduce(0) { $0 + $1.duration } }

    /// Nanoseconds outside of them: the program's own work, checks, allocation, recording and looking.
    public var outsideDuration: Int { duration - operationDuration }

    // MARK: - Sums

    /// What the rows of a table stand for.
    public enum Grouping: Sendable {
        /// An operation each.
        case name
        /// An operation on certain shapes each.
        case shapes
        /// A module each, without the modules in it.
        case module
    }

    /// The sums of events of a kind.
    public struct Row: Sendable, Equatable {
        /// The operation; empty if rows are modules.
        public var name = ""
        /// If rows are operations on certain shapes.
        public var inputShapes: [Shape] = []
        /// If rows are modules.
        public var modulePath = ""
        /// How often an operation was computed; its derivatives do not count.
        public var count = 0
        /// In nanoseconds.
        public var forwardDuration = 0
        /// In nanoseconds: of the derivatives, with the operations that compute them, and of sums of gradients.
        public var backwardDuration = 0
        /// Forward and backward.
        public var flops = 0
        /// Bytes of the elements of inputs and outputs, see ``Event/bytes``.
        public var bytes = 0

        /// Nanoseconds forward and backward.
        public var duration: Int { forwardDuration + backwardDuration }
    }

    /// Events summed up, the rows with the longest time first.
    public func rows(by grouping: Grouping = .name) -> [Row] {
        struct Key: Hashable {
            var name = ""
            var shapes: [[Int]] = []
            var path = ""
        }
        var places: [Key: Int] = [:]
        var rows: [Row] = []
        for event in counted {
            var key = Key()
            var row = Row()
            if grouping == .module {
                key.path = event.modulePath
                row.modulePath = event.modulePath
            } else {
                key.name = event.name
                row.name = event.name
            }
            if grouping == .shapes {
                key.shapes = event.inputShapes.map(Array.init)
                row.inputShapes = event.inputShapes
            }
            let place = places[key] ?? rows.count
            if place == rows.count {
                places[key] = place
                rows.append(row)
            }
            if event.kind == .operation { rows[place].count += 1 }
            if event.isBackward {
                rows[place].backwardDuration += event.duration
            } else {
                rows[place].forwardDuration += event.duration
            }
            rows[place].flops += event.flops
            rows[place].bytes += event.bytes
        }
        // In the order of appearance where times are equal.
        return rows.enumerated().sorted { ($1.element.duration, $0.offset) < ($0.element.duration, $1.offset) }
            .map(\.element)
    }
}
