/// The processor: loops over kernels for its instruction set, on the threads of the pool.
struct CPU: Backend {}

extension Memory {
    /// Where this memory is.
    var device: Device { .cpu }
}
