import CTernKernels

/// What bounds the speed of any program on this machine, on ``threadCount`` threads: measured, not looked up.
package enum MachineLimits {
    /// Floating-point operations a second of `float32` multiplications and additions that need no memory.
    package static func multiplyAddRate() -> Double {
        let kernel = Kernels.of(.float32).gemm.multiply_adds
        let (pieces, rounds) = (threadCount * 8, 200_000)
        var result = 0.0
        let operations = Double(pieces) * kernel(rounds, &result)
        return operations
            / shortest(of: 20) {
                parallelFor(pieces: pieces, work: .max) { _ in
                    var result = 0.0
                    _ = kernel(rounds, &result)
                }
            }
    }

    /// Bytes a second that an operation reads and writes whose three tensors take `byteCount` bytes together: what they
    /// find in a cache comes faster.
    package static func memoryRate(_ byteCount: Int) -> Double {
        let count = max(byteCount / 12, 1024)
        let (x, y, z) = (
            Tensor.ones([count]), Tensor.ones([count]), Tensor(uninitialized: [count], dtype: .float32)
        )
        let calls = max(1, 4_000_000 / count)
        let seconds = shortest(of: 20) {
            for _ in 0..<calls { x.backend.binary(.add, x, y, into: z) }
        }
        return Double(12 * count * calls) / seconds
    }

    /// What else the machine does only ever adds.
    private static func shortest(of rounds: Int, _ body: () -> Void) -> Double {
        (0..<rounds).map { _ in
            let start = Observation.now
            body()
            return Double(Observation.now - start) * 1e-9
        }.min()!
    }
}
