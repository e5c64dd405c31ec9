import CTernKernels

extension CPU {
    func updateSGD(_ rule: SGDRule, _ parameter: Tensor, gradient: Tensor, momentum: Tensor?) {
        let (type, size) = (parameter.dtype.kernelType, parameter.dtype.byteCount)
        withUnsafePointer(to: rule) { rule in
            elementwiseLoop(parameter.count, nanosecondsPerElement: Cost.update) { start, n in
                let bytes = start * size
                Kernels.optimizer.sgd(
                    type, rule, n, gradient.impl.pointer + bytes, parameter.impl.pointer + bytes,
                    momentum.map { $0.impl.pointer + bytes })
            }
        }
    }

    func updateAdam(
        _ rule: AdamRule, _ parameter: Tensor, gradient: Tensor, moments: (Tensor, Tensor), largestMoment: Tensor?
    ) {
        let (type, size) = (parameter.dtype.kernelType, parameter.dtype.byteCount)
        withUnsafePointer(to: rule) { rule in
            elementwiseLoop(parameter.count, nanosecondsPerElement: Cost.update) { start, n in
                let bytes = start * size
                Kernels.optimizer.adam(
                    type, rule, n, gradient.impl.pointer + bytes, parameter.impl.pointer + bytes,
                    moments.0.impl.pointer + bytes, moments.1.impl.pointer + bytes,
                    largestMoment.map { $0.impl.pointer + bytes })
            }
        }
    }
}
