import CTernKernels

// Optimizer updates: one pass over a parameter, its gradient and its state, in place. For TernOptimizers, which owns
// the meaning of the settings.

extension Tensor {
    /// - Parameter slots: nothing, or the momentum buffer, made here at the first step.
    package mutating func updateSGD(
        gradient: Tensor, slots: inout [Tensor], learningRate: Double, momentum: Double, dampening: Double,
        weightDecay: Double, nesterov: Bool, maximize: Bool
    ) {
        let isFirst = momentum != 0 && slots.isEmpty
        if isFirst { slots = [Tensor(uninitialized: shape, dtype: dtype)] }
        var settings = TernSGD(
            learning_rate: learningRate, momentum: momentum, dampening: dampening, weight_decay: weightDecay,
            nesterov: nesterov, maximize: maximize, first_step: isFirst)
        updateInPlace(gradient, &slots) { type, n, gradient, parameter, slots in
            Kernels.optimizer.sgd(type, &settings, n, gradient, parameter, momentum == 0 ? nil : slots(0))
        }
    }

    /// - Parameters:
    ///   - step: counts from 1.
    ///   - slots: the first and the second moment, and the largest second moment if `amsgrad`; made here at first.
    package mutating func updateAdam(
        gradient: Tensor, slots: inout [Tensor], learningRate: Double, beta1: Double, beta2: Double, epsilon: Double,
        weightDecay: Double, decoupledDecay: Bool, amsgrad: Bool, maximize: Bool, step: Int
    ) {
        if slots.isEmpty { for _ in 0..<(amsgrad ? 3 : 2) { slots.append(Tensor.zeros(like: self)) } }
        var settings = TernAdam(
            learning_rate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weight_decay: weightDecay,
            decoupled_decay: decoupledDecay, maximize: maximize, step: Double(step))
        updateInPlace(gradient, &slots) { type, n, gradient, parameter, slots in
            Kernels.optimizer.adam(
                type, &settings, n, gradient, parameter, slots(0), slots(1), amsgrad ? slots(2) : nil)
        }
    }

    /// Runs `kernel` on pieces of fixed size of this tensor, the gradient and the slots.
    private mutating func updateInPlace(
        _ gradient: Tensor, _ slots: inout [Tensor],
        _ kernel: (
            _ type: TernType, _ n: Int, _ gradient: UnsafeMutableRawPointer, _ parameter: UnsafeMutableRawPointer,
            _ slot: (Int) -> UnsafeMutableRawPointer
        ) -> Void
    ) {
        if gradient.impl.shape != impl.shape {
            mistake("step", "expects a gradient of the parameter's shape \(shape), got \(gradient.shape)")
        }
        if gradient.impl.dtype != impl.dtype || !gradient.impl.isContiguous {
            return updateInPlace(gradient.converted(to: dtype).contiguous(), &slots, kernel)
        }
        makeUnique()
        for index in slots.indices { slots[index].makeUnique() }
        let type = impl.dtype.kernelType
        let size = impl.dtype.byteCount
        let parameter = impl.pointer
        elementwiseLoop(impl.count, nanosecondsPerElement: 0.4) { start, n in
            kernel(type, n, gradient.impl.pointer + start * size, parameter + start * size) {
                slots[$0].impl.pointer + start * size
            }
        }
    }
}
