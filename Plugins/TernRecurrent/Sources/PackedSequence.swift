import TernCore

/// Sequences of unequal lengths without their padding: the elements of all first steps, then those of all second ones, and
/// so on. Recurrent layers spend nothing on what is not there. PyTorch's `PackedSequence`.
///
/// ```swift
/// let padded = Tensor.zeros([5, 3, 8])                          // [T, N, C]
/// let packed = PackedSequence(padded, lengths: [2, 5, 3])
/// packed.data.shape                                             // [10, 8]
/// packed.packing.batchSizes                                     // [3, 3, 2, 1, 1]
/// let (output, state) = LSTM(8, 16)(packed)
/// output.padded().values.shape                                  // [5, 3, 16]
/// ```
///
/// Sequences may be in any order. They are packed in falling order of their lengths, those of one length in the order in
/// which they came; states that layers take and give, and what ``padded(batchFirst:with:steps:)`` gives, are in the order in
/// which they came. Keras has masks instead, which skip steps and compute them all the same.
public struct PackedSequence: Sendable {
    /// Which element belongs to which sequence.
    public struct Packing: Sendable, Hashable {
        /// How many sequences have each step: falling numbers.
        public let batchSizes: [Int]
        /// The length of each sequence, in the order in which they came.
        public let lengths: [Int]
        /// For each place in falling order of lengths, which sequence it is. PyTorch's `sorted_indices`.
        public let order: [Int]

        /// - Parameter lengths: positive.
        public init(lengths: [Int]) {
            if lengths.isEmpty { mistake("PackedSequence", "expects at least one sequence, got none") }
            for (index, length) in lengths.enumerated() where length < 1 {
                mistake("PackedSequence", "expects sequences of one step or more, got \(length) at index \(index)")
            }
            self.lengths = lengths
            let order = lengths.indices.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
            self.order = order
            var active = lengths.count
            batchSizes = (0..<lengths.max()!).map { step in
                while lengths[order[active - 1]] <= step { active -= 1 }
                return active
            }
        }

        /// For each sequence, its place in falling order of lengths. PyTorch's `unsorted_indices`.
        public var places: [Int] {
            var places = order
            for (place, sequence) in order.enumerated() { places[sequence] = place }
            return places
        }

        /// Elements of all sequences together.
        public var count: Int { lengths.reduce(0, +) }

        /// Whether sequences came in falling order of their lengths.
        var isSorted: Bool { order.elementsEqual(order.indices) }
    }

    /// The elements [sum of the lengths, ...].
    public var data: Tensor
    /// Which elements belong to which sequence and step.
    public let packing: Packing

    /// - Parameters:
    ///   - data: as many elements, along axis 0, as `packing` has.
    ///   - packing: of another packed sequence, for values that were computed from it element by element.
    public init(data: Tensor, packing: Packing) {
        if data.shape.first != packing.count {
            mistake("PackedSequence", "expects \(packing.count) elements along axis 0, got shape \(data.shape)")
        }
        self.data = data
        self.packing = packing
    }

    /// Packs sequences that stand in a tensor, one behind its length padded with anything. PyTorch's
    /// `pack_padded_sequence`.
    ///
    /// - Parameters:
    ///   - padded: [T, N, ...], or [N, T, ...] if `batchFirst`.
    ///   - lengths: of the N sequences, in 1...T.
    ///   - batchFirst: whether the batch is the first axis.
    public init(_ padded: Tensor, lengths: [Int], batchFirst: Bool = false) {
        if padded.rank < 2 { mistake("PackedSequence", "expects a tensor [T, N, ...], got shape \(padded.shape)") }
        let (steps, samples) = (padded.shape[batchFirst ? 1 : 0], padded.shape[batchFirst ? 0 : 1])
        if lengths.count != samples {
            mistake("PackedSequence", "expects \(samples) lengths for shape \(padded.shape), got \(lengths.count)")
        }
        for length in lengths where length > steps {
            mistake("PackedSequence", "expects lengths up to \(steps) for shape \(padded.shape), got \(length)")
        }
        let packing = Packing(lengths: lengths)
        var places: [Int] = []
        for (step, size) in packing.batchSizes.enumerated() {
            for sequence in packing.order[..<size] {
                places.append(batchFirst ? sequence * steps + step : step * samples + sequence)
            }
        }
        let rows = padded.flattened(to: 1)
        self.init(data: rows.selected(Tensor(places)), packing: packing)
    }

    /// The same with the lengths as a tensor of integers.
    public init(_ padded: Tensor, lengths: Tensor, batchFirst: Bool = false) {
        if lengths.rank != 1 || !lengths.dtype.isInteger {
            mistake(
                "PackedSequence", "expects a vector of integers as lengths, got \(lengths.dtype) \(lengths.shape)")
        }
        self.init(padded, lengths: lengths.array(of: Int.self), batchFirst: batchFirst)
    }

    /// Packs sequences [length, ...]. PyTorch's `pack_sequence`.
    public init(_ sequences: [Tensor]) {
        guard let first = sequences.first else {
            mistake("PackedSequence", "expects at least one sequence, got none")
        }
        for sequence in sequences
        where sequence.rank == 0 || Array(sequence.shape.dropFirst()) != Array(first.shape.dropFirst()) {
            mistake(
                "PackedSequence",
                "expects sequences of equal shapes but for axis 0, got \(first.shape) and \(sequence.shape)")
        }
        let packing = Packing(lengths: sequences.map { $0.shape[0] })
        var starts: [Int] = []
        var count = 0
        for length in packing.lengths {
            starts.append(count)
            count += length
        }
        var places: [Int] = []
        for (step, size) in packing.batchSizes.enumerated() {
            for sequence in packing.order[..<size] { places.append(starts[sequence] + step) }
        }
        self.init(data: concatenated(sequences).selected(Tensor(places)), packing: packing)
    }

    /// The sequences in one tensor, and their lengths. PyTorch's `pad_packed_sequence`.
    ///
    /// - Parameters:
    ///   - batchFirst: whether the shape is [N, T, ...] instead of [T, N, ...].
    ///   - value: what stands behind the end of a sequence.
    ///   - steps: T; the length of the longest sequence if absent, and not less. PyTorch's `total_length`.
    public func padded(
        batchFirst: Bool = false, with value: Double = 0, steps: Int? = nil
    ) -> (values: Tensor, lengths: [Int]) {
        let (longest, samples) = (packing.batchSizes.count, packing.lengths.count)
        let steps = steps ?? longest
        if steps < longest { mistake("padded", "expects room for \(longest) steps, got \(steps)") }
        var places = Array(repeating: data.shape[0], count: steps * samples)
        var element = 0
        for (step, size) in packing.batchSizes.enumerated() {
            for sequence in packing.order[..<size] {
                places[batchFirst ? sequence * steps + step : step * samples + sequence] = element
                element += 1
            }
        }
        var shape = data.shape
        shape[0] = 1
        let padding = Tensor.full(shape, value, dtype: data.dtype)
        let rows = concatenated([data, padding]).selected(Tensor(places))
        return (rows.unflattened(axis: 0, sizes: batchFirst ? [samples, steps] : [steps, samples]), packing.lengths)
    }

    /// The sequences, each [length, ...]. PyTorch's `unpack_sequence`.
    public func unpacked() -> [Tensor] {
        let (values, lengths) = padded(batchFirst: true)
        return lengths.enumerated().map { sequence, length in values[sequence][..<length] }
    }
}
