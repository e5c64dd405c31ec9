import CTernKernels

extension CPU {
    func updateSGD(_ rule: SGDRule, _ parameter: Tensor, gradient: Tensor, momentum: Tensor?) {
        let (kernels, size) = (Kernels.of(parameter.dtype).optimizer, parameter.dtype.byteCount)
        withUnsafePointer(to: rule) { rule in
            elementwiseLoop(parameter.count, nanosecondsPerElement: Cost.update) { start, n in
                let bytes = start * size
                kernels.sgd(
                    rule, n, gradient.impl.pointer + bytes, parameter.impl.pointer + bytes,
                    momentum.map { $0.impl.pointer + bytes })
            }
        }
    }

    func updateAdam(
        _ rule: AdamRule, _ parameter: Tensor, gradient: Tensor, moments: (Tensor, Tensor), largestMoment: Tensor?
    ) {
        let (kernels, size) = (Kernels.of(parameter.dtype).optimizer, parameter.dtype.byteCount)
        withUnsafePointer(to: rule) { rule in
            elementwiseLoop(parameter.count, nanosecondsPerElement: Cost.update) { start, n in
                let bytes = start * size
                kernels.adam(
                    rule, n, gradient.impl.pointer + bytes, parameter.impl.pointer + bytes,
                    moments.0.impl.pointer + bytes, moments.1.impl.pointer + bytes,
                    largestMoment.map { $0.impl.pointer + bytes })
            }
        }
    }
}
