import CTernKernels

extension CPU {
    func fill(_ y: Tensor, _ distribution: Distribution, _ state: Generator.State) {
        let (kernels, size) = (Kernels.of(y.dtype).random, y.dtype.byteCount)
        elementwiseLoop(y.count, nanosecondsPerElement: distribution.nanoseconds) { first, n in
            let output = y.impl.pointer + first * size
            switch distribution {
            case .uniform(let low, let high):
                kernels.uniform!(state.key, state.counter, first, n, low, high, output)
            case .normal(let mean, let deviation):
                kernels.normal!(state.key, state.counter, first, n, mean, deviation, output)
            case .truncatedNormal(let distribution, let mean, let deviation):
                kernels.uniform!(state.key, state.counter, first, n, 0, 1, output)
                let values = output.assumingMemoryBound(to: Double.self)
                for i in 0..<n { values[i] = mean + deviation * distribution.quantile(values[i]) }
            case .bernoulli(let probability):
                kernels.bernoulli!(
                    state.key, state.counter, first, n, probability, output.assumingMemoryBound(to: UInt8.self))
            case .integers(let low, let count):
                kernels.integers!(state.key, state.counter, first, n, low, count, output)
            }
        }
    }

    func dropout(_ x: Tensor, keeping probability: Double, scale: Double, _ state: Generator.State, into y: Tensor) {
        let (kernels, size) = (Kernels.of(x.dtype).random, x.dtype.byteCount)
        elementwiseLoop(x.count, nanosecondsPerElement: Cost.dropout) { start, n in
            kernels.dropout!(
                state.key, state.counter, start, n, probability, scale, x.impl.pointer + start * size,
                y.impl.pointer + start * size)
        }
    }

    func shuffle(_ y: Tensor, _ state: Generator.State) {
        let values = UnsafeMutableBufferPointer(start: y.pointer(as: Int64.self), count: y.count)
        Allocator.withSharedScratch(y.count * 8) { words in
            elementwiseLoop(y.count * 2, nanosecondsPerElement: Cost.random) { first, n in
                let output = words.assumingMemoryBound(to: UInt32.self) + first
                Kernels.randomBits(state.key, state.counter, first, n, output)
            }
            // Fisher and Yates: each place gets one of those that are left.
            for last in stride(from: y.count - 1, to: 0, by: -1) {
                let bits = words.load(fromByteOffset: last * 8, as: UInt64.self)
                values.swapAt(last, Int(bits.multipliedFullWidth(by: UInt64(last + 1)).high))
            }
        }
    }
}

extension Distribution {
    fileprivate var nanoseconds: Double {
        if case .truncatedNormal = self { return Cost.quantile }
        return Cost.random
    }
}
