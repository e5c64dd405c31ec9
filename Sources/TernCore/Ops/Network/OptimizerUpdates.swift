import CTernKernels

// Optimizer updates: one pass over a parameter, its gradient and its state, in place. For TernOptimizers, which owns
// the meaning of the settings. A gradient and a state of the parameter's shape are converted to its type, if they have
// another; those of another shape stop.

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
        updateInPlace(gradient, &slots, count: momentum == 0 ? 0 : 1) { type, n, gradient, parameter, slots in
            Kernels.optimizer.sgd(type, &settings, n, gradient, parameter, momentum == 0 ? nil : slots(0))
        }
    }

    /// - Parameters:
    ///   - step: counts from 1.
    ///   - slots: the first and the second moment, and the largest second moment if `amsgrad`; made here at first, the
    ///     last one also when `amsgrad` is switched on later.
    package mutating func updateAdam(
        gradient: Tensor, slots: inout [Tensor], learningRate: Double, beta1: Double, beta2: Double, epsilon: Double,
        weightDecay: Double, decoupledDecay: Bool, amsgrad: Bool, maximize: Bool, step: Int
    ) {
        if slots.isEmpty { slots = [Tensor.zeros(like: self), Tensor.zeros(like: self)] }
        if amsgrad, slots.count == 2 { slots.append(Tensor.zeros(like: self)) }
        var settings = TernAdam(
            learning_rate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weight_decay: weightDecay,
            decoupled_decay: decoupledDecay, maximize: maximize, step: Double(step))
        updateInPlace(gradient, &slots, count: amsgrad ? 3 : 2) { type, n, gradient, parameter, slots in
            Kernels.optimizer.adam(
                type, &settings, n, gradient, parameter, slots(0), slots(1), amsgrad ? slots(2) : nil)
        }
    }

    /// Runs `kernel` on pieces of fixed size of this tensor, the gradient and the slots, of which it uses the first `count`.
    private mutating func updateInPlace(
        _ gradient: Tensor, _ slots: inout [Tensor], count: Int,
        _ kernel: (
            _ type: TernType, _ n: Int, _ gradient: UnsafeMutableRawPointer, _ parameter: UnsafeMutableRawPointer,
            _ slot: (Int) -> UnsafeMutableRawPointer
        ) -> Void
    ) {
        if gradient.impl.shape != impl.shape || !impl.dtype.isFloatingPoint { stopUpdate(gradient) }
        if gradient.impl.dtype != impl.dtype || !gradient.impl.isContiguous {
            return updateInPlace(gradient.converted(to: dtype).contiguous(), &slots, count: count, kernel)
        }
        makeUnique()
        if slots.count < count { stopUpdate(slots, count) }
        for index in slots.indices {
            if slots[index].impl.shape != impl.shape { stopUpdate(slots, count) }
            if slots[index].impl.dtype != impl.dtype { slots[index] = slots[index].converted(to: dtype) }
            slots[index].makeUnique()
        }
        let type = impl.dtype.kernelType
        let size = impl.dtype.byteCount
        let parameter = impl.pointer
        elementwiseLoop(impl.count, nanosecondsPerElement: 0.4) { start, n in
            kernel(type, n, gradient.impl.pointer + start * size, parameter + start * size) {
                slots[$0].impl.pointer + start * size
            }
        }
    }

    @inline(never)
    private func stopUpdate(_ gradient: Tensor) -> Never {
        if !dtype.isFloatingPoint { mistake("step", "expects a parameter of a floating-point type, got \(dtype)") }
        mistake("step", "expects a gradient of the parameter's shape \(shape), got \(gradient.shape)")
    }

    @inline(never)
    private func stopUpdate(_ slots: [Tensor], _ count: Int) -> Never {
        let found = slots.map { "\($0.dtype) \($0.shape)" }.joined(separator: ", ")
        mistake(
            "step",
            "expects a state of \(count) tensors of the parameter's shape, \(dtype) \(shape), got [\(found)]: give the "
                + "optimizer's group a new ParameterState for a parameter that has got another shape")
    }
}
