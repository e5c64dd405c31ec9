import TernCore

/// A new tensor whose elements other ranks send: written by the thread of MPI, before anyone else sees it.
struct Incoming: @unchecked Sendable {
    let tensor: Tensor
    let bytes: UnsafeMutableRawBufferPointer

    init(_ shape: Shape, _ dtype: DType) {
        var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        tensor = Tensor(shape: shape, dtype: dtype) { memory = $0 }
        bytes = memory
    }

    /// The bytes of some elements, counted in the order of rows.
    func bytes(of elements: Range<Int>) -> UnsafeMutableRawBufferPointer {
        let size = tensor.dtype.byteCount
        return UnsafeMutableRawBufferPointer(
            rebasing: bytes[(elements.lowerBound * size)..<(elements.upperBound * size)])
    }
}

extension Incoming {
    /// Takes over the elements of a tensor, at a place of as many.
    func copy(_ tensor: Tensor, to place: Range<Int>? = nil) {
        let target = place.map(bytes(of:)) ?? bytes
        withoutGradients { tensor.detached }.withUnsafeBytes { source in
            if !source.isEmpty { target.copyMemory(from: source) }
        }
    }
}

/// A tensor whose elements are sent: contiguous, and without a graph. Whoever uses the bytes keeps this.
struct Outgoing: @unchecked Sendable {
    let tensor: Tensor
    let bytes: UnsafeRawBufferPointer

    init(_ tensor: Tensor) {
        let whole = withoutGradients { tensor.detached.contiguous() }
        self.tensor = whole
        // Of memory that does not move while the tensor is kept.
        bytes = whole.withUnsafeBytes { $0 }
    }

    func bytes(of elements: Range<Int>) -> UnsafeRawBufferPointer {
        let size = tensor.dtype.byteCount
        return UnsafeRawBufferPointer(rebasing: bytes[(elements.lowerBound * size)..<(elements.upperBound * size)])
    }
}

extension Tensor {
    /// For messages: `float32 [3, 4]`.
    var kindDescription: String { "\(dtype) \(shape)" }
}

/// What cannot throw where a derivative is computed stops instead.
func stoppingOnError<Result>(_ operation: String, _ body: () throws(CommunicationError) -> Result) -> Result {
    do throws(CommunicationError) {
        return try body()
    } catch {
        mistake(operation, "\(error)")
    }
}
