extension Tensor {
    /// A new tensor whose memory `fill` sets: every byte of it, the elements in row-major order and the machine's byte
    /// order. For readers of files, which bring bytes and can fail.
    public init<Failure: Error>(
        shape: Shape, dtype: DType, fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        Tensor.checkSizes(shape, "Tensor")
        self.init(uninitialized: shape, dtype: dtype)
        try fill(UnsafeMutableRawBufferPointer(start: impl.pointer, count: count * dtype.byteCount))
    }
}
