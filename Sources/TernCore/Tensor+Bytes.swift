extension Tensor {
    /// A new tensor whose memory `fill` sets: every byte of it, the elements in row-major order and the machine's byte order.
    ///
    /// For readers of files and other sources that bring bytes.
    public init<Failure: Error>(
        shape: Shape, dtype: DType, fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        self.init(uninitialized: shape, dtype: dtype)
        try fill(UnsafeMutableRawBufferPointer(start: impl.pointer, count: count * dtype.byteCount))
    }

    /// Calls `body` with the elements' memory, in row-major order.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let tensor = contiguous()
        defer { withExtendedLifetime(tensor) {} }
        return try body(UnsafeRawBufferPointer(start: tensor.impl.pointer, count: count * dtype.byteCount))
    }
}
